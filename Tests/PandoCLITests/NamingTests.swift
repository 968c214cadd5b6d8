import PandoTestKit
import Testing

/// `pando describe` and `pando name-rev` beside git's, over histories by chance.
@Suite struct NamingTests {
  static let describing: [[String]] = [
    [], ["--tags"], ["--all"], ["--long"], ["--abbrev=0"], ["--tags", "--abbrev=12"],
    ["--candidates=1"], ["--tags", "--candidates=2", "--debug"], ["--debug", "--tags", "--long"],
    ["--exact-match", "--tags"], ["--always"], ["--first-parent", "--tags", "--debug"],
    ["--match", "v1*"], ["--exclude", "v[3-9]*", "--match=?[0-5]*", "--tags"],
    ["--all", "--match", "b*"], ["--all", "--debug", "--candidates=99"],
    ["--contains"], ["--contains", "--always"], ["--contains", "--all"],
    ["--contains", "--match=v*", "--exclude=v3"], ["--always", "--match=none", "--abbrev=7"],
  ]

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `commits are described as git describes them`(_ seed: UInt64) throws {
    var history = try BranchingHistory(seed: seed)
    let names = try history.names()
    for way in Self.describing {
      for name in names.prefix(6) { try history.harness.expectSame(["describe"] + way + [name]) }
      try history.harness.expectSame(["describe", "--always"] + way + names.prefix(20))
    }
  }

  static let naming: [[String]] = [
    [], ["--tags"], ["--name-only"], ["--tags", "--name-only"], ["--refs=v*"],
    ["--refs=refs/heads/*"], ["--refs=b3", "--refs=refs/heads/x/*"], ["--exclude=v*"],
    ["--always", "--refs=lw*"], ["--no-undefined"],
  ]

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `commits are named as git names them`(_ seed: UInt64) throws {
    var history = try BranchingHistory(seed: seed)
    let harness = history.harness
    let names = try history.names()
    let log = try harness.git().run(["log", "--all", "--decorate"]).bytes
    for way in Self.naming {
      try harness.expectSame(["name-rev"] + way + names.prefix(15))
      try harness.expectSame(["name-rev"] + way + [names[0]])
      try harness.expectSame(["name-rev", "--annotate-stdin"] + way, input: log)
      // Git lists commits in the order of its table of objects.
      let wanted = try harness.git().run(["name-rev", "--all"] + way)
      let got = harness.pando(["name-rev", "--all"] + way)
      guard wanted.status == 0 else { continue }
      let lines = got.text.split(separator: "\n").sorted()
      #expect(
        lines == String(decoding: wanted.bytes, as: UTF8.self).split(separator: "\n").sorted())
    }
  }

  @Test func `complaints and odd objects are as git has them`() throws {
    let history = try BranchingHistory(seed: 5)
    let harness = history.harness
    let git = harness.git()
    try git("tag", "-a", "-m", "blob", "blob", "main:always")
    let unknown = String(repeating: "1", count: 40)
    for words in [
      ["describe", "nope"], ["describe", unknown], ["describe", "main^{tree}"],
      ["describe", "blob"], ["describe", "--long", "--abbrev=0"], ["describe", "--dirty"],
      ["describe", "--dirty", "main"], ["describe", "--broken=x", "main"],
      ["describe", "--match=none"], ["describe", "--candidates=0", "--debug"],
      ["describe", "--exact-match", "--always", "v0", "main"], ["describe", "--no-exact-match"],
      ["describe", "moved"], ["describe", "--all", "moved"], ["describe", "--abbrev=0", "moved"],
      ["describe", "main:always"], ["describe", "--tags", "main:always"],
      ["name-rev"], ["name-rev", "nope", "main", unknown],
      ["name-rev", "main:always", "blob", "v0"],
      ["name-rev", "main^{tree}", "moved", "n0", "n0^{tag}"],
      ["name-rev", "--peel-tag", "blob", "v0"],
      ["name-rev", "--no-undefined", "--always", "--refs=none", "main"],
      ["name-rev", "--stdin"],
    ] {
      try harness.expectSame(words)
    }
    for words in [
      ["describe", "--bogus"], ["describe", "--candidates=x"], ["describe", "--abbrev=x"],
      ["name-rev", "--all", "main"], ["name-rev", "--annotate-stdin", "--all"],
      ["name-rev", "--bogus"],
    ] {
      try harness.expectSame(words, errors: .firstLine)
    }
    let main = try git("rev-parse", "main").line
    let text = "x\(main)y \(main)\r\n\(main)0 \(main.uppercased())|\(main)\u{0}\(main)\n\(main)"
    for way in [["--name-only"], []] {
      try harness.expectSame(
        ["name-rev", "--annotate-stdin"] + way, input: Array(text.utf8))
    }
    #expect(harness.pando(["describe", "--broken"]).status == 128)
  }
}
