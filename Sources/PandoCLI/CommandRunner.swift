public import PandoBytes
internal import PandoFiles

/// From words to an exit status: what `pando` does between start and end.
public enum CommandRunner {
  /// The version that `pando --version` prints.
  public static let version = "0.1.0"

  /// Runs a command line without the program's name, and flushes the streams.
  ///
  /// Never throws: an error becomes a line on standard error and a status.
  public static func run(
    _ words: [ByteString], in context: CommandContext, commands: [any Command] = CommandTable.all
  ) -> ExitStatus {
    var status: ExitStatus
    do {
      status = try dispatch(words, context, commands)
    } catch let error as UsageError {
      status = report(error, context)
    } catch {
      status = report(CommandFailure(describing: error), context)
    }
    do {
      try context.output.flush()
    } catch {
      let failure = CommandFailure(describing: error)
      if status == .success || failure.status == .brokenPipe { status = report(failure, context) }
    }
    return status
  }

  /// Runs the command line of this process and ends the process.
  public static func runProcess() -> Never {
    let words = ProcessEnvironment.arguments().map { ByteString($0) }
    ProcessEnvironment.exit(run(words, in: .ofProcess()).code)
  }

  private static func dispatch(
    _ words: [ByteString], _ context: CommandContext, _ commands: [any Command]
  ) throws -> ExitStatus {
    let (options, request) = try GlobalOptions.parse(words, environment: context.environment)
    try context.apply(options)
    switch request {
    case .version:
      try context.output.write("pando version \(version)\n")
      return .success
    case .help(let isAsked):
      try context.output.write(helpText(commands))
      return isAsked ? .success : .failure
    case .command(let name, let arguments):
      guard let command = commands.first(where: { $0.name == name }) else {
        try context.errors.write(
          "pando: '\(name)' is not a pando command. See 'pando --help'.\n")
        return .failure
      }
      return try command.run(arguments, in: context)
    }
  }

  private static func helpText(_ commands: [any Command]) -> String {
    var text = GlobalOptions.usage + "\nCommands:\n"
    let width = commands.map(\.name.count).max() ?? 0
    for command in commands {
      let padding = String(repeating: " ", count: width - command.name.count)
      text += "   \(command.name)\(padding)   \(command.summary)\n"
    }
    return text + "\n'pando <command> -h' tells how a command is called.\n"
  }

  /// Prints a complaint; a stream that fails now has nobody left to tell.
  private static func report(_ error: UsageError, _ context: CommandContext) -> ExitStatus {
    var complaint = error.complaint.map { $0 + "\n" } ?? ""
    if let usage = error.usage {
      if error.isHelp { try? context.output.write(usage) } else { complaint += usage }
    }
    try? context.errors.write(complaint)
    return .usage
  }

  private static func report(_ failure: CommandFailure, _ context: CommandContext) -> ExitStatus {
    // What was printed before the failure comes before the message, as with git's stdio.
    try? context.output.flush()
    if !failure.lines.isEmpty {
      try? context.errors.write(failure.lines.joined(separator: "\n") + "\n")
    }
    return failure.status
  }
}
