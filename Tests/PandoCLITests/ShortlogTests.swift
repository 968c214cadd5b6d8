import PandoTestKit
import Testing

/// `pando shortlog` beside git's, over histories by chance.
@Suite struct ShortlogTests {
  static let ways: [[String]] = [
    [], ["-s"], ["-n"], ["-sn"], ["-sne"], ["-e"], ["-c"], ["-c", "-s", "-e"], ["-w"], ["-w30"],
    ["-w40,2,4"], ["-w0"], ["-w0,3"], ["--group=author", "--group=committer", "-s"],
    ["--group=trailer:signed-off-by", "-s"], ["--group=trailer:Reviewed-by", "-e"],
    ["--group=trailer:Signed-off-by", "--group", "author", "-sn"],
    ["--group=%ad", "--date=short", "-s"], ["--group=format:%an|%cn"], ["--format=%h %s"],
    ["--format=%b", "-w20"], ["--no-merges", "-s"], ["-sn5"], ["--numbered", "--summ"],
    ["--author=Bob", "-s"], ["--pretty=oneline"], ["--no-group", "-s"], ["-5", "-e"], ["--stat"],
    ["--since=2020-09-20", "--", "a"],
  ]

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `commits are listed by people as git lists them`(_ seed: UInt64) throws {
    let history = try BranchingHistory(seed: seed)
    let harness = history.harness
    if seed > 1 {
      let names = "Robert <bob@new.org> bob <B@x.org>\nCDD <c@y.org>\n# note\n<zed@z> <z@z>\n"
      let path = harness.path("mailmap")
      try harness.directory.write(Array(names.utf8), to: "mailmap")
      try harness.git()("config", "mailmap.file", path)
    }
    for way in Self.ways { try harness.expectSame(["shortlog", "--all"] + way) }
    for format in [[], ["--pretty=raw"], ["--pretty=fuller"], ["--pretty=short", "-p"]] {
      let log = try harness.git().run(["log", "--all"] + format).bytes
      for way in [[], ["-s"], ["-ne"], ["-c"], ["-cse"], ["-w20,1,2"], ["--group=committer"]] {
        try harness.expectSame(["shortlog"] + way, input: log)
      }
    }
  }

  @Test func `complaints are as git has them`() throws {
    let harness = try BranchingHistory(seed: 4).harness
    for words in [
      ["-wx"], ["-w5,6"], ["nope"], ["--group=trailer:x"], ["--group=%an"], ["--group=x"],
      ["--group=author", "--group=committer"], ["main..b1"], ["main", "--not", "main"],
    ] {
      try harness.expectSame(["shortlog"] + words)
    }
    try harness.expectSame(["shortlog", "--bogus"], errors: .firstLine)
  }
}
