public import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStore

/// `pando set`: puts a value at a path, as one commit.
public struct SetCommand: Command {
  public let name = "set"
  public let summary = "Put a value at a path of the store"

  private static let verb = StoreVerb(
    "set [-b <branch>] [-m <message>] <path> [<value> | -]", changes: true)

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try Self.verb.parse(arguments, 1...2)
    let branch = try context.storeBranch(options.text(.branch))
    let path = try TreePath(valueAt: options.arguments[0])
    let given = options.arguments.dropFirst().first { $0 != "-" }
    let value =
      if let given { given.bytes } else { try context.input.readAll(limit: Limits.objectBytes) }
    let message = options.text(.message) ?? "Set \(path)"
    try branch.set(value, at: path, CommitInfo(message))
    return .success
  }
}
