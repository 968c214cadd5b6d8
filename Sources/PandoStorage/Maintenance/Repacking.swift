internal import PandoBytes
public import PandoFiles
public import PandoObjects

/// Gathers objects in new packs and removes those that are needed no more: the work of
/// `git repack`.
///
/// Safe beside readers and writers: a new pack is whole and on the disk before an old one goes, a
/// multi-pack-index that names an old pack goes first, and what has come to be needed meanwhile is
/// packed before anything is removed. An old pack that somebody found useful, or kept, in the
/// meantime stays.
public struct Repacking {
  /// What goes into new packs, and what becomes of the rest.
  public enum Mode: Hashable, Sendable {
    /// What is in no pack yet.
    case incremental
    /// All that is reachable; the rest goes with the packs that it is in: `-a`.
    case all
    /// The same, but what is unreachable becomes loose: `-A`.
    case allLoosening
    /// All that is reachable, and behind it all else that packs have: `-a -k`.
    case allKeeping
    /// All that is reachable, and a pack of its own for the rest: `--cruft`.
    case cruft
    /// The smallest packs, so many that the others each have at least so many times the objects of
    /// the next smaller one.
    case geometric(factor: Int)

    /// Whether all that is reachable is packed.
    public var isAll: Bool {
      switch self {
      case .all, .allLoosening, .allKeeping, .cruft: true
      case .incremental, .geometric: false
      }
    }
  }

  /// How objects are packed.
  public struct Options: Sendable {
    /// What goes into new packs.
    public var mode = Mode.incremental
    /// The packs that a geometric mode looks at, by their numbers of objects; with those of none
    /// come the loose objects.
    public var geometricCounts = 0...Int.max
    /// Whether packs and loose objects that are needed no more are removed: `-d`.
    public var removesRedundant = false
    /// How packs are built.
    public var builder = PackBuilder.Options()
    /// Unreachable objects that were last needed at this moment or before, in seconds since 1970,
    /// are given up; nil for none.
    public var cutoff: Int64?
    /// The file names of packs that are left alone, as if they had a `.keep` file.
    public var keptPacks: Set<String> = []
    /// Whether what kept packs have is packed again all the same.
    public var packsKeptObjects = false
    /// Whether a multi-pack-index of what is left is written.
    public var writesMultiPackIndex = false
    /// Whether bitmaps are written for a pack of everything.
    public var writesBitmaps = false
    /// Whether the lists for servers without Git are written.
    public var updatesServerInfo = true
    /// Whether the repository lacks what a remote has promised.
    public var isPartial = false

    /// Git's defaults.
    public init() {}
  }

  /// What was done.
  public struct Outcome: Hashable, Sendable {
    /// The new packs.
    public var packs: [FilePath] = []
    /// The new pack of unreachable objects.
    public var cruftPack: FilePath?
    /// The packs that were removed.
    public var removedPacks: [FilePath] = []
    /// How many unreachable objects became loose.
    public var loosenedCount = 0
    /// How many loose objects were removed since packs have them.
    public var removedLooseCount = 0

    /// Nothing was done.
    public init() {}
  }

  let database: ObjectDatabase
  let repository: Repository
  let roots: MaintenanceRoots
  let options: Options
  let local: LocalPacks
  /// Takes warnings.
  public var warn: (String) -> Void = { _ in }

  /// Prepares to repack. Throws `.unsupported` when the repository is not on a disk.
  public init(
    _ repository: Repository, roots: MaintenanceRoots? = nil, options: Options
  ) throws(PandoError) {
    guard let database = repository.objects as? ObjectDatabase else {
      throw PandoError(.unsupported, "only a repository on a disk is maintained")
    }
    self.database = database
    self.repository = repository
    if let roots { self.roots = roots } else { self.roots = try MaintenanceRoots(repository) }
    self.options = options
    local = LocalPacks(database: database)
  }

  /// Does it. Throws before anything is removed when something that is needed cannot be read.
  ///
  /// When others repack at the same time, packs may go while they are read: then it begins anew.
  public func run() throws(PandoError) -> Outcome {
    var attemptsLeft = 4
    while true {
      let before = try local.all()
      do throws(PandoError) { return try run(before) } catch {
        attemptsLeft -= 1
        let paths = Set(try local.all().map(\.path))
        guard attemptsLeft > 0, !before.allSatisfy({ paths.contains($0.path) }) else { throw error }
      }
    }
  }

  private func run(_ before: [LocalPack]) throws(PandoError) -> Outcome {
    let existing = before.filter { !isKept($0) }
    var outcome = Outcome()
    var reachable = ReachableObjects(database)
    var redundant: [LocalPack] = []
    if case .geometric(let factor) = options.mode {
      let packs = existing.filter { !$0.isCruft && options.geometricCounts.contains($0.count) }
      let rolledUp = GeometricSplit.choose(packs, factor: factor)
      outcome.packs = try packTogether(rolledUp, before: before)
      redundant = rolledUp
    } else {
      if options.isPartial { try reachable.stopAtPromisorPacks(of: database) }
      if options.isPartial, options.mode.isAll {
        outcome.packs += try packPromised(existing.filter(\.isPromisor))
      }
      outcome.packs += try packReachable(&reachable, existing)
      if options.mode.isAll { redundant = existing }
    }
    if options.mode == .cruft {
      outcome.cruftPack = try packCruft(fresh: outcome.packs, before: before)
    }
    let names = Set(outcome.packs + [outcome.cruftPack].compactMap { $0 })
    redundant.removeAll { names.contains($0.path) }
    if options.removesRedundant, options.mode == .allLoosening {
      outcome.loosenedCount = try loosen(redundant, reachable: &reachable)
    }
    if options.removesRedundant, options.mode.isAll {
      outcome.packs += try packWhatIsNeededNow(&reachable, redundant)
    }
    try writeDerived(outcome, reachable, redundant)
    if options.removesRedundant {
      outcome.removedPacks = try remove(redundant)
      outcome.removedLooseCount = try removePackedLoose()
    }
    if options.updatesServerInfo { try ServerInfo(repository, database).update() }
    return outcome
  }

  /// What kept packs have may be packed again; they themselves stay.
  private func isKept(_ pack: LocalPack) -> Bool {
    pack.isKept || options.keptPacks.contains(pack.path.lastComponent)
  }

  // MARK: Packing

  private func packReachable(
    _ reachable: inout ReachableObjects, _ existing: [LocalPack]
  ) throws(PandoError) -> [FilePath] {
    var build = try builder()
    build.options.progress?.begin("Enumerating objects", total: nil)
    try roots.add(to: &reachable)
    let isBoundary = reachable.isBoundary
    let isPartial = options.isPartial
    try reachable.mark { (item) throws(PandoError) in
      if isPartial {
        // What a remote has promised is in its packs already, or not here at all.
        if isBoundary?(item.id) == true { return }
        if try !database.contains(item.id) { return }
      }
      try build.add(item.id, path: item.path)
    }
    if options.mode == .allKeeping, options.removesRedundant {
      for pack in existing {
        for position in 0..<pack.count { try build.add(pack.reader.index.id(at: position)) }
      }
      for id in try database.looseObjects.ids() { try build.add(id) }
    }
    build.options.progress?.update(reachable.count)
    build.options.progress?.end()
    return try publish(&build)
  }

  /// What promisor packs have, in one that is marked as they are.
  private func packPromised(_ packs: [LocalPack]) throws(PandoError) -> [FilePath] {
    guard packs.count > 1 else { return packs.map(\.path) }
    var build = try builder()
    for pack in packs {
      for position in 0..<pack.count { try build.add(pack.reader.index.id(at: position)) }
    }
    return try publish(&build, isPromised: true)
  }

  func builder() throws(PandoError) -> PackBuilder {
    var building = options.builder
    building.honorsKeptPacks = !options.packsKeptObjects
    building.keptPacks = options.keptPacks
    building.isIncremental = options.mode == .incremental
    return try PackBuilder(database, options: building)
  }

  func publish(
    _ build: inout PackBuilder, isPromised: Bool = false
  ) throws(PandoError) -> [FilePath] {
    guard build.count > 0 else { return [] }
    var publication = ReceivedPack.Publication()
    publication.durability = database.options.durability
    publication.writesReverseIndex =
      try repository.configuration.bool("pack.writeReverseIndex") ?? false
    if isPromised { publication.promisor = [] }
    let paths = try build.publish(in: local.directory, publication, random: database.random)
    try database.rescan()
    return paths
  }

  func write(_ bytes: [UInt8], to path: FilePath) throws(PandoError) {
    do throws(FileError) {
      var file = try TemporaryFile.create(
        in: path.parent, prefix: "tmp_mtimes_", permissions: database.options.permissions,
        fileSystem: database.files, random: database.random)
      try file.write(bytes)
      try file.finishWriting(database.options.durability.forPacks)
      try file.replace(path, durability: database.options.durability.forPacks)
    } catch {
      throw .refused("file \(path)", error)
    }
  }

  // MARK: Removing

  /// Reads the roots again: what others came to need since they were read, and only packs have
  /// that are to go, is packed.
  private func packWhatIsNeededNow(
    _ reachable: inout ReachableObjects, _ redundant: [LocalPack]
  ) throws(PandoError) -> [FilePath] {
    let going = Set(redundant.map(\.path))
    var needed: [ReachableObjects.Item] = []
    try database.rescan()
    let staying = try database.packs().filter { !going.contains($0.path) }
    try roots.add(to: &reachable)
    try reachable.mark { (item) throws(PandoError) in
      if staying.contains(where: { $0.index.position(of: item.id) != nil }) { return }
      if try database.looseObjects.contains(item.id) { return }
      needed.append(item)
    }
    guard !needed.isEmpty else { return [] }
    var build = try PackBuilder(database, options: options.builder)
    for item in needed { try build.add(item.id, path: item.path) }
    return try publish(&build)
  }

  private func remove(_ redundant: [LocalPack]) throws(PandoError) -> [FilePath] {
    guard !redundant.isEmpty else { return [] }
    // New names first, then what leads to old ones, then those.
    try local.synchronizeDirectory()
    try local.dropMultiPackIndex(naming: redundant.map(\.path))
    let removed = try local.remove(redundant).map(\.path)
    try database.rescan()
    return removed
  }

  private func removePackedLoose() throws(PandoError) -> Int {
    var count = 0
    var pruning = Pruning(database, roots: roots, cutoff: 0)
    pruning.onRemoval = { (_) throws(PandoError) in count += 1 }
    try pruning.prunePacked()
    return count
  }
}
