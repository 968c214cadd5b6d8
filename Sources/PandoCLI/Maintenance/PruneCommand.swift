public import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage

/// `pando prune`: removes loose objects that nothing needs.
public struct PruneCommand: Command {
  public let name = "prune"
  public let summary = "Remove unreachable loose objects"

  private enum Option { case dryRun, verbose, progress, expire, excludesPromised }

  private static let parser = OptionParser<Option>(
    ["prune [-n] [-v] [--progress] [--expire <time>] [--] [<head>...]"],
    [
      .flag(.dryRun, "-n", "--dry-run", help: "do not remove, show only"),
      .flag(.verbose, "-v", "--verbose", help: "report pruned objects"),
      .flag(.progress, "--progress", help: "show progress"),
      .value(
        .expire, "--expire", placeholder: "<expiry-date>", help: "expire objects older than <time>"
      ),
      .flag(
        .excludesPromised, "--exclude-promisor-objects",
        help: "limit traversal to objects outside promisor packfiles"),
    ])

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try Self.parser.parse(arguments)
    let expiry = try options.text(.expire).map { try ExpiryDate.option($0, context) } ?? .now
    let repository = try context.repository()
    try MaintenanceSettings.checkMayRemove(repository, "prune")
    var pruning = Pruning(
      try context.objectDatabase(), roots: try context.maintenanceRoots(),
      cutoff: expiry.cutoff(context.clock))
    pruning.isDryRun = options.has(.dryRun)
    pruning.isPartial = options.has(.excludesPromised)
    for head in options.arguments {
      guard let id = try context.findObject(head) else {
        throw CommandFailure.fatal("unrecognized argument: \(head)")
      }
      pruning.extraRoots.append(id)
    }
    if options.has(.progress) {
      pruning.progress = TerminalProgress(context.errors, clock: context.clock)
    }
    let report = RemovalReport(context, isShown: options.has(.dryRun) || options.has(.verbose))
    report.attach(to: &pruning)
    try pruning.run()
    return .success
  }
}

/// `pando prune-packed`: removes loose objects that are in packs.
public struct PrunePackedCommand: Command {
  public let name = "prune-packed"
  public let summary = "Remove loose objects that are in packs"

  private enum Option { case dryRun, quiet }

  private static let parser = OptionParser<Option>(
    ["prune-packed [-n | --dry-run] [-q | --quiet]"],
    [
      .flag(.dryRun, "-n", "--dry-run", help: "dry run"),
      .flag(.quiet, "-q", "--quiet", help: "be quiet"),
    ])

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try Self.parser.parse(arguments)
    guard options.arguments.isEmpty else {
      throw Self.parser.misuse("fatal: too many arguments\n")
    }
    var pruning = Pruning(
      try context.objectDatabase(), roots: try context.maintenanceRoots(), cutoff: 0)
    pruning.isDryRun = options.has(.dryRun)
    let report = RemovalReport(context, isShown: options.has(.dryRun))
    report.attach(to: &pruning)
    try pruning.prunePacked()
    return .success
  }
}

/// `pando pack-refs`: moves references into one file.
public struct PackRefsCommand: Command {
  public let name = "pack-refs"
  public let summary = "Move references into one file"

  private enum Option { case all, prune }

  private static let parser = OptionParser<Option>(
    ["pack-refs [--all] [--no-prune]"],
    [
      .flag(.all, "--all", help: "pack everything"),
      .flag(.prune, "--prune", help: "prune loose refs (default)"),
    ])

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try Self.parser.parse(arguments)
    guard options.arguments.isEmpty else { throw Self.parser.misuse() }
    guard let references = try context.repository().references as? FileReferences else {
      throw PandoError(.unsupported, "the repository's references are not on a disk")
    }
    try references.pack(all: options.has(.all), prunes: options.choice(.prune) ?? true)
    return .success
  }
}
