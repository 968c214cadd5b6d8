public import PandoBytes

/// `pando log`: shows commits, newest first.
public struct LogCommand: Command {
  public let name = "log"
  public let summary = "Show commits, newest first"

  private static let usage = """
    usage: pando log [<options>] [<revision-range>] [[--] <path>...]

    """

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    if arguments == ["-h"] { throw UsageError(usage: Self.usage, isHelp: true) }
    try LogRun(arguments, in: context).run()
    return .success
  }
}
