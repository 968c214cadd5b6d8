internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage
internal import PandoStore

/// What `gc` is told by settings. Source: git-config, `gc.*`.
struct CollectSettings {
  private let context: CommandContext
  private let repository: Repository
  /// The date for unreachable objects as it is written; nil keeps them.
  var expiry: String?
  var usesCruftPacks = false
  let looseMax: Int
  let packsMax: Int
  let bigPackThreshold: Int

  init(_ context: CommandContext) throws {
    self.context = context
    repository = try context.repository()
    let settings = repository.configuration
    expiry = try settings.string("gc.pruneExpire") ?? "2.weeks.ago"
    if let text = try settings.string("gc.pruneExpire"), text != "now",
      ExpiryDate(text, clock: context.clock).map({ $0.seconds > context.clock.now().seconds })
        != false
    {
      throw CommandFailure.fatal("Invalid gc.pruneexpire: '\(text)'")
    }
    usesCruftPacks = try settings.bool("gc.cruftPacks") ?? false
    looseMax = try settings.integer("gc.auto") ?? 6700
    packsMax = try settings.integer("gc.autoPackLimit") ?? 50
    bigPackThreshold = try settings.integer("gc.bigPackThreshold") ?? 0
  }

  func checkExpiry() throws {
    if let expiry, ExpiryDate(expiry, clock: context.clock) == nil {
      throw CommandFailure.fatal("failed to parse prune expiry value \(expiry)")
    }
  }

  func options(isAggressive: Bool) throws -> Maintenance.CollectOptions {
    let settings = repository.configuration
    let now = context.clock.now().seconds
    var options = Maintenance.CollectOptions(now: now)
    options.packing = try MaintenanceSettings.repacking(repository)
    options.packing.removesRedundant = true
    options.packing.builder.isLocal = true
    options.packing.writesBitmaps =
      try settings.bool("repack.writeBitmaps") ?? settings.bool("pack.writeBitmaps")
      ?? repository.isBare
    options.packing.mode = usesCruftPacks ? .cruft : .allLoosening
    let cutoff = expiry.flatMap { ExpiryDate($0, clock: context.clock) }
    if expiry == "now" { options.packing.mode = .all }
    options.cutoff = cutoff?.cutoff(context.clock)
    options.packing.cutoff = options.cutoff
    if isAggressive {
      options.packing.builder.reusesDeltas = false
      options.packing.builder.depth = try settings.integer("gc.aggressiveDepth") ?? 50
      options.packing.builder.window = try settings.integer("gc.aggressiveWindow") ?? 250
    }
    let packs = settings.last("gc.packRefs")?.value?.text
    options.packsReferences =
      packs == "notbare" ? !repository.isBare : try settings.bool("gc.packRefs") ?? true
    options.reflogLimits = try ReflogSettings(context).limits
    options.writesCommitGraph =
      try settings.bool("gc.writeCommitGraph") ?? true
      && settings.bool("core.commitGraph") ?? true
    let worktrees = try settings.string("gc.worktreePruneExpire") ?? "3.months.ago"
    options.worktreeCutoff = ExpiryDate(worktrees, clock: context.clock)?.seconds
    if try settings.bool("extensions.preciousObjects") == true {
      options.packing.removesRedundant = false
      options.packing.mode = .incremental
      options.packing.writesBitmaps = false
      options.cutoff = nil
    }
    return options
  }
}

/// When entries of reference logs are old: `gc.reflogExpire` and its kin.
struct ReflogSettings {
  private let total: Int64
  private let unreachable: Int64
  private let patterns: [(pattern: ByteString, total: Int64?, unreachable: Int64?)]
  /// What options say instead.
  var givenTotal: Int64?
  var givenUnreachable: Int64?

  init(_ context: CommandContext) throws {
    let settings = try context.repository().configuration
    func seconds(_ name: String) throws -> Int64? {
      guard let text = try settings.string(name) else { return nil }
      guard let date = ExpiryDate(text, clock: context.clock) else {
        throw CommandFailure(
          lines: [
            "error: '\(text)' for '\(name.lowercased())' is not a valid timestamp",
            "fatal: bad config variable '\(name.lowercased())'",
          ], status: .fatal)
      }
      return date.seconds
    }
    let now = context.clock.now().seconds
    total = try seconds("gc.reflogExpire") ?? now - 90 * 86_400
    unreachable = try seconds("gc.reflogExpireUnreachable") ?? now - 30 * 86_400
    patterns = try settings.subsections(of: "gc").map { pattern in
      let name = "gc.\(pattern.text)."
      return (
        pattern, try seconds(name + "reflogExpire"), try seconds(name + "reflogExpireUnreachable")
      )
    }
  }

  /// When the entries of one log are old.
  func limits(_ name: ReferenceName) -> ReflogExpiry.Limits? {
    var (total, unreachable) = (total, unreachable)
    if let found = patterns.first(where: { Self.matches($0.pattern, name) }) {
      total = found.total ?? total
      unreachable = found.unreachable ?? unreachable
    } else if name.text == "refs/stash" {
      (total, unreachable) = (0, 0)
    }
    return .init(total: givenTotal ?? total, unreachable: givenUnreachable ?? unreachable)
  }

  private static func matches(_ pattern: ByteString, _ name: ReferenceName) -> Bool {
    Glob(pattern.bytes).matches(name.bytes.bytes)
  }
}

/// Whether `gc --auto` has something to do.
struct CollectNeed {
  private let context: CommandContext
  private let settings: CollectSettings

  init(_ context: CommandContext, _ settings: CollectSettings) {
    self.context = context
    self.settings = settings
  }

  /// Chooses what to pack; false when nothing needs to be done.
  func decide(_ options: inout Maintenance.CollectOptions) throws -> Bool {
    guard settings.looseMax > 0 else { return false }
    if try hasManyPacks() {
      if settings.bigPackThreshold > 0 {
        options.packing.keptPacks = try largestPacks(settings.bigPackThreshold)
        if options.packing.keptPacks.count >= settings.packsMax {
          options.packing.keptPacks = try largestPacks(0)
        }
      }
      return true
    }
    guard try hasManyLooseObjects() else { return false }
    options.packing.mode = .incremental
    options.packing.writesBitmaps = false
    return true
  }

  private func hasManyPacks() throws -> Bool {
    guard settings.packsMax > 0 else { return false }
    let packs = try context.objectDatabase().localPacks()
    return packs.count { !$0.isKept } > settings.packsMax
  }

  /// Estimates from one of 256 directories, as git does.
  func hasManyLooseObjects() throws -> Bool {
    guard settings.looseMax > 0 else { return false }
    let database = try context.objectDatabase()
    let digits = database.hashAlgorithm.hexCount - 2
    let entries = try context.fileSystem.list(database.directory / "17") ?? []
    let count = entries.count { entry in
      entry.nameBytes.count == digits && entry.nameBytes.allSatisfy { Hex.value(of: $0) != nil }
    }
    return count > (settings.looseMax + 255) / 256
  }

  /// The names of the packs of at least so many bytes; with 0 that of the largest.
  func largestPacks(_ bytesMin: Int) throws -> Set<String> {
    let packs = try context.objectDatabase().localPacks().filter { !$0.isCruft }
    if bytesMin > 0 {
      return Set(packs.filter { $0.size >= bytesMin }.map(\.path.lastComponent))
    }
    return Set(packs.max { $0.size < $1.size }.map { [$0.path.lastComponent] } ?? [])
  }
}
