public import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage

/// `pando branch`: lists, makes, renames, copies and removes branches.
public struct BranchCommand: Command {
  public let name = "branch"
  public let summary = "List, create, or delete branches"

  enum Option {
    case verbose, quiet, track, setUpstream, upstream, unsetUpstream, color, remotes, contains
    case noContains, abbrev, all, delete, forceDelete, move, forceMove, copy, forceCopy, list
    case showCurrent, createReflog, editDescription, force, merged, noMerged, column, sort
    case pointsAt, ignoreCase, recurseSubmodules, format
  }

  static let filterOptions = ReferenceFilterOptions<Option>(
    contains: .contains, noContains: .noContains, merged: .merged, noMerged: .noMerged,
    pointsAt: .pointsAt, ignoreCase: .ignoreCase)

  static let parser = OptionParser(
    [
      "branch [<options>] [-r | -a] [--merged] [--no-merged]",
      "branch [<options>] [-f] [--recurse-submodules] <branch-name> [<start-point>]",
      "branch [<options>] [-l] [<pattern>...]",
      "branch [<options>] [-r] (-d | -D) <branch-name>...",
      "branch [<options>] (-m | -M) [<old-branch>] <new-branch>",
      "branch [<options>] (-c | -C) [<old-branch>] <new-branch>",
      "branch [<options>] [-r | -a] [--points-at]", "branch [<options>] [-r | -a] [--format]",
    ],
    [
      CommandOption<Option>.flag(
        .verbose, "-v", "--verbose", help: "show hash and subject, give twice for upstream branch"),
      .flag(.quiet, "-q", "--quiet", help: "suppress informational messages"),
      .optionalValue(
        .track, "-t", "--track", placeholder: "(direct|inherit)",
        help: "set branch tracking configuration"),
      .flag(.setUpstream, "--set-upstream", help: "do not use", isHidden: true),
      .value(
        .upstream, "-u", "--set-upstream-to", placeholder: "<upstream>",
        help: "change the upstream info"),
      .flag(.unsetUpstream, "--unset-upstream", help: "unset the upstream info"),
      .optionalValue(.color, "--color", placeholder: "<when>", help: "use colored output"),
      .flag(.remotes, "-r", "--remotes", help: "act on remote-tracking branches"),
      .optionalValue(
        .abbrev, "--abbrev", placeholder: "<n>", help: "use <n> digits to display object names"),
      .flag(.all, "-a", "--all", help: "list both remote-tracking and local branches"),
      .flag(.delete, "-d", "--delete", help: "delete fully merged branch"),
      .flag(.forceDelete, "-D", help: "delete branch (even if not merged)"),
      .flag(.move, "-m", "--move", help: "move/rename a branch and its reflog"),
      .flag(.forceMove, "-M", help: "move/rename a branch, even if target exists"),
      .flag(.copy, "-c", "--copy", help: "copy a branch and its reflog"),
      .flag(.forceCopy, "-C", help: "copy a branch, even if target exists"),
      .flag(.list, "-l", "--list", help: "list branch names"),
      .flag(.showCurrent, "--show-current", help: "show current branch name"),
      .flag(.createReflog, "--create-reflog", help: "create the branch's reflog"),
      .flag(
        .editDescription, "--edit-description", help: "edit the description for the branch"),
      .flag(.force, "-f", "--force", help: "force creation, move/rename, deletion"),
      .optionalValue(
        .column, "--column", placeholder: "<style>", help: "list branches in columns"),
      .value(.sort, "--sort", placeholder: "<key>", help: "field name to sort on"),
      .flag(
        .recurseSubmodules, "--recurse-submodules", help: "recurse through submodules"),
      .value(
        .format, "--format", placeholder: "<format>", help: "format to use for the output"),
    ] + filterOptions.table("branches"))

  /// What is done; at most one thing.
  private enum Action: CaseIterable {
    case delete, rename, copy, setUpstream, showCurrent, list, editDescription, unsetUpstream
  }

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try Self.parser.parse(ReferenceListing.completed(arguments))
    let branches = try Branches(context, isQuiet: options.has(.quiet))
    let names = options.arguments
    switch try action(options) {
    case .delete?:
      guard !names.isEmpty else { throw CommandFailure.fatal("branch name required") }
      guard !options.has(.all) else { throw CommandFailure.fatal("cannot use -a with -d") }
      let isForced = options.has(.forceDelete) || options.has(.force) || options.has(.remotes)
      return try branches.delete(names, remote: options.has(.remotes), isForced: isForced)
    case .rename?: try move(options, branches, isCopy: false)
    case .copy?: try move(options, branches, isCopy: true)
    case .setUpstream?:
      guard let upstream = options.value(.upstream) else { throw Self.parser.misuse() }
      guard names.count <= 1 else {
        throw CommandFailure.fatal("too many arguments to set new upstream")
      }
      try branches.setUpstream(upstream, of: names.first)
    case .unsetUpstream?:
      guard names.count <= 1 else {
        throw CommandFailure.fatal("too many arguments to unset upstream")
      }
      try branches.unsetUpstream(of: names.first)
    case .showCurrent?: try branches.showCurrent()
    case .list?: try BranchList(context, options).print()
    case .editDescription?:
      throw CommandFailure.fatal("--edit-description is not supported: there is no editor")
    case nil: try create(options, branches)
    }
    return .success
  }

  private func action(_ options: ParsedOptions<Option>) throws -> Action? {
    var actions: [Action] = []
    if options.has(.delete) || options.has(.forceDelete) { actions.append(.delete) }
    if options.has(.move) || options.has(.forceMove) { actions.append(.rename) }
    if options.has(.copy) || options.has(.forceCopy) { actions.append(.copy) }
    if options.has(.upstream) { actions.append(.setUpstream) }
    if options.has(.showCurrent) { actions.append(.showCurrent) }
    if options.has(.editDescription) { actions.append(.editDescription) }
    if options.has(.unsetUpstream) { actions.append(.unsetUpstream) }
    let filters: [Option] = [.contains, .noContains, .merged, .noMerged, .pointsAt]
    let isList = options.has(.list) || filters.contains { options.has($0) }
    if isList || actions.isEmpty && options.arguments.isEmpty { actions.append(.list) }
    guard actions.count <= 1 else { throw Self.parser.misuse() }
    return actions.first
  }

  private func move(
    _ options: ParsedOptions<Option>, _ branches: Branches, isCopy: Bool
  ) throws {
    let names = options.arguments
    guard let new = names.last else { throw CommandFailure.fatal("branch name required") }
    guard names.count <= 2 else {
      throw CommandFailure.fatal(
        isCopy
          ? "too many branches for a copy operation"
          : "too many arguments for a rename operation")
    }
    let isForced =
      options.has(.force) || options.has(isCopy ? .forceCopy : .forceMove)
    try branches.move(
      names.count == 2 ? names[0] : nil, to: new, isCopy: isCopy, isForced: isForced)
  }

  private func create(_ options: ParsedOptions<Option>, _ branches: Branches) throws {
    let names = options.arguments
    guard names.count <= 2 else { throw Self.parser.misuse() }
    guard !options.has(.all), !options.has(.remotes) else {
      throw CommandFailure.fatal(
        """
        The -a, and -r, options to 'git branch' do not take a branch name.
        Did you mean to use: -a|-r --list <pattern>?
        """)
    }
    guard !options.has(.setUpstream) else {
      throw CommandFailure.fatal(
        "the '--set-upstream' option is no longer supported. Please use '--track' or "
          + "'--set-upstream-to' instead.")
    }
    try branches.create(
      names[0], at: names.count > 1 ? names[1] : nil, isForced: options.has(.force),
      tracking: try tracking(options, branches), createsReflog: options.has(.createReflog))
  }

  private func tracking(
    _ options: ParsedOptions<Option>, _ branches: Branches
  ) throws -> Branches.Tracking {
    switch options.choice(.track) {
    case false?: return .never
    case true?:
      switch options.value(.track)?.text {
      case nil, "direct": return .explicit
      case "inherit": return .inherit
      default:
        throw UsageError(
          complaint: "error: option `--track' expects \"direct\" or \"inherit\"")
      }
    case nil: return try branches.configuredTracking()
    }
  }
}
