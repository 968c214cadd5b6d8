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

  let file: MappedFile
  private let layout: Layout
  /// The names.
  var ids: ObjectIDTable { layout.ids }

  /// Where the tables are, in bytes from the start of the file.
  private struct Layout {
    var ids: ObjectIDTable
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

  /// The index of no pack: nothing is found in it.
  init(emptyOf algorithm: HashAlgorithm) {
    file = MappedFile([UInt8](repeating: 0, count: Self.emptyBytes))
    hashAlgorithm = algorithm
    version = 1
    count = 0
    layout = Layout(
      ids: ObjectIDTable(
        fanout: 0, ids: 0, stride: algorithm.byteCount, count: 0, algorithm: algorithm),
      offsets: 0, offsetStride: 4, longOffsets: 0, longCount: 0,
      trailer: ObjectIDTable.fanoutBytes)
  }

  private static let emptyBytes = ObjectIDTable.fanoutBytes + 64

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
    let count = try ObjectIDTable.count(bytes, fanoutAt: fanout, format: format)
    let start = fanout + ObjectIDTable.fanoutBytes
    // `count` has 32 bits and a row at most 48 bytes: no sum here can overflow.
    var layout = Layout(
      ids: ObjectIDTable(
        fanout: fanout, ids: start, stride: width, count: count, algorithm: algorithm),
      offsets: start + count * (width + 4), offsetStride: 4, checksums: start + count * width,
      longOffsets: start + count * (width + 8),
      longCount: 0, trailer: 0)
    if version == 1 {
      layout.ids.ids = start + 4
      layout.ids.stride = width + 4
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
    file.withBytes { bytes in layout.ids.id(at: position, in: bytes) }
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

  /// The least of the offsets in the table of long ones; nil when there is none.
  func leastLongOffset() throws(ParseError) -> Int? {
    try file.withBytes { (bytes) throws(ParseError) in
      var least: Int?
      for row in 0..<layout.longCount {
        let place = layout.longOffsets + row * 8
        guard let offset = Int(exactly: bytes.bigEndianUInt64(at: place)) else {
          throw ParseError(Self.format, "has an offset above 63 bits", at: place)
        }
        least = min(least ?? offset, offset)
      }
      return least
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
  /// The position of an object, or nil. About four probes.
  public func position(of id: ObjectID) -> Int? {
    file.withBytes { bytes in layout.ids.position(of: id, in: bytes) }
  }

  /// The positions of the objects whose names begin with `prefix`.
  public func positions(matching prefix: ObjectIDPrefix) -> Range<Int> {
    file.withBytes { bytes in layout.ids.positions(matching: prefix, in: bytes) }
  }

  /// The positions of the objects whose names have this first byte.
  func positions(startingWith first: UInt8) -> Range<Int> {
    file.withBytes { bytes in layout.ids.positions(startingWith: Int(first), in: bytes) }
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
      try layout.ids.verify(bytes, format: Self.format, allowsDuplicates: true)
    }
  }
}
