internal import PandoBytes
public import PandoFiles
public import PandoObjects

/// Writes commit-graphs, byte for byte as `git commit-graph write` does.
///
/// Memory is about 150 bytes a commit, and the caches of the database. A file is published in one
/// step under Git's lock; readers see the old graph or the new one.
public struct CommitGraphWriter: Sendable {
  /// How a graph is spread over several files.
  public enum Split: Hashable, Sendable {
    /// New commits go into a new file, and files below that are too small beside it with them.
    case merging
    /// New commits go into a new file.
    case separate
    /// All commits go into one new file of a chain.
    case replacing
  }

  /// How a graph is written.
  public struct Options: Sendable {
    /// Whether filters of changed paths are written; nil when the graph there is decides.
    public var changedPaths: Bool?
    /// Nil for a graph in one file.
    public var split: Split?
    /// A file is merged when it has at most this many times the commits of the one above it.
    public var sizeMultiple = 2
    /// A file is merged when the one above it has more commits than this; 0 for no such limit.
    public var commitsMax = 0
    /// Files that belong to no graph are removed when they were last changed at this time or
    /// before, in seconds since 1970; nil for now.
    public var expireSeconds: Int64?
    /// How many filters are made anew; nil for all.
    public var newFiltersMax: Int?
    /// Whether the commits of the graph there is are kept besides those that are asked for.
    public var appends = false
    /// Whether corrected dates are written: `commitGraph.generationVersion` is 2.
    public var writesCorrectedDates = true
    /// Whether filters of the graph there is are looked at: `commitGraph.readChangedPaths`.
    public var readsChangedPaths = true
    /// What tells the time.
    public var clock: any WallClock = SystemClock()
    /// Who watches.
    public var progress: (any ProgressMeter)?

    /// A graph in one file.
    public init() {}
  }

  /// Which commits a graph has; always with all their ancestors.
  public enum Start: Sendable {
    /// These.
    case commits([ObjectID])
    /// All in the packs of these indexes, named as in the directory of packs.
    case packs([String])
    /// All in packs.
    case allPacks
  }

  /// What was written.
  public struct Written: Hashable, Sendable {
    /// The new file.
    public let path: FilePath
    /// The commits in it.
    public let count: Int
    /// The files of the graph, itself included.
    public let layerCount: Int
    /// The filters that were made.
    public let filterCount: Int
  }

  let objects: ObjectDatabase
  /// The object directory that is written to.
  let directory: FilePath
  let options: Options
  var files: any FileSystem { objects.files }

  /// Writes the graph of the commits in `objects` into one of its directories, its own unless
  /// another is given.
  public init(_ objects: ObjectDatabase, in directory: FilePath? = nil, options: Options = .init())
  {
    self.objects = objects
    self.directory = directory ?? objects.directory
    self.options = options
  }

  /// Writes a graph. Nil when there was nothing to write: no commits, or none that the graph there
  /// is does not have.
  ///
  /// Throws `.notFound` when a commit is missing, `.locked` when somebody else writes, `.corrupt`
  /// for objects that cannot be read.
  @discardableResult
  public func write(_ start: Start) throws(PandoError) -> Written? {
    objects.refreshCommitGraph()
    // Without a graph in use there may be a reason not to have one.
    guard objects.mayUseCommitGraph else { return nil }
    let existing = objects.openCommitGraph
    var commits = GraphCommits(objects.hashAlgorithm, existing: existing)
    var packOrder: GraphFilters.Order = .byGeneration
    if options.appends, let existing {
      for position in 0..<existing.count {
        let id = existing.id(at: position)
        if try objects.contains(id) { try commits.insert(id) }
      }
    }
    switch start {
    case .commits(let ids): for id in ids { try commits.insert(id) }
    case .packs(let names): packOrder = .byPack(try collect(from: packs(names), &commits))
    case .allPacks: packOrder = .byPack(try collect(from: packsInOrder(), &commits))
    }
    try expand(&commits)
    let own = commits.isOwn.count { $0 }
    guard own > 0 || options.split == .replacing else { return nil }
    let plan = layerPlan(existing, own)
    if options.split == .merging || options.split == .separate {
      try commits.absorb(from: plan.baseCount, objects)
    }
    try commits.settle()
    return try write(commits, plan, packOrder)
  }

  private func expand(_ commits: inout GraphCommits) throws(PandoError) {
    let source: GraphCommits.Source =
      switch options.split {
      case nil: .objects
      case .replacing: .graph
      case .merging, .separate: .objectsAboveGraph
      }
    try track("Expanding reachable commits in commit graph", nil) { (progress) throws(PandoError) in
      try commits.expand(objects, source, progress)
    }
  }

  private func write(
    _ commits: GraphCommits, _ plan: LayerPlan, _ order: GraphFilters.Order
  ) throws(PandoError) -> Written {
    let count = commits.order.count
    let generations = try track("Computing commit graph generation numbers", count) {
      (progress) throws(PandoError) in
      defer { progress(count) }
      return try GraphGenerations(commits)
    }
    var filters: GraphFilters?
    if let settings = filterSettings(commits.existing) {
      filters = try track("Computing commit changed paths Bloom filters", count) {
        (progress) throws(PandoError) in
        try GraphFilters(
          commits, generations, objects, settings, limit: options.newFiltersMax, order: order,
          progress)
      }
    }
    let encoder = CommitGraphEncoder(
      commits: commits, generations: generations, writesDates: plan.writesDates,
      filters: filters, bases: plan.kept.map(\.checksum), algorithm: objects.hashAlgorithm)
    let path = try publish(encoder.file(), plan)
    objects.refreshCommitGraph()
    return Written(
      path: path, count: count, layerCount: plan.kept.count + 1,
      filterCount: filters?.computedCount ?? 0)
  }

  /// How filters are made; nil when there are to be none.
  private func filterSettings(
    _ existing: CommitGraphChain?
  ) -> CommitGraphFile.FilterSettings? {
    if options.changedPaths == false { return nil }
    var known = options.readsChangedPaths ? existing?.layers.last?.filterSettings : nil
    if let version = known?.version, version != 1 {
      // Only version 1 is written, which every Git reads.
      known = CommitGraphFile.FilterSettings()
    }
    return known ?? (options.changedPaths == true ? CommitGraphFile.FilterSettings() : nil)
  }

  func track<Value>(
    _ title: String, _ total: Int?, _ body: ((Int) -> Void) throws(PandoError) -> Value
  ) throws(PandoError) -> Value {
    guard let progress = options.progress else { return try body { _ in } }
    progress.begin(title, total: total)
    let value = try body { progress.update($0) }
    progress.end()
    return value
  }
}

// MARK: Packs

extension CommitGraphWriter {
  /// The packs of a list of indexes.
  private func packs(_ names: [String]) throws(PandoError) -> [PackReader] {
    var packs: [PackReader] = []
    for name in names {
      let path = directory / "pack" / name
      guard name.hasSuffix(".idx") else {
        throw PandoError(.invalidInput, "error adding pack \(path)")
      }
      let packPath = FilePath(bytes: path.bytes.dropLast(4) + Array(".pack".utf8))
      do throws(PandoError) {
        packs.append(
          try PackReader(packPath, algorithm: objects.hashAlgorithm, files: files))
      } catch {
        throw PandoError(error.code, "error adding pack \(path)", cause: error)
      }
    }
    return packs
  }

  /// All packs, as Git orders them: the database's own before borrowed ones, new before old.
  private func packsInOrder() throws(PandoError) -> [PackReader] {
    var keyed: [(isBorrowed: Bool, seconds: Int64, pack: PackReader)] = []
    for pack in try objects.packs() {
      let status = try? files.status(of: pack.path, followingLinks: true)
      keyed.append(
        (pack.path.parent != objects.directory / "pack", status?.modificationSeconds ?? 0, pack))
    }
    return keyed.sorted {
      ($0.isBorrowed ? 1 : 0, -$0.seconds) < ($1.isBorrowed ? 1 : 0, -$1.seconds)
    }.map(\.pack)
  }

  /// Takes in all commits of some packs, in the order of their bytes, and tells that order.
  private func collect(
    from packs: [PackReader], _ commits: inout GraphCommits
  ) throws(PandoError) -> [Int32: Int32] {
    var order: [Int32: Int32] = [:]
    var next: Int32 = 0
    for pack in packs {
      guard let file = try pack.packFile() else { continue }
      let traversal = try PackTraversal(pack, file)
      let headers = try traversal.headers()
      for entry in 0..<traversal.count {
        let position = traversal.position(of: entry)
        guard headers[position].kind == .commit else { continue }
        let number = try commits.insert(pack.index.id(at: position))
        order[Int32(number)] = next
        next += 1
      }
    }
    return order
  }
}
