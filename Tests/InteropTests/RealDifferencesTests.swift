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
    real.expectSame(words, input: commits, as: wanted)
  }
}
