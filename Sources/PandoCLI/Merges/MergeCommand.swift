public import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStore

/// `pando merge`: takes what another branch of the store has into a branch. No working tree is
/// touched.
public struct MergeCommand: Command {
  public let name = "merge"
  public let summary = "Merge a branch of the store into another"

  private enum Option { case branch, message, fastForward, fastForwardOnly }

  private static let parser = OptionParser<Option>(
    ["merge [-b <branch>] [-m <message>] [--no-ff | --ff-only] <other>"],
    [
      .value(
        .branch, "-b", "--branch", placeholder: "<branch>",
        help: "the branch to merge into; what HEAD names unless given", isNegatable: false),
      .value(.message, "-m", "--message", placeholder: "<message>", help: "why, for the commit"),
      .flag(.fastForward, "--ff", help: "only move the branch when that is enough (default)"),
      .flag(
        .fastForwardOnly, "--ff-only", help: "fail when a commit would be needed",
        isNegatable: false),
    ])

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try Self.parser.parse(arguments)
    guard options.arguments.count == 1 else { throw Self.parser.misuse() }
    let branch = try context.storeBranch(options.text(.branch))
    let name = options.arguments[0].text
    let commit = try context.requireCommit(options.arguments[0])
    var how = MergeOptions()
    if options.choice(.fastForward) == false { how.fastForward = .never }
    if options.has(.fastForwardOnly) { how.fastForward = .only }
    let message = options.text(.message) ?? "Merge '\(name)'"
    switch try branch.merge(commit, CommitInfo(message), options: how) {
    case .upToDate: try context.output.write("Already up to date.\n")
    case .fastForwarded(let id): try context.output.write("Fast-forward to \(id)\n")
    case .merged(let id): try context.output.write("Merged as \(id)\n")
    case .conflicted(let conflicts):
      try context.print(conflicts)
      return .failure
    }
    return .success
  }
}
