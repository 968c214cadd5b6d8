internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// Which packs are rolled up so that the others form a geometric progression. Source: git-repack,
/// `--geometric`.
enum GeometricSplit {
  /// The packs to roll up: the smallest ones, as Git 2.39 chooses them.
  static func choose(_ packs: [LocalPack], factor: Int) -> [LocalPack] {
    let sorted = packs.sorted { ($0.count, $0.path) < ($1.count, $1.path) }
    return Array(sorted.prefix(count(sorted.map(\.count), factor: factor)))
  }

  /// How many of packs with these numbers of objects, in ascending order, are rolled up.
  static func count(_ sizes: [Int], factor: Int) -> Int {
    guard !sizes.isEmpty else { return 0 }
    func times(_ size: Int) -> Int {
      let (product, overflow) = size.multipliedReportingOverflow(by: factor)
      return overflow ? .max : product
    }
    // Those that are in progression already, from the largest down.
    var split = sizes.count - 1
    while split > 0, sizes[split] >= times(sizes[split - 1]) { split -= 1 }
    // The upper one of the pair that is not has to go too.
    if split > 0 { split += 1 }
    // And those that the new pack would be too large for.
    var total = sizes[..<split].reduce(0, +)
    while split < sizes.count, sizes[split] < times(total) {
      total += sizes[split]
      split += 1
    }
    return split
  }
}

extension Repacking {
  /// Packs all that is in `packs`, and loose objects that no pack has.
  ///
  /// What packs that stay have as well is packed all the same: another clean-up may be about to
  /// remove those since it found it in one of `packs` that was marked then.
  func packTogether(
    _ packs: [LocalPack], before: [LocalPack]
  ) throws(PandoError) -> [FilePath] {
    var ids: [ObjectID] = []
    if options.geometricCounts.contains(0) {
      ids = try database.looseObjects.ids().filter { id in
        !before.contains { $0.reader.index.position(of: id) != nil }
      }
    }
    guard packs.count > 1 || !ids.isEmpty else { return packs.map(\.path) }
    for pack in packs {
      for position in 0..<pack.count { ids.append(pack.reader.index.id(at: position)) }
    }
    var building = options.builder
    building.honorsKeptPacks = false
    var build = try PackBuilder(database, options: building)
    let names = try entryNames(of: ids)
    for id in names.order { try build.add(id, path: names.paths[id] ?? []) }
    return try publish(&build)
  }

  /// Objects in the order of a pack, commits first, and names by which trees among them know
  /// others: alike objects have alike names.
  private func entryNames(
    of ids: [ObjectID]
  ) throws(PandoError) -> (order: [ObjectID], paths: [ObjectID: [UInt8]]) {
    var byKind: [ObjectKind: [ObjectID]] = [:]
    var seen = ObjectNumbers()
    var commits: [(id: ObjectID, seconds: Int64)] = []
    for id in ids where seen.insert(id).isNew {
      // Removed since it was listed: it is as good as never seen.
      guard let kind = try database.header(of: id)?.kind else { continue }
      if kind == .commit {
        commits.append((id, (try? database.parsedCommitLinks(id).committerSeconds) ?? 0))
      } else {
        byKind[kind, default: []].append(id)
      }
    }
    commits.sort { ($1.seconds, $0.id) < ($0.seconds, $1.id) }
    var paths: [ObjectID: [UInt8]] = [:]
    for id in byKind[.tree] ?? [] {
      guard let tree = try? database.tree(id) else { continue }
      for index in tree.indices {
        let child = tree.id(at: index)
        guard seen.contains(child), paths[child] == nil else { continue }
        var name: [UInt8] = []
        tree.withName(at: index) { name.append(copying: $0) }
        paths[child] = name
      }
    }
    let order =
      commits.map(\.id) + (byKind[.tag] ?? []) + (byKind[.tree] ?? []) + (byKind[.blob] ?? [])
    return (order, paths)
  }
}
