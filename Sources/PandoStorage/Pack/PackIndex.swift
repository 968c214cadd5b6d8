public import PandoBytes
public import PandoFiles
public import PandoObjects

/// The index of a pack: which objects it has and where. Versions 1 and 2, of either algorithm.
///
/// Opening checks sizes and the fan-out table, in constant time; every search is safe on whatever
/// the rest holds. `verify()` checks the rest. Source: gitformat-pack.
public final class PackIndex: Sendable {
  /// The format's version, 1 or 2.
  public let version: Int
  /// The algorithm that names the objects.
  public let hashAlgorithm: HashAlgorithm
  /// How many objects the pack has, duplicates counted.
  public let count: Int
  /// The size of the index in bytes.
  public var byteCount: Int { file.count }

  private let file: MappedFile
  private let layout: Layout

  /// Where the tables are, in bytes from the start of the file.
  private struct Layout {
    var fanout: Int
    /// The first name, and the distance from one to the next.
    var ids: Int
    var idStride: Int
    /// The first offset of 32 bits, and the distance from one to the next.
    var offsets: Int
    var offsetStride: Int
    var checksums: Int?
    var longOffsets: Int
    var longCount: Int
    var trailer: Int
  }

  private static let format = "pack index"
  /// `\377tOc`, which no version 1 can start with: its fan-out table would go down.
  static let magic: UInt32 = 0xFF74_4F63

  /// Reads the index that `file` holds.
  public init(_ file: MappedFile, algorithm: HashAlgorithm) throws(ParseError) {
    self.file = file
    hashAlgorithm = algorithm
    (version, count, layout) = try file.withBytes { (bytes) throws(ParseError) in
      try Self.parse(bytes, algorithm)
    }
  }

  private static func parse(
    _ bytes: Span<UInt8>, _ algorithm: HashAlgorithm
  ) throws(ParseError) -> (Int, Int, Layout) {
    var reader = ByteReader(bytes, format: format)
    let width = algorithm.byteCount
    var version = 1
    if bytes.count >= 4, bytes.bigEndianUInt32(at: 0) == magic {
      reader = ByteReader(bytes, format: format, offset: 4)
      version = Int(try reader.uint32())
      guard version == 2 else { throw reader.error("has the unknown version \(version)") }
    }
    let fanout = reader.offset
    var count = 0
    for _ in 0..<256 {
      let next = Int(try reader.uint32())
      guard next >= count else { throw reader.error("has a fan-out table that goes down") }
      count = next
    }
    let start = reader.offset
    // `count` has 32 bits and a row at most 48 bytes: no sum here can overflow.
    var layout = Layout(
      fanout: fanout, ids: start, idStride: width, offsets: start + count * (width + 4),
      offsetStride: 4, checksums: start + count * width, longOffsets: start + count * (width + 8),
      longCount: 0, trailer: 0)
    if version == 1 {
      layout.ids = start + 4
      layout.idStride = width + 4
      layout.offsets = start
      layout.offsetStride = width + 4
      layout.checksums = nil
      layout.longOffsets = start + count * (width + 4)
    }
    let rest = bytes.count - layout.longOffsets - 2 * width
    guard rest >= 0 else { throw ParseError(format, "ends too early", at: bytes.count) }
    guard version == 2 ? rest % 8 == 0 && rest / 8 <= count : rest == 0 else {
      throw ParseError(format, "is longer than its \(count) objects need", at: layout.longOffsets)
    }
    layout.longCount = rest / 8
    layout.trailer = layout.longOffsets + rest
    return (version, count, layout)
  }
}

// MARK: By position

extension PackIndex {
  /// The name at a position from 0 to `count - 1`; positions are in the order of names.
  public func id(at position: Int) -> ObjectID {
    file.withBytes { bytes in id(at: position, in: bytes) }
  }

  private func id(at position: Int, in bytes: Span<UInt8>) -> ObjectID {
    precondition(position >= 0 && position < count, "position outside the index")
    let start = layout.ids + position * layout.idStride
    let digest = bytes.extracting(start..<start + hashAlgorithm.byteCount)
    return ObjectID(digest, algorithm: hashAlgorithm) ?? .null(hashAlgorithm)
  }

  /// Where in the pack the object at a position begins. Throws for an offset that leaves the
  /// index's own table; whether it lies in the pack is for the pack to check.
  public func offset(at position: Int) throws(ParseError) -> Int {
    precondition(position >= 0 && position < count, "position outside the index")
    return try file.withBytes { (bytes) throws(ParseError) in
      let place = layout.offsets + position * layout.offsetStride
      let short = bytes.bigEndianUInt32(at: place)
      // Version 1 has no long offsets, so its top bit is a plain bit.
      guard version == 2, short & 0x8000_0000 != 0 else { return Int(short) }
      let row = Int(short & 0x7FFF_FFFF)
      guard row < layout.longCount else {
        throw ParseError(Self.format, "points outside its table of long offsets", at: place)
      }
      let long = bytes.bigEndianUInt64(at: layout.longOffsets + row * 8)
      guard let offset = Int(exactly: long) else {
        throw ParseError(Self.format, "has an offset above 63 bits", at: place)
      }
      return offset
    }
  }

  /// The CRC-32 of the packed bytes of the object at a position; nil in version 1.
  public func checksum(at position: Int) -> UInt32? {
    precondition(position >= 0 && position < count, "position outside the index")
    guard let checksums = layout.checksums else { return nil }
    return file.withBytes { bytes in bytes.bigEndianUInt32(at: checksums + position * 4) }
  }

  /// The checksum that ends the pack this index belongs to.
  public var packChecksum: Digest { digest(at: layout.trailer) }

  private func digest(at start: Int) -> Digest {
    file.withBytes { bytes in
      Digest(
        bytes.extracting(start..<start + hashAlgorithm.byteCount), algorithm: hashAlgorithm)
    } ?? .zero(hashAlgorithm)
  }
}

// MARK: By name

extension PackIndex {
  /// The position of an object, or nil. Names are evenly spread, so the search starts where the
  /// name should be and gallops from there: about four probes.
  public func position(of id: ObjectID) -> Int? {
    guard id.algorithm == hashAlgorithm else { return nil }
    return file.withBytes { bytes in
      let word = id.digest.leadingWord
      var position = lowerBound(word, in: bytes)
      while position < count, self.word(at: position, in: bytes) == word {
        if self.id(at: position, in: bytes) == id { return position }
        position += 1
      }
      return nil
    }
  }

  /// The positions of the objects whose names begin with `prefix`.
  public func positions(matching prefix: ObjectIDPrefix) -> Range<Int> {
    guard prefix.lowest.algorithm == hashAlgorithm else { return 0..<0 }
    return file.withBytes { bytes in
      var start = lowerBound(prefix.lowest.digest.leadingWord, in: bytes)
      while start < count, id(at: start, in: bytes) < prefix.lowest { start += 1 }
      var end = start
      while end < count, prefix.matches(id(at: end, in: bytes)) { end += 1 }
      return start..<end
    }
  }

  private func word(at position: Int, in bytes: Span<UInt8>) -> UInt64 {
    bytes.bigEndianUInt64(at: layout.ids + position * layout.idStride)
  }

  /// The first position whose name does not begin below `word`. In an index out of order it is some
  /// position, found in as few steps.
  private func lowerBound(_ word: UInt64, in bytes: Span<UInt8>) -> Int {
    let bucket = Int(word >> 56)
    var low =
      bucket == 0 ? 0 : Int(bytes.bigEndianUInt32(at: layout.fanout + (bucket - 1) * 4))
    var high = Int(bytes.bigEndianUInt32(at: layout.fanout + bucket * 4))
    // The file may have changed under the mapping since it was checked.
    high = min(high, count)
    low = min(low, high)
    guard low < high else { return low }
    let guess = low + Int((word << 8).multipliedFullWidth(by: UInt64(high - low)).high)
    var step = 8
    if self.word(at: guess, in: bytes) < word {
      low = guess + 1
      while low + step < high, self.word(at: low + step, in: bytes) < word {
        low += step + 1
        step *= 2
      }
      high = min(high, low + step)
    } else {
      high = guess
      while high - step > low, self.word(at: high - step, in: bytes) >= word {
        high -= step
        step *= 2
      }
      low = max(low, high - step)
    }
    while low < high {
      let middle = low + (high - low) / 2
      if self.word(at: middle, in: bytes) < word { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

// MARK: Order and verification

extension PackIndex {
  /// Throws unless the names ascend, agree with the fan-out table, and the index's own checksum is
  /// right. O(n).
  public func verify() throws(ParseError) {
    let stored = digest(at: layout.trailer + hashAlgorithm.byteCount)
    try file.withBytes { (bytes) throws(ParseError) in
      let covered = bytes.extracting(0..<layout.trailer + hashAlgorithm.byteCount)
      guard ChecksumHasher.digest(of: covered, algorithm: hashAlgorithm) == stored else {
        throw ParseError(Self.format, "does not match its checksum", at: covered.count)
      }
      var last: ObjectID?
      for position in 0..<count {
        let id = id(at: position, in: bytes)
        let place = layout.ids + position * layout.idStride
        if let last, last > id { throw ParseError(Self.format, "is out of order", at: place) }
        let bucket = Int(id.digest.leadingWord >> 56)
        let end = Int(bytes.bigEndianUInt32(at: layout.fanout + bucket * 4))
        let start =
          bucket == 0 ? 0 : Int(bytes.bigEndianUInt32(at: layout.fanout + (bucket - 1) * 4))
        guard position >= start, position < end else {
          throw ParseError(Self.format, "disagrees with its fan-out table", at: place)
        }
        last = id
      }
    }
  }
}
