internal import PandoBytes
public import PandoFiles
public import PandoObjects
internal import Synchronization

/// One pack of a repository's own, with the files that belong to it.
public struct LocalPack: Sendable {
  /// The pack's path, ending in `.pack`.
  public let path: FilePath
  /// Whether a `.keep` file forbids to take it away.
  public let isKept: Bool
  /// Whether it came from a remote that promised the objects it lacks.
  public let isPromisor: Bool
  /// Whether it holds unreachable objects, whose times are in a `.mtimes` file.
  public let isCruft: Bool
  /// The pack file's size in bytes.
  public let size: Int
  /// When the pack was last written or found useful.
  public let modificationSeconds: Int64
  let modificationNanoseconds: Int32
  /// The pack with its index.
  public let reader: PackReader

  /// The name without `.pack`.
  public var name: String { String(path.lastComponent.dropLast(5)) }
  /// How many objects it has.
  public var count: Int { reader.index.count }
}

/// The packs of a repository's own, and what is done with their files.
struct LocalPacks {
  let database: ObjectDatabase
  var files: any FileSystem { database.files }
  var directory: FilePath { database.directory / "pack" }

  /// The files of a pack in the order in which they go: without its index a pack is not found any
  /// more. What is told beside it goes last.
  static let suffixes = [
    ".idx", ".pack", ".rev", ".keep", ".bitmap", ".promisor", ".mtimes",
  ]

  /// All packs that have an index, by name. One listing, and a look at each pack.
  func all() throws(PandoError) -> [LocalPack] {
    try database.rescan()
    var readers: [FilePath: PackReader] = [:]
    for pack in try database.packs() { readers[pack.path] = pack }
    if let failure = database.state.withLock({ $0.failure }) { throw failure }
    let names = Set(try list().map(\.nameBytes))
    var packs: [LocalPack] = []
    for name in names where name.ends(with: ".pack") {
      let path = directory.appending(bytes: name)
      let stem = Array(name.dropLast(5))
      // One that has no index yet is on its way in.
      guard names.contains(stem + Array(".idx".utf8)), let reader = readers[path],
        let status = try status(of: path)
      else { continue }
      func has(_ suffix: String) -> Bool { names.contains(stem + Array(suffix.utf8)) }
      // A listing may have passed the place of a mark before it was made, and the pack then.
      let mark = PackNames.path(of: path, ending: ".keep")
      let isKept = has(".keep") ? true : try self.status(of: mark) != nil
      packs.append(
        LocalPack(
          path: path, isKept: isKept, isPromisor: has(".promisor"), isCruft: has(".mtimes"),
          size: status.size, modificationSeconds: status.modificationSeconds,
          modificationNanoseconds: status.modificationNanoseconds, reader: reader))
    }
    return packs.sorted { $0.path < $1.path }
  }

  func list() throws(PandoError) -> [DirectoryEntry] {
    do { return try files.list(directory) ?? [] } catch {
      throw .refused("directory \(directory)", error)
    }
  }

  func status(of path: FilePath) throws(PandoError) -> FileStatus? {
    do { return try files.status(of: path, followingLinks: true) } catch {
      throw .refused("file \(path)", error)
    }
  }

  /// When the objects of a pack were last needed, in the order of its index: each its own time in a
  /// cruft pack, all that of the pack otherwise.
  func seconds(of pack: LocalPack) throws(PandoError) -> [UInt32] {
    guard pack.isCruft else {
      let seconds = UInt32(clamping: pack.modificationSeconds)
      return [UInt32](repeating: seconds, count: pack.count)
    }
    let path = PackNames.path(of: pack.path, ending: ".mtimes")
    let bytes: [UInt8]?
    do { bytes = try files.contents(of: path, limit: 1 << 34) } catch {
      throw .refused("file \(path)", error)
    }
    guard let bytes else { throw PandoError(.notFound, "file \(path) is missing") }
    do {
      return try PackTimes.seconds(
        parsing: bytes.span, count: pack.count, algorithm: database.hashAlgorithm)
    } catch {
      throw .corrupt("file \(path)", error)
    }
  }

  // MARK: Removing

  /// Removes the multi-pack-index when it names one of `packs`: a reader must not be led to a pack
  /// that is gone.
  func dropMultiPackIndex(naming packs: [FilePath]) throws(PandoError) {
    let path = directory / MultiPackIndex.fileName
    guard !packs.isEmpty, try status(of: path) != nil else { return }
    let index = try? readMultiPackIndex(path)
    let names = Set(packs.map { PackNames.path(of: $0, ending: ".idx").lastComponentBytes })
    // One that cannot be read is of no use to anybody.
    guard index?.packNames.contains(where: names.contains) ?? true else { return }
    do throws(FileError) {
      try files.remove(path)
      for entry in try files.list(directory) ?? [] {
        let name = entry.nameBytes
        guard name.starts(with: "\(MultiPackIndex.fileName)-".utf8),
          name.ends(with: ".rev") || name.ends(with: ".bitmap")
        else { continue }
        try files.remove(directory.appending(bytes: name))
      }
    } catch {
      throw .refused("file \(path)", error)
    }
  }

  private func readMultiPackIndex(_ path: FilePath) throws -> MultiPackIndex? {
    try files.map(path).map { try MultiPackIndex($0, algorithm: database.hashAlgorithm) }
  }

  /// Removes packs whose objects are all elsewhere, durably. A pack that somebody kept, or found
  /// useful, since it was listed stays: an object of it may be needed again. Returns those removed.
  func remove(_ packs: [LocalPack]) throws(PandoError) -> [LocalPack] {
    var removed: [LocalPack] = []
    for pack in packs {
      guard let status = try status(of: pack.path),
        status.modificationSeconds == pack.modificationSeconds,
        status.modificationNanoseconds == pack.modificationNanoseconds
      else { continue }
      if !pack.isKept, try self.status(of: PackNames.path(of: pack.path, ending: ".keep")) != nil {
        continue
      }
      for suffix in Self.suffixes {
        let path = PackNames.path(of: pack.path, ending: suffix)
        do { try files.remove(path) } catch { throw .refused("file \(path)", error) }
      }
      removed.append(pack)
    }
    try synchronizeDirectory()
    return removed
  }

  func synchronizeDirectory() throws(PandoError) {
    guard database.options.durability.synchronizesDirectories else { return }
    do { try files.synchronizeDirectory(directory) } catch {
      throw .refused("directory \(directory)", error)
    }
  }
}

extension ReachableObjects {
  /// Takes what promisor packs have as whole: it is not followed, and what is missing behind other
  /// objects was promised too.
  mutating func stopAtPromisorPacks(of database: ObjectDatabase) throws(PandoError) {
    let indexes = try LocalPacks(database: database).all().filter(\.isPromisor).map(\.reader.index)
    toleratesMissing = true
    isBoundary = { id in indexes.contains { $0.position(of: id) != nil } }
  }
}

extension ObjectDatabase {
  /// The packs of the database's own directory, with what their files say, by name. One listing,
  /// and a look at each pack.
  public func localPacks() throws(PandoError) -> [LocalPack] {
    try LocalPacks(database: self).all()
  }
}
