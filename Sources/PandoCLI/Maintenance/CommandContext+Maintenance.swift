internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage

extension CommandContext {
  /// What keeps objects alive in the repository, with the index that the environment names.
  func maintenanceRoots() throws -> MaintenanceRoots {
    var roots = try MaintenanceRoots(try repository())
    if let path = environment["GIT_INDEX_FILE"] {
      roots.indexFiles.append(FilePath(path).resolved(against: currentDirectory))
    }
    return roots
  }
}

/// What settings say of maintenance.
enum MaintenanceSettings {
  /// Throws git's complaint when the repository's objects may never be removed.
  static func checkMayRemove(_ repository: Repository, _ verb: String) throws {
    if try repository.configuration.bool("extensions.preciousObjects") == true {
      throw CommandFailure.fatal(
        verb == "prune"
          ? "cannot prune in a precious-objects repo"
          : "cannot delete packs in a precious-objects repo")
    }
  }
}

/// Tells of files that are removed, in git's words.
struct RemovalReport {
  private let context: CommandContext
  private let isShown: Bool

  init(_ context: CommandContext, isShown: Bool) {
    self.context = context
    self.isShown = isShown
  }

  func attach(to pruning: inout Pruning) {
    let (context, isShown) = (context, isShown)
    let showsPacked = pruning.isDryRun
    pruning.onRemoval = { (removal) throws(PandoError) in
      guard isShown else { return }
      if case .packedObject = removal.subject, !showsPacked { return }
      let path = RelativePath.shown(removal.path, from: context.currentDirectory)
      let line =
        switch removal.subject {
        case .object(let id, let kind): "\(id) \(kind?.name ?? "unknown")"
        case .packedObject: "rm -f \(path)"
        case .temporaryFile: "Removing stale temporary file \(path)"
        case .temporaryDirectory: "Removing stale temporary directory \(path)"
        }
      do { try context.output.write(line + "\n") } catch {
        throw PandoError(.unreadable, "cannot write to standard output", cause: error)
      }
    }
    pruning.onStranger = { (path) throws(PandoError) in
      let path = RelativePath.shown(path, from: context.currentDirectory)
      try? context.errors.write("bad sha1 file: \(path)\n")
    }
  }
}

extension MaintenanceSettings {
  /// Reads a number, which may end in `k`, `m` or `g`; nil for other text.
  static func number(_ text: String) -> Int? {
    let units: [Character: Int] = ["k": 10, "m": 20, "g": 30]
    guard let last = text.lowercased().last else { return nil }
    guard let shift = units[last] else { return Int(text).flatMap { $0 < 0 ? nil : $0 } }
    guard let number = Int(text.dropLast()), number >= 0 else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
    return overflow ? nil : product
  }

  /// What the settings say of packing.
  static func repacking(_ repository: Repository) throws -> Repacking.Options {
    let settings = repository.configuration
    var options = Repacking.Options()
    options.builder = try builder(settings)
    options.updatesServerInfo = try settings.bool("repack.updateServerInfo") ?? true
    options.packsKeptObjects = try settings.bool("repack.packKeptObjects") ?? false
    options.builder.allowsOffsetDeltas =
      try settings.bool("repack.useDeltaBaseOffset") ?? true
    options.isPartial = try isPartial(settings)
    return options
  }

  /// Whether a remote has promised what the repository lacks.
  static func isPartial(_ settings: Configuration) throws -> Bool {
    if try settings.string("extensions.partialClone") != nil { return true }
    return try settings.subsections(of: "remote").contains {
      try settings.bool("remote.\($0.text).promisor") == true
    }
  }

  private static func builder(_ settings: Configuration) throws -> PackBuilder.Options {
    var options = PackBuilder.Options()
    if let window = try settings.integer("pack.window") { options.window = max(0, window) }
    if let depth = try settings.integer("pack.depth") { options.depth = max(0, depth) }
    if let bytes = try settings.integer("pack.windowMemory") {
      options.windowMemory = max(0, bytes)
    }
    if let bytes = try settings.integer("pack.deltaCacheSize") {
      options.deltaCacheBytes = max(0, bytes)
    }
    if let bytes = try settings.integer("pack.packSizeLimit") {
      options.packSizeLimit = max(0, bytes)
    }
    if let threads = try settings.integer("pack.threads") { options.threads = max(0, threads) }
    if let bytes = try settings.integer("core.bigFileThreshold") {
      options.bigFileThreshold = max(0, bytes)
    }
    let level = try settings.integer("pack.compression")
    if let level = try level ?? settings.integer("core.compression"), -1...9 ~= level {
      options.level = level
    }
    return options
  }
}
