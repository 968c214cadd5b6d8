internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// What becomes of objects that nothing leads to.
extension Repacking {
  /// Puts what no fresh or kept pack has into a pack of its own, with the time at which each object
  /// was last needed beside it; nil when there is nothing.
  func packCruft(
    fresh: [FilePath], before: [LocalPack]
  ) throws(PandoError) -> FilePath? {
    try database.rescan()
    let freshPaths = Set(fresh)
    let kept = before.filter { options.keptPacks.contains($0.path.lastComponent) || $0.isKept }
    let keptPaths = Set(kept.map(\.path))
    let covering = try database.packs().filter {
      freshPaths.contains($0.path) || keptPaths.contains($0.path)
    }
    func isElsewhere(_ id: ObjectID) -> Bool {
      covering.contains { $0.index.position(of: id) != nil }
    }
    let sources = before.filter { !keptPaths.contains($0.path) && !freshPaths.contains($0.path) }
    var times: [ObjectID: Int64] = [:]
    try ObjectTimes(database).forEach(in: sources, unless: isElsewhere) {
      (id, seconds) throws(PandoError) in
      times[id] = max(times[id] ?? .min, seconds)
    }
    if let cutoff = options.cutoff { try keepRecent(&times, cutoff) }
    guard !times.isEmpty else { return nil }
    var building = options.builder
    building.packSizeLimit = 0
    building.isLocal = true
    var build = try PackBuilder(database, options: building)
    for id in times.keys.sorted() { try build.add(id) }
    guard let path = try publish(&build).first,
      let reader = try database.packs().first(where: { $0.path == path })
    else { return nil }
    let index = reader.index
    let seconds = (0..<index.count).map { UInt32(clamping: times[index.id(at: $0)] ?? 0) }
    try write(
      PackTimes.bytes(seconds, packChecksum: index.packChecksum),
      to: PackNames.path(of: path, ending: ".mtimes"))
    return path
  }

  /// Leaves only what was needed after `cutoff`, and what that leads to.
  private func keepRecent(
    _ times: inout [ObjectID: Int64], _ cutoff: Int64
  ) throws(PandoError) {
    var recent = ReachableObjects(database)
    recent.toleratesMissing = true
    for (id, seconds) in times where seconds > cutoff { try recent.add(id) }
    try recent.mark()
    times = times.filter { recent.contains($0.key) }
  }

  /// Makes loose what is in `packs` only and nothing leads to, with the times of the packs; what is
  /// older than the options say is given up. Returns how many.
  func loosen(
    _ packs: [LocalPack], reachable: inout ReachableObjects
  ) throws(PandoError) -> Int {
    let going = Set(packs.map(\.path))
    let staying = try database.packs().filter { !going.contains($0.path) }
    func isElsewhere(_ id: ObjectID) -> Bool {
      staying.contains { $0.index.position(of: id) != nil }
    }
    var recent = ReachableObjects(database)
    if let cutoff = options.cutoff {
      recent.toleratesMissing = true
      var ids: [ObjectID] = []
      try ObjectTimes(database).forEach(unless: { reachable.contains($0) }) {
        (id, seconds) throws(PandoError) in
        if seconds > cutoff { ids.append(id) }
      }
      for id in ids { try recent.add(id) }
      try recent.mark()
    }
    var touched: Set<FilePath> = []
    var count = 0
    let durability = database.options.durability
    for pack in packs {
      let seconds = try local.seconds(of: pack)
      for position in 0..<pack.count {
        let id = pack.reader.index.id(at: position)
        if isElsewhere(id) { continue }
        if let cutoff = options.cutoff, Int64(seconds[position]) <= cutoff, !recent.contains(id) {
          continue
        }
        guard try !database.looseObjects.contains(id), let object = try database.read(id) else {
          continue
        }
        try database.looseObjects.write(object, as: id, durability: durability.withoutDirectories)
        let path = database.looseObjects.path(of: id)
        do throws(FileError) {
          try database.files.setModificationTime(of: path, to: (Int64(seconds[position]), 0))
        } catch {
          throw .refused("loose object \(path)", error)
        }
        touched.insert(path.parent)
        count += 1
      }
    }
    guard durability.synchronizesDirectories, !touched.isEmpty else { return count }
    for directory in touched.sorted() + [database.directory] {
      do { try database.files.synchronizeDirectory(directory) } catch {
        throw .refused("directory \(directory)", error)
      }
    }
    return count
  }
}
