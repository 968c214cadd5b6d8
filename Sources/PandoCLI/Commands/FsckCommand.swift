public import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage
internal import PandoStore

/// `pando fsck`: looks over the objects, references and files of a repository.
public struct FsckCommand: Command {
  public let name = "fsck"
  public let summary = "Verify that objects are sound and that those needed are there"

  private enum Option {
    case verbose, unreachable, dangling, tags, root, cache, reflogs, full, connectivityOnly
    case strict, lostFound, progress, nameObjects
  }

  private static let parser = OptionParser<Option>(
    [
      """
      fsck [--tags] [--root] [--unreachable] [--cache] [--no-reflogs]
                    [--[no-]full] [--strict] [--verbose] [--lost-found]
                    [--[no-]dangling] [--[no-]progress] [--connectivity-only]
                    [--[no-]name-objects] [<object>...]
      """
    ],
    [
      .flag(.verbose, "-v", "--verbose", help: "tell each step"),
      .flag(.unreachable, "--unreachable", help: "show objects that nothing leads to"),
      .flag(.dangling, "--dangling", help: "show objects that nothing names"),
      .flag(.tags, "--tags", help: "show tags"),
      .flag(.root, "--root", help: "show commits without parents"),
      .flag(.cache, "--cache", help: "what the index names is needed"),
      .flag(.reflogs, "--reflogs", help: "what reflogs name is needed (default)"),
      .flag(.full, "--full", help: "look at packs and borrowed objects too"),
      .flag(.connectivityOnly, "--connectivity-only", help: "only see that objects are there"),
      .flag(.strict, "--strict", help: "take warnings for errors"),
      .flag(.lostFound, "--lost-found", help: "write dangling objects to .git/lost-found"),
      .flag(.progress, "--progress", help: "show progress"),
      .flag(.nameObjects, "--name-objects", help: "show ways to reachable objects"),
    ])

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let parsed = try Self.parser.parse(arguments)
    let isVerbose = parsed.has(.verbose)
    var options = VerificationOptions()
    options.isFull = parsed.choice(.full) ?? true
    options.onlyConnects = parsed.has(.connectivityOnly)
    options.policy = try context.checkPolicy(isStrict: parsed.has(.strict))
    options.tellsRoots = parsed.has(.root)
    options.tellsTags = parsed.has(.tags)
    options.tellsSteps = isVerbose
    options.tellsUnreachable = parsed.has(.unreachable)
    options.tellsDangling = parsed.choice(.dangling) ?? true
    options.namesObjects = parsed.has(.nameObjects)
    options.includesReflogs = parsed.choice(.reflogs) ?? true
    options.isPartial = try MaintenanceSettings.isPartial(context.configuration())
    let savesLost = parsed.has(.lostFound)
    if savesLost {
      options.isFull = true
      options.includesReflogs = false
    }
    let printer = FsckPrinter(
      context, showsDangling: options.tellsDangling,
      lostFound: savesLost ? try LostFound(context) : nil)
    if savesLost { options.tellsDangling = true }
    let showsProgress = (parsed.choice(.progress) ?? context.errors.isTerminal) && !isVerbose
    let places = ShownPaths(try context.repository(), here: context.currentDirectory)
    var verification = try Verification(
      try context.repository(), options: options,
      progress: showsProgress ? TerminalProgress(context.errors, clock: context.clock) : nil,
      shown: places.shown
    ) { printer.tell($0) }
    try verification.checkObjects()
    try addRoots(parsed.arguments, &verification, printer, context)
    if parsed.arguments.isEmpty || parsed.has(.cache), let index = try indexFile(context) {
      try verification.addIndex(at: index)
    }
    try verification.connect()
    try printer.finish()
    try verification.checkTables()
    try printer.finish()
    return ExitStatus(verification.areas.union(printer.areas).rawValue)
  }

  private func addRoots(
    _ names: [ByteString], _ verification: inout Verification, _ printer: FsckPrinter,
    _ context: CommandContext
  ) throws {
    if names.isEmpty { return try verification.addDefaultRoots() }
    for name in names {
      if let id = try? context.findObject(name) {
        try verification.addRoot(id, name: name)
      } else {
        printer.complain("invalid parameter: expected sha1, got '\(name)'")
      }
    }
  }

  private func indexFile(_ context: CommandContext) throws -> FilePath? {
    if let name = context.environment["GIT_INDEX_FILE"] {
      return FilePath(name).resolved(against: context.currentDirectory)
    }
    return try context.repository().layout?.indexFile
  }
}

/// Prints what a verification tells, in git's lines: what is sought on standard output, what is
/// wrong on standard error.
private final class FsckPrinter {
  private let context: CommandContext
  private let showsDangling: Bool
  private let lostFound: LostFound?
  /// What is wrong that the verification does not know of.
  private(set) var areas: VerificationArea = []
  private var failure: (any Error)?

  init(_ context: CommandContext, showsDangling: Bool, lostFound: LostFound?) {
    self.context = context
    self.showsDangling = showsDangling
    self.lostFound = lostFound
  }

  func tell(_ event: VerificationEvent) {
    do { try write(event) } catch { failure = failure ?? error }
  }

  /// Tells of what is wrong with the command line.
  func complain(_ text: String) {
    areas.formUnion(.objects)
    tell(.problem(.objects, text))
  }

  /// Throws what kept a line from being written.
  func finish() throws {
    try context.output.flush()
    if let failure { throw failure }
  }

  private func write(_ event: VerificationEvent) throws {
    let output = context.output
    switch event {
    case .object(let finding):
      var line = Array(
        "\(finding.isError ? "error" : "warning") in \(finding.kind) \(finding.object): ".utf8)
      line += finding.message.bytes + [UInt8(ascii: "\n")]
      try context.errors.write(line)
    case .objectProblem(let kind, let id, let text):
      try context.errors.write("error in \(kind) \(id): \(text)\n")
    case .problem(.commitGraphs, let text): try context.errors.write("\(text)\n")
    case .problem(_, let text): try context.errors.write("error: \(text)\n")
    case .notice(let text), .step(let text): try context.errors.write("\(text)\n")
    case .brokenLink(let from, let to):
      let separator = to.id == nil ? "broken link from" : "              to"
      try output.write("broken link from \(padded(from))\n\(separator) \(padded(to))\n")
    case .missing(let object): try output.write("missing \(object.kindName) \(object)\n")
    case .dangling(let object):
      if showsDangling { try output.write("dangling \(object.kindName) \(object)\n") }
      try lostFound?.save(object)
    case .unreachable(let object):
      try output.write("unreachable \(object.kindName) \(object)\n")
    case .root(let id): try output.write("root \(id)\n")
    case .tagged(let target, let name, let tag):
      let line = Array("tagged \(target.kindName) \(target) (".utf8) + name.bytes
      try output.write(line + Array(") in \(tag)\n".utf8))
    }
  }

  private func padded(_ object: VerificationEvent.NamedObject) -> String {
    let kind = object.kindName
    return String(repeating: " ", count: max(0, 7 - kind.utf8.count)) + "\(kind) \(object)"
  }
}

/// Where `--lost-found` puts what dangles.
private struct LostFound {
  private let directory: FilePath
  private let context: CommandContext
  private let objects: ObjectDatabase

  init(_ context: CommandContext) throws {
    guard let gitDirectory = try context.repository().gitDirectory else {
      throw CommandFailure.fatal("the repository is not on a disk")
    }
    self.context = context
    objects = try context.objectDatabase()
    directory = gitDirectory / "lost-found"
  }

  /// Writes the content of a blob, or the name of another object, to a file of its name.
  func save(_ object: VerificationEvent.NamedObject) throws {
    guard let id = object.id else { return }
    let folder = directory / (object.kind == .commit ? "commit" : "other")
    let content =
      object.kind == .blob ? try objects.read(id)?.body ?? [] : Array("\(object)\n".utf8)
    try context.fileSystem.createDirectories(folder, durability: .asGit)
    let path = folder / id.hex
    try context.fileSystem.remove(path)
    let file = try context.fileSystem.createExclusively(path, permissions: 0o666)
    try file.write(content)
    try file.close()
  }
}

/// Paths as git shows them, which works from the root of the work tree or the Git directory.
private struct ShownPaths: Sendable {
  private let base: FilePath?
  private let prefix: String

  init(_ repository: Repository, here: FilePath) {
    guard let layout = repository.layout, !layout.isLinkedWorktree else {
      (base, prefix) = (nil, "")
      return
    }
    if let tree = layout.workTree, here.relative(to: layout.gitDirectory) == nil,
      here == tree || here.relative(to: tree) != nil
    {
      (base, prefix) = (tree, "")
    } else if here == layout.gitDirectory {
      (base, prefix) = (layout.gitDirectory, "./")
    } else {
      (base, prefix) = (nil, "")
    }
  }

  @Sendable func shown(_ path: FilePath) -> String {
    base.flatMap { path.relative(to: $0) }.map { prefix + $0.string } ?? path.string
  }
}
