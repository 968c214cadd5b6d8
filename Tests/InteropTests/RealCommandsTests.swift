import PandoBytes
import PandoCLI
import PandoFiles
import PandoTestKit
import Testing

@Suite("Real repositories, command by command")
struct RealCommandsTests {
  /// What is asked of git and of `pando` in each repository; HEAD is replaced by a commit that
  /// exists.
  static let questions: [[String]] = [
    ["cat-file", "--batch-all-objects", "--batch"],
    ["cat-file", "--batch-all-objects", "--batch-check"],
    [
      "cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize:disk) %(deltabase)",
      "--batch-all-objects",
    ],
    ["cat-file", "-p", "HEAD"], ["cat-file", "-t", "HEAD"], ["cat-file", "-s", "HEAD^{tree}"],
    ["cat-file", "-p", "HEAD^{tree}"],
    ["ls-tree", "HEAD"], ["ls-tree", "-r", "HEAD"], ["ls-tree", "-r", "-l", "-t", "HEAD"],
    ["ls-tree", "-rz", "--name-only", "HEAD"], ["ls-tree", "--abbrev", "HEAD", "Sources/"],
    ["rev-parse", "HEAD"], ["rev-parse", "--short", "HEAD"], ["rev-parse", "--all"],
    ["rev-parse", "HEAD^{tree}", "HEAD:Package.swift"], ["rev-parse", "--is-bare-repository"],
    ["for-each-ref"], ["show-ref"], ["show-ref", "-d"],
    ["for-each-ref", "--format=%(refname:short) %(objecttype) %(creatordate:iso) %(subject)"],
    ["log", "HEAD"], ["log", "--oneline", "HEAD"], ["log", "--format=fuller", "--all"],
    ["log", "--format=%H %T %P %an %ae %aI %cn %ct %s%n%b", "--all"],
    ["log", "--oneline", "HEAD", "--", "Package.swift"],
    ["rev-list", "--all"], ["rev-list", "--all", "--count"], ["rev-list", "--objects", "--all"],
    ["merge-base", "HEAD", "HEAD"], ["branch", "-a", "-v"], ["tag"], ["tag", "-n"],
    ["count-objects", "-v"], ["symbolic-ref", "HEAD"],
  ]

  @Test(
    "git and pando print the same bytes and exit the same",
    arguments: RealRepository.all, questions)
  func same(_ real: RealRepository, _ question: [String]) throws {
    let git = GitOracle(in: real.path)
    let tip = try git.run(["for-each-ref", "--count=1", "--format=%(objectname)"]).line
    let words = question.map {
      $0 == "HEAD" || $0.hasPrefix("HEAD^") || $0.hasPrefix("HEAD:")
        ? $0.replacing("HEAD", with: tip + "^{commit}") : $0
    }
    let wanted = try git.run(words)
    let output = MemoryOutput()
    let errors = MemoryOutput()
    let context = CommandContext(
      input: MemoryInput([]), output: output, errors: errors,
      environment: ProcessEnvironment(
        variables: GitOracle.scrubbed, currentDirectory: FilePath(real.path)),
      fileSystem: LocalFileSystem(), clock: SystemClock())
    let status = CommandRunner.run(words.map { ByteString($0) }, in: context)
    #expect(status.code == wanted.status, "\(words): \(errors.string) \(wanted.errors)")
    // Comparing first: printing two outputs of megabytes helps nobody.
    let isSame = output.bytes == wanted.bytes
    #expect(isSame, "\(words): \(firstDifference(output.bytes, wanted.bytes))")
  }

  private func firstDifference(_ got: [UInt8], _ wanted: [UInt8]) -> String {
    let place =
      zip(got, wanted).enumerated().first { $1.0 != $1.1 }?.offset
      ?? min(got.count, wanted.count)
    func excerpt(_ bytes: [UInt8]) -> String {
      String(decoding: bytes.dropFirst(max(0, place - 60)).prefix(120), as: UTF8.self)
    }
    return "differs at \(place) of \(wanted.count): got «\(excerpt(got))», git «\(excerpt(wanted))»"
  }
}
