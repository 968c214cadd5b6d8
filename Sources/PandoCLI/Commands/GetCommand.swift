public import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStore

/// `pando get`: prints the bytes of a value, and nothing else.
public struct GetCommand: Command {
  public let name = "get"
  public let summary = "Print the value at a path of the store"

  private static let verb = StoreVerb("get [-b <branch>] <path>")

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try Self.verb.parse(arguments, 1...1)
    let branch = try context.storeBranch(options.text(.branch))
    let path = TreePath(bytes: options.arguments[0].bytes)
    guard let value = try branch.get(path) else { return .failure }
    try context.output.write(value)
    return .success
  }
}
