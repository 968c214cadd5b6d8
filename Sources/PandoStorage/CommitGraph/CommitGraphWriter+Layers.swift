internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// What becomes of the files of the graph there is.
struct LayerPlan {
  /// Those that stay below the new one, lowest first.
  var kept: [CommitGraphFile] = []
  /// Those that the new one takes the place of.
  var replaced: [CommitGraphFile] = []
  /// Whether the new one has corrected dates.
  var writesDates: Bool
  var isSplit = false

  /// The commits in files that stay.
  var baseCount: Int { kept.reduce(0) { $0 + $1.count } }
}

extension CommitGraphWriter {
  /// Decides which files stay when `count` commits are to be added.
  func layerPlan(_ existing: CommitGraphChain?, _ count: Int) -> LayerPlan {
    var plan = LayerPlan(writesDates: options.writesCorrectedDates)
    guard let split = options.split else { return plan }
    plan.isSplit = true
    let layers = existing?.layers ?? []
    var keptCount = split == .replacing ? 0 : layers.count
    if split == .merging {
      var total = count
      while keptCount > 0 {
        let layer = layers[keptCount - 1]
        let (limit, overflows) = total.multipliedReportingOverflow(by: options.sizeMultiple)
        let isSmall = overflows || layer.count <= limit
        let isOver = options.commitsMax > 0 && total > options.commitsMax
        // A borrowed file is somebody else's.
        guard isSmall || isOver, isOwn(layer) else { break }
        total += layer.count
        keptCount -= 1
      }
    }
    // A chain cannot name the single file of another directory.
    if keptCount == 1, let base = layers.first, !isOwn(base), !isLayer(base) { keptCount = 0 }
    // A header counts the files below in a byte.
    keptCount = min(keptCount, Int(UInt8.max))
    plan.kept = Array(layers[..<keptCount])
    plan.replaced = Array(layers[keptCount...])
    // Dates on top of files without them could not be trusted.
    if plan.kept.contains(where: { $0.tables.dateOffsets == nil }) { plan.writesDates = false }
    return plan
  }

  private func isOwn(_ layer: CommitGraphFile) -> Bool {
    layer.path == CommitGraphPlaces.single(directory)
      || layer.path.parent == CommitGraphPlaces.layers(directory)
  }

  private func isLayer(_ layer: CommitGraphFile) -> Bool {
    layer.path.components.last == CommitGraphPlaces.layer(directory, layer.checksum).components.last
  }
}

// MARK: Publishing

extension CommitGraphWriter {
  /// Puts the new file in its place and removes those that it makes needless.
  func publish(_ file: ChunkFileWriter, _ plan: LayerPlan) throws(PandoError) -> FilePath {
    let place =
      plan.isSplit
      ? CommitGraphPlaces.layers(directory) : CommitGraphPlaces.single(directory).parent
    try wrapping("directory \(place)") { () throws(FileError) in
      try files.createDirectories(place, durability: objects.options.durability)
    }
    return plan.isSplit ? try publishLayer(file, plan) : try publishSingle(file)
  }

  private var durability: Durability { objects.options.durability.forPacks }

  private func publishSingle(_ file: ChunkFileWriter) throws(PandoError) -> FilePath {
    let path = CommitGraphPlaces.single(directory)
    let lock = try acquire(path)
    do throws(FileError) {
      try file.write { (bytes) throws(FileError) in try lock.write(bytes) }
      try lock.commit(durability)
      try files.remove(CommitGraphPlaces.chain(directory))
    } catch {
      throw .refused("commit-graph \(path)", error)
    }
    try expire(keeping: [])
    return path
  }

  private func publishLayer(
    _ file: ChunkFileWriter, _ plan: LayerPlan
  ) throws(PandoError) -> FilePath {
    let lock = try acquire(CommitGraphPlaces.chain(directory))
    let single = CommitGraphPlaces.single(directory)
    var checksums = plan.kept.map(\.checksum)
    let path: FilePath
    do throws(FileError) {
      var temporary = try TemporaryFile.create(
        in: CommitGraphPlaces.layers(directory), prefix: "tmp_graph_",
        permissions: objects.options.permissions, fileSystem: files, random: objects.random)
      let checksum = try file.write { (bytes) throws(FileError) in try temporary.write(bytes) }
      try temporary.finishWriting(durability)
      checksums.append(checksum)
      path = CommitGraphPlaces.layer(directory, checksum)
      // Until the list names it, nobody looks for it under its new name; then both are there.
      if let base = plan.kept.first, base.path == single {
        try give(single, the: CommitGraphPlaces.layer(directory, base.checksum))
      }
      try temporary.replace(path, durability: durability)
      let lines = checksums.map { $0.hex + "\n" }.joined()
      try lock.write(Array(lines.utf8))
      try lock.commit(durability)
      // A single file counts before a chain.
      if try files.remove(single), durability.synchronizesDirectories {
        try files.synchronizeDirectory(single.parent)
      }
    } catch {
      throw .refused("commit-graph in \(directory)", error)
    }
    try touch(plan.replaced)
    try expire(keeping: Set(checksums.map { CommitGraphPlaces.layer(directory, $0) }))
    return path
  }

  /// Gives a file a second name, or on disks without hard links another one.
  private func give(_ path: FilePath, the name: FilePath) throws(FileError) {
    do throws(FileError) { try files.link(path, to: name) } catch {
      if !error.isExists { try files.rename(path, to: name) }
    }
  }

  /// Files that were just replaced count from now: somebody may read them still.
  private func touch(_ layers: [CommitGraphFile]) throws(PandoError) {
    for layer in layers {
      try wrapping("commit-graph \(layer.path)") { () throws(FileError) in
        try files.setModificationTime(of: layer.path, to: (options.clock.now().seconds, 0))
      }
    }
  }

  /// Removes the files of old chains.
  private func expire(keeping kept: Set<FilePath>) throws(PandoError) {
    let place = CommitGraphPlaces.layers(directory)
    let limit = options.expireSeconds ?? options.clock.now().seconds
    try wrapping("directory \(place)") { () throws(FileError) in
      for entry in try files.list(place) ?? [] where entry.nameBytes.ends(with: ".graph") {
        let path = place.appending(bytes: entry.nameBytes)
        guard !kept.contains(path),
          let status = try files.status(of: path, followingLinks: true),
          status.modificationSeconds <= limit
        else { continue }
        try files.remove(path)
      }
    }
  }

  private func acquire(_ path: FilePath) throws(PandoError) -> LockFile {
    do throws(FileError) {
      return try LockFile.acquire(path, in: files, permissions: objects.options.permissions)
    } catch {
      throw PandoError(ReferenceProblem.lockCode(error), ReferenceProblem.lockFailure(error))
    }
  }

  private func wrapping(
    _ subject: String, _ body: () throws(FileError) -> Void
  ) throws(PandoError) {
    do throws(FileError) { try body() } catch { throw .refused(subject, error) }
  }
}
