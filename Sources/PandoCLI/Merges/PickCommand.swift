public import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStore

/// `pando cherry-pick` and `pando revert`: make a commit's change once more on a branch of the
/// store, or take it back. No working tree is touched.
public struct PickCommand: Command {
  public let name: String
  public let summary: String
  private let reverts: Bool

  /// `pando cherry-pick`.
  public static let cherryPick = PickCommand(
    "cherry-pick", "Make the change of a commit once more on a branch", reverts: false)
  /// `pando revert`.
  public static let revert = PickCommand(
    "revert", "Take back the change of a commit on a branch", reverts: true)

  private init(_ name: String, _ summary: String, reverts: Bool) {
    self.name = name
    self.summary = summary
    self.reverts = reverts
  }

  private enum Option { case branch, mainline }

  private var parser: OptionParser<Option> {
    OptionParser(
      ["\(name) [-b <branch>] [-m <parent-number>] <commit>..."],
      [
        .value(
          .branch, "-b", "--branch", placeholder: "<branch>",
          help: "the branch to change; what HEAD names unless given", isNegatable: false),
        .value(
          .mainline, "-m", "--mainline", placeholder: "<parent-number>",
          help: "of a merge, the parent to which the change is meant"),
      ])
  }

  /// Commits are taken in the order given; the first that has conflicts ends it, and those before
  /// it stay.
  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try parser.parse(arguments)
    guard !options.arguments.isEmpty else { throw parser.misuse() }
    let branch = try context.storeBranch(options.text(.branch))
    let mainline = try options.integer(.mainline)
    let commits = try options.arguments.map { try context.requireCommit($0) }
    for commit in commits {
      let result =
        try reverts
        ? branch.revert(commit, mainline: mainline)
        : branch.cherryPick(commit, mainline: mainline)
      switch result {
      case .conflicted(let conflicts):
        try context.print(conflicts)
        return .failure
      case .upToDate, .fastForwarded:
        try context.output.write("Nothing to change for \(commit)\n")
      case .merged(let id):
        try context.output.write("\(reverts ? "Reverted" : "Picked") as \(id)\n")
      }
    }
    return .success
  }
}

/// `pando rebase`: makes the commits of a branch of the store once more on top of another.
public struct RebaseCommand: Command {
  public let name = "rebase"
  public let summary = "Make the commits of a branch once more on top of another"

  private static let verb = StoreVerb("rebase [-b <branch>] <onto>")

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try Self.verb.parse(arguments, 1...1)
    let branch = try context.storeBranch(options.text(.branch))
    let onto = try context.requireCommit(options.arguments[0])
    switch try branch.rebase(onto: onto) {
    case .upToDate: try context.output.write("Already up to date.\n")
    case .rebased(let tip, let commits):
      let made = commits.count { $0.new != nil }
      try context.output.write("Rebased \(made) commits; the branch is at \(tip)\n")
    case .conflicted(let commit, let conflicts):
      try context.output.write("Commit \(commit) has conflicts:\n")
      try context.print(conflicts)
      return .failure
    }
    return .success
  }
}

extension CommandContext {
  /// The commit that a word names or leads to.
  func requireCommit(_ name: ByteString) throws -> ObjectID {
    guard let commit = try objects().peelToCommit(try requireObject(name)) else {
      throw CommandFailure.fatal("'\(name)' does not lead to a commit")
    }
    return commit
  }

  /// Tells what has to be decided, a line for each path.
  func print(_ conflicts: [MergeConflict<[UInt8]>]) throws {
    for conflict in conflicts {
      var line = Array("CONFLICT ".utf8)
      PathQuoting.append(
        conflict.path.bytes, quotesHighBytes: try quotesHighBytes(), to: &line)
      line.append(text: ": \(conflict.reason)\n")
      try output.write(line)
    }
  }
}
