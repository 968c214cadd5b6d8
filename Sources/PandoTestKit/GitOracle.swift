import Foundation

/// Real git, run in a scrubbed environment: the judge of what bytes, statuses and names are right.
public struct GitOracle: Sendable {
  /// Where commands run.
  public let directory: String
  /// What commands see besides the fixed identity and dates.
  public var environment: [String: String]

  /// What a run of git gave.
  public struct Output: Sendable {
    /// The exit status; 128 plus the signal's number for a killed process.
    public let status: Int32
    /// Everything on standard output.
    public let bytes: [UInt8]
    /// Everything on standard error, as text.
    public let errors: String

    /// Standard output as text.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
    /// Standard output without the line end that closes it.
    public var line: String { text.hasSuffix("\n") ? String(text.dropLast()) : text }
    /// Standard output by lines.
    public var lines: [String] {
      text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
    }
  }

  /// Runs git in `directory`, with `environment` added to the scrubbed one.
  public init(in directory: String, environment: [String: String] = [:]) {
    self.directory = directory
    self.environment = environment
  }

  /// The environment that makes git repeatable: no configuration of the machine's, one identity,
  /// one date, UTC, no pager, the C locale.
  public static let scrubbed: [String: String] = [
    "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
    "HOME": "/nonexistent", "LC_ALL": "C", "TZ": "UTC", "GIT_PAGER": "cat",
    "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_TERMINAL_PROMPT": "0",
    "GIT_AUTHOR_NAME": "A U Thor", "GIT_AUTHOR_EMAIL": "author@example.com",
    "GIT_AUTHOR_DATE": "1112911993 -0700",
    "GIT_COMMITTER_NAME": "C O Mitter", "GIT_COMMITTER_EMAIL": "committer@example.com",
    "GIT_COMMITTER_DATE": "1112911993 -0700",
  ]

  /// Runs git and returns whatever it gave.
  public func run(
    _ arguments: [String], input: [UInt8] = [], environment extra: [String: String] = [:]
  ) throws -> Output {
    var variables = Self.scrubbed
    variables.merge(environment) { $1 }
    variables.merge(extra) { $1 }
    return try ChildProcess.run(
      "git", arguments, in: directory, environment: variables, input: input)
  }

  /// Runs git, which must succeed.
  @discardableResult
  public func callAsFunction(
    _ arguments: String..., input: [UInt8] = [], environment extra: [String: String] = [:]
  ) throws -> Output {
    let output = try run(arguments, input: input, environment: extra)
    guard output.status == 0 else {
      throw OracleFailure(
        "git \(arguments.joined(separator: " ")) exited \(output.status): \(output.errors)")
    }
    return output
  }
}

/// A command that had to succeed and did not.
public struct OracleFailure: Error, CustomStringConvertible {
  public let description: String
  /// Says what failed.
  public init(_ description: String) { self.description = description }
}

/// Other programs, run to their end.
public enum ChildProcess {
  /// Runs `program`, found on PATH, feeds it `input` and collects what it prints.
  public static func run(
    _ program: String, _ arguments: [String], in directory: String,
    environment: [String: String], input: [UInt8] = []
  ) throws -> GitOracle.Output {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.currentDirectoryURL = URL(fileURLWithPath: directory, isDirectory: true)
    process.environment = environment
    // Files instead of pipes: no size of output can make parent and child wait for each other.
    let scratch = try TemporaryDirectory()
    let files = try ["in", "out", "err"].map { name -> FileHandle in
      let path = scratch.path + "/" + name
      try Data(name == "in" ? input : []).write(to: URL(fileURLWithPath: path))
      guard let handle = FileHandle(forUpdatingAtPath: path) else {
        throw OracleFailure("cannot open \(path)")
      }
      return handle
    }
    process.standardInput = files[0]
    process.standardOutput = files[1]
    process.standardError = files[2]
    try process.run()
    process.waitUntilExit()
    let output = try Data(contentsOf: URL(fileURLWithPath: scratch.path + "/out"))
    let errors = try Data(contentsOf: URL(fileURLWithPath: scratch.path + "/err"))
    for file in files { try file.close() }
    let signalled = process.terminationReason == .uncaughtSignal
    return GitOracle.Output(
      status: process.terminationStatus + (signalled ? 128 : 0), bytes: [UInt8](output),
      errors: String(decoding: errors, as: UTF8.self))
  }
}
