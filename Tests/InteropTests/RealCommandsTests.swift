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
    real.expectSame(words, as: wanted)
  }
}
