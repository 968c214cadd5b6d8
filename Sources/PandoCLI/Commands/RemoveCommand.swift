public import PandoBytes
internal import PandoObjects
internal import PandoStore

/// `pando remove`: takes a value, or a directory with all that is in it, out of the store.
public struct RemoveCommand: Command {
  public let name = "remove"
  public let summary = "Remove what is at a path of the store"

  private static let verb = StoreVerb("remove [-b <branch>] [-m <message>] <path>", changes: true)

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try Self.verb.parse(arguments, 1...1)
    let branch = try context.storeBranch(options.text(.branch))
    let path = try TreePath(valueAt: options.arguments[0])
    let message = options.text(.message) ?? "Remove \(path)"
    return try branch.remove(at: path, CommitInfo(message)) == nil ? .failure : .success
  }
}
