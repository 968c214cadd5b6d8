public import PandoBytes
internal import PandoFiles
internal import PandoMerge
internal import PandoObjects
internal import PandoStorage
internal import PandoStore

/// `pando pack-objects`: packs objects that standard input names, or that revisions lead to.
public struct PackObjectsCommand: Command {
  public let name = "pack-objects"
  public let summary = "Create a packed archive of objects"

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try PackObjectsOption.parser.parse(arguments)
    do {
      var packing = try ObjectPacking(options, context)
      try packing.run()
    } catch let error as PandoError {
      throw CommandFailure(packError: error)
    }
    return .success
  }
}

/// One run of `pack-objects`.
struct ObjectPacking {
  private typealias Option = PackObjectsOption

  private let parsed: ParsedOptions<PackObjectsOption>
  private let context: CommandContext
  private let database: ObjectDatabase
  private let settings: Configuration
  private let toStdout: Bool
  private let baseName: FilePath?
  private let showsProgress: Bool
  private let usesRevisions: Bool
  private var filter = ObjectFilter()

  init(_ parsed: ParsedOptions<PackObjectsOption>, _ context: CommandContext) throws {
    self.parsed = parsed
    self.context = context
    toStdout = parsed.has(.stdout)
    guard toStdout ? parsed.arguments.isEmpty : parsed.arguments.count == 1 else {
      throw Option.parser.misuse()
    }
    database = try context.objectDatabase()
    settings = try context.configuration()
    baseName = parsed.arguments.first.map { context.path($0.bytes) }
    let wantsProgress = parsed.choice(.progress) ?? parsed.choice(.allProgress)
    showsProgress = !parsed.has(.quiet) && (wantsProgress ?? context.errors.isTerminal)
    let needsRevisions: [PackObjectsOption] = [
      .revs, .unpacked, .all, .reflog, .indexedObjects, .thin,
    ]
    usesRevisions = needsRevisions.contains { parsed.has($0) }
    try refuse()
    if parsed.has(.filter) {
      guard toStdout else {
        throw CommandFailure.fatal("cannot use --filter without --stdout")
      }
      for part in parsed.values(.filter) {
        filter.formIntersection(try ObjectFilter(parsing: part.text))
      }
    }
  }

  /// Refuses what cannot be meant, and what is not there yet.
  private func refuse() throws {
    if parsed.has(.thin), !toStdout {
      throw CommandFailure.fatal("--thin cannot be used to build an indexable pack")
    }
    if parsed.has(.keepUnreachable), parsed.has(.unpackUnreachable) {
      throw CommandFailure.fatal(
        "options '--keep-unreachable' and '--unpack-unreachable' cannot be used together")
    }
    if parsed.has(.stdinPacks), usesRevisions {
      throw CommandFailure.fatal("cannot use internal rev list with --stdin-packs")
    }
    let missing: [(PackObjectsOption, String)] = [
      (.cruft, "--cruft"), (.cruftExpiration, "--cruft-expiration"),
      (.deltaIslands, "--delta-islands"), (.uriProtocol, "--uri-protocol"),
      (.unpackUnreachable, "--unpack-unreachable"),
      (.excludePromisor, "--exclude-promisor-objects"),
    ]
    for (option, name) in missing where parsed.has(option) {
      throw CommandFailure.fatal("\(name) is not supported yet")
    }
    if let action = parsed.text(.missing), action != "error" {
      throw CommandFailure.fatal("--missing=\(action) is not supported yet")
    }
  }

  mutating func run() throws {
    let progress = showsProgress ? meter() : nil
    var builder = try PackBuilder(database, options: builderOptions(progress))
    progress?.begin("Enumerating objects", total: nil)
    if parsed.has(.stdinPacks) {
      try addPacks(&builder)
    } else if usesRevisions {
      try addRevisions(&builder, progress)
    } else {
      try addList(&builder)
    }
    if parsed.has(.includeTag) { try addTags(&builder) }
    if parsed.has(.keepUnreachable) { try addPacked(&builder) }
    if parsed.has(.packLooseUnreachable) { try addLoose(&builder) }
    progress?.update(builder.count)
    progress?.end()
    if parsed.has(.nonEmpty), builder.count == 0 { return }
    try write(&builder)
    if showsProgress {
      let made = builder.statistics
      try context.errors.write(
        "Total \(made.objects) (delta \(made.deltas)), reused \(made.reused) "
          + "(delta \(made.reusedDeltas)), pack-reused \(made.packReused)\n")
    }
  }

  /// Who sends a pack tells of writing itself, unless all is asked for.
  private func meter() -> TerminalProgress {
    let showsAll =
      !toStdout || parsed.has(.allProgress) || parsed.has(.allProgressImplied)
    return TerminalProgress(
      context.errors, clock: context.clock,
      only: showsAll ? nil : ["Enumerating objects", "Counting objects", "Compressing objects"])
  }

  private func write(_ builder: inout PackBuilder) throws {
    guard let baseName else {
      try builder.write(to: context.output)
      return
    }
    var publication = ReceivedPack.Publication()
    publication.durability =
      try context.repositoryIfAny()?.options.durability ?? .everyCommit
    publication.writesReverseIndex = try settings.bool("pack.writeReverseIndex") ?? false
    publication.format = try indexFormat()
    let packs = try builder.publishPacks(
      in: baseName.parent, prefix: baseName.lastComponent, publication)
    for pack in packs { try context.output.write("\(pack.pack.checksum.hex)\n") }
    guard packs.count == 1, parsed.has(.writeBitmapIndex) || parsed.has(.writeBitmapIndexQuiet),
      let path = packs.first?.path
    else { return }
    try writeBitmap(path)
  }

  private func indexFormat() throws -> IndexedPack.IndexFormat {
    var format = IndexedPack.IndexFormat()
    if let text = parsed.text(.indexVersion) {
      format = try IndexPackArguments.format(
        text, CommandFailure.fatal("bad index version '\(text)'"))
    } else if let version = try settings.integer("pack.indexVersion") {
      guard 1...2 ~= version else {
        throw CommandFailure.fatal("bad pack.indexVersion=\(version)")
      }
      format.version = version
    }
    return format
  }

  private func writeBitmap(_ path: FilePath) throws {
    guard let references = try context.repositoryIfAny()?.references else { return }
    var tips: [ObjectID] = []
    for reference in try references.references(withPrefix: "refs/") {
      if let id = try references.id(of: reference.name) { tips.append(id) }
    }
    try database.rescan()
    guard let reader = try database.packs().first(where: { $0.path == path }) else { return }
    try BitmapWriter.write(for: reader, in: database, BitmapRequest(tips: tips))
  }
}

// MARK: Options

extension ObjectPacking {
  private func builderOptions(
    _ progress: (any ProgressMeter)?
  ) throws -> PackBuilder.Options {
    var options = PackBuilder.Options()
    func number(_ option: PackObjectsOption, _ setting: String) throws -> Int? {
      try parsed.integer(option) ?? settings.integer(setting)
    }
    options.window = try max(0, number(.window, "pack.window") ?? options.window)
    options.depth = try max(0, number(.depth, "pack.depth") ?? options.depth)
    if options.depth > 4095 {
      try context.errors.write(
        "warning: delta chain depth \(options.depth) is too deep, forcing 4095\n")
      options.depth = 4095
    }
    options.windowMemory =
      try size(.windowMemory) ?? settings.integer("pack.windowMemory") ?? options.windowMemory
    options.deltaCacheBytes =
      try settings.integer("pack.deltaCacheSize") ?? options.deltaCacheBytes
    options.bigFileThreshold =
      try settings.integer("core.bigFileThreshold") ?? options.bigFileThreshold
    options.threads = try number(.threads, "pack.threads") ?? 0
    guard options.threads >= 0 else {
      throw CommandFailure.fatal("invalid number of threads specified (\(options.threads))")
    }
    options.level =
      try parsed.integer(.compression) ?? settings.integer("pack.compression")
      ?? settings.integer("core.compression") ?? options.level
    guard -1...9 ~= options.level else {
      throw CommandFailure.fatal("bad pack compression level \(options.level)")
    }
    options.reusesObjects = parsed.choice(.reuseObject) ?? true
    options.reusesDeltas = options.reusesObjects && parsed.choice(.reuseDelta) ?? true
    options.allowsOffsetDeltas = parsed.has(.deltaBaseOffset)
    options.isThin = parsed.has(.thin)
    options.isLocal = parsed.has(.local)
    options.isIncremental = parsed.has(.incremental)
    options.honorsKeptPacks = parsed.has(.honorPackKeep)
    options.keptPacks = Set(parsed.values(.keepPack).map(\.text))
    if !toStdout { options.packSizeLimit = try packSizeLimit() }
    options.reusesPacks =
      try settings.bool("pack.allowPackReuse") ?? true && toStdout && !options.isLocal
      && !options.isIncremental && !options.honorsKeptPacks && options.keptPacks.isEmpty
    options.progress = progress
    return options
  }

  private func packSizeLimit() throws -> Int {
    let given = try size(.maxPackSize) ?? settings.integer("pack.packSizeLimit") ?? 0
    guard given > 0, given < 1 << 20 else { return given }
    try context.errors.write("warning: minimum pack size limit is 1 MiB\n")
    return 1 << 20
  }

  /// A number with `k`, `m` or `g` behind it.
  private func size(_ option: PackObjectsOption) throws -> Int? {
    guard let text = parsed.text(option) else { return nil }
    guard let value = try? ConfigValue.integer(ByteString(text)) else {
      throw UsageError(
        complaint: "error: option `\(option)' expects a non-negative integer value with an "
          + "optional k/m/g suffix")
    }
    return value
  }
}

// MARK: Objects

extension ObjectPacking {
  /// Reads names of objects, each with its path behind a space.
  private func addList(_ builder: inout PackBuilder) throws {
    let digits = database.hashAlgorithm.hexCount
    while let line = try context.input.readLine() {
      let text = String(decoding: line, as: UTF8.self)
      guard line.first != UInt8(ascii: "-") else {
        guard ObjectID(hexBytes: Array(line.dropFirst().prefix(digits)).span) != nil else {
          throw CommandFailure.fatal("expected edge object ID, got garbage:\n \(text)")
        }
        continue
      }
      guard line.count >= digits,
        let id = ObjectID(hexBytes: Array(line.prefix(digits)).span),
        id.algorithm == database.hashAlgorithm
      else {
        throw CommandFailure.fatal("expected object ID, got garbage:\n \(text)")
      }
      try builder.add(id, path: Array(line.dropFirst(digits + 1)))
    }
  }

  /// Reads the names of packs; all of their objects are packed but those of packs behind a caret.
  private func addPacks(_ builder: inout PackBuilder) throws {
    var included: [String] = []
    var excluded: Set<String> = []
    while let line = try context.input.readLine() {
      if line.isEmpty { continue }
      let text = String(decoding: line, as: UTF8.self)
      if text.hasPrefix("^") {
        excluded.insert(String(text.dropFirst()))
      } else {
        included.append(text)
      }
    }
    let packs = try database.packs()
    let names = Set(packs.map(\.path.lastComponent))
    for name in included + excluded.sorted() where !names.contains(name) {
      throw CommandFailure.fatal("could not find pack '\(name)'")
    }
    let left = packs.filter { excluded.contains($0.path.lastComponent) }
    let wanted = Set(included)
    for pack in packs where wanted.contains(pack.path.lastComponent) {
      try pack.forEachID { id in
        guard !left.contains(where: { $0.index.position(of: id) != nil }) else { return }
        try builder.add(id)
      }
    }
  }

  private mutating func addRevisions(
    _ builder: inout PackBuilder, _ progress: (any ProgressMeter)?
  ) throws {
    let parser = try context.revisionParser()
    var options = PackObjectSelection.Options()
    options.filter = filter
    options.isUnpackedOnly = parsed.has(.unpacked)
    options.edgeCommitsMax = max(builder.options.window, 1)
    var terms: [RevisionTerm] = []
    var shallow: [ObjectID] = []
    if parsed.has(.revs) { (terms, shallow) = try readRevisions(parser) }
    let grafts = try context.grafts()
    options.walk.grafts =
      shallow.isEmpty ? grafts : Grafts(shallow: Array(grafts.parents.keys) + shallow)
    if try usesBitmaps(), options.walk.grafts == .none {
      options.bitmaps = try ReachabilityBitmaps.open(database)
    }
    var selection = PackObjectSelection(database, options)
    for term in terms { try selection.add(term) }
    if parsed.has(.all) { try addAll(to: &selection) }
    if parsed.has(.reflog) { try addReflogs(to: &selection) }
    if parsed.has(.indexedObjects) {
      for entry in try parser.source.stagedEntries() where !entry.mode.isSubmodule {
        try selection.include(entry.id, path: entry.path.bytes)
      }
    }
    var count = 0
    try selection.fill(&builder) { _ in
      count += 1
      progress?.update(count)
    }
  }

  /// By default bitmaps are for packs that are sent: what they select is in no order of age, which
  /// a pack that stays had better be.
  private func usesBitmaps() throws -> Bool {
    guard toStdout || !parsed.has(.writeBitmapIndex) else { return false }
    if let choice = parsed.choice(.useBitmapIndex) { return choice }
    return try toStdout && settings.bool("pack.useBitmaps") ?? true
  }

  private func readRevisions(
    _ parser: RevisionParser
  ) throws -> (terms: [RevisionTerm], shallow: [ObjectID]) {
    var terms: [RevisionTerm] = []
    var shallow: [ObjectID] = []
    var isNegated = false
    while let line = try context.input.readLine() {
      let text = String(decoding: line, as: UTF8.self)
      if text.isEmpty { break }
      if text == "--not" {
        isNegated.toggle()
      } else if text.hasPrefix("--shallow ") {
        guard let id = ObjectID(hex: text.dropFirst(10)) else {
          throw CommandFailure.fatal("not an object name '\(text.dropFirst(10))'")
        }
        shallow.append(id)
      } else if text.hasPrefix("-") {
        throw CommandFailure.fatal("not a rev '\(text)'")
      } else if let found = try parser.terms(text) {
        terms += found.map { $0.negated(isNegated) }
      } else {
        throw CommandFailure.fatal("bad revision '\(text)'")
      }
    }
    return (terms, shallow)
  }

  private func addAll(to selection: inout PackObjectSelection) throws {
    guard let references = try context.repositoryIfAny()?.references else { return }
    for reference in try references.references(withPrefix: "refs/") {
      guard let id = try references.id(of: reference.name) else { continue }
      try selection.include(id)
    }
    if let head = try references.id(of: .head) { try selection.include(head) }
  }

  private func addReflogs(to selection: inout PackObjectSelection) throws {
    guard let references = try context.repositoryIfAny()?.references else { return }
    let names = try references.references(withPrefix: "refs/").map(\.name) + [.head]
    for name in names {
      for entry in try references.reflog(of: name) ?? [] {
        for id in [entry.old, entry.new] where !id.isNull {
          // As git: what a log names may be gone.
          if try database.contains(id) { try selection.include(id) }
        }
      }
    }
  }

  private func addTags(_ builder: inout PackBuilder) throws {
    guard let references = try context.repositoryIfAny()?.references else { return }
    for reference in try references.references(withPrefix: "refs/tags/") {
      guard var id = try references.id(of: reference.name) else { continue }
      var chain: [ObjectID] = []
      for _ in 0..<Limits.tagDepth {
        guard try database.header(of: id)?.kind == .tag else { break }
        chain.append(id)
        id = try database.annotatedTag(id).target
      }
      if builder.contains(id) {
        for tag in chain { try builder.add(tag) }
      }
    }
  }

  private func addPacked(_ builder: inout PackBuilder) throws {
    let own = database.directory / "pack"
    for pack in try database.packs() where pack.path.parent == own {
      let keep = PackPaths.with(".keep", for: PackPaths.with(".idx", for: pack.path))
      if try context.fileSystem.exists(keep) { continue }
      try pack.forEachID { id in try builder.add(id) }
    }
  }

  private func addLoose(_ builder: inout PackBuilder) throws {
    for id in try database.looseObjects.ids() { try builder.add(id) }
  }
}
