public import PandoBytes
public import PandoFiles
public import PandoObjects
internal import Synchronization

/// The objects of a repository on disk: packs, loose objects, and those of the directories it
/// borrows from.
///
/// A search looks into the multi-pack-indexes, then into the packs that none covers, the last
/// useful
/// one first, then for a loose object, then once more into packs that have appeared meanwhile; the
/// empty tree is always known. Another process
/// may add, repack and prune beside us. A damaged copy of an object is passed over when there is a
/// sound one.
public final class ObjectDatabase: Sendable {
  /// How a database reads and writes.
  public struct Options: Sendable {
    /// When written files are synced.
    public var durability = Durability.everyCommit
    /// The compression of loose objects: `core.looseCompression`.
    public var looseLevel = LooseObjects.levelDefault
    /// The compression of packs: `pack.compression`.
    public var packLevel = PackWriter.levelDefault
    /// The bytes of delta bases that are kept in memory.
    public var deltaCacheBytes = PackReader.deltaCacheBytesDefault
    /// The bytes of inflated deltas and bases that are kept while all objects are read in the order
    /// of their names, and given back at the end. Nil is what Git takes for it: 96 MiB and the
    /// packs, which it maps, but at most 512 MiB.
    public var sweepCacheBytes: Int?
    /// A batch of at most this many new objects is written loose, a larger one as a pack. Nil takes
    /// what needs fewer syncs: a pack takes three, a loose object two. Where files are synced, what
    /// references are about to lead to is a pack all the same, see `write(_:before:)`.
    public var looseObjectsMax: Int?
    /// Whether every object that is read is hashed and compared with its name, which Git leaves to
    /// `fsck`.
    public var verifiesOnRead = false
    /// The permissions of written files, before the process's mask: `core.sharedRepository`.
    public var permissions: UInt16 = 0o444
    /// Whether multi-pack-indexes are used: `core.multiPackIndex`.
    public var usesMultiPackIndex = true
    /// The most pack files that are open at a time; others are closed and opened again.
    public var openPacksMax = OpenFileLimit.packsDefault
    /// Directories to borrow from besides those in `info/alternates`, as the environment names them
    /// in `GIT_ALTERNATE_OBJECT_DIRECTORIES`.
    public var alternates: [FilePath] = []
    /// Whether a commit-graph is used: `core.commitGraph`.
    public var usesCommitGraph = true
    /// Files that give commits other parents than they name, as `shallow` and `info/grafts` do. As
    /// long as one has anything in it, no commit-graph is used.
    public var graftFiles: [FilePath] = []

    /// The defaults: what Git does, but every write survives power loss.
    public init() {}
  }

  /// The `objects` directory that is written to.
  public let directory: FilePath
  /// The algorithm that names the objects.
  public let hashAlgorithm: HashAlgorithm
  /// How this database reads and writes.
  public let options: Options
  /// The loose objects below `directory`.
  public let looseObjects: LooseObjects
  /// The object directories that are borrowed from, nearest first.
  public let alternates: [FilePath]

  let files: any FileSystem
  let random: any RandomSource
  let resources: PackResources
  /// Own loose objects first, then the borrowed ones.
  let loosePlaces: [LooseObjects]
  private let emptyTree: ObjectID
  let state = Mutex(State())
  /// The names of loose objects by their first byte, as `rememberedIDs` last saw them.
  let looseNames = Mutex<[UInt8: [ObjectID]]>([:])
  let graph = Mutex(OpenCommitGraph())

  /// The packs that are known.
  struct State: Sendable {
    var isScanned = false
    /// Where to look.
    var sources = PackSources()
    /// The packs that multi-pack-indexes cover, their own indexes open, once somebody has asked.
    var opened: [PackReader]?
    /// Why a pack whose files are there could not be opened.
    var failure: PandoError?
  }

  /// Opens the objects below `directory`. Reads `info/alternates`; packs are looked for when the
  /// first object is.
  public init(
    _ directory: FilePath, algorithm: HashAlgorithm, files: any FileSystem,
    options: Options = Options(), random: any RandomSource = SystemRandom()
  ) throws(PandoError) {
    self.directory = directory
    self.files = files
    self.options = options
    self.random = random
    hashAlgorithm = algorithm
    emptyTree = Tree.emptyID(algorithm)
    resources = PackResources(
      cacheBytes: options.deltaCacheBytes, openFilesMax: options.openPacksMax)
    alternates = try Alternates.resolve(directory, more: options.alternates, files: files)
    loosePlaces = ([directory] + alternates).map {
      LooseObjects(
        $0, algorithm: algorithm, files: files, level: options.looseLevel,
        permissions: options.permissions, random: random)
    }
    looseObjects = loosePlaces[0]
  }
}

// MARK: Reading

extension ObjectDatabase: ObjectReader {
  public func read(_ id: ObjectID) throws(PandoError) -> RawObject? {
    let found = try search(id) { (pack, offset) throws(PandoError) in
      try verified(pack.read(atOffset: offset), id)
    } loose: { (place) throws(PandoError) in
      try verified(place.read(id), id)
    }
    return found ?? (id == emptyTree ? RawObject(kind: .tree, body: []) : nil)
  }

  public func header(of id: ObjectID) throws(PandoError) -> ObjectHeader? {
    if id == emptyTree { return ObjectHeader(kind: .tree, size: 0) }
    return try search(id) { (pack, offset) throws(PandoError) in
      try pack.header(atOffset: offset)
    } loose: { (place) throws(PandoError) in
      try place.header(of: id)
    }
  }

  public func contains(_ id: ObjectID) throws(PandoError) -> Bool {
    if id == emptyTree { return true }
    if try sources().single.contains(where: { $0.index.position(of: id) != nil }) { return true }
    return try search(id) { (_, _) throws(PandoError) in
      true
    } loose: { (place) throws(PandoError) in
      try place.contains(id) ? true : nil
    } ?? false
  }

  func verified(_ object: RawObject?, _ id: ObjectID) throws(PandoError) -> RawObject? {
    guard options.verifiesOnRead, let object else { return object }
    let real = try object.id(hashAlgorithm)
    guard real == id else {
      throw PandoError(.corrupt, "object \(id) has the content of \(real)")
    }
    return object
  }

  /// Asks each place that has the object until one answers, and again as long as packs come and go
  /// meanwhile: a clean-up beside us moves objects from one to another, and may do so while we list
  /// them. Throws what the first damaged place threw when none does, and when a pack that could not
  /// be opened may have the object.
  private func search<Value>(
    _ id: ObjectID, packed: (PackReader, Int) throws(PandoError) -> Value?,
    loose: (LooseObjects) throws(PandoError) -> Value?
  ) throws(PandoError) -> Value? {
    var failure: PandoError?
    for _ in 0..<Self.searchesMax {
      let sources = try sources()
      for packs in sources.covered {
        do throws(PandoError) {
          // Without a value the pack was removed: the object may be anywhere else.
          if let location = try packs.find(id),
            let value = try packed(location.reader, location.offset)
          {
            return value
          }
        } catch {
          failure = failure ?? error
        }
      }
      for (number, pack) in sources.single.enumerated() {
        guard let position = pack.index.position(of: id) else { continue }
        do throws(PandoError) {
          guard let value = try packed(pack, pack.offset(at: position)) else { continue }
          if number > 0 { promote(pack) }
          return value
        } catch {
          failure = failure ?? error
        }
      }
      for place in loosePlaces {
        do throws(PandoError) {
          if let value = try loose(place) { return value }
        } catch {
          failure = failure ?? error
        }
      }
      try rescan()
      // Not what the scan says: another thread may have been first to see a change.
      guard try self.sources().version != sources.version else { break }
    }
    // A damaged copy hides the sound ones of the same multi-pack-index from it, not from their
    // own indexes.
    if failure != nil, let value = try searchCovered(id, packed) { return value }
    if let failure = failure ?? state.withLock({ $0.failure }) { throw failure }
    return nil
  }

  /// How often an object is looked for that packs keep moving about. No clean-up is that quick.
  private static let searchesMax = 16

  /// Asks the packs that multi-pack-indexes cover by way of their own indexes.
  private func searchCovered<Value>(
    _ id: ObjectID, _ packed: (PackReader, Int) throws(PandoError) -> Value?
  ) throws(PandoError) -> Value? {
    for pack in try sources().covered.flatMap(\.readers) {
      guard let index = try? pack.openIndex(), let position = index.position(of: id) else {
        continue
      }
      do throws(PandoError) {
        if let value = try packed(pack, pack.offset(at: position)) { return value }
      } catch {
        continue
      }
    }
    return nil
  }
}

// MARK: Writing

extension ObjectDatabase: SpoolingWriter {
  /// A batch that is to be written loose has no use for a pack.
  package func makeSpool() throws(PandoError) -> (any ObjectSpool)? {
    guard options.looseObjectsMax == nil else { return nil }
    return try PackSpool(try makePack(count: nil), hashAlgorithm)
  }

  public func write(_ batch: ObjectBatch) throws(PandoError) {
    _ = try publish(batch, keepingPack: false)
  }

  /// A pack has a ``PackMark`` meanwhile: a `git repack -ad` that looked at references before they
  /// lead to it would else remove it. When the process dies the mark stays, and with it the pack,
  /// until a later clean-up. Where files are synced the pack has all objects, those as well that
  /// are there already: nothing may lead to them yet, and a `git gc --prune=now` may be about to
  /// remove them.
  public func write(_ batch: ObjectBatch, before body: () -> Void) throws(PandoError) {
    let packs = try publish(batch, keepingPack: true)
    body()
    for pack in packs { PackMark.remove(of: pack, in: files) }
  }

  /// Takes the marks from packs that processes left marked which ended in the middle.
  package func removeStaleMarks(clock: any WallClock) throws(PandoError) {
    let packs = directory / "pack"
    try PandoError.wrapping("cannot look for marks of packs in \(packs)") {
      () throws(FileError) in try PackMark.removeStale(in: packs, files, clock: clock)
    }
  }

  /// Returns the packs that were written.
  private func publish(
    _ batch: ObjectBatch, keepingPack: Bool
  ) throws(PandoError) -> [FilePath] {
    guard batch.hashAlgorithm == hashAlgorithm else {
      throw PandoError(
        .invalidInput,
        "objects named by \(batch.hashAlgorithm.name) do not go into a repository of "
          + hashAlgorithm.name)
    }
    if keepingPack, options.looseObjectsMax == nil, options.durability.synchronizesFiles {
      return try writePacks(batch, batch.ids, isKept: true)
    }
    var touched: Set<FilePath> = []
    var fresh: [ObjectID] = []
    var loose = batch.count < LooseNames.objectsMin ? nil : LooseNames(loosePlaces)
    for id in batch.ids where try !freshen(id, &touched, &loose) { fresh.append(id) }
    let looseMax = options.looseObjectsMax ?? (options.durability.synchronizesFiles ? 1 : 9)
    if fresh.count > looseMax || !batch.spools.isEmpty {
      return try writePacks(batch, fresh, isKept: keepingPack)
    }
    for id in fresh {
      guard let object = batch[id] else { continue }
      try writeLooseFile(object, as: id)
    }
    return []
  }

  /// Writes an object loose, whatever else is to be written, unless it is there already. `id` must
  /// be its name, which is not computed again.
  public func writeLoose(_ object: RawObject, as id: ObjectID) throws(PandoError) {
    var touched: Set<FilePath> = []
    var loose: LooseNames?
    guard try !freshen(id, &touched, &loose) else { return }
    try writeLooseFile(object, as: id)
  }

  private func writeLooseFile(_ object: RawObject, as id: ObjectID) throws(PandoError) {
    try Self.retrying { () throws(PandoError) in
      try looseObjects.write(object, as: id, durability: options.durability)
    }
  }

  /// Writes the objects of a batch that `ids` names, and those of its spools: with the former in
  /// one pack, as a rule there is one spool at most.
  private func writePacks(
    _ batch: ObjectBatch, _ ids: [ObjectID], isKept: Bool
  ) throws(PandoError) -> [FilePath] {
    guard let spools = batch.spools as? [PackSpool] else {
      throw PandoError(.unsupported, "the batch has objects of another repository's")
    }
    var paths: [FilePath] = []
    do throws(PandoError) {
      for spool in spools {
        paths.append(
          try spool.publish(
            with: batch, paths.isEmpty ? ids : [], options.durability, isKept: isKept))
      }
      if spools.isEmpty {
        paths = [
          try Self.retrying { () throws(PandoError) in
            var writer = try makePack(count: ids.count)
            try writer.append(batch, ids)
            return try writer.publish(options.durability, isKept: isKept)
          }
        ]
      }
      for path in paths { try adopt(path) }
    } catch {
      if isKept { for path in paths { PackMark.remove(of: path, in: files) } }
      throw error
    }
    return paths
  }

  private func makePack(count: Int?) throws(PandoError) -> PackWriter {
    let directory = directory / "pack"
    do {
      try files.createDirectories(directory, durability: options.durability)
    } catch {
      throw .refused("directory \(directory)", error)
    }
    return try PackWriter(
      count: count, in: directory, algorithm: hashAlgorithm, files: files,
      level: options.packLevel, permissions: options.permissions, random: random)
  }

  /// Writes a file again when it was gone before it got its name: `git prune --expire=now` takes
  /// files that are being written for those of a process that died.
  private static func retrying<R>(_ write: () throws(PandoError) -> R) throws(PandoError) -> R {
    var attempts = 0
    while true {
      do throws(PandoError) { return try write() } catch {
        attempts += 1
        guard attempts < writeAttemptsMax, (error.cause as? FileError)?.isNotFound == true else {
          throw error
        }
      }
    }
  }

  private static let writeAttemptsMax = 16

  /// Whether an object is there already; its file then gets the time of now, so that no clean-up
  /// takes it for old. A pack is touched once a batch.
  ///
  /// - Parameter loose: the loose objects there are, where they are known.
  private func freshen(
    _ id: ObjectID, _ touched: inout Set<FilePath>, _ loose: inout LooseNames?
  ) throws(PandoError) -> Bool {
    let sources = try sources()
    var packs: [PackReader] = []
    for covered in sources.covered {
      if let location = try covered.find(id) { packs.append(location.reader) }
    }
    packs += sources.single.filter { $0.index.position(of: id) != nil }
    for pack in packs {
      if touched.contains(pack.path) { return true }
      do {
        // False: it was removed after it was found.
        guard try files.setModificationTime(of: pack.path, to: nil) else { continue }
      } catch {
        // Borrowed packs may belong to somebody else.
        guard error.isPermission else { throw .refused("pack \(pack.path)", error) }
      }
      touched.insert(pack.path)
      return true
    }
    if try loose?.contains(id) == false { return false }
    for place in loosePlaces where try place.freshen(id, durability: options.durability) {
      return true
    }
    return false
  }
}
