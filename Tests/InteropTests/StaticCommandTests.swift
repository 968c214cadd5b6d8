import Foundation
import PandoTestKit
import Testing

private let builtExecutable = ProcessInfo.processInfo.environment["PANDO_EXECUTABLE"]

/// The built command itself, where the gate has built it: `PANDO_EXECUTABLE`.
@Suite("The static command", .enabled(if: builtExecutable != nil))
struct StaticCommandTests {
  private func pando(_ arguments: String..., in directory: String, input: [UInt8] = []) throws
    -> GitOracle.Output
  {
    let executable = try #require(builtExecutable)
    return try ChildProcess.run(
      executable, arguments, in: directory, environment: GitOracle.scrubbed, input: input)
  }

  @Test("it makes a repository, keeps values, and git agrees")
  func storeVerbs() throws {
    let directory = try TemporaryDirectory()
    #expect(try pando("init", "-q", "--bare", "-b", "main", ".", in: directory.path).status == 0)
    let value = Array("buy milk\n".utf8)
    #expect(try pando("set", "inbox/milk", "-", in: directory.path, input: value).status == 0)
    #expect(try pando("get", "inbox/milk", in: directory.path).bytes == value)
    #expect(try pando("get", "inbox/none", in: directory.path).status == 1)
    let git = GitOracle(in: directory.path)
    #expect(try git("show", "main:inbox/milk").bytes == value)
    #expect(try git.run(["fsck", "--strict"]).status == 0)
    #expect(
      try pando("log", "--oneline", in: directory.path).bytes == git("log", "--oneline").bytes)
  }

  @Test("it ends quietly when nobody reads on")
  func brokenPipe() throws {
    let directory = try TemporaryDirectory()
    let git = GitOracle(in: directory.path)
    try git("init", "-q", ".")
    for number in 0..<50 { try git("commit", "-q", "--allow-empty", "-m", "commit \(number)") }
    let executable = try #require(builtExecutable)
    let output = try ChildProcess.run(
      "sh", ["-c", "'\(executable)' log | head -n 1"], in: directory.path,
      environment: GitOracle.scrubbed)
    #expect(output.lines.count == 1)
    #expect(output.errors.isEmpty)
  }
}
