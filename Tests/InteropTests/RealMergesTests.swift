import PandoFiles
import PandoTestKit
import Testing

/// Merges that people made, made once more: trees, conflicts and messages beside git's.
@Suite("Real repositories, merge by merge")
struct RealMergesTests {
  /// So many of the newest merges of each; a whole history is compared by hand.
  private static let mergesMax = 300

  @Test("merges come out as git's do", arguments: RealRepository.all)
  func same(_ real: RealRepository) throws {
    // Merging writes objects: those of others stay as they are.
    let directory = try TemporaryDirectory()
    try GitOracle(in: directory.path)("clone", "-q", "--bare", "--shared", real.path, "copy.git")
    let copy = RealRepository(path: directory.path + "/copy.git")
    let git = GitOracle(in: copy.path)
    let merges = try git(
      "rev-list", "--all", "--merges", "--parents", "--max-parents=2",
      "--max-count=\(Self.mergesMax)"
    ).lines
    let input = merges.map { line in
      line.split(separator: " ").dropFirst().joined(separator: " ") + "\n"
    }.joined()
    let words = ["merge-tree", "--stdin", "--allow-unrelated-histories"]
    let wanted = try git.run(words, input: Array(input.utf8))
    #expect(wanted.status == 0)
    copy.expectSame(words, input: Array(input.utf8), as: wanted)
  }
}
