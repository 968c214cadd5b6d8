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
}
