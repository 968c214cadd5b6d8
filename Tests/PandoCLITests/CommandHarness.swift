import PandoBytes
import PandoCLI
import PandoFiles
import PandoTestKit
import Testing

/// What a command run in this process gave.
struct Outcome: Equatable {
  var status: Int32
  var bytes: [UInt8]
  var errors: String

  var text: String { String(decoding: bytes, as: UTF8.self) }
  var line: String { text.hasSuffix("\n") ? String(text.dropLast()) : text }
}

/// A directory in which the same words are given to git and to `pando`.
struct CommandHarness {
  let directory: TemporaryDirectory
  var environment: [String: String] = [:]

  init() throws { directory = try TemporaryDirectory() }

  /// Real git in that directory, or in one below it.
  func git(_ subdirectory: String = "") -> GitOracle {
    GitOracle(in: path(subdirectory), environment: environment)
  }

  func path(_ name: String) -> String {
    name.isEmpty ? directory.path : directory.path + "/" + name
  }

  /// Runs `pando` in this process with the oracle's environment.
  func pando(
    _ words: [String], in subdirectory: String = "", input: [UInt8] = [],
    environment extra: [String: String] = [:]
  ) -> Outcome {
    let output = MemoryOutput()
    let errors = MemoryOutput()
    let variables = GitOracle.scrubbed
      .merging(environment) { $1 }
      .merging(extra) { $1 }
    let context = CommandContext(
      input: MemoryInput(input), output: output, errors: errors,
      environment: ProcessEnvironment(
        variables: variables, currentDirectory: FilePath(path(subdirectory))),
      fileSystem: LocalFileSystem(), clock: UTCClock())
    let status = CommandRunner.run(words.map { ByteString($0) }, in: context)
    return Outcome(status: status.code, bytes: output.bytes, errors: errors.string)
  }

  /// How much of standard error has to be the same.
  enum Errors { case same, firstLine, any }

  /// Runs the words with git and with `pando` and expects the same output, status and complaint.
  @discardableResult
  func expectSame(
    _ words: [String], in subdirectory: String = "", input: [UInt8] = [],
    environment extra: [String: String] = [:], errors: Errors = .same,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Outcome {
    let wanted = try git(subdirectory).run(words, input: input, environment: extra)
    let got = pando(words, in: subdirectory, input: input, environment: extra)
    let told = "pando \(words.joined(separator: " "))\n\(got.errors)\ngit says \(wanted.errors)"
    let isSame = got.bytes == wanted.bytes
    #expect(
      isSame, "\(told)\n\(Self.difference(got.text, wanted.text))", sourceLocation: sourceLocation)
    #expect(got.status == wanted.status, "\(told)", sourceLocation: sourceLocation)
    switch errors {
    case .any: break
    case .same: #expect(got.errors == wanted.errors, "\(told)", sourceLocation: sourceLocation)
    case .firstLine:
      #expect(
        Self.firstLine(got.errors) == Self.firstLine(wanted.errors), "\(told)",
        sourceLocation: sourceLocation)
    }
    return got
  }

  private static func firstLine(_ text: String) -> Substring {
    let line = text.prefix { $0 != "\n" }
    // A usage text is the program's own.
    return line.hasPrefix("usage: ") ? "usage:" : line
  }

  /// The first lines in which two texts differ.
  private static func difference(_ got: String, _ wanted: String) -> String {
    let (a, b) = (got.split(separator: "\n"), wanted.split(separator: "\n"))
    let shared = zip(a, b).prefix { $0 == $1 }.count
    return "got \(a.dropFirst(shared).prefix(3)) wanted \(b.dropFirst(shared).prefix(3))"
  }
}

/// The time of day in UTC, which is the zone that the oracle's git is given.
private struct UTCClock: WallClock {
  func now() -> (seconds: Int64, nanoseconds: Int32) { SystemClock().now() }
  func utcOffsetMinutes(at seconds: Int64) -> Int { 0 }
}
