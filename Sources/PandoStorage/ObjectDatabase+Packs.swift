internal import PandoBytes
public import PandoFiles
public import PandoObjects
internal import Synchronization

extension ObjectDatabase {
  /// All packs that are known, their indexes open: those no multi-pack-index covers first, the last
  /// useful one at the front; then the covered ones, the newest first. The first call looks for
  /// them.
  public func packs() throws(PandoError) -> [PackReader] {
    try state.withLock { (state) throws(PandoError) in
      if !state.isScanned { try scan(&state) }
      if let opened = state.opened { return state.sources.single + opened }
      var opened: [(pack: PackReader, seconds: Int64)] = []
      for pack in state.sources.covered.flatMap(\.readers) {
        do throws(PandoError) {
          try pack.openIndex()
          opened.append((pack, modificationSeconds(pack.path)))
        } catch {
          if error.code != .notFound { state.failure = error }
        }
      }
      opened.sort { ($0.seconds, $1.pack.path) > ($1.seconds, $0.pack.path) }
      let packs = opened.map(\.pack)
      state.opened = packs
      return state.sources.single + packs
    }
  }

  /// Where to look for objects in packs. The first call looks for packs.
  func sources() throws(PandoError) -> PackSources {
    try state.withLock { (state) throws(PandoError) in
      if !state.isScanned { try scan(&state) }
      return state.sources
    }
  }

  /// The pack that an object is read from and where in it the object begins; nil when it is in no
  /// pack that is known.
  public func packedLocation(
    of id: ObjectID
  ) throws(PandoError) -> (pack: PackReader, offset: Int)? {
    guard let location = try sources().find(id) else { return nil }
    return (location.reader, location.offset)
  }

  /// The multi-pack-indexes in use, that of the database's own directory first, each with the
  /// directory it is in. Those that lack a pack they name, and those that cannot be read, are not.
  public func multiPackIndexes() throws(PandoError) -> [(directory: FilePath, MultiPackIndex)] {
    try sources().covered.map { ($0.path.parent, $0.index) }
  }

  /// Looks for packs that have come or gone; true when there are any.
  @discardableResult
  public func rescan() throws(PandoError) -> Bool {
    refreshCommitGraph()
    return try state.withLock { (state) throws(PandoError) in try scan(&state) }
  }

  func promote(_ pack: PackReader) {
    state.withLock { state in
      guard let index = state.sources.single.firstIndex(where: { $0 === pack }), index > 0 else {
        return
      }
      state.sources.single.remove(at: index)
      state.sources.single.insert(pack, at: 0)
    }
  }

  /// How many packs are known that no multi-pack-index covers. O(1).
  package var uncoveredPackCount: Int { state.withLock { $0.sources.single.count } }

  /// Puts a pack that was just published among those known.
  func adopt(_ path: FilePath) throws(PandoError) {
    let pack: PackReader
    do throws(PandoError) {
      pack = try PackReader(path, algorithm: hashAlgorithm, files: files, resources: resources)
    } catch  where error.code == .notFound {
      // A clean-up has put its objects elsewhere already.
      try rescan()
      return
    }
    state.withLock { state in
      // Before the first scan it would keep the others from being found.
      guard state.isScanned, !state.sources.single.contains(where: { $0.path == path }),
        !state.sources.covered.contains(where: { $0.readers.contains { $0.path == path } })
      else { return }
      state.sources.single.insert(pack, at: 0)
      state.sources.version += 1
    }
  }
}

// MARK: Scanning

extension ObjectDatabase {
  /// What a scan has found so far.
  private struct Scan {
    /// The readers that exist, by their packs' paths.
    var known: [FilePath: PackReader] = [:]
    var covered: [CoveredPacks] = []
    /// Packs that no multi-pack-index covers.
    var single: Set<FilePath> = []
  }

  @discardableResult
  private func scan(_ state: inout State) throws(PandoError) -> Bool {
    var scan = Scan()
    for pack in state.sources.single + state.sources.covered.flatMap(\.readers) {
      scan.known[pack.path] = pack
    }
    for place in loosePlaces {
      try look(into: place.directory / "pack", state.sources.covered, &scan)
    }
    var fresh: [(pack: PackReader, seconds: Int64)] = []
    var hasVanished = false
    state.failure = nil
    let kept = state.sources.single.filter { scan.single.contains($0.path) }
    let keptPaths = Set(kept.map(\.path))
    for path in scan.single where !keptPaths.contains(path) {
      do throws(PandoError) {
        let pack = scan.known[path] ?? unopened(path)
        try pack.openIndex()
        fresh.append((pack, modificationSeconds(path)))
      } catch {
        // Removed since it was listed, or damaged: then what is looked for may be in another.
        if error.code != .notFound {
          state.failure = error
        } else if (try? files.exists(path)) == false {
          hasVanished = true
        }
      }
    }
    let sameCovered = scan.covered.elementsEqual(state.sources.covered) { $0 === $1 }
    let hasChanged =
      hasVanished || !fresh.isEmpty || kept.count != state.sources.single.count || !sameCovered
    fresh.sort { ($0.seconds, $1.pack.path) > ($1.seconds, $0.pack.path) }
    state.sources.single = fresh.map(\.pack) + kept
    state.sources.covered = scan.covered
    if !sameCovered { state.opened = nil }
    state.isScanned = true
    if hasChanged { state.sources.version += 1 }
    return hasChanged
  }

  /// Adds what a directory of packs has.
  private func look(
    into directory: FilePath, _ before: [CoveredPacks], _ scan: inout Scan
  ) throws(PandoError) {
    let entries: [DirectoryEntry]
    do { entries = try files.list(directory) ?? [] } catch {
      throw .refused("directory \(directory)", error)
    }
    let names = Set(entries.map(\.nameBytes))
    var covered: CoveredPacks?
    if options.usesMultiPackIndex, names.contains(Array(MultiPackIndex.fileName.utf8)) {
      covered = coveredPacks(in: directory, names, before, scan.known)
    }
    if let covered { scan.covered.append(covered) }
    for name in names where name.ends(with: ".pack") {
      let index = Array(name.dropLast(5)) + Array(".idx".utf8)
      guard names.contains(index), covered?.index.packNumber(named: index) == nil else { continue }
      scan.single.insert(directory.appending(bytes: name))
    }
  }

  /// The multi-pack-index of a directory: the one there was when the file has not changed.
  ///
  /// It only repeats what is in the packs' own indexes, so that one that cannot be read, or that
  /// names a pack that is gone, is left aside.
  private func coveredPacks(
    in directory: FilePath, _ names: Set<[UInt8]>, _ before: [CoveredPacks],
    _ known: [FilePath: PackReader]
  ) -> CoveredPacks? {
    let path = directory / MultiPackIndex.fileName
    guard let status = try? files.status(of: path, followingLinks: true) else { return nil }
    var packs = before.first { $0.path == path && $0.status == status }
    if packs == nil, let map = try? files.map(path),
      let index = try? MultiPackIndex(map, algorithm: hashAlgorithm)
    {
      let readers = index.packNames.map { name in
        let pack = directory.appending(bytes: PackNames.pack(ofIndex: name))
        return known[pack] ?? unopened(pack)
      }
      packs = CoveredPacks(index, path: path, status: status, readers: readers)
    }
    guard let packs,
      packs.index.packNames.allSatisfy({ names.contains(PackNames.pack(ofIndex: $0)) })
    else { return nil }
    return packs
  }

  private func unopened(_ path: FilePath) -> PackReader {
    PackReader(covered: path, algorithm: hashAlgorithm, files: files, resources: resources)
  }

  private func modificationSeconds(_ path: FilePath) -> Int64 {
    let status = try? files.status(of: path, followingLinks: true)
    return status?.modificationSeconds ?? 0
  }
}
