public import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage
internal import PandoStore

/// `pando commit-graph`: writes and verifies the tables of commits that make walks fast.
public struct CommitGraphCommand: Command {
  public let name = "commit-graph"
  public let summary = "Write and verify commit-graph files"

  enum Key {
    case objectDirectory, reachable, stdinPacks, stdinCommits, append, changedPaths, split
    case commitsMax, sizeMultiple, expireTime, newFiltersMax, progress, shallow
  }

  static let verifyForm =
    "commit-graph verify [--object-dir <dir>] [--shallow] [--[no-]progress]"
  static let writeForm = """
    commit-graph write [--object-dir <dir>] [--append]
                                  [--split[=<strategy>]] \
    [--reachable | --stdin-packs | --stdin-commits]
                                  [--changed-paths] [--[no-]max-new-filters <n>] \
    [--[no-]progress]
                                  <split options>
    """
  private static let objectDirectory = CommandOption<Key>.value(
    .objectDirectory, "--object-dir", placeholder: "<dir>",
    help: "the object directory to store the graph")
  private static let progress = CommandOption<Key>.flag(
    .progress, "--progress", help: "force progress reporting")

  static let parser = OptionParser<Key>(
    [verifyForm, writeForm], [objectDirectory], stopsAtFirstArgument: true)
  static let verifyParser = OptionParser<Key>(
    [verifyForm],
    [
      objectDirectory,
      .flag(
        .shallow, "--shallow", help: "if the commit-graph is split, only verify the tip file"),
      progress,
    ])
  static let writeParser = OptionParser<Key>(
    [writeForm],
    [
      objectDirectory,
      .flag(.reachable, "--reachable", help: "start walk at all refs"),
      .flag(
        .stdinPacks, "--stdin-packs", help: "scan pack-indexes listed by stdin for commits"),
      .flag(.stdinCommits, "--stdin-commits", help: "start walk at commits listed by stdin"),
      .flag(
        .append, "--append", help: "include all commits already in the commit-graph file"),
      .flag(
        .changedPaths, "--changed-paths", help: "enable computation for changed paths"),
      .optionalValue(
        .split, "--split", placeholder: "...",
        help: "allow writing an incremental commit-graph file", isNegatable: false),
      .value(
        .commitsMax, "--max-commits", placeholder: "<n>",
        help: "maximum number of commits in a non-base split commit-graph"),
      .value(
        .sizeMultiple, "--size-multiple", placeholder: "<n>",
        help: "maximum ratio between two levels of a split commit-graph"),
      .value(
        .expireTime, "--expire-time", placeholder: "<expiry-date>",
        help: "only expire files older than a given date-time"),
      .value(
        .newFiltersMax, "--max-new-filters", placeholder: "...",
        help: "maximum number of changed-path Bloom filters to compute"),
      progress,
    ])

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let common = try Self.parser.parse(arguments)
    guard let verb = common.arguments.first else {
      throw Self.parser.misuse("error: need a subcommand")
    }
    let rest = Array(common.arguments.dropFirst())
    switch verb {
    case "write":
      return try CommitGraphWriting(rest, common.value(.objectDirectory), context).run()
    case "verify": return try verify(rest, common.value(.objectDirectory), context)
    default: throw Self.parser.misuse("error: unknown subcommand: `\(verb.text)'")
    }
  }

  private func verify(
    _ words: [ByteString], _ directory: ByteString?, _ context: CommandContext
  ) throws -> ExitStatus {
    let options = try Self.verifyParser.parse(words)
    guard options.arguments.isEmpty else { throw Self.verifyParser.misuse() }
    let objects = try context.objectDatabase()
    let place = try Self.directory(
      options.value(.objectDirectory) ?? directory, objects, context)
    let found = objects.commitGraphFound(in: place)
    guard let graph = found.graph else {
      guard let problem = found.problem else { return .success }
      throw CommandFailure.error(problem.description)
    }
    let showsProgress = options.choice(.progress) ?? context.errors.isTerminal
    let errors = context.errors
    let findings = try CommitGraphCheck.run(
      graph, objects, isShallow: options.has(.shallow),
      progress: showsProgress ? TerminalProgress(errors, clock: context.clock) : nil
    ) { line in
      try? errors.write(line + "\n")
    }
    return ExitStatus(findings.rawValue)
  }

  /// The object directory that an option names, which must be one of the repository's.
  static func directory(
    _ name: ByteString?, _ objects: ObjectDatabase, _ context: CommandContext
  ) throws -> FilePath {
    guard let name else { return objects.directory }
    let wanted = try context.status(of: context.path(name.bytes))
    for directory in [objects.directory] + objects.alternates {
      let status = try context.status(of: directory)
      if let wanted, let status, (wanted.device, wanted.inode) == (status.device, status.inode) {
        return directory
      }
    }
    throw CommandFailure.fatal("could not find object directory matching \(name.text)")
  }
}

extension CommandContext {
  fileprivate func status(of path: FilePath) throws -> FileStatus? {
    try fileSystem.status(of: path, followingLinks: true)
  }
}
