package import PandoBytes

/// The file `.mtimes` beside a cruft pack: for each object, in the order of the pack's index, when
/// it was last needed. Source: gitformat-pack, "pack-*.mtimes files".
package enum PackTimes {
  private static let headerBytes = 12
  private static let format = "pack .mtimes file"

  /// Reads the seconds since 1970 of `count` objects. Throws for bytes that break the format.
  package static func seconds(
    parsing bytes: Span<UInt8>, count: Int, algorithm: HashAlgorithm
  ) throws(ParseError) -> [UInt32] {
    var reader = ByteReader(bytes, format: format)
    guard reader.skip("MTME") else { throw reader.error("bad signature") }
    let version = try reader.uint32()
    guard version == 1 else { throw reader.error("unknown version \(version)") }
    guard try reader.uint32() == UInt32(algorithm.rawValue) else {
      throw reader.error("another hash algorithm")
    }
    let width = algorithm.byteCount
    guard reader.remaining % 4 == 0, reader.remaining / 4 == count + width / 2 else {
      throw reader.error("wrong size")
    }
    var seconds: [UInt32] = []
    seconds.reserveCapacity(count)
    for _ in 0..<count { seconds.append(try reader.uint32()) }
    let covered = bytes.extracting(0..<bytes.count - width)
    let stored = bytes.extracting(bytes.count - width..<bytes.count)
    guard
      Digest(stored, algorithm: algorithm)
        == ChecksumHasher.digest(of: covered, algorithm: algorithm)
    else { throw ParseError(format, "does not match its checksum", at: covered.count) }
    return seconds
  }

  /// The file for a pack that ends in `packChecksum`: `seconds` in the order of its index.
  package static func bytes(_ seconds: [UInt32], packChecksum: Digest) -> [UInt8] {
    let algorithm = packChecksum.algorithm
    var bytes: [UInt8] = []
    bytes.reserveCapacity(headerBytes + seconds.count * 4 + algorithm.byteCount * 2)
    bytes.append(text: "MTME")
    bytes.append(bigEndian: UInt32(1))
    bytes.append(bigEndian: UInt32(algorithm.rawValue))
    for time in seconds { bytes.append(bigEndian: time) }
    packChecksum.append(to: &bytes)
    ChecksumHasher.digest(of: bytes.span, algorithm: algorithm).append(to: &bytes)
    return bytes
  }
}
