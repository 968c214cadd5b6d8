import Foundation
import PandoTestKit
import Testing

/// Reference logs lose the entries that git takes from them, and keep the others byte for byte.
@Suite struct ReflogExpiryTests {
  private static func sample(_ harness: CommandHarness, _ name: String) throws {
    try FileManager.default.createDirectory(
      atPath: harness.path(name), withIntermediateDirectories: true)
    let script = """
      git init -q -b main .
      at() { export GIT_COMMITTER_DATE="$1 +0000"; }
      for i in 1 2 3 4 5 6; do
        at 1${i}00000000; git commit -q --allow-empty -m "c$i"
      done
      git branch side HEAD~2
      at 1610000000; git reset -q --hard HEAD~2
      at 1620000000; git commit -q --allow-empty -m other
      git checkout -q side; at 1630000000; git commit -q --allow-empty -m "on side"
      git checkout -q main
      git update-ref --create-reflog -m stashed refs/stash HEAD~1
      git update-ref -m again refs/stash HEAD
      git worktree add -q ../\(name)-linked -b linked
      """
    let done = try ChildProcess.run(
      "sh", ["-ec", script], in: harness.path(name), environment: GitOracle.scrubbed)
    guard done.status == 0 else { throw OracleFailure(done.errors) }
  }

  private static func logs(_ harness: CommandHarness, _ name: String) throws -> [String] {
    let script = """
      for f in $(find .git/logs .git/worktrees -path '*logs*' -type f | sort); do
        echo ${f#.git/worktrees/*/}; sed 's/\\t$//' $f; done; git for-each-ref; git rev-parse HEAD
      """
    return try ChildProcess.run(
      "sh", ["-c", script], in: harness.path(name), environment: GitOracle.scrubbed
    ).lines
  }

  @Test(arguments: [
    "expire --all", "expire --expire=now --all", "expire --expire=2009-01-01 main",
    "expire --expire-unreachable=now --all", "expire --expire-unreachable=now main side",
    "expire --expire=2010-01-01 --rewrite HEAD", "expire --expire=now --updateref main",
    "expire --expire=2010-01-01 --dry-run --verbose HEAD",
    "expire --expire=2010-01-01 --verbose HEAD",
    "expire --all --expire=never --expire-unreachable=never", "expire --expire=now refs/stash",
    "expire --expire=2015-01-01 --expire-unreachable=2020-01-01 --all --verbose",
    "expire --stale-fix --all --expire=never --expire-unreachable=never",
    "delete HEAD@{1}", "delete main@{0} side@{0}", "delete --rewrite main@{2}",
    "delete --updateref main@{0}", "delete --dry-run --verbose main@{1}", "delete nope@{0}",
    "exists refs/heads/main", "exists refs/heads/nope", "exists HEAD", "delete main",
  ])
  func `the same entries are left`(line: String) throws {
    let harness = try CommandHarness()
    try Self.sample(harness, "git")
    try Self.sample(harness, "pando")
    let words = ["reflog"] + line.split(separator: " ").map(String.init)
    let wanted = try harness.git("git").run(words)
    let got = harness.pando(words, in: "pando")
    #expect(got.text.split(separator: "\n").map(String.init).sorted() == wanted.lines.sorted())
    #expect(got.status == wanted.status, "\(got.errors)\(wanted.errors)")
    #expect(got.errors == wanted.errors)
    #expect(try Self.logs(harness, "pando") == Self.logs(harness, "git"))
  }
}
