public import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage

/// `pando repack`: gathers objects in new packs.
public struct RepackCommand: Command {
  public let name = "repack"
  public let summary = "Gather objects in new packs"

  private enum Option {
    case all, allLoosening, cruft, cruftExpiration, removes, noDeltas, noObjects, noServerInfo
    case quiet, local, bitmaps, islands, unpackUnreachable, keepUnreachable, window
    case windowMemory, depth, threads, packSize, packsKept, keepPack, geometric, multiPackIndex
  }

  private static let parser = OptionParser<Option>(
    ["repack [<options>]"],
    [
      .flag(.all, "-a", help: "pack everything in a single pack"),
      .flag(.allLoosening, "-A", help: "same as -a, and turn unreachable objects loose"),
      .flag(
        .cruft, "--cruft", help: "same as -a, pack unreachable cruft objects separately"),
      .value(
        .cruftExpiration, "--cruft-expiration", placeholder: "<approxidate>",
        help: "with --cruft, expire objects older than this"),
      .flag(.removes, "-d", help: "remove redundant packs, and loose objects that are packed"),
      .flag(.noDeltas, "-f", help: "find all deltas anew"),
      .flag(.noObjects, "-F", help: "compress all objects anew"),
      .flag(.noServerInfo, "-n", help: "do not write the lists for plain servers"),
      .flag(.quiet, "-q", "--quiet", help: "be quiet"),
      .flag(.local, "-l", "--local", help: "leave out borrowed objects"),
      .flag(.bitmaps, "-b", "--write-bitmap-index", help: "write bitmap index"),
      .flag(.islands, "-i", "--delta-islands", help: "not supported"),
      .value(
        .unpackUnreachable, "--unpack-unreachable", placeholder: "<approxidate>",
        help: "with -A, do not loosen objects older than this"),
      .flag(
        .keepUnreachable, "-k", "--keep-unreachable", help: "with -a, repack unreachable objects"),
      .value(
        .window, "--window", placeholder: "<n>",
        help: "size of the window used for delta compression"
      ),
      .value(
        .windowMemory, "--window-memory", placeholder: "<bytes>",
        help: "same as the above, but limit memory size instead of entries count"),
      .value(
        .depth, "--depth", placeholder: "<n>", help: "limits the maximum delta depth"),
      .value(
        .threads, "--threads", placeholder: "<n>", help: "limits the maximum number of threads"),
      .value(
        .packSize, "--max-pack-size", placeholder: "<bytes>",
        help: "maximum size of each packfile"),
      .flag(.packsKept, "--pack-kept-objects", help: "repack objects in packs marked with .keep"),
      .value(
        .keepPack, "--keep-pack", placeholder: "<name>", help: "do not repack this pack"),
      .value(
        .geometric, "-g", "--geometric", placeholder: "<n>",
        help: "find a geometric progression with factor <N>"),
      .flag(
        .multiPackIndex, "-m", "--write-midx",
        help: "write a multi-pack index of the resulting packs"),
    ])

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let given = try Self.parser.parse(arguments)
    let repository = try context.repository()
    var options = try Self.options(given, context)
    if options.removesRedundant {
      try MaintenanceSettings.checkMayRemove(repository, "repack")
    }
    if options.writesBitmaps, !options.writesMultiPackIndex {
      guard options.mode.isAll else {
        throw CommandFailure.fatal(
          "Incremental repacks are incompatible with bitmap indexes.  Use\n"
            + "--no-write-bitmap-index or disable the pack.writeBitmaps configuration.")
      }
      if given.choice(.packsKept) == nil,
        try repository.configuration.bool("repack.packKeptObjects") == nil,
        given.has(.bitmaps)
      {
        options.packsKeptObjects = true
      }
    }
    if options.writesBitmaps, options.builder.isLocal,
      try !context.objectDatabase().alternates.isEmpty
    {
      try context.errors.write(
        "warning: disabling bitmap writing, as some objects are not being packed\n")
      options.writesBitmaps = false
    }
    var repacking = try Repacking(
      repository, roots: context.maintenanceRoots(), options: options)
    repacking.warn = { text in try? context.errors.write("warning: \(text)\n") }
    let outcome = try repacking.run()
    if outcome.packs.isEmpty, !given.has(.quiet) {
      try context.output.write("Nothing new to pack.\n")
    }
    return .success
  }

  private static func options(
    _ given: ParsedOptions<Option>, _ context: CommandContext
  ) throws -> Repacking.Options {
    let repository = try context.repository()
    var options = try MaintenanceSettings.repacking(repository)
    options.removesRedundant = given.has(.removes)
    let unpacked = given.text(.unpackUnreachable)
    let loosens = unpacked != nil || given.has(.allLoosening)
    try checkApart("--keep-unreachable", given.has(.keepUnreachable), "-A", loosens)
    try checkApart("--cruft", given.has(.cruft), "-A", loosens)
    try checkApart("--cruft", given.has(.cruft), "-k", given.has(.keepUnreachable))
    if given.has(.cruft) {
      options.mode = .cruft
      options.cutoff = try given.text(.cruftExpiration).map {
        try ExpiryDate.option($0, context).cutoff(context.clock)
      }
    } else if given.has(.allLoosening) || given.has(.all) {
      options.mode = .all
      if given.has(.allLoosening) || unpacked != nil { options.mode = .allLoosening }
      if given.has(.keepUnreachable) { options.mode = .allKeeping }
      options.cutoff = try unpacked.map {
        try ExpiryDate.option($0, context).cutoff(context.clock)
      }
    }
    if let factor = try given.integer(.geometric), factor != 0 {
      guard options.mode == .incremental else {
        throw CommandFailure.fatal("options '--geometric' and '-A/-a' cannot be used together")
      }
      options.mode = .geometric(factor: factor)
    }
    options.builder.isLocal = given.has(.local)
    options.builder.reusesDeltas = !given.has(.noDeltas) && !given.has(.noObjects)
    options.builder.reusesObjects = !given.has(.noObjects)
    if let window = try number(given.text(.window), "window") { options.builder.window = window }
    if let depth = try number(given.text(.depth), "depth") { options.builder.depth = depth }
    if let threads = try number(given.text(.threads), "threads") {
      options.builder.threads = threads
    }
    if let bytes = try number(given.text(.windowMemory), "window-memory") {
      options.builder.windowMemory = bytes
    }
    if let bytes = try number(given.text(.packSize), "max-pack-size") {
      options.builder.packSizeLimit = bytes
    }
    if given.has(.noServerInfo) { options.updatesServerInfo = false }
    options.writesMultiPackIndex = given.has(.multiPackIndex)
    if given.has(.islands) {
      throw CommandFailure.fatal("--delta-islands is not supported")
    }
    if let kept = given.choice(.packsKept) { options.packsKeptObjects = kept }
    options.keptPacks = Set(
      given.values(.keepPack).map { FilePath(bytes: $0.bytes).lastComponent })
    // Without a word about them, bare repositories get bitmaps with a pack of everything.
    let isDefault = options.mode.isAll && !options.writesMultiPackIndex && repository.isBare
    options.writesBitmaps =
      try given.choice(.bitmaps) ?? repository.configuration.bool("repack.writeBitmaps")
      ?? repository.configuration.bool("pack.writeBitmaps") ?? isDefault
    return options
  }

  private static func checkApart(
    _ one: String, _ hasOne: Bool, _ other: String, _ hasOther: Bool
  ) throws {
    if hasOne, hasOther {
      throw CommandFailure.fatal("options '\(one)' and '\(other)' cannot be used together")
    }
  }

  /// Reads a number, which may end in `k`, `m` or `g`.
  private static func number(_ text: String?, _ name: String) throws -> Int? {
    guard let text else { return nil }
    guard let number = MaintenanceSettings.number(text) else {
      throw CommandFailure.fatal("bad value '\(text)' for --\(name)")
    }
    return number
  }
}
