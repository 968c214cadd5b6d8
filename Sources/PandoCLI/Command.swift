public import PandoBytes

/// One verb of the `pando` command line, as a value that tests run in-process.
///
/// A command reads and writes only through its context. It ends by returning a status, or by
/// throwing; `CommandFailure(describing:)` says what an error becomes.
public protocol Command: Sendable {
  /// The verb.
  var name: String { get }

  /// What it does, in a line, for the list that `pando --help` prints.
  var summary: String { get }

  /// Runs with the words that follow the verb.
  func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus
}
