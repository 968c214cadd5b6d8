public import PandoBytes
public import PandoFiles
internal import PandoObjects

/// One file of a commit-graph: all of it, or a layer that stands on others.
///
/// Opening proves the table of contents, the fan-out table and the sizes of all tables, in constant
/// time; what rows say is checked where it is used. `CommitGraphCheck` looks at everything. Source:
/// gitformat-commit-graph.
public final class CommitGraphFile: Sendable {
  /// How the filters of a file were made.
  public struct FilterSettings: Hashable, Sendable {
    /// The version of the hash: 1 takes bytes from 0x80 on for negative numbers, 2 does not.
    public var version = 1
    /// Bits that a path sets.
    public var hashCount = 7
    /// Bits that a path adds to a filter's size.
    public var bitsPerPath = 10

    /// Git's own choice.
    public init() {}

    /// The most bits a path may set in a file that is read: each costs a look-up.
    static let hashCountMax = 64
  }

  /// The algorithm that names the commits.
  public let hashAlgorithm: HashAlgorithm
  /// The number of commits in this file.
  public let count: Int
  /// The number of files below this one.
  public let baseCount: Int
  /// The checksum that ends the file, which is its name in a chain.
  public let checksum: Digest
  /// Where the file is.
  public let path: FilePath
  /// How the filters of changed paths were made; nil when there are none that can be read.
  public let filterSettings: FilterSettings?

  let file: MappedFile
  let ids: ObjectIDTable
  let tables: Tables

  /// Where the tables are, in bytes from the start of the file.
  struct Tables: Sendable {
    var rows = 0
    /// Four bytes a commit, when the file has corrected dates.
    var dateOffsets: Int?
    /// Eight bytes a date that is too far from its commit's.
    var longOffsets = 0..<0
    /// Four bytes a parent of commits that have more than two.
    var edges = 0..<0
    /// The checksums of the files below, lowest first.
    var bases = 0..<0
    /// Four bytes a commit: where its filter ends.
    var filterEnds: Int?
    var filters = 0..<0
  }

  static let format = "commit-graph"
  static let signature = ChunkFile.ID("CGPH")
  static let headerBytes = 8
  static let filterHeaderBytes = 12
  /// In place of a first or second parent: there is none.
  static let noParent: UInt32 = 0x7000_0000
  /// In a second parent: the rest is the first of more parents in their own table. There, and in
  /// the offset of a date: the last of them; the rest is the number of a long offset.
  static let flag: UInt32 = 0x8000_0000

  /// Reads the graph that `file`, which is at `path`, holds.
  public init(
    _ file: MappedFile, path: FilePath, algorithm: HashAlgorithm
  ) throws(ParseError) {
    self.file = file
    self.path = path
    hashAlgorithm = algorithm
    let bytes = file.bytes
    let width = algorithm.byteCount
    var reader = ByteReader(bytes, format: Self.format)
    let chunkCount = try ChunkFile.chunkCount(&reader, signature: Self.signature, algorithm)
    baseCount = Int(try reader.byte())
    guard bytes.count >= Self.headerBytes + width else { throw reader.error("ends too early") }
    let end = bytes.count - width
    let chunks = try ChunkFile(
      bytes, at: Self.headerBytes, count: chunkCount, end: end, format: Self.format)
    let fanout = try chunks.requiredRange(of: .fanout, size: ObjectIDTable.fanoutBytes).lowerBound
    count = try ObjectIDTable.count(bytes, fanoutAt: fanout, format: Self.format)
    let names = try chunks.requiredRange(of: .names, size: count * width)
    ids = ObjectIDTable(
      fanout: fanout, ids: names.lowerBound, stride: width, count: count, algorithm: algorithm)
    var tables = try Self.tables(chunks, count: count, baseCount: baseCount, width: width)
    filterSettings = Self.filters(chunks, bytes, count: count, &tables)
    self.tables = tables
    checksum =
      Digest(bytes.extracting(end..<bytes.count), algorithm: algorithm) ?? .zero(algorithm)
  }

  private static func tables(
    _ chunks: ChunkFile, count: Int, baseCount: Int, width: Int
  ) throws(ParseError) -> Tables {
    var tables = Tables()
    // The names were there, so that the products cannot overflow.
    tables.rows = try chunks.requiredRange(of: .rows, size: count * (width + 16)).lowerBound
    if chunks.range(of: .dateOffsets) != nil {
      tables.dateOffsets = try chunks.requiredRange(of: .dateOffsets, size: count * 4).lowerBound
    }
    tables.longOffsets = chunks.range(of: .longOffsets) ?? 0..<0
    tables.edges = chunks.range(of: .edges) ?? 0..<0
    for (range, width) in [(tables.longOffsets, 8), (tables.edges, 4)]
    where range.count % width != 0 {
      throw ParseError(format, "has a table with a broken row", at: range.upperBound)
    }
    if baseCount > 0 || chunks.range(of: .bases) != nil {
      tables.bases = try chunks.requiredRange(of: .bases, size: baseCount * width)
    }
    return tables
  }

  /// Filters that cannot be used are as good as none, as Git has it.
  private static func filters(
    _ chunks: ChunkFile, _ bytes: Span<UInt8>, count: Int, _ tables: inout Tables
  ) -> FilterSettings? {
    guard let ends = chunks.range(of: .filterEnds), let filters = chunks.range(of: .filters),
      ends.count == count * 4, filters.count >= filterHeaderBytes
    else { return nil }
    let words = (0..<3).map { Int(bytes.bigEndianUInt32(at: filters.lowerBound + $0 * 4)) }
    var settings = FilterSettings()
    (settings.version, settings.hashCount, settings.bitsPerPath) = (words[0], words[1], words[2])
    guard 1...2 ~= settings.version, 1...FilterSettings.hashCountMax ~= settings.hashCount else {
      return nil
    }
    tables.filterEnds = ends.lowerBound
    tables.filters = filters.lowerBound + filterHeaderBytes..<filters.upperBound
    return settings
  }
}

extension ChunkFile.ID {
  static let fanout = ChunkFile.ID("OIDF")
  static let names = ChunkFile.ID("OIDL")
  static let rows = ChunkFile.ID("CDAT")
  static let dateOffsets = ChunkFile.ID("GDA2")
  static let longOffsets = ChunkFile.ID("GDO2")
  static let edges = ChunkFile.ID("EDGE")
  static let filterEnds = ChunkFile.ID("BIDX")
  static let filters = ChunkFile.ID("BDAT")
  static let bases = ChunkFile.ID("BASE")
}
