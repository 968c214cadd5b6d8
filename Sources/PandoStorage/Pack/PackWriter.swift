public import PandoBytes
public import PandoFiles
public import PandoObjects

/// Writes one pack of objects and deltas, with its index, and publishes both.
///
/// The bytes go to files `tmp_pack_…` and `tmp_idx_…`, which are synced as the policy says; then
/// the pack gets its name, then the index, which is what makes its objects visible. Dropped
/// unpublished, the files are removed. Source: gitformat-pack.
public struct PackWriter: ~Copyable, Sendable {
  /// The level Git compresses pack entries with unless `pack.compression` says otherwise.
  public static let levelDefault = -1
  /// The type of an entry whose base is in the same pack.
  private static let offsetDelta: UInt8 = 6
  /// The bytes that are gathered before they are written.
  static let bufferBytes = 256 << 10

  private let directory: FilePath
  private let files: any FileSystem
  private let random: any RandomSource
  private let permissions: UInt16
  private let hashAlgorithm: HashAlgorithm
  private var file: TemporaryFile
  /// The number of objects; nil when only the end tells.
  private let count: Int?
  private var deflater: Deflater
  private var hasher: ChecksumHasher
  private var buffer: [UInt8] = []
  /// The bytes that the file has. What comes behind them is in memory still.
  private(set) var written = 0
  /// Where the last entry ends.
  var end: Int { written + buffer.count }
  private var table: PackTable
  /// Where the trees are, which deltas are made from.
  private var treeOffsets: [ObjectID: Int] = [:]

  /// Starts a pack of `count` objects in `directory`, which must exist. Without a count it is read
  /// once more when it ends.
  public init(
    count: Int?, in directory: FilePath, algorithm: HashAlgorithm, files: any FileSystem,
    level: Int = PackWriter.levelDefault, permissions: UInt16 = 0o444,
    random: any RandomSource = SystemRandom()
  ) throws(PandoError) {
    let objects = try PackCount.number(count ?? 0)
    file = try TemporaryFile.makeForPack(
      "tmp_pack_", in: directory, files: files, random: random, permissions: permissions)
    self.directory = directory
    self.files = files
    self.random = random
    self.permissions = permissions
    self.count = count
    hashAlgorithm = algorithm
    deflater = Deflater(level: level)
    hasher = ChecksumHasher(algorithm)
    table = PackTable(algorithm, expecting: count)
    buffer.append(text: "PACK")
    buffer.append(bigEndian: UInt32(2))
    buffer.append(bigEndian: objects)
  }

  /// Appends an object. `id` must be its name, which is not computed again.
  public mutating func append(_ object: RawObject, as id: ObjectID) throws(PandoError) {
    let start = buffer.count
    buffer.append(packEntryType: object.kind.rawValue, size: object.body.count)
    try finish(id, object.kind, object.body, from: start)
  }

  /// Appends the object `id` as a delta on the tree at `base`.
  private mutating func append(
    _ delta: [UInt8], as id: ObjectID, onTreeAt base: Int
  ) throws(PandoError) {
    let start = buffer.count
    buffer.append(packEntryType: PackWriter.offsetDelta, size: delta.count)
    buffer.append(baseDistance: written + start - base)
    try finish(id, .tree, delta, from: start)
  }

  private mutating func finish(
    _ id: ObjectID, _ kind: ObjectKind, _ bytes: [UInt8], from start: Int
  ) throws(PandoError) {
    if let count, table.count == count {
      throw PandoError(.invalidInput, "a pack of \(count) objects was given more")
    }
    let type = buffer[start] >> 4 & 7
    deflater.deflate(bytes.span, into: &buffer)
    let checksum = CRC32.checksum(buffer.span.extracting(start..<buffer.count))
    let number = table.append(offset: written + start, type: type, checksum: checksum)
    table.setResolved(number, id, kind)
    if buffer.count >= Self.bufferBytes { try flush() }
  }

  /// Writes what is in memory still.
  mutating func flush() throws(PandoError) {
    let bytes = buffer
    if count != nil { hasher.update(bytes.span) }
    written += buffer.count
    do { try file.write(bytes) } catch { throw .refused("pack \(file.path)", error) }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Opens the file for reads of what was written to it.
  func reader() throws(PandoError) -> any ReadableFile {
    do { return try file.reader() } catch { throw .refused("pack \(file.path)", error) }
  }

  /// Ends the pack and publishes it with its index; returns the path of the pack.
  ///
  /// - Parameters:
  ///   - isKept: whether a ``PackMark`` comes before it, which is the caller's to remove.
  ///   - reader: reads the file; needed where the number of objects was not given.
  public consuming func publish(
    _ durability: Durability, isKept: Bool = false, reader: (any ReadableFile)? = nil
  ) throws(PandoError) -> FilePath {
    let checksum = try seal(reader)
    let contents = IndexedPack(
      checksum: checksum, table: table, order: PackNameOrder(table), end: written, addedCount: 0)
    let pack = SealedPack(
      directory: directory, contents: contents, isKept: isKept, durability: durability.forPacks,
      permissions: permissions, files: files, random: random)
    if let reader { return try pack.publish(file, orCopyOf: reader) }
    return try pack.publish(file)
  }

  /// Writes the pack to its end; returns its checksum.
  private mutating func seal(_ reader: (any ReadableFile)?) throws(PandoError) -> Digest {
    try flush()
    if count == nil, let reader {
      return try PackCount.write(table.count, to: file.writer, reader, end: written, hashAlgorithm)
    }
    guard table.count == count else {
      throw PandoError(
        .invalidInput, "a pack of \(count ?? 0) objects was given \(table.count)")
    }
    let checksum = hasher.finish()
    var trailer: [UInt8] = []
    checksum.append(to: &trailer)
    do { try file.write(trailer) } catch { throw .refused("pack \(file.path)", error) }
    return checksum
  }
}

extension PackWriter {
  /// The order of kinds in a pack: what walks of history read comes first.
  static let kindOrder: [ObjectKind] = [.commit, .tag, .tree, .blob]

  /// Appends the objects of `batch` that `ids` names, kind by kind, each kind in its given order.
  /// Trees that the batch keeps as deltas are written as such when their bases are among them.
  public mutating func append(_ batch: ObjectBatch, _ ids: [ObjectID]) throws(PandoError) {
    var byKind = [[ObjectID]](repeating: [], count: Self.kindOrder.count)
    for id in ids {
      guard let kind = batch.header(of: id)?.kind,
        let place = Self.kindOrder.firstIndex(of: kind)
      else { continue }
      byKind[place].append(id)
    }
    for (kind, ids) in zip(Self.kindOrder, byKind) {
      for id in ids {
        if kind == .tree { treeOffsets[id] = written + buffer.count }
        if let delta = batch.delta(of: id), let base = treeOffsets[delta.base] {
          try append(delta.bytes, as: id, onTreeAt: base)
        } else if let object = batch[id] {
          try append(object, as: id)
        }
      }
    }
  }
}
