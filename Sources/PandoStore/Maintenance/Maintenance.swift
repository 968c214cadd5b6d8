internal import PandoBytes
public import PandoFiles
public import PandoObjects
public import PandoStorage

/// Looks after a repository on a disk: gathers objects in packs, gives up what nothing needs.
///
///     let maintenance = try Maintenance(repository)
///     let report = try maintenance.collect()
///
/// Safe beside readers and writers, of Pando's and of Git's, in this process and in others. Nothing
/// goes that was written or found useful within the grace; nothing goes before what replaces it is
/// on the disk. All calls block.
public struct Maintenance: Sendable {
  /// Two weeks: what Git gives objects that nothing leads to.
  public static let graceSecondsDefault: Int64 = 14 * 86_400

  /// How a repository is cleaned up.
  public struct CollectOptions: Sendable {
    /// How objects are packed; the mode is all that is reachable, and the rest made loose, unless
    /// something else is asked for.
    public var packing = Repacking.Options()
    /// When unreachable objects go, in seconds since 1970; nil keeps them.
    public var cutoff: Int64?
    /// Whether references are packed.
    public var packsReferences = true
    /// When entries of a reference log go; nil keeps them.
    public var reflogLimits: @Sendable (ReferenceName) -> ReflogExpiry.Limits?
    /// Whether the commit-graph is written.
    public var writesCommitGraph = true
    /// Whether worktrees go whose directories are gone since this moment, in seconds since 1970;
    /// nil keeps them.
    public var worktreeCutoff: Int64?

    /// What `git gc` does without settings, at a moment in seconds since 1970.
    public init(now: Int64) {
      packing.mode = .allLoosening
      packing.removesRedundant = true
      packing.builder.isLocal = true
      cutoff = now - Maintenance.graceSecondsDefault
      let (total, unreachable) = (now - 90 * 86_400, now - 30 * 86_400)
      reflogLimits = { name in
        name.text == "refs/stash" ? nil : .init(total: total, unreachable: unreachable)
      }
      worktreeCutoff = now - 91 * 86_400
    }
  }

  /// What was done.
  public struct Report: Sendable {
    /// How many references went into the packed file.
    public var packedReferences = 0
    /// How many entries of reference logs went.
    public var expiredEntries = 0
    /// What was packed.
    public var packing = Repacking.Outcome()
    /// How many unreachable objects and stale files went.
    public var prunedFiles = 0
    /// The commits in the new commit-graph; nil when none was written.
    public var graphCommits: Int?
    /// The worktrees that went.
    public var prunedWorktrees: [String] = []
  }

  private let repository: Repository
  private let database: ObjectDatabase
  private let references: FileReferences
  /// What keeps objects alive.
  public var roots: MaintenanceRoots
  /// Who watches.
  public var progress: (any ProgressMeter)?
  /// Takes warnings.
  public var warn: @Sendable (String) -> Void = { _ in }

  /// Looks after a repository; throws `.unsupported` when it is not on a disk.
  public init(_ repository: Repository) throws(PandoError) {
    guard let database = repository.objects as? ObjectDatabase,
      let references = repository.references as? FileReferences
    else { throw PandoError(.unsupported, "only a repository on a disk is maintained") }
    self.repository = repository
    self.database = database
    self.references = references
    roots = try MaintenanceRoots(repository)
  }

  private var now: Int64 { repository.options.clock.now().seconds }

  /// Gathers objects in new packs; those that were marked by a process that ended before a
  /// reference led to them are marked no more, a day later.
  @discardableResult
  public func repack(
    _ options: Repacking.Options = .init()
  ) throws(PandoError) -> Repacking.Outcome {
    if options.removesRedundant { try database.removeStaleMarks(clock: repository.options.clock) }
    var repacking = try Repacking(repository, roots: roots, options: options)
    repacking.warn = warn
    return try repacking.run()
  }

  /// Removes loose objects that nothing leads to and that nobody needed for `graceSeconds`, loose
  /// objects that packs have, and what processes that died left behind. Returns how many files
  /// went.
  @discardableResult
  public func prune(
    olderThan graceSeconds: Int64 = Maintenance.graceSecondsDefault
  ) throws(PandoError) -> Int {
    try prune(upTo: now - max(0, graceSeconds), isPartial: false)
  }

  private func prune(upTo cutoff: Int64, isPartial: Bool) throws(PandoError) -> Int {
    var count = 0
    var pruning = Pruning(database, roots: roots, cutoff: cutoff)
    pruning.isPartial = isPartial
    pruning.progress = progress
    pruning.onRemoval = { (_) throws(PandoError) in count += 1 }
    try pruning.run()
    return count
  }

  /// Moves references into one file; returns how many.
  @discardableResult
  public func packReferences() throws(PandoError) -> Int { try references.pack() }

  /// Gives up old entries of reference logs; returns how many.
  @discardableResult
  public func expireReflogs(
    _ limits: (ReferenceName) -> ReflogExpiry.Limits?
  ) throws(PandoError) -> Int {
    var count = 0
    for (references, name) in try ReflogExpiry.logs(of: repository) {
      guard let limits = limits(name) else { continue }
      var expiry = ReflogExpiry(references, objects: database)
      expiry.onVerdict = { (verdict) throws(PandoError) in if verdict.isExpired { count += 1 } }
      try expiry.expire(name, limits)
    }
    return count
  }

  /// Does all of it in Git's order. Throws `.locked` when somebody else cleans up.
  @discardableResult
  public func collect(_ options: CollectOptions? = nil) throws(PandoError) -> Report {
    var holder: MaintenanceLock.Holder?
    guard let lock = try MaintenanceLock.acquire(repository, holder: &holder) else {
      throw PandoError(
        .locked,
        "gc is already running on machine '\(holder?.host ?? "")' pid \(holder?.processID ?? 0)")
    }
    return try collect(options, holding: lock)
  }

  /// Does the same under a lock that is held.
  @discardableResult
  public func collect(
    _ options: CollectOptions? = nil, holding lock: borrowing MaintenanceLock
  ) throws(PandoError) -> Report {
    let options = options ?? CollectOptions(now: now)
    var report = Report()
    if options.packsReferences { report.packedReferences = try packReferences() }
    report.expiredEntries = try expireReflogs(options.reflogLimits)
    report.packing = try repack(options.packing)
    if let cutoff = options.cutoff {
      report.prunedFiles = try prune(upTo: cutoff, isPartial: options.packing.isPartial)
    }
    if let cutoff = options.worktreeCutoff {
      report.prunedWorktrees = try StaleWorktrees(repository).remove(upTo: cutoff)
    }
    if options.writesCommitGraph { report.graphCommits = try writeCommitGraph() }
    return report
  }

  private func writeCommitGraph() throws(PandoError) -> Int? {
    var tips: [ObjectID] = []
    for reference in try references.references(withPrefix: "refs/") {
      guard let id = try references.id(of: reference.name),
        let commit = try database.peelToCommit(id)
      else { continue }
      tips.append(commit)
    }
    var options = CommitGraphWriter.Options()
    options.clock = repository.options.clock
    options.progress = progress
    options.writesCorrectedDates =
      try repository.configuration.integer("commitGraph.generationVersion") ?? 2 >= 2
    options.readsChangedPaths =
      try repository.configuration.bool("commitGraph.readChangedPaths") ?? true
    return try CommitGraphWriter(database, options: options).write(.commits(tips))?.count
  }
}
