public import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage

/// `pando init`: makes a repository, or completes one that is there.
public struct InitCommand: Command {
  public let name = "init"
  public let summary = "Make an empty repository, or complete one"

  private enum Option { case bare, quiet, branch, objectFormat, template, shared, separate }

  private static let parser = OptionParser<Option>(
    [
      "init [-q | --quiet] [--bare] [--object-format=<format>]\n"
        + "                  [-b <branch> | --initial-branch=<branch>] [<directory>]"
    ],
    [
      .flag(.bare, "--bare", help: "make a repository without a work tree"),
      .flag(.quiet, "-q", "--quiet", help: "say nothing"),
      .value(
        .branch, "-b", "--initial-branch", placeholder: "<name>", help: "the branch HEAD names"),
      .value(
        .objectFormat, "--object-format", placeholder: "<format>",
        help: "the algorithm of object names: sha1 or sha256"),
      .value(
        .template, "--template", placeholder: "<directory>", help: "accepted; nothing is copied",
        isHidden: true),
      .optionalValue(
        .shared, "--shared", placeholder: "<mode>", help: "not supported", isHidden: true),
      .value(
        .separate, "--separate-git-dir", placeholder: "<directory>", help: "not supported",
        isHidden: true),
    ])

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try Self.parser.parse(arguments)
    guard options.arguments.count <= 1 else { throw Self.parser.misuse() }
    for (key, name) in [(Option.shared, "--shared"), (.separate, "--separate-git-dir")]
    where options.has(key) {
      throw CommandFailure.fatal("\(name) is not supported")
    }
    var create = Repository.CreateOptions(isBare: true, initialBranch: options.text(.branch))
    if let name = options.text(.objectFormat) {
      guard let algorithm = HashAlgorithm(name: name) else {
        throw CommandFailure.fatal("unknown hash algorithm '\(name)'")
      }
      create.hashAlgorithm = algorithm
    }
    try checkConfiguredBranch(options, context)
    let directory = try makeDirectory(options.arguments.first, context)
    create.isBare = options.has(.bare) || context.options.isBare
    let named = context.options.isBare ? nil : context.environment["GIT_DIR"]
    let workTree = context.environment["GIT_WORK_TREE"]
    if workTree != nil, named == nil {
      throw CommandFailure.fatal(
        "GIT_WORK_TREE (or --work-tree=<directory>) not allowed without specifying GIT_DIR "
          + "(or --git-dir=<directory>)")
    }
    var place = directory
    if let named {
      place = FilePath(named).resolved(against: directory).normalized
      // As git guesses: a directory named `.git` belongs to a work tree.
      if place.lastComponent == ".git", !create.isBare, workTree == nil {
        place = place.parent
      } else {
        create.isBare = true
      }
    }
    let repository = try finish(place, create, options, context)
    if let workTree {
      let path = FilePath(workTree).resolved(against: context.currentDirectory).normalized
      try repository.setConfiguration("core.bare", to: "false")
      try repository.setConfiguration("core.logAllRefUpdates", to: "true")
      try repository.setConfiguration("core.worktree", to: path.string)
    }
    return .success
  }

  /// The branch of `init.defaultBranch` has a complaint of its own.
  private func checkConfiguredBranch(
    _ options: ParsedOptions<Option>, _ context: CommandContext
  ) throws {
    let loader = ConfigurationLoader(
      in: context.fileSystem, environment: context.environment,
      parameters: context.repositoryOptions.parameters)
    guard !options.has(.branch), let name = try loader.load().string("init.defaultBranch"),
      (try? ReferenceName.branch(name)) == nil
    else { return }
    throw CommandFailure.fatal("invalid branch name: init.defaultBranch = \(name)")
  }

  private func finish(
    _ place: FilePath, _ create: Repository.CreateOptions, _ parsed: ParsedOptions<Option>,
    _ context: CommandContext
  ) throws -> Repository {
    var create = create
    if parsed.text(.objectFormat) == nil, let found = try existing(place, create, context) {
      create.hashAlgorithm = found
    }
    let made = try Repository.initialize(
      at: place, create, in: context.fileSystem, options: surroundings(context))
    if made.wasThere, let branch = parsed.text(.branch) {
      try context.errors.write("warning: re-init: ignored --initial-branch=\(branch)\n")
    }
    if parsed.has(.quiet) { return made.repository }
    let what = made.wasThere ? "Reinitialized existing" : "Initialized empty"
    let shown = made.repository.gitDirectory?.string ?? place.string
    let slash = shown.hasSuffix("/") ? "" : "/"
    try context.output.write("\(what) Git repository in \(shown)\(slash)\n")
    return made.repository
  }

  /// What the repository is made with: the place is known by now.
  private func surroundings(_ context: CommandContext) -> Repository.Options {
    var options = context.repositoryOptions
    options.environment.variables["GIT_DIR"] = nil
    options.environment.variables["GIT_WORK_TREE"] = nil
    return options
  }

  /// The algorithm of a repository that is there already.
  private func existing(
    _ place: FilePath, _ create: Repository.CreateOptions, _ context: CommandContext
  ) throws -> HashAlgorithm? {
    let path = create.isBare ? place : place / ".git"
    guard try context.fileSystem.exists(path / "HEAD") else { return nil }
    return try Repository.open(at: path, in: context.fileSystem, options: surroundings(context))
      .hashAlgorithm
  }

  /// Makes the directory that was named, and those above it.
  private func makeDirectory(
    _ name: ByteString?, _ context: CommandContext
  ) throws -> FilePath {
    guard let name else { return context.currentDirectory }
    let path = context.path(name.bytes).normalized
    if name.isEmpty { throw Self.refusal(name, FileErrorNumber.notFound) }
    do {
      try context.fileSystem.createDirectories(path)
    } catch {
      throw Self.refusal(name, error.isNotDirectory ? FileErrorNumber.exists : error.errno)
    }
    return path
  }

  private static func refusal(_ name: ByteString, _ number: Int32) -> CommandFailure {
    let reason = FileError(call: "mkdir", path: "", errno: number).reason
    return .fatal("cannot mkdir \(name): \(reason)")
  }
}
