import PandoBytes
import PandoCLI
import PandoFiles
import PandoTestKit
import Testing

@Suite("Real repositories, commit by commit")
struct RealDifferencesTests {
  static let ways: [[String]] = [
    ["-p", "-M"], ["-r", "-C", "-m"], ["--stat", "--summary", "-M"], ["--numstat", "-p", "-U0"],
  ]

  @Test(
    "differences are git's, byte for byte", arguments: RealRepository.all, ways)
  func same(_ real: RealRepository, _ way: [String]) throws {
    let git = GitOracle(in: real.path)
    let commits = try git.run(["rev-list", "--all", "--max-count=150"]).bytes
    let words = ["diff-tree", "--stdin", "--root"] + way
    let wanted = try git.run(words, input: commits)
    let output = MemoryOutput()
    let errors = MemoryOutput()
    let context = CommandContext(
      input: MemoryInput(commits), output: output, errors: errors,
      environment: ProcessEnvironment(
        variables: GitOracle.scrubbed, currentDirectory: FilePath(real.path)),
      fileSystem: LocalFileSystem(), clock: SystemClock())
    let status = CommandRunner.run(words.map { ByteString($0) }, in: context)
    #expect(status.code == wanted.status, "\(words): \(errors.string) \(wanted.errors)")
    let place = zip(output.bytes, wanted.bytes).enumerated().first { $1.0 != $1.1 }?.offset
    let isSame = output.bytes == wanted.bytes
    #expect(isSame, "\(words): differs at \(place ?? -1) of \(wanted.bytes.count)")
  }
}
