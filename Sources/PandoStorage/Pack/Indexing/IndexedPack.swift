public import PandoBytes
internal import PandoFiles
public import PandoObjects

/// What a ``PackIndexer`` has found in a pack.
public struct IndexedPack: Sendable {
  /// The checksum that the pack ends in.
  public let checksum: Digest
  let table: PackTable
  let order: PackNameOrder
  /// Where the entries end.
  let end: Int
  /// The bases that were appended to a thin pack.
  public let addedCount: Int

  /// The number of objects, appended ones included.
  public var count: Int { table.count }

  /// One object of a pack.
  public struct Entry: Sendable, Hashable {
    /// Its name.
    public let id: ObjectID
    /// Its kind.
    public let kind: ObjectKind
    /// Where its entry begins.
    public let offset: Int
    /// The bytes of its entry.
    public let storedSize: Int
    /// For a delta the position in the pack of its base.
    public let base: Int?
  }

  /// The object at a position of the pack, which is below `count`.
  public func entry(_ position: Int) -> Entry {
    let offset = table.offset(position)
    let next = position + 1 < table.count ? table.offset(position + 1) : end
    let link = Int(table.base(position))
    return Entry(
      id: table.id(position), kind: table.kind(position) ?? .blob, offset: offset,
      storedSize: next - offset, base: link == 0 ? nil : link - 1)
  }

  /// The names of all objects in the order of the pack.
  public var ids: [ObjectID] { (0..<table.count).map { table.id($0) } }

  /// How an index is written.
  public struct IndexFormat: Sendable, Hashable {
    /// 1 or 2. Version 1 becomes 2 where offsets do not fit.
    public var version = 2
    /// Offsets from here on go to the table of long offsets.
    public var longOffsetMin = 1 << 31

    /// The format of `git index-pack`.
    public init() {}
  }

  private func file(_ format: IndexFormat) -> (file: PackIndexFile, version: Int) {
    let long = min(format.longOffsetMin, 1 << 31)
    let last = table.count > 0 ? table.offset(table.count - 1) : 0
    let index = PackIndexFile(
      table: table, order: order, packChecksum: checksum, longOffsetMin: long)
    return (index, last >= long ? 2 : format.version)
  }

  /// The bytes of its index.
  public func index(_ format: IndexFormat = IndexFormat()) throws(PandoError) -> [UInt8] {
    let bytes = Collector()
    try writeIndex(format) { bytes.bytes += $0 }
    return bytes.bytes
  }

  /// Writes its index piece by piece.
  public func writeIndex(
    _ format: IndexFormat = IndexFormat(),
    _ write: @escaping ([UInt8]) throws(PandoError) -> Void
  ) throws(PandoError) {
    let (file, version) = file(format)
    try file.write(version: version, write)
  }

  /// Writes its reverse index piece by piece.
  public func writeReverseIndex(
    _ write: @escaping ([UInt8]) throws(PandoError) -> Void
  ) throws(PandoError) {
    try ReverseIndexWriter.write(order.positions, packChecksum: checksum, write)
  }

  private final class Collector {
    var bytes: [UInt8] = []
  }
}
