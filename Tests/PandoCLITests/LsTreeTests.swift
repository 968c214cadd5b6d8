import PandoTestKit
import Testing

@Suite struct LsTreeTests {
  static let options: [[String]] = [
    [], ["-r"], ["-t"], ["-d"], ["-rt"], ["-rd"], ["-l"], ["-rl"], ["-z"], ["-rz"], ["--name-only"],
    ["--name-status", "-r"], ["--object-only"], ["--full-name"], ["--full-tree"],
    ["--full-tree", "-r"], ["--abbrev"], ["--abbrev=2"], ["--abbrev=0"], ["--abbrev=12"],
    ["--abbrev=99"], ["--no-abbrev"], ["--format="], ["--format=%(path)%n%x41%%", "-r"],
    ["--format=%(objectmode)|%(objecttype)|%(objectname)|%(objectsize)|%(path)"],
    ["--format=%(objectsize:padded) %(path)", "-z"],
  ]

  @Test(arguments: ["", "d", "d/e"])
  func `Trees are listed as git lists them`(directory: String) throws {
    let sample = try SampleRepository()
    for options in Self.options {
      for tree in ["HEAD", "v1", "HEAD:d"] {
        try sample.harness.expectSame(["ls-tree"] + options + [tree], in: directory)
      }
    }
  }

  static let paths: [[String]] = [
    ["d"], ["d/"], ["a"], ["a/"], ["sub"], ["sub/"], ["d/*"], ["d/e/f", "a"], ["d/e/"], ["./d/"],
    ["d//e"], ["."], ["./"], ["d/.."], ["d/e/../ä"], [":/d"], [":(top)a"], [":(literal)d/"],
    ["nope"], ["d/nope"], [""], ["../x"], [":(glob)d"], ["link"], ["../a"], [".."], ["../"],
    ["../..", "../../x"], ["long", "lon"], ["e"], ["e/f"],
  ]

  @Test(arguments: ["", "d"], [[], ["-t"], ["-r"], ["-d"], ["--full-name"], ["--full-tree"]])
  func `Paths choose what git's choose`(directory: String, options: [String]) throws {
    let sample = try SampleRepository()
    for paths in Self.paths {
      try sample.harness.expectSame(["ls-tree"] + options + ["HEAD"] + paths, in: directory)
    }
    let absolute = sample.harness.path("d/")
    try sample.harness.expectSame(["ls-tree"] + options + ["HEAD", absolute], in: directory)
  }

  static let misuse: [[String]] = [
    [], ["nope"], ["HEAD:a"], ["--format=%(foo)", "HEAD"], ["--format=%foo", "HEAD"],
    ["--format=%(foo", "HEAD"], ["--format=%", "HEAD"], ["--format=%(path)", "-l", "HEAD"],
    ["-l", "--name-only", "HEAD"], ["--name-only", "--name-status", "HEAD"],
    ["--abbrev=z", "HEAD"],
    ["--n", "HEAD"], ["-name-only", "HEAD"], ["-q"], ["--long=3"], ["blob"],
  ]

  @Test func `Complaints are git's`() throws {
    let sample = try SampleRepository()
    for words in Self.misuse + [[sample.absent]] {
      let outcome = sample.harness.pando(["ls-tree"] + words)
      let wanted = try sample.harness.git().run(["ls-tree"] + words)
      #expect(outcome.status == wanted.status, "\(words)")
      let got = outcome.errors.split(separator: "\n").first
      #expect(
        got == wanted.errors.split(separator: "\n").first || got?.hasPrefix("usage: ") == true,
        "\(words)")
    }
  }

  @Test func `Quoting follows the configuration`() throws {
    let sample = try SampleRepository()
    try sample.harness.expectSame(["-c", "core.quotePath=false", "ls-tree", "-r", "HEAD"])
    try sample.harness.git()("config", "core.quotepath", "no")
    try sample.harness.expectSame(["ls-tree", "-r", "HEAD"])
  }

  @Test func `Odd modes and deep trees are listed`() throws {
    let sample = try SampleRepository()
    let harness = sample.harness
    let blob = try harness.git()("rev-parse", "HEAD:a").line
    var tree = try harness.expectSame(["mktree"], input: Array("100664 blob \(blob)\tf\n".utf8))
      .line
    try harness.expectSame(["ls-tree", tree])
    for _ in 0..<300 {
      tree = harness.pando(["mktree"], input: Array("40000 tree \(tree)\td\n".utf8)).line
    }
    try harness.expectSame(["ls-tree", "-rt", tree])
  }
}
