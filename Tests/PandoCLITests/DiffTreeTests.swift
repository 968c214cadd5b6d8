import PandoTestKit
import Testing

/// `pando diff-tree` beside git's, over histories by chance.
@Suite struct DiffTreeTests {
  static let ways: [[String]] = [
    [], ["-r"], ["-t"], ["-r", "-M"], ["-r", "-M90%"], ["-r", "-M100%"], ["-r", "-C"],
    ["-r", "-C", "-M30%", "-z"], ["-r", "--name-only"], ["-r", "-M", "--name-status"],
    ["--name-status", "-z", "-r"], ["-M", "--numstat"], ["-M", "--numstat", "-z"],
    ["--stat", "-C"], ["--stat=40"], ["--stat", "--stat-count=2"], ["--shortstat"],
    ["--summary", "-M"], ["-p"], ["-p", "-M"], ["-p", "-C", "--full-index"], ["-U0"],
    ["-U1", "-M"],
    ["-U10", "--inter-hunk-context=2"], ["-p", "--histogram"], ["-p", "--no-indent-heuristic"],
    ["-p", "-R", "-M"], ["-R", "-r"], ["--abbrev", "-r"], ["--abbrev=12", "-r"],
    ["-p", "--raw", "--stat", "--summary", "-M"], ["-p", "--no-prefix"],
    ["-p", "--src-prefix=x/", "--dst-prefix=y y/"], ["-a", "-p"], ["-s"],
    ["-r", "-M", "--diff-filter=R"], ["-r", "-M", "--diff-filter=rd"],
    ["-r", "-C", "--diff-filter=AM"], ["-r", "-M", "-l1"], ["--no-commit-id", "-r"],
  ]

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `differences of commits are told as git tells them`(_ seed: UInt64) throws {
    let history = try MovingHistory(seed: seed)
    let commits = try history.commits()
    for way in Self.ways {
      try history.harness.expectSame(
        ["diff-tree", "--stdin", "--root"] + way, input: commits)
    }
  }

  @Test func `trees, commits and paths are found as git finds them`() throws {
    let history = try MovingHistory(seed: 9)
    let harness = history.harness
    let trees = try harness.git()("rev-parse", "main^{tree}", "main~5^{tree}").line
    try harness.expectSame(
      ["diff-tree", "--stdin", "-r"],
      input: Array((trees.split(separator: "\n").joined(separator: " ") + "\nother line\n").utf8))
    for words in [
      ["main"], ["main~3", "main"], ["main~3..main"], ["-r", "main~9", "main", "--", "src"],
      ["-r", "main~9", "main", "src", "lib"], ["main~9", "main", "--", "src/"],
      ["-p", "main~9", "main", "--", "*.swift"], ["-r", "main~9", "main", "--", ":!src"],
      ["--exit-code", "main~1", "main"], ["--quiet", "main", "main"],
      ["--quiet", "main~1", "main"],
      ["-r", "main~30"], ["--root", "-r", "main~39"], ["nope"], ["main", "nope"],
    ] {
      try harness.expectSame(["diff-tree"] + words)
    }
    for formats in [
      ["--name-only", "--name-status"], ["-s", "--name-only"], ["--name-only", "-p"],
      ["-p", "-s"], ["-s", "-p"], ["-s", "--raw"], ["-s", "--patch-with-stat"], ["-s", "--stat"],
      ["--stat", "-s"], ["--quiet", "--name-only"],
    ] {
      try harness.expectSame(["diff-tree", "main"] + formats)
    }
    for words in [["--bogus", "main"], [], ["-Mx", "main"], ["--diff-filter=k", "main"]] {
      try harness.expectSame(["diff-tree"] + words, errors: .firstLine)
    }
    // What is git's and not done here is refused as such, also where its start is another option.
    let refused = harness.pando(["diff-tree", "--find-object=main", "main"])
    #expect(refused.status == 128)
    #expect(refused.errors.contains("--find-object"))
  }

  @Test func `merges are compared with each parent when that is wanted`() throws {
    let repository = try RichRepository()
    let commits = try repository.harness.git().run(["rev-list", "--all"]).bytes
    for way in [["-m", "-r"], ["-m", "-p", "-M"], ["--root", "-r"], ["-r"]] {
      try repository.harness.expectSame(["diff-tree", "--stdin"] + way, input: commits)
    }
  }

  static let logWays: [[String]] = [
    ["-p"], ["--stat"], ["--stat", "-p"], ["--raw"], ["--numstat", "--oneline"],
    ["-p", "--oneline"],
    ["--name-status", "--format=%h"], ["--format=%h", "-p", "-U1"], ["--name-only", "--format="],
    ["-p", "--reverse", "-3"], ["--shortstat", "--summary"], ["-p", "--no-renames", "-4"],
    ["--raw", "--no-abbrev"], ["--raw", "--abbrev=10"], ["-C", "--summary", "--format=short"],
    ["-s"], ["-p", "-s"], ["--stat", "--pretty=fuller"], ["--raw", "-R"], ["--raw", "-t"],
    ["-p", "--", "src"], ["--stat", "--", "*.swift", ":!lib"], ["-p", "--parents", "--", "src"],
  ]

  @Test func `log shows what commits changed`() throws {
    let history = try MovingHistory(seed: 5)
    for way in Self.logWays { try history.harness.expectSame(["log"] + way) }
    let repository = try RichRepository()
    for way in [["-p"], ["--stat", "--first-parent"], ["--raw", "--all"], ["--oneline", "-p"]] {
      try repository.harness.expectSame(["log"] + way)
    }
  }

  @Test func `log heeds settings of differences`() throws {
    let harness = try MovingHistory(seed: 6).harness
    for setting in [
      "diff.renames=false", "diff.renames=copies", "diff.context=1", "diff.interHunkContext=3",
      "diff.noprefix=true", "diff.algorithm=histogram", "diff.indentHeuristic=false",
      "diff.renameLimit=1", "diff.statGraphWidth=5",
    ] {
      try harness.expectSame(["-c", setting, "log", "-p", "--stat"])
    }
    try harness.expectSame(["log", "--stat"], environment: ["COLUMNS": "50"])
  }

  @Test func `diff shows what differs between two commits`() throws {
    let harness = try MovingHistory(seed: 7).harness
    try harness.git()("branch", "side", "main~6")
    for words in [
      ["main~4", "main"], ["main~4..main"], ["main...main~3"], ["side...main"], ["main", "side"],
      ["--stat", "main~9", "main"], ["--raw", "main~9", "main"], ["main~2^{tree}", "main"],
      ["--raw", "--no-abbrev", "main~2..main"], ["--exit-code", "main", "main"],
      ["--exit-code", "main~1", "main"], ["--quiet", "main~1", "main"], ["-R", "main~1", "main"],
      ["--name-status", "main~9", "main", "--", "src"], ["-C", "--summary", "main~9..main"],
      ["--shortstat", "main~1..", "--", "*.swift"], ["--no-renames", "--numstat", "side", "main"],
    ] {
      try harness.expectSame(["diff"] + words)
    }
    for option in ["-U9999999", "--inter-hunk-context=9999999", "--stat=1,10,1", "--stat=0"] {
      try harness.expectSame(["diff", option, "main~9", "main"])
    }
    for option in ["-U-1", "-U9223372036854775807", "--stat=-5", "--stat-graph-width=-1"] {
      #expect(harness.pando(["diff", option, "main~9", "main"]).status == 129)
    }
    for setting in ["diff.context=-1", "diff.statGraphWidth=-3"] {
      #expect(harness.pando(["-c", setting, "diff", "main~9", "main"]).status == 128)
    }
    try harness.expectSame(["diff", "--bogus", "main~1", "main"], errors: .firstLine)
    try harness.expectSame(["diff", "nope", "main"])
  }
}
