import PandoBytes
import PandoMerge
import PandoObjects
import PandoTestKit
import Testing

@Suite("Differences of texts")
struct LineDiffTests {
  /// Pairs of texts: short ones of few lines, and some that are long enough for the heuristics.
  static func pairs() -> [(old: [UInt8], new: [UInt8])] {
    var pairs: [(old: [UInt8], new: [UInt8])] = []
    for seed in UInt64(1)...400 {
      var text = RandomText(seed: seed)
      text.vocabulary = [3, 12, 40, 400][Int(seed % 4)]
      let old = text.lines(Int.random(in: 0...60, using: &text.random))
      pairs.append((text.bytes(old), text.bytes(text.changed(old, 1 + Int(seed % 9)))))
    }
    for seed in UInt64(1)...12 {
      var text = RandomText(seed: seed)
      text.vocabulary = [60, 500, 5000][Int(seed % 3)]
      let old = text.lines(4000)
      let new = seed % 2 == 0 ? text.changed(old, 900) : text.lines(3000) + old.prefix(900)
      pairs.append((text.bytes(old), text.bytes(new)))
    }
    return pairs
  }

  static let settings: [([String], LineDiff.Options)] = [
    ([], options(.myers)), (["--no-indent-heuristic"], options(.myers, false)),
    (["--histogram"], options(.histogram)),
    (["--histogram", "--no-indent-heuristic"], options(.histogram, false)),
    (["--patience"], options(.patience)),
    (["--patience", "--no-indent-heuristic"], options(.patience, false)),
    (["--minimal"], options(.myers, isMinimal: true)),
    (["--patience", "--minimal"], options(.patience, isMinimal: true)),
    (["-w"], options(.myers, whiteSpace: .none)),
    (["-b"], options(.myers, whiteSpace: .withoutAmounts)),
    (["-b", "--histogram"], options(.histogram, whiteSpace: .withoutAmounts)),
    (["--ignore-space-at-eol"], options(.myers, whiteSpace: .withoutEnds)),
    (["--ignore-cr-at-eol"], options(.myers, whiteSpace: .withoutCarriageReturns)),
  ]

  private static func options(
    _ algorithm: LineDiff.Algorithm, _ usesIndentation: Bool = true, isMinimal: Bool = false,
    whiteSpace: LineDiff.WhiteSpace = .all
  ) -> LineDiff.Options {
    var options = LineDiff.Options()
    (options.algorithm, options.usesIndentation) = (algorithm, usesIndentation)
    (options.isMinimal, options.whiteSpace) = (isMinimal, whiteSpace)
    return options
  }

  @Test("are the hunks of git diff", arguments: settings.indices)
  func equalGit(_ setting: Int) throws {
    let (flags, options) = Self.settings[setting]
    let pairs = Self.pairs()
    var fixture = Fixture()
    var trees: [ObjectID] = []
    for texts in [pairs.map(\.old), pairs.map(\.new)] {
      trees.append(
        try fixture.tree(
          texts.enumerated().map { number, text in
            TreeEntry(
              name: ByteString("\(number)"), mode: .file,
              id: try fixture.batch.insert(.blob, text))
          }))
    }
    let repository = try fixture.repository()
    let output = try repository.git.run(
      ["diff", "-U0", "--no-renames", "--text"] + flags + trees.map(\.hex))
    var expected: [Int: [String]] = [:]
    var file = -1
    for line in output.lines {
      if line.hasPrefix("diff --git a/") {
        file = Int(line.dropFirst(13).prefix { $0 != " " }) ?? -1
      } else if line.hasPrefix("@@ ") {
        expected[file, default: []].append(
          line.split(separator: " ").prefix(3).joined(separator: " "))
      }
    }
    for (number, pair) in pairs.enumerated() {
      let diff = LineDiff(from: pair.old, to: pair.new, options: options)
      #expect(diff.changes.map(Self.header) == expected[number] ?? [], "pair \(number) \(flags)")
    }
  }

  static func header(_ change: LineDiff.Change) -> String {
    func range(_ lines: Range<Int>) -> String {
      let start = lines.isEmpty ? lines.lowerBound : lines.lowerBound + 1
      return lines.count == 1 ? "\(start)" : "\(start),\(lines.count)"
    }
    return "@@ -\(range(change.old)) +\(range(change.new))"
  }

  @Test(
    "turn the old text into the new one",
    arguments: [LineDiff.Algorithm.myers, .histogram, .patience])
  func rebuild(_ algorithm: LineDiff.Algorithm) {
    for pair in Self.pairs() {
      let diff = LineDiff(from: pair.old, to: pair.new, options: Self.options(algorithm))
      var rebuilt: [UInt8] = []
      var position = 0
      for change in diff.changes {
        rebuilt += diff.old.bytes[diff.old.range(position..<change.old.lowerBound)]
        rebuilt += diff.new.bytes[diff.new.range(change.new)]
        position = change.old.upperBound
      }
      rebuilt += diff.old.bytes[diff.old.range(position..<diff.old.count)]
      #expect(rebuilt == pair.new)
      #expect(
        LineDiff(from: pair.old, to: pair.old, options: Self.options(algorithm)).changes.isEmpty)
    }
  }

  @Test("a million equal lines", arguments: [LineDiff.Algorithm.myers, .histogram])
  func manyEqualLines(_ algorithm: LineDiff.Algorithm) {
    let million = [UInt8](repeating: UInt8(ascii: "\n"), count: 1_000_000)
    let fewer = [UInt8](repeating: UInt8(ascii: "\n"), count: 400_000)
    let mixed = Array("a\n".utf8) + fewer + Array("b\n".utf8) + fewer
    let diff = LineDiff(from: million, to: fewer, options: Self.options(algorithm, false))
    #expect(diff.changes == [.init(old: 400_000..<1_000_000, new: 400_000..<400_000)])
    let other = LineDiff(from: mixed, to: million, options: Self.options(algorithm))
    #expect(other.old.count == 800_002)
    #expect(other.changes.contains { $0.old.contains(0) })
  }

  @Test("texts without a line that both have once are left to Myers' algorithm")
  func noUniqueLines() {
    let old = [UInt8](repeating: UInt8(ascii: "\n"), count: 50_000)
    let new = [UInt8](repeating: UInt8(ascii: "\n"), count: 20_000)
    let diff = LineDiff(from: old, to: new, options: Self.options(.patience, false))
    #expect(diff.changes == [.init(old: 20_000..<50_000, new: 20_000..<20_000)])
  }

  @Test("lines are split after LF, the last may lack it")
  func lines() {
    #expect(Lines([]).count == 0)
    #expect(Lines(Array("a".utf8)).count == 1)
    let lines = Lines(Array("a\n\nb".utf8))
    #expect((0..<lines.count).map { Array(lines.line($0)) } == [[97, 10], [10], [98]])
    #expect(lines.range(0..<3) == 0..<4)
  }
}
