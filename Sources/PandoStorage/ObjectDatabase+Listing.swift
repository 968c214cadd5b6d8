internal import PandoBytes
internal import PandoFiles
public import PandoObjects
internal import Synchronization

/// How many objects a repository has, and where: what `git count-objects -v` tells.
public struct ObjectCounts: Sendable, Hashable {
  /// Loose objects.
  public var loose = 0
  /// The bytes of the disk that their files take.
  public var looseBytes = 0
  /// Packs.
  public var packs = 0
  /// Objects in packs; an object in two packs counts twice.
  public var packed = 0
  /// The sizes of packs and their indexes, in bytes.
  public var packBytes = 0
  /// Loose objects that are in a pack too.
  public var prunable = 0
  /// Files in the object directory that have no place there.
  public var garbage = 0
  /// Their sizes in bytes.
  public var garbageBytes = 0

  /// Counts of nothing.
  public init() {}
}

// MARK: Names

extension ObjectDatabase {
  /// The names of all objects, sorted and each once; borrowed ones included. O(n log n).
  public func ids() throws(PandoError) -> [ObjectID] {
    var ids = try sources().ids()
    for place in loosePlaces { ids += try place.ids() }
    return Self.sortedOnce(ids)
  }

  /// The names that begin with `prefix`, sorted and each once. One search in each pack and one
  /// directory for each place.
  public func ids(matching prefix: ObjectIDPrefix) throws(PandoError) -> [ObjectID] {
    var ids = try sources().ids(matching: prefix)
    for place in loosePlaces { ids += try place.ids(matching: prefix) }
    return Self.sortedOnce(ids)
  }

  /// Like `ids(matching:)`, for many questions in a row: a directory of loose objects is listed
  /// once, and again only when nothing matches. What others wrote meanwhile may be left out, as
  /// Git leaves it out when it cuts names short.
  public func rememberedIDs(matching prefix: ObjectIDPrefix) throws(PandoError) -> [ObjectID] {
    guard prefix.lowest.algorithm == hashAlgorithm else { return [] }
    let first = UInt8(truncatingIfNeeded: prefix.lowest.digest.leadingWord >> 56)
    let remembered = looseNames.withLock { $0[first] }
    var loose = remembered ?? []
    if remembered == nil {
      for place in loosePlaces { loose += try place.ids(startingWith: first) }
      looseNames.withLock { $0[first] = loose }
    }
    let ids = try sources().ids(matching: prefix) + loose.filter(prefix.matches)
    return ids.isEmpty ? try self.ids(matching: prefix) : Self.sortedOnce(ids)
  }

  private static func sortedOnce(_ ids: [ObjectID]) -> [ObjectID] {
    let isSorted = zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 }
    if isSorted { return ids }
    var once: [ObjectID] = []
    once.reserveCapacity(ids.count)
    for id in ids.sorted() where id != once.last { once.append(id) }
    return once
  }
}

// MARK: Counts

extension ObjectDatabase {
  /// Counts what is in the database's own directory; borrowed objects are left out, as Git does.
  public func counts() throws(PandoError) -> ObjectCounts {
    var counts = ObjectCounts()
    try rescan()
    let packs = try packs()
    let packDirectory = directory / "pack"
    for pack in packs where pack.path.parent == packDirectory {
      counts.packs += 1
      counts.packed += pack.index.count
      counts.packBytes += pack.index.byteCount + (try status(pack.path)?.size ?? 0)
    }
    let sources = try sources()
    for first in UInt8.min...UInt8.max { try count(first, sources, &counts) }
    try countGarbage(in: packDirectory, &counts)
    return counts
  }

  private func count(
    _ first: UInt8, _ sources: PackSources, _ counts: inout ObjectCounts
  ) throws(PandoError) {
    let name = LooseObjects.fanout(first)
    let path = directory / name
    for entry in try list(path) {
      let digits = Array(name.utf8) + entry.nameBytes
      let status = try status(path.appending(bytes: entry.nameBytes))
      guard digits.count == hashAlgorithm.hexCount, let id = ObjectID(hexBytes: digits.span) else {
        counts.garbage += 1
        counts.garbageBytes += status?.size ?? 0
        continue
      }
      counts.loose += 1
      counts.looseBytes += status?.allocatedBytes ?? 0
      if try sources.find(id) != nil { counts.prunable += 1 }
    }
  }

  /// The files beside a pack that belong to it.
  private static let packSuffixes = [
    ".pack", ".idx", ".rev", ".mtimes", ".keep", ".promisor", ".bitmap",
  ]

  private func countGarbage(
    in directory: FilePath, _ counts: inout ObjectCounts
  ) throws(PandoError) {
    let entries = try list(directory)
    let names = Set(entries.map(\.nameBytes))
    for name in names {
      let suffix = Self.packSuffixes.first { name.ends(with: $0) }
      let stem = Array(name.dropLast(suffix?.utf8.count ?? 0))
      let isWhole = [".pack", ".idx"].allSatisfy { names.contains(stem + Array($0.utf8)) }
      if suffix != nil && isWhole || name.starts(with: "multi-pack-index".utf8) { continue }
      counts.garbage += 1
      counts.garbageBytes += try status(directory.appending(bytes: name))?.size ?? 0
    }
  }

  private func list(_ path: FilePath) throws(PandoError) -> [DirectoryEntry] {
    do { return try files.list(path) ?? [] } catch { throw .refused("directory \(path)", error) }
  }

  private func status(_ path: FilePath) throws(PandoError) -> FileStatus? {
    do { return try files.status(of: path, followingLinks: true) } catch {
      throw .refused("file \(path)", error)
    }
  }
}
