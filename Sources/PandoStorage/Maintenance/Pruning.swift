internal import PandoBytes
public import PandoFiles
public import PandoObjects

/// Removes loose objects that nothing needs, those that packs have too, and what dead processes
/// left behind: the work of `git prune` and `git prune-packed`.
///
/// An object stays while it, or one that leads to it, was written or found useful after a moment.
/// The roots are read a second time, and each file is looked at again, right before anything is
/// removed.
public struct Pruning {
  /// What was removed, or would be.
  public struct Removal: Hashable, Sendable {
    /// What it was.
    public enum Subject: Hashable, Sendable {
      /// An unreachable object; the kind is nil when its file cannot be read.
      case object(ObjectID, ObjectKind?)
      /// The file of an object that a pack has too.
      case packedObject(ObjectID)
      /// A file of a process that died.
      case temporaryFile
      /// A directory of a process that died.
      case temporaryDirectory
    }

    /// What it was.
    public let subject: Subject
    /// Where it was.
    public let path: FilePath
  }

  /// A directory of loose objects that changed within this many seconds stays.
  private static let directorySeconds: Int64 = 10

  private let database: ObjectDatabase
  private let roots: MaintenanceRoots
  /// Objects that were written or found useful after this moment stay, in seconds since 1970.
  public var cutoff: Int64
  /// Whether nothing is removed, only told.
  public var isDryRun = false
  /// Whether what is in promisor packs is taken as whole, and what it leads to may be missing.
  public var isPartial = false
  /// Objects that stay besides those that the repository keeps.
  public var extraRoots: [ObjectID] = []
  /// Told of each file that is removed.
  public var onRemoval: (Removal) throws(PandoError) -> Void = { (_: Removal) throws(PandoError) in
  }
  /// Told of files in the directories of loose objects that are no objects.
  public var onStranger: (FilePath) throws(PandoError) -> Void = {
    (_: FilePath) throws(PandoError) in
  }
  /// Told that reachable objects are being looked for.
  public var progress: (any ProgressMeter)?

  private var files: any FileSystem { database.files }

  /// Prepares to remove what was last needed at `cutoff` or before.
  public init(
    _ database: ObjectDatabase, roots: MaintenanceRoots, cutoff: Int64
  ) {
    self.database = database
    self.roots = roots
    self.cutoff = cutoff
  }

  /// Removes unreachable loose objects, loose objects that are packed, and stale temporary files.
  ///
  /// - Parameter known: what is reachable, when somebody has marked it already.
  /// - Throws: `.notFound` or `.corrupt` when something that is needed cannot be read; nothing has
  ///   been removed then.
  public func run(known: ReachableObjects? = nil) throws(PandoError) {
    try database.rescan()
    var directories = try oldDirectories()
    let candidates = try candidates()
    var reachable = known ?? ReachableObjects(database)
    if isPartial { try reachable.stopAtPromisorPacks(of: database) }
    if candidates.contains(where: { $0.id != nil }) {
      try mark(&reachable)
      // What has become a root meanwhile.
      try roots.add(to: &reachable)
      try reachable.mark()
    }
    for candidate in candidates {
      if let id = candidate.id {
        if !reachable.contains(id) { try remove(id, candidate.path) }
      } else if candidate.path.lastComponentBytes.starts(with: "tmp_obj_".utf8) {
        try removeTemporary(candidate.path)
      } else {
        try onStranger(candidate.path)
      }
    }
    removeEmptyDirectories(&directories)
    try prunePacked(&directories)
    try removeTemporaries()
  }

  /// Adds what keeps objects alive: roots first, then what is recent with all it leads to.
  private func mark(_ reachable: inout ReachableObjects) throws(PandoError) {
    progress?.begin("Checking connectivity", total: nil)
    for id in extraRoots { try reachable.add(id) }
    try roots.add(to: &reachable)
    try reachable.mark()
    let times = ObjectTimes(database)
    let border = cutoff
    var recent: [ObjectID] = []
    try times.forEach(unless: { reachable.contains($0) }) { (id, seconds) throws(PandoError) in
      if seconds > border { recent.append(id) }
    }
    reachable.toleratesMissing = true
    for id in recent { try reachable.add(id) }
    try reachable.mark()
    reachable.toleratesMissing = isPartial
    progress?.update(reachable.count)
    progress?.end()
  }
}

// MARK: Loose objects

extension Pruning {
  /// Files in the directories of loose objects; those that are objects have a name.
  private func candidates() throws(PandoError) -> [(path: FilePath, id: ObjectID?)] {
    var found: [(path: FilePath, id: ObjectID?)] = []
    for first in UInt8.min...UInt8.max {
      let name = LooseObjects.fanout(first)
      let directory = database.directory / name
      for entry in try list(directory) {
        let digits = Array(name.utf8) + entry.nameBytes
        let isObject = digits.count == database.hashAlgorithm.hexCount
        let id = isObject ? ObjectID(hexBytes: digits.span) : nil
        found.append((directory.appending(bytes: entry.nameBytes), id))
      }
    }
    return found
  }

  private func remove(_ id: ObjectID, _ path: FilePath) throws(PandoError) {
    // Asked last: whoever needs the object again has touched its file.
    guard let status = try status(path), status.modificationSeconds <= cutoff else { return }
    var kind: ObjectKind?
    do throws(PandoError) { kind = try database.looseObjects.header(of: id)?.kind } catch {
      kind = nil
    }
    try onRemoval(Removal(subject: .object(id, kind), path: path))
    try remove(path)
  }

  private func remove(_ path: FilePath) throws(PandoError) {
    guard !isDryRun else { return }
    do { try files.remove(path) } catch { throw .refused("file \(path)", error) }
  }

  /// The directories of loose objects that may go when they are empty: nobody has just made them to
  /// write an object, which Git tries no more than twice.
  private func oldDirectories() throws(PandoError) -> Set<UInt8> {
    var old: Set<UInt8> = []
    guard !isDryRun else { return old }
    for first in UInt8.min...UInt8.max {
      guard let status = try status(database.directory / LooseObjects.fanout(first)),
        status.modificationSeconds < roots.now - Self.directorySeconds
      else { continue }
      old.insert(first)
    }
    return old
  }

  /// Removes a directory, if it is empty, and not again when somebody makes it anew.
  private func removeDirectory(_ first: UInt8, _ old: inout Set<UInt8>) {
    guard old.contains(first) else { return }
    if (try? files.removeDirectory(database.directory / LooseObjects.fanout(first))) == true {
      old.remove(first)
    }
  }

  private func removeEmptyDirectories(_ old: inout Set<UInt8>) {
    for first in UInt8.min...UInt8.max { removeDirectory(first, &old) }
  }

  /// Removes loose objects that one of the repository's packs, or a borrowed one, has too.
  public func prunePacked() throws(PandoError) {
    var directories = try oldDirectories()
    try prunePacked(&directories)
  }

  private func prunePacked(_ directories: inout Set<UInt8>) throws(PandoError) {
    try database.rescan()
    let sources = try database.sources()
    // Git syncs packs, and not their names.
    if !isDryRun { try LocalPacks(database: database).synchronizeDirectory() }
    progress?.begin("Removing duplicate objects", total: 256)
    for first in UInt8.min...UInt8.max {
      progress?.update(Int(first) + 1)
      for id in try database.looseObjects.ids(startingWith: first) {
        guard let pack = try sources.find(id)?.reader else { continue }
        let path = database.looseObjects.path(of: id)
        // The index may outlive its pack for a moment.
        guard try status(pack.path) != nil else { continue }
        try onRemoval(Removal(subject: .packedObject(id), path: path))
        try remove(path)
      }
      removeDirectory(first, &directories)
    }
    progress?.end()
  }

  private func list(_ path: FilePath) throws(PandoError) -> [DirectoryEntry] {
    do { return try files.list(path) ?? [] } catch { throw .refused("directory \(path)", error) }
  }

  private func status(_ path: FilePath) throws(PandoError) -> FileStatus? {
    do { return try files.status(of: path, followingLinks: false) } catch {
      throw .refused("file \(path)", error)
    }
  }
}

// MARK: Temporary files

extension Pruning {
  private func removeTemporaries() throws(PandoError) {
    for directory in [database.directory, database.directory / "pack"] {
      for entry in try list(directory) where entry.nameBytes.starts(with: "tmp_".utf8) {
        try removeTemporary(directory.appending(bytes: entry.nameBytes))
      }
    }
  }

  private func removeTemporary(_ path: FilePath) throws(PandoError) {
    guard let status = try status(path), status.modificationSeconds <= cutoff else { return }
    let isDirectory = status.kind == .directory
    try onRemoval(
      Removal(subject: isDirectory ? .temporaryDirectory : .temporaryFile, path: path))
    guard !isDryRun else { return }
    do throws(FileError) {
      if isDirectory { try files.removeTree(path) } else { try files.remove(path) }
    } catch {
      throw .refused("file \(path)", error)
    }
  }
}
