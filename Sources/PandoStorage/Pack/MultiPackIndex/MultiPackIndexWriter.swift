public import PandoBytes
public import PandoFiles
public import PandoObjects

/// Writes the multi-pack-index of a directory of packs: version 1, the bytes that
/// `git multi-pack-index write` makes.
///
/// An object in several packs is taken from the preferred pack, else from the pack last changed; a
/// choice that the index there is has made stands until a newer pack has the object. The file gets
/// its name in one step, under a lock, after the bitmap that belongs to it. Costs a merge of the
/// packs' indexes: 32 bytes of memory an object. Source: git-multi-pack-index, gitformat-pack.
public struct MultiPackIndexWriter {
  /// What to write.
  public struct Options: Sendable {
    /// The name of the index or the pack, `pack-….idx`, whose objects win and come first in the
    /// order of a bitmap.
    public var preferredPack: [UInt8]?
    /// The names of the only indexes to cover, `pack-….idx`; nil for all there are.
    public var included: Set<[UInt8]>?
    /// The names of indexes to leave out, of packs from which no object is taken.
    public var dropped: Set<[UInt8]> = []
    /// Whether the order for bitmaps is written. A bitmap has it written too.
    public var writesOrder = false
    /// What a bitmap is made for; nil for none.
    public var bitmap: BitmapRequest?
    /// Whether what the index there is says is kept, as Git does it. Otherwise every pack is read.
    public var usesExisting = true

    /// All packs, without a bitmap.
    public init() {}
  }

  /// What came of writing.
  public enum Outcome: Hashable, Sendable {
    /// A file that ends in this checksum took the place of what was there.
    case written(Digest)
    /// The file there covers the same packs and was left alone.
    case unchanged
  }

  let database: ObjectDatabase
  /// The directory of the packs.
  let directory: FilePath
  let options: Options
  /// Takes warnings, in Git's words.
  let warn: (String) -> Void

  var files: any FileSystem { database.files }
  var algorithm: HashAlgorithm { database.hashAlgorithm }
  var path: FilePath { directory / MultiPackIndex.fileName }

  /// Prepares to write in an `objects` directory, which is the database's own unless another one
  /// is given.
  public init(
    _ database: ObjectDatabase, in objects: FilePath? = nil, options: Options = Options(),
    warn: @escaping (String) -> Void = { _ in }
  ) {
    self.database = database
    directory = (objects ?? database.directory) / "pack"
    self.options = options
    self.warn = warn
  }

  /// Writes the file, and the bitmap when one is asked for, and removes those bitmaps that belong
  /// to other files.
  ///
  /// Throws `.invalidInput` when there is no pack to cover or the preferred one is empty, and
  /// `.locked` when somebody else writes.
  public func write() throws(PandoError) -> Outcome {
    let packs = try MultiPackCandidates(self)
    if packs.isUnchanged, options.bitmap == nil || packs.hasBitmap {
      if options.bitmap == nil { try removeCompanions(".bitmap", keeping: nil) }
      return .unchanged
    }
    let preferred = try preferredPack(packs)
    let rows = try MultiPackMerge(packs, preferred: preferred, algorithm: algorithm).merged()
    let checksum = try publish(packs, preferred, rows)
    try removeCompanions(".bitmap", keeping: checksum)
    try removeCompanions(".rev", keeping: checksum)
    try database.rescan()
    return .written(checksum)
  }

  private var hasOrder: Bool { options.writesOrder || options.bitmap != nil }

  private func preferredPack(_ packs: MultiPackCandidates) throws(PandoError) -> Int? {
    var preferred: Int?
    if let name = options.preferredPack {
      preferred = packs.all.firstIndex { $0.isNamed(name) }
      if preferred == nil {
        warn("unknown preferred pack: '\(String(decoding: name, as: UTF8.self))'")
      }
    } else if hasOrder {
      preferred = try packs.oldest()
    }
    guard let preferred else { return nil }
    let pack = packs.all[preferred]
    guard try packs.index(of: preferred).count > 0 else {
      let path = directory.appending(bytes: PackNames.pack(ofIndex: pack.name))
      throw PandoError(.invalidInput, "cannot select preferred pack \(path) with no objects")
    }
    return preferred
  }
}

// MARK: The file

extension MultiPackIndexWriter {
  private func publish(
    _ packs: MultiPackCandidates, _ preferred: Int?, _ rows: MultiPackRows
  ) throws(PandoError) -> Digest {
    let names = packs.all.map(\.name).filter { !options.dropped.contains($0) }.sorted {
      $0.lexicographicallyPrecedes($1)
    }
    guard !names.isEmpty else { throw PandoError(.invalidInput, "no pack files to index.") }
    let numbers = try rows.numbers(packs.all.map(\.name), among: names)
    if options.bitmap != nil, rows.count == 0 {
      warn("refusing to write multi-pack .bitmap without any objects")
    }
    let order = hasOrder ? rows.order(numbers, preferred: preferred) : []
    let contents = chunks(names, numbers, rows, order)
    do throws(FileError) {
      try files.createDirectories(directory, durability: database.options.durability)
    } catch {
      throw .refused("directory \(directory)", error)
    }
    var lock: LockFile
    do throws(FileError) { lock = try LockFile.acquire(path, in: files) } catch {
      guard error.isExists else { throw .refused("file \(path)", error) }
      throw PandoError(.locked, "unable to create '\(LockFile.lockPath(for: path))'", cause: error)
    }
    let durability = database.options.durability.forPacks
    let checksum: Digest
    do throws(FileError) {
      checksum = try contents.write { (piece) throws(FileError) in try lock.write(piece) }
      try lock.finishWriting(durability)
    } catch {
      throw .refused("file \(path)", error)
    }
    // Before the file it belongs to: who finds that one finds its bitmap.
    if let bitmap = options.bitmap, rows.count > 0 { try writeBitmap(bitmap, of: lock.lockPath) }
    do throws(FileError) { try lock.commit(durability) } catch {
      throw .refused("file \(path)", error)
    }
    return checksum
  }

  private func writeBitmap(_ request: BitmapRequest, of file: FilePath) throws(PandoError) {
    let map: MappedFile?
    do throws(FileError) { map = try files.map(file) } catch {
      throw .refused("file \(file)", error)
    }
    guard let map else { throw PandoError(.notFound, "file \(file) is gone") }
    let index: MultiPackIndex
    do throws(ParseError) { index = try MultiPackIndex(map, algorithm: algorithm) } catch {
      throw .corrupt("file \(file)", error)
    }
    let readers = index.packNames.map { name in
      PackReader(
        covered: directory.appending(bytes: PackNames.pack(ofIndex: name)), algorithm: algorithm,
        files: files, resources: database.resources)
    }
    guard let subject = BitmapSubject(index, readers, in: directory, files: files) else {
      throw PandoError(.corrupt, "file \(file) does not tell the order of its objects")
    }
    let writer = BitmapWriter(subject: subject, database: database, request: request)
    try writer.publish(
      try writer.bytes(),
      to: directory / "\(MultiPackIndex.fileName)-\(index.checksum.hex).bitmap")
  }

  private func chunks(
    _ names: [[UInt8]], _ numbers: [UInt32], _ rows: MultiPackRows, _ order: [UInt32]
  ) -> ChunkFileWriter {
    let (locations, longOffsets) = rows.locations(numbers)
    var chunks: [(ChunkFile.ID, [UInt8])] = []
    var joined: [UInt8] = []
    for name in names { joined += name + [0] }
    while joined.count % MultiPackIndex.alignment != 0 { joined.append(0) }
    chunks.append((MultiPackIndex.ChunkID.packNames, joined))
    chunks.append((MultiPackIndex.ChunkID.fanout, rows.fanout))
    chunks.append((MultiPackIndex.ChunkID.ids, rows.ids))
    chunks.append((MultiPackIndex.ChunkID.locations, locations))
    if let longOffsets { chunks.append((MultiPackIndex.ChunkID.longOffsets, longOffsets)) }
    if !order.isEmpty {
      var bytes: [UInt8] = []
      bytes.reserveCapacity(order.count * 4)
      for position in order { bytes.append(bigEndian: position) }
      chunks.append((MultiPackIndex.ChunkID.order, bytes))
    }
    var header: [UInt8] = []
    header.append(bigEndian: MultiPackIndex.signature.number)
    header += [1, algorithm.rawValue, UInt8(chunks.count), 0]
    header.append(bigEndian: UInt32(truncatingIfNeeded: names.count))
    var writer = ChunkFileWriter(header: header, algorithm: algorithm)
    for (id, bytes) in chunks { writer.add(id, bytes) }
    return writer
  }

  /// Removes the files that belonged to a multi-pack-index of another checksum than `kept`.
  func removeCompanions(_ suffix: String, keeping kept: Digest?) throws(PandoError) {
    let keep = kept.map { Array("\(MultiPackIndex.fileName)-\($0.hex)\(suffix)".utf8) }
    do throws(FileError) {
      for entry in try files.list(directory) ?? [] {
        let name = entry.nameBytes
        guard name.starts(with: Array("\(MultiPackIndex.fileName)-".utf8)), name.ends(with: suffix),
          name != keep
        else { continue }
        try files.remove(directory.appending(bytes: name))
      }
    } catch {
      throw .refused("directory \(directory)", error)
    }
  }
}
