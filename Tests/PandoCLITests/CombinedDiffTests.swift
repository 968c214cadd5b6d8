import PandoTestKit
import Testing

/// Merges compared with all of their parents, and the commands that show them, beside git's.
@Suite struct CombinedDiffTests {
  private static let logs = [
    "-c", "--cc", "-c --raw", "-c -p --stat", "-c --name-only", "--cc -U0", "--cc -U1", "-m -p",
    "-m --raw", "--oneline --cc", "--oneline -m --stat", "--graph --cc", "--graph -m -p",
    "--graph -c --stat", "--diff-merges=1 -p", "--diff-merges=cc", "-c --combined-all-paths -M",
    "-c -M --name-status", "-c --summary -M", "--format=%h -c", "--format=%h --cc --raw",
    "-p --cc -M -C", "--first-parent -p", "--first-parent --cc", "-c --histogram", "-c -p -z",
    "--format= --cc", "-m -p --first-parent", "--cc --diff-filter=AM", "--diff-filter=D",
    "--oneline --diff-filter=R -M", "-p --diff-filter=M", "-c --diff-filter=A --raw",
    "--graph --diff-filter=A", "--diff-merges=1 --stat", "-c -R", "--parents --cc",
    "--cc --abbrev=12", "--cc --full-index", "-c --abbrev-commit --raw", "--no-diff-merges -p",
    "--cc -s", "-c --shortstat --numstat", "-c -- dir",
    "--compact-summary -M", "--compact-summary --stat=40", "--full-diff --stat -- dir",
    "--full-diff --cc -- dir", "--compact-summary --numstat --summary",
  ]
  private static let shows = [
    "", "--stat", "--raw", "--oneline", "--first-parent", "-m", "-c --raw", "-s", "--name-status",
    "--diff-filter=M", "--diff-merges=off",
  ]
  private static let comparisons = [
    "--cc", "-c", "-c -p", "-r -m", "-c -r --name-only", "-c -M --raw", "-c --stat",
    "--cc --no-commit-id",
  ]

  @Test(arguments: 0..<8 as Range<UInt64>)
  func `merges of histories by chance differ as git says`(seed: UInt64) throws {
    var history = try EditingHistory(seed: seed)
    let harness = history.harness
    let commits = try history.commits()
    func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }
    for options in Self.logs {
      // Some of a part of history, some of all.
      let hasPath = options.contains("-- ")
      let part = hasPath || history.below(2) == 0 ? [] : ["-3", history.pick(commits)]
      try harness.expectSame(["log"] + part + words(options))
    }
    for options in Self.shows {
      try harness.expectSame(
        ["show"] + words(options) + (0..<3).map { _ in history.pick(commits) })
    }
    for options in Self.comparisons {
      try harness.expectSame(["diff-tree"] + words(options) + [history.pick(commits)])
    }
  }
}
