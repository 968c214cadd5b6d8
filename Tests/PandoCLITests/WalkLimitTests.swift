import PandoTestKit
import Testing

/// Walks limited to ancestry paths and by changes of the other side, beside git's.
@Suite struct WalkLimitTests {
  /// `A`, `B` and `C` stand for commits by chance.
  static let ways: [[String]] = [
    ["--ancestry-path", "A..B"], ["--ancestry-path", "^A", "--all"],
    ["--ancestry-path=C", "A..B"], ["--ancestry-path=C", "--all"],
    ["--ancestry-path=C", "--ancestry-path", "^A", "main", "B"],
    ["--ancestry-path", "^A", "--all", "--topo-order", "--parents"],
    ["--ancestry-path", "^A", "--all", "--boundary"],
    ["--ancestry-path", "^A", "--all", "--", "a", "d"], ["--cherry-mark", "A...B"],
    ["--cherry-pick", "A...B"], ["--cherry-mark", "--left-right", "A...B"], ["--cherry", "A...B"],
    ["--cherry-pick", "--left-only", "A...B"],
    ["--cherry-pick", "--right-only", "--no-merges", "A...B"],
    ["--cherry-mark", "--left-right", "--boundary", "A...B"],
    ["--cherry-mark", "--count", "--left-right", "A...B"], ["--cherry-mark", "--count", "A...B"],
    ["--cherry-pick", "--count", "A...B"], ["--cherry-mark", "--format=%m %s", "A...B"],
    ["--cherry-mark", "--all"], ["--graph", "--cherry-mark", "--oneline", "A...B"],
    ["--graph", "--cherry-pick", "A...B"],
    ["--graph", "--ancestry-path=C", "--all"],
  ]

  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
  func `walks are limited as git limits them`(_ seed: UInt64) throws {
    var history = try BranchingHistory(seed: seed, hasTwins: true)
    for _ in 0..<4 {
      let names = try history.names()
      for way in Self.ways {
        let words = way.map { word in
          word.replacing("A..", with: "\(names[0])..").replacing("..B", with: "..\(names[1])")
            .replacing("^A", with: "^\(names[0])").replacing("=C", with: "=\(names[2])")
        }.map { $0 == "B" ? names[1] : $0 }
        try history.harness.expectSame(["rev-list"] + words)
        if !words.contains("--count") { try history.harness.expectSame(["log"] + words) }
      }
    }
  }

  @Test func `commits of both sides that make the same change are found`() throws {
    var twins = 0
    for seed in 1...6 as ClosedRange<UInt64> {
      var history = try BranchingHistory(seed: seed, hasTwins: true)
      for _ in 0..<8 {
        let names = try history.names()
        let sides = "\(names[0])...\(names[1])"
        let found = try history.harness.expectSame(["rev-list", "--cherry-mark", sides]).text
        twins += found.count { $0 == "=" }
      }
    }
    #expect(twins > 0)
  }

  @Test func `contradictions are told as git tells them`() throws {
    let harness = try BranchingHistory(seed: 5).harness
    for words in [
      ["--ancestry-path=nope"], ["--ancestry-path"], ["--ancestry-path=main^{tree}"],
      ["--cherry-mark", "--cherry-pick"], ["--cherry-pick", "--cherry-mark"],
      ["--cherry", "--left-only"], ["--left-only", "--cherry"], ["--left-only", "--right-only"],
      ["--right-only", "--left-only"],
    ] {
      try harness.expectSame(["rev-list", "main"] + words)
    }
  }

  /// `A` and `B` stand for commits by chance.
  static let simplified: [[String]] = [
    ["--simplify-merges", "main", "--", "d"], ["--simplify-merges", "main", "--", "a"],
    ["--simplify-merges", "--parents", "main", "--", "d/x"],
    ["--simplify-merges", "--parents", "--all", "--", "a", "d/y"],
    ["--simplify-merges", "A..B", "--", "d"], ["--simplify-merges", "A...B", "--", "b"],
    ["--simplify-merges", "--first-parent", "main", "--", "d"],
    ["--simplify-merges", "--boundary", "A..B", "--", "d"],
    ["--simplify-merges", "--graph", "main", "--", "d/x"],
    ["--simplify-merges", "--date-order", "main", "--", "a"],
    ["--simplify-merges", "--merges", "main", "--", "d"], ["--simplify-merges", "main"],
    ["--simplify-by-decoration", "main"], ["--simplify-by-decoration", "--all"],
    ["--simplify-by-decoration", "--graph", "--all"],
    ["--simplify-by-decoration", "--parents", "--all"],
    ["--simplify-by-decoration", "--all", "--", "d"],
    ["--simplify-by-decoration", "A..B"], ["--simplify-by-decoration", "--first-parent", "main"],
    ["--simplify-merges", "--count", "main", "--", "d"],
    ["--simplify-merges", "--reverse", "main", "--", "d"],
    ["--simplify-merges", "--children", "main", "--", "d"],
  ]

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func `merges are simplified as git simplifies them`(_ seed: UInt64) throws {
    var history = try BranchingHistory(seed: seed, hasTwins: seed % 2 == 0)
    for _ in 0..<3 {
      let names = try history.names()
      for way in Self.simplified {
        let words = way.map { word in
          word.replacing("A..", with: "\(names[0])..").replacing("..B", with: "..\(names[1])")
        }
        try history.harness.expectSame(["rev-list"] + words)
        if words.contains("--count") { continue }
        try history.harness.expectSame(["log", "--format=%h %s"] + words)
      }
    }
  }

  @Test(arguments: 60..<64 as Range<UInt64>)
  func `whole differences are those of the parents that commits had`(_ seed: UInt64) throws {
    let harness = try EditingHistory(seed: seed).harness
    for words in [
      ["-p"], ["-c"], ["-m", "--raw"], ["--graph", "-m", "--raw"], ["--graph", "-c", "--raw"],
      ["--simplify-merges", "-m", "--raw"], ["--simplify-merges", "--graph", "--cc"],
      ["--parents", "--stat"],
    ] {
      try harness.expectSame(["log"] + words + ["main", "--", "dir"])
      try harness.expectSame(["log", "--full-diff"] + words + ["main", "--", "dir"])
    }
  }
}
