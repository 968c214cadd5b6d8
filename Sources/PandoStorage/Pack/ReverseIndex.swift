public import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// The objects of a pack, or of a multi-pack-index, in the order of bitmaps: for a pack that of
/// their bytes. From the `.rev` file where there is one. Source: gitformat-pack.
public struct ReverseIndex: Sendable {
  /// For each place the position in the index.
  public let positions: [UInt32]

  static let format = "reverse index"
  /// `RIDX`.
  static let signature: UInt32 = 0x5249_4458
  static let headerBytes = 12

  init(positions: [UInt32]) { self.positions = positions }

  /// Reads a `.rev` file of an index with `count` objects that belongs to the file that ends in
  /// `checksum`. O(n), 4 bytes an object. Throws unless each position is there once.
  public init(
    parsing bytes: Span<UInt8>, count: Int, checksum: Digest
  ) throws(ParseError) {
    let algorithm = checksum.algorithm
    let width = algorithm.byteCount
    var reader = ByteReader(bytes, format: Self.format)
    guard try reader.uint32() == Self.signature else {
      throw reader.error("does not begin with RIDX")
    }
    let version = try reader.uint32()
    guard version == 1 else { throw reader.error("has the unknown version \(version)") }
    guard try reader.uint32() == UInt32(algorithm.rawValue) else {
      throw reader.error("is of another hash algorithm")
    }
    guard count >= 0, count <= (bytes.count - Self.headerBytes) / 4,
      bytes.count == Self.headerBytes + count * 4 + 2 * width
    else { throw reader.error("has another number of objects than its index") }
    let end = Self.headerBytes + count * 4
    guard Digest(bytes.extracting(end..<end + width), algorithm: algorithm) == checksum else {
      throw ParseError(Self.format, "belongs to another pack", at: end)
    }
    var positions: [UInt32] = []
    positions.reserveCapacity(count)
    for place in 0..<count {
      positions.append(bytes.bigEndianUInt32(at: Self.headerBytes + place * 4))
    }
    guard Self.isPermutation(positions) else {
      throw ParseError(Self.format, "does not have each object once", at: Self.headerBytes)
    }
    self.positions = positions
  }

  /// Whether each number below the count is there once.
  static func isPermutation(_ positions: [UInt32]) -> Bool {
    var seen = Bitmap(capacity: positions.count)
    return positions.allSatisfy { Int($0) < positions.count && seen.insert(Int($0)) }
  }

  /// The order of a pack's objects as its `.rev` file has it; nil when the file is missing or not
  /// sound.
  static func stored(
    for pack: FilePath, _ index: PackIndex, files: any FileSystem
  ) -> ReverseIndex? {
    guard let map = try? files.map(PackNames.path(of: pack, ending: ".rev")) else { return nil }
    return try? map.withBytes { (bytes) throws(ParseError) in
      try ReverseIndex(parsing: bytes, count: index.count, checksum: index.packChecksum)
    }
  }

  /// The order of a pack's objects: read when the `.rev` file is there and sound, else sorted.
  init(of reader: PackReader) throws(PandoError) {
    if let stored = try reader.storedOrder() {
      self = stored
      return
    }
    let index = try reader.openIndex()
    do { positions = try OffsetOrder(index).positions } catch {
      throw .corrupt("pack index of \(reader.path)", error)
    }
  }

  /// The order of the objects of a multi-pack-index: from its own chunk, else from the `.rev` file
  /// beside it; nil when neither is there and sound.
  init?(of index: MultiPackIndex, in directory: FilePath, files: any FileSystem) {
    if index.hasOrder {
      var positions: [UInt32] = []
      positions.reserveCapacity(index.count)
      for rank in 0..<index.count {
        guard let position = index.position(atRank: rank) else { return nil }
        positions.append(UInt32(position))
      }
      guard Self.isPermutation(positions) else { return nil }
      self.positions = positions
      return
    }
    let checksum = index.checksum
    let name = "\(MultiPackIndex.fileName)-\(checksum.hex).rev"
    guard let map = try? files.map(directory / name),
      let read = try? map.withBytes({ (bytes) throws(ParseError) in
        try ReverseIndex(parsing: bytes, count: index.count, checksum: checksum)
      })
    else { return nil }
    self = read
  }

  /// For each position in the index its place in the order. O(n).
  func places() -> [UInt32] {
    var places = [UInt32](repeating: 0, count: positions.count)
    for (place, position) in positions.enumerated() { places[Int(position)] = UInt32(place) }
    return places
  }
}
