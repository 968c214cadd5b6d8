internal import PandoFiles
internal import PandoObjects

/// How a command ended, as the shell sees it.
public struct ExitStatus: Hashable, Sendable {
  /// The number handed to the system.
  public let code: Int32

  /// Wraps a number.
  public init(_ code: Int32) { self.code = code }

  /// The command did what was asked, and the answer is yes.
  public static let success = ExitStatus(0)
  /// The answer is no: absent, different, in conflict.
  public static let failure = ExitStatus(1)
  /// The command could not go on.
  public static let fatal = ExitStatus(128)
  /// The command line cannot be meant.
  public static let usage = ExitStatus(129)
  /// Nobody reads the output any more: 128 and the number of the signal that kills git.
  public static let brokenPipe = ExitStatus(141)
}

/// The end of a command that has something to say: lines for standard error, and a status.
struct CommandFailure: Error {
  /// What standard error gets, line by line; nothing when empty.
  let lines: [String]
  /// How the process ends.
  let status: ExitStatus

  init(lines: [String], status: ExitStatus) {
    self.lines = lines
    self.status = status
  }

  /// `fatal: message`, and the status 128.
  static func fatal(_ message: String) -> CommandFailure {
    CommandFailure(lines: ["fatal: \(message)"], status: .fatal)
  }

  /// `error: message`, and the status 1 unless told otherwise.
  static func error(_ message: String, status: ExitStatus = .failure) -> CommandFailure {
    CommandFailure(lines: ["error: \(message)"], status: status)
  }

  /// A status without a word.
  static func silent(_ status: ExitStatus) -> CommandFailure {
    CommandFailure(lines: [], status: status)
  }
}

extension CommandFailure {
  /// The one place where an error becomes a status and a message.
  init(describing error: any Error) {
    switch error {
    case let failure as CommandFailure: self = failure
    case let failure as FileError where failure.isBrokenPipe: self = .silent(.brokenPipe)
    case let failure as FileError: self = .fatal(failure.description)
    case let failure as PandoError:
      if let cause = failure.cause as? FileError, cause.isBrokenPipe {
        self = .silent(.brokenPipe)
      } else {
        self = .fatal(failure.description)
      }
    default: self = .fatal("\(error)")
    }
  }
}
