public import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage
internal import PandoStore

/// `pando gc`: gathers objects in packs and gives up what nothing needs.
public struct GCCommand: Command {
  public let name = "gc"
  public let summary = "Gather objects in packs and remove what nothing needs"

  private enum Option { case quiet, prune, cruft, aggressive, auto, force, keepLargest }

  private static let parser = OptionParser<Option>(
    ["gc [<options>]"],
    [
      .flag(.quiet, "-q", "--quiet", help: "suppress progress reporting"),
      .optionalValue(
        .prune, "--prune", placeholder: "<date>", help: "prune unreferenced objects"),
      .flag(.cruft, "--cruft", help: "pack unreferenced objects separately"),
      .flag(.aggressive, "--aggressive", help: "be more thorough (increased runtime)"),
      .flag(.auto, "--auto", help: "enable auto-gc mode"),
      .flag(
        .force, "--force", help: "force running gc even if there may be another gc running"),
      .flag(
        .keepLargest, "--keep-largest-pack",
        help: "repack all other packs except the largest pack"),
    ])

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let given = try Self.parser.parse(arguments)
    let repository = try context.repository()
    var settings = try CollectSettings(context)
    if let isCruft = given.choice(.cruft) { settings.usesCruftPacks = isCruft }
    if given.choice(.prune) == false { settings.expiry = nil }
    if let text = given.text(.prune) { settings.expiry = text }
    try settings.checkExpiry()
    guard given.arguments.isEmpty else { throw Self.parser.misuse() }
    var options = try settings.options(isAggressive: given.has(.aggressive))
    let need = CollectNeed(context, settings)
    if given.has(.auto) {
      guard try need.decide(&options) else { return .success }
      if !given.has(.quiet) {
        try context.errors.write(
          "Auto packing the repository for optimum performance.\n"
            + "See \"git help gc\" for manual housekeeping.\n")
      }
    } else if let keepsLargest = given.choice(.keepLargest) {
      if keepsLargest { options.packing.keptPacks = try need.largestPacks(0) }
    } else if settings.bigPackThreshold > 0 {
      options.packing.keptPacks = try need.largestPacks(settings.bigPackThreshold)
    }
    var holder: MaintenanceLock.Holder?
    let lock = try MaintenanceLock.acquire(
      repository, isForced: given.has(.force), holder: &holder)
    guard let lock else {
      if given.has(.auto) { return .success }
      throw CommandFailure.fatal(
        "gc is already running on machine '\(holder?.host ?? "")' pid "
          + "\(holder?.processID ?? 0) (use --force if not)")
    }
    var maintenance = try Maintenance(repository)
    maintenance.roots = try context.maintenanceRoots()
    try maintenance.collect(options, holding: lock)
    if given.has(.auto), try need.hasManyLooseObjects() {
      try context.errors.write(
        "warning: There are too many unreachable loose objects; run 'git prune' to remove them.\n"
      )
    }
    if let directory = repository.layout?.commonDirectory {
      try context.fileSystem.remove(directory / "gc.log")
    }
    return .success
  }
}
