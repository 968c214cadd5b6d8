public import PandoBytes
public import PandoFiles
public import PandoObjects

/// The index of many packs at once, `multi-pack-index`: which pack has an object, and where in it.
/// Version 1, of either algorithm.
///
/// Opening checks the table of contents, the sizes of all chunks, the fan-out table and the names
/// of the packs; every search is safe on whatever the rest holds. `MultiPackIndexVerifier` checks
/// the rest. Source: gitformat-pack, "multi-pack-index (MIDX) files".
public final class MultiPackIndex: Sendable {
  /// The name of the file in the directory of packs.
  public static let fileName = "multi-pack-index"

  /// Where an object is.
  public struct Location: Hashable, Sendable {
    /// The number of the pack: its place among `packNames`.
    public let pack: Int
    /// Where in the pack the object begins.
    public let offset: Int

    /// Describes a place.
    public init(pack: Int, offset: Int) {
      self.pack = pack
      self.offset = offset
    }
  }

  /// The algorithm that names the objects.
  public let hashAlgorithm: HashAlgorithm
  /// How many objects it has.
  public let count: Int
  /// The names of the packs' index files, `pack-….idx`, in ascending order.
  public let packNames: [[UInt8]]
  /// The size of the file in bytes.
  public var byteCount: Int { file.count }

  let file: MappedFile
  let table: ObjectIDTable
  private let layout: Layout

  /// Where the other tables are.
  private struct Layout {
    var locations: Int
    var longOffsets: Range<Int>?
    var order: Int?
    var trailer: Int
  }

  static let format = "multi-pack-index"
  /// `MIDX`.
  static let signature = ChunkFile.ID("MIDX")
  static let headerBytes = 12
  static let alignment = 4
  static let longOffsetFlag: UInt32 = 0x8000_0000

  /// The chunks of the format.
  enum ChunkID {
    static let packNames = ChunkFile.ID("PNAM")
    static let fanout = ChunkFile.ID("OIDF")
    static let ids = ChunkFile.ID("OIDL")
    static let locations = ChunkFile.ID("OOFF")
    static let longOffsets = ChunkFile.ID("LOFF")
    static let order = ChunkFile.ID("RIDX")
  }

  /// Reads the multi-pack-index that `file` holds. O(packs).
  public init(_ file: MappedFile, algorithm: HashAlgorithm) throws(ParseError) {
    self.file = file
    hashAlgorithm = algorithm
    (packNames, table, layout) = try file.withBytes { (bytes) throws(ParseError) in
      try Self.parse(bytes, algorithm)
    }
    count = table.count
  }

  private static func parse(
    _ bytes: Span<UInt8>, _ algorithm: HashAlgorithm
  ) throws(ParseError) -> ([[UInt8]], ObjectIDTable, Layout) {
    let width = algorithm.byteCount
    var reader = ByteReader(bytes, format: format)
    guard bytes.count >= headerBytes + width else {
      throw ParseError(format, "ends too early", at: bytes.count)
    }
    let chunkCount = try ChunkFile.chunkCount(&reader, signature: signature, algorithm)
    guard try reader.byte() == 0 else { throw reader.error("builds on another file") }
    let packCount = Int(try reader.uint32())
    let trailer = bytes.count - width
    let chunks = try ChunkFile(
      bytes, at: headerBytes, count: chunkCount, end: trailer, alignment: alignment, format: format)
    let names = try parseNames(bytes, chunks.requiredRange(of: ChunkID.packNames), packCount)
    let fanout = try chunks.requiredRange(of: ChunkID.fanout, size: ObjectIDTable.fanoutBytes)
    // The count has 32 bits: no product here can overflow.
    let count = try ObjectIDTable.count(bytes, fanoutAt: fanout.lowerBound, format: format)
    let ids = try chunks.requiredRange(of: ChunkID.ids, size: count * width)
    let locations = try chunks.requiredRange(of: ChunkID.locations, size: count * 8)
    let longOffsets = chunks.range(of: ChunkID.longOffsets)
    if let longOffsets, longOffsets.count % 8 != 0 {
      throw ParseError(format, "has a part of a long offset", at: longOffsets.upperBound)
    }
    let order = try chunks.range(of: ChunkID.order).map { (_) throws(ParseError) in
      try chunks.requiredRange(of: ChunkID.order, size: count * 4).lowerBound
    }
    let table = ObjectIDTable(
      fanout: fanout.lowerBound, ids: ids.lowerBound, stride: width, count: count,
      algorithm: algorithm)
    let layout = Layout(
      locations: locations.lowerBound, longOffsets: longOffsets, order: order, trailer: trailer)
    return (names, table, layout)
  }

  /// The names are those of files beside this one, each ended by a zero, in ascending order.
  private static func parseNames(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ count: Int
  ) throws(ParseError) -> [[UInt8]] {
    var reader = ByteReader(
      bytes.extracting(0..<range.upperBound), format: format, offset: range.lowerBound)
    // A name takes two bytes at least.
    guard count <= range.count / 2 else { throw reader.error("has too few names of packs") }
    var names: [[UInt8]] = []
    names.reserveCapacity(count)
    for _ in 0..<count {
      guard let place = reader.take(until: 0) else {
        throw reader.error("has too few names of packs")
      }
      let name = [UInt8](copying: bytes.extracting(place))
      guard !name.isEmpty, !name.contains(UInt8(ascii: "/")) else {
        throw ParseError(format, "names a pack outside its directory", at: place.lowerBound)
      }
      if let last = names.last, !last.lexicographicallyPrecedes(name) {
        throw ParseError(format, "has names of packs out of order", at: place.lowerBound)
      }
      names.append(name)
    }
    return names
  }
}

// MARK: By position

extension MultiPackIndex {
  /// The name at a position from 0 to `count - 1`; positions are in the order of names.
  public func id(at position: Int) -> ObjectID {
    file.withBytes { bytes in table.id(at: position, in: bytes) }
  }

  /// Where the object at a position is. Throws for a pack that is none of `packNames` and an offset
  /// outside the file's own table; whether it lies in the pack is for the pack to check.
  public func location(at position: Int) throws(ParseError) -> Location {
    try file.withBytes { (bytes) throws(ParseError) in try location(at: position, in: bytes) }
  }

  func location(at position: Int, in bytes: Span<UInt8>) throws(ParseError) -> Location {
    precondition(position >= 0 && position < count, "position outside the index")
    let place = layout.locations + position * 8
    let pack = Int(bytes.bigEndianUInt32(at: place))
    guard pack < packNames.count else {
      throw ParseError(Self.format, "points at a pack that it does not have", at: place)
    }
    let short = bytes.bigEndianUInt32(at: place + 4)
    // Unlike in a pack's index, the top bit is a plain bit where the chunk is missing.
    guard let longOffsets = layout.longOffsets, short & Self.longOffsetFlag != 0 else {
      return Location(pack: pack, offset: Int(short))
    }
    let row = longOffsets.lowerBound + Int(short & ~Self.longOffsetFlag) * 8
    guard row < longOffsets.upperBound else {
      throw ParseError(Self.format, "points outside its table of long offsets", at: place)
    }
    guard let offset = Int(exactly: bytes.bigEndianUInt64(at: row)) else {
      throw ParseError(Self.format, "has an offset above 63 bits", at: row)
    }
    return Location(pack: pack, offset: offset)
  }

  /// The checksum that ends the file, and names the bitmaps that belong to it.
  public var checksum: Digest {
    file.withBytes { bytes in
      Digest(
        bytes.extracting(layout.trailer..<layout.trailer + hashAlgorithm.byteCount),
        algorithm: hashAlgorithm)
    } ?? .zero(hashAlgorithm)
  }

  /// Whether the file matches the checksum it ends in. O(n).
  public var isChecksumValid: Bool {
    file.withBytes { bytes in
      ChecksumHasher.digest(
        of: bytes.extracting(0..<layout.trailer), algorithm: hashAlgorithm) == checksum
    }
  }

  /// Whether the file tells the order of its objects for bitmaps.
  public var hasOrder: Bool { layout.order != nil }

  /// The position of the object that is number `rank` in the order for bitmaps: the preferred
  /// pack's objects first, then pack by pack, each by offset. Nil when the file does not tell or
  /// tells one that is none.
  public func position(atRank rank: Int) -> Int? {
    guard let order = layout.order, rank >= 0, rank < count else { return nil }
    let position = file.withBytes { bytes in Int(bytes.bigEndianUInt32(at: order + rank * 4)) }
    return position < count ? position : nil
  }
}

// MARK: By name

extension MultiPackIndex {
  /// The position of an object, or nil. About four probes.
  public func position(of id: ObjectID) -> Int? {
    file.withBytes { bytes in table.position(of: id, in: bytes) }
  }

  /// The positions of the objects whose names begin with `prefix`.
  public func positions(matching prefix: ObjectIDPrefix) -> Range<Int> {
    file.withBytes { bytes in table.positions(matching: prefix, in: bytes) }
  }

  /// The number of the pack whose index or pack file is called `name`, or nil. O(log n).
  public func packNumber(named name: [UInt8]) -> Int? {
    var key = name
    if key.ends(with: ".pack") { key = Array(key.dropLast(5)) + Array(".idx".utf8) }
    var low = 0
    var high = packNames.count
    while low < high {
      let middle = low + (high - low) / 2
      if packNames[middle].lexicographicallyPrecedes(key) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low < packNames.count && packNames[low] == key ? low : nil
  }
}

extension MultiPackIndex {
  /// The positions of the objects whose names have this first byte.
  func positions(startingWith first: UInt8) -> Range<Int> {
    file.withBytes { bytes in table.positions(startingWith: Int(first), in: bytes) }
  }
}
