internal import PandoBytes
internal import PandoObjects

/// Makes the index of a pack: version 2, the bytes that `git index-pack` makes. Source:
/// gitformat-pack.
enum PackIndexWriter {
  /// One object of the pack.
  struct Row: Sendable {
    let id: ObjectID
    /// Where its entry begins.
    let offset: Int
    /// The CRC-32 of its entry.
    let checksum: UInt32
  }

  /// Offsets from here on go to the table of long offsets.
  static let longOffsetMin = 1 << 31

  /// The index of a pack that holds `rows` and ends in `packChecksum`. O(n log n).
  static func bytes(_ rows: [Row], packChecksum: Digest) -> [UInt8] {
    let rows = rows.sorted { ($0.id, $0.offset) < ($1.id, $1.offset) }
    let width = packChecksum.algorithm.byteCount
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + 1024 + rows.count * (width + 8) + 2 * width)
    bytes.append(bigEndian: PackIndex.magic)
    bytes.append(bigEndian: UInt32(2))
    var count = 0
    for first in UInt64(0)..<256 {
      while count < rows.count, rows[count].id.digest.leadingWord >> 56 == first { count += 1 }
      bytes.append(bigEndian: UInt32(truncatingIfNeeded: count))
    }
    for row in rows { row.id.digest.append(to: &bytes) }
    for row in rows { bytes.append(bigEndian: row.checksum) }
    var long: [UInt64] = []
    for row in rows {
      if row.offset < longOffsetMin {
        bytes.append(bigEndian: UInt32(truncatingIfNeeded: row.offset))
      } else {
        bytes.append(bigEndian: UInt32(truncatingIfNeeded: long.count) | 0x8000_0000)
        long.append(UInt64(row.offset))
      }
    }
    for offset in long { bytes.append(bigEndian: offset) }
    packChecksum.append(to: &bytes)
    ChecksumHasher.digest(of: bytes.span, algorithm: packChecksum.algorithm).append(to: &bytes)
    return bytes
  }
}
