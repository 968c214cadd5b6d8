import PandoTestKit
import Testing

/// `pando blame` beside `git blame`.
@Suite struct BlameTests {
  @Test(arguments: 0..<12 as Range<UInt64>)
  func `every line of histories by chance is git's`(seed: UInt64) throws {
    var history = try EditingHistory(seed: seed)
    let commits = try history.commits()
    for file in try history.files(of: "main") {
      var runs = [
        ["-p", "main"], ["--incremental", "main"], ["main"], ["--first-parent", "-s", "main"],
        ["--no-follow", "-n", "main"], ["--root", "-e", "main"], ["--line-porcelain", "main"],
        ["-p", "-b", "\(history.pick(commits))..main"],
        ["-p", "--since=1970-01-12T15:00:00", "main"],
      ]
      runs.append(["-p", history.pick(commits)])
      runs.append([history.pick(["-L/x/,+5", "-L2,4", "-L,3", "-L/[0-9]/,/a/"]), "main"])
      for run in runs {
        let more = history.below(3) == 0 ? ["--no-indent-heuristic"] : []
        try history.harness.expectSame(
          ["blame"] + more + run + ["--", file], errors: .firstLine)
      }
    }
  }

  /// A repository with twenty lines in two files, some of them not committed.
  private static func workTree() throws -> CommandHarness {
    let harness = try CommandHarness()
    let git = harness.git()
    try git("init", "-q", "-b", "main", ".")
    func write(_ lines: [String], to name: String) throws {
      try harness.directory.write(Array(lines.map { $0 + "\n" }.joined().utf8), to: name)
    }
    var lines = (1...20).map { "line \($0)" }
    for number in 0..<5 {
      lines[number * 3] = "changed \(number)"
      try write(lines, to: "g")
      try write(lines.reversed(), to: "d/f")
      try git("add", ".")
      try git("commit", "-q", "-m", "commit \(number)")
    }
    lines[7] = "not yet"
    lines.append("at the end")
    try write(lines, to: "g")
    try write(["x"], to: "staged")
    try git("add", "staged")
    try write(["x"], to: "unknown")
    return harness
  }

  @Test func `files of the work tree are blamed as they stand`() throws {
    let harness = try Self.workTree()
    for words in [
      ["-s", "g"], ["--", "d/f"], ["-s", "staged"], ["unknown"], ["missing"], ["d"],
      ["-s", "^HEAD", "g"],
      ["-s", "-L5,9", "g"], ["-s", "--contents=staged", "g"], ["--contents=staged", "HEAD", "g"],
      ["--contents=nothing", "g"], ["-s", "-f", "-n", "g"], ["-s", "--since=2001-01-01", "g"],
    ] {
      try harness.expectSame(["blame"] + words, errors: .firstLine)
    }
    try harness.expectSame(["blame", "-s", "f"], in: "d")
    try harness.expectSame(["blame", "-s", "../g"], in: "d")
    try harness.expectSame(
      ["blame", "-s", "--contents=-", "g"], input: Array("changed 0\nline 2\nnew".utf8))
    // When it is, differs.
    let told = harness.pando(["blame", "--porcelain", "g"]).text
    for line in [
      "author Not Committed Yet", "author-mail <not.committed.yet>", "author-tz +0000",
      "summary Version of g from g",
    ] {
      #expect(told.contains("\n\(line)\n"))
    }
  }

  @Test func `lines of a merge that is not committed come from all of its parents`() throws {
    let harness = try Self.workTree()
    let git = harness.git()
    try git("checkout", "-q", "-f", "-b", "other", "HEAD~2")
    try harness.directory.write(Array("one\ntwo\n".utf8), to: "h")
    try git("add", "h")
    try git("commit", "-q", "-m", "other")
    try git("checkout", "-q", "-f", "main")
    try git("merge", "-q", "--no-commit", "other")
    for file in ["g", "h", "d/f"] { try harness.expectSame(["blame", "-s", "-f", file]) }
  }

  @Test(arguments: [
    "g|HEAD g|HEAD -- g|-- g HEAD|g HEAD|HEAD|HEAD nope|nope g|-L30 HEAD g",
    "-L0 HEAD g|-L/zz/ HEAD g",
    "-L/[/ HEAD g|-Lx HEAD g|HEAD HEAD~1 g|HEAD ^HEAD~1 g|HEAD~1..HEAD g|HEAD~2 d/f|HEAD:g g",
    "--bogus HEAD g|-L5,+0 HEAD g|-L5,+2 HEAD g|-L5,-2 HEAD g|-L2,/1/ HEAD g|-L -5 HEAD g",
    "-L/1/,+2 -L/1/,+1 HEAD g|-L^/1/ HEAD g|-L5,3 HEAD g|-L, HEAD g|-L,3 HEAD g|-L/^$/ HEAD g",
    "-L20, HEAD g|-L21, HEAD g|-L21,22 HEAD g|-L22 HEAD g|^HEAD -s g|--date=bogus HEAD g",
    "-L5,+ HEAD g",
    "-L5,- HEAD g|-L-1,5 HEAD g|-L5,-20 HEAD g|-L+5 HEAD g",
    "-L99999999999999999999 HEAD g|-L/1 HEAD g|-L/1/,/2/ HEAD g|-L3,/2/ HEAD g|-L/n.w/ HEAD g",
    "-L5,/zz/ HEAD g|-L/20/,+5 -L/1/ HEAD g|-L1,1 -L20,20 -L5,6 HEAD g|-L1,1 -L1,3 -L2,9 HEAD g",
    "HEAD ./g|HEAD ../g|HEAD /g|HEAD a/../g|HEAD g/|HEAD .|-- g|--|HEAD~1..HEAD -- g|HEAD -- g g",
  ])
  func `ranges and arguments are read as git reads them`(lines: String) throws {
    let harness = try Self.workTree()
    try harness.git()("checkout", "-q", "-f", "main")
    for line in lines.split(separator: "|") {
      let words = line.split(separator: " ").map(String.init)
      try harness.expectSame(["blame"] + words, errors: .firstLine)
    }
  }

  @Test(arguments: [
    "--date=relative|--date=human|--date=short|--date=raw|--date=unix|--date=format:%Y|--date=rfc",
    "--date=iso-strict|--date=default|--date=local|-t|-c|-c -e|-f|-n|-l|-s|-b|--root|--abbrev=5",
    "--abbrev=40|--abbrev=39|--no-abbrev|--abbrev=1|--abbrev=0|-e|-L1,1 --incremental",
    "--incremental",
    "--line-porcelain -L1,2|-c -b|-l -b|--since=2030-01-01|--no-follow|-ln|--progress|-s -f -n|-bs",
    "-lsc|-p|-p --root|--porcelain -L2,5 -L7,12|--first-parent|--abbrev|--no-show-email|--no-root",
    "-p --line-porcelain|--incremental -p|-cfn|-cl|--no-indent-heuristic",
  ])
  func `options print what git prints`(lines: String) throws {
    let harness = try Self.workTree()
    for line in lines.split(separator: "|") {
      let words = line.split(separator: " ").map(String.init)
      try harness.expectSame(["blame"] + words + ["HEAD", "g"], errors: .firstLine)
    }
  }

  @Test(arguments: [
    "blame.showEmail=true", "blame.showRoot=true", "blame.blankBoundary=true", "blame.date=short",
    "blame.date=bogus", "core.abbrev=no", "core.abbrev=12", "core.abbrev=4",
    "diff.algorithm=patience", "diff.indentHeuristic=false",
  ])
  func `settings are heeded`(setting: String) throws {
    let harness = try Self.workTree()
    try harness.expectSame(["-c", setting, "blame", "HEAD", "g"], errors: .firstLine)
  }
}
