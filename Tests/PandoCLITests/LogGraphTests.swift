import PandoTestKit
import Testing

/// `pando log --graph` and `rev-list --graph` beside git's, over histories by chance with many
/// merges, of many parents too.
@Suite struct LogGraphTests {
  /// `A` and `B` stand for commits by chance.
  static let ways: [[String]] = [
    ["--all", "--oneline"], ["--all"], ["main"], ["--all", "--format=%h %s%n%b"],
    ["--all", "--format=format:%h"], ["--all", "--format="], ["--all", "-5"],
    ["--all", "--pretty=fuller", "--date-order"], ["--all", "--author-date-order", "--oneline"],
    ["--boundary", "A..B"], ["--boundary", "--oneline", "A...B"],
    ["--left-right", "--oneline", "A...B"],
    ["--left-right", "--boundary", "--pretty=short", "A...B"],
    ["--first-parent", "--all", "--oneline"], ["--all", "--no-merges", "--oneline"],
    ["--all", "--merges", "--oneline"], ["--all", "--oneline", "--", "a"],
    ["--all", "--", "d", "b"], ["--all", "--full-history", "--oneline", "--", "a"],
    ["--all", "--oneline", "--grep=walk"], ["--all", "--skip=5", "-7", "--oneline"],
    ["--all", "--oneline", "--parents"], ["--all", "--oneline", "--boundary", "-4"],
    ["--all", "--since=2020-09-20", "--oneline"], ["--oneline", "main", "--not", "b1"],
    ["--no-graph", "-3"],
  ]

  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
  func `history is drawn as git draws it`(_ seed: UInt64) throws {
    var history = try BranchingHistory(seed: seed)
    let names = try history.names()
    for way in Self.ways {
      let words = way.map {
        $0.replacing("A..", with: "\(names[0])..").replacing("..B", with: "..\(names[1])")
      }
      try history.harness.expectSame(["log", "--graph"] + words)
      // A walk needs something to start from.
      let start = words.contains("--no-graph") ? ["main"] : []
      try history.harness.expectSame(["rev-list", "--graph"] + start + words)
    }
  }

  static let differences: [[String]] = [
    ["-p"], ["--stat"], ["--stat", "-p", "--oneline"], ["--raw"], ["--color", "--oneline"],
    ["--color"], ["--format=%s", "--stat", "--summary"], ["--format=format:%s", "--numstat"],
    ["-z"], ["-p", "--format="], ["--stat=60"], ["--oneline", "--decorate"],
  ]

  @Test(arguments: [6, 7] as [UInt64])
  func `differences and colours stand beside the drawing`(_ seed: UInt64) throws {
    let harness = try BranchingHistory(seed: seed).harness
    for way in Self.differences {
      try harness.expectSame(["log", "--graph", "--all"] + way)
      try harness.expectSame(["log", "--graph", "--all"] + way, environment: ["COLUMNS": "50"])
    }
    for colors in ["red,bold blue,green", "yellow"] {
      try harness.expectSame(
        ["-c", "log.graphColors=\(colors)", "log", "--graph", "--all", "--color", "--oneline"])
    }
    for way in [["--timestamp"], ["--header"], ["--count"], ["--objects"], ["--children"]] {
      try harness.expectSame(["rev-list", "--graph", "--all"] + way)
    }
    for way in [["--reverse"], ["--no-walk"], ["--children"]] {
      try harness.expectSame(["log", "--graph"] + way)
    }
    #expect(harness.pando(["log", "--graph", "--raw", "-z"]).status == 128)
  }
}
