import PandoBytes
import PandoMerge
import PandoTestKit
import Testing

@Suite("Merges of texts")
struct TextMergeTests {
  struct Case {
    let base: [UInt8]
    let ours: [UInt8]
    let theirs: [UInt8]

    init(seed: UInt64, longest: Int = 50) {
      var text = RandomText(seed: seed)
      text.vocabulary = [3, 12, 40, 400][Int(seed % 4)]
      if seed % 7 == 0 { text.ending = "\r\n" }
      let lines = text.lines(Int.random(in: 0...longest, using: &text.random))
      base = text.bytes(lines)
      ours = text.bytes(text.changed(lines, 1 + Int(seed % 5)))
      if seed % 11 == 0 { text.ending = "\r\n" }
      theirs = text.bytes(text.changed(lines, 1 + Int(seed % 3)))
    }
  }

  static func options(_ seed: UInt64) -> (TextMerge.Options, [String]) {
    var options = TextMerge.Options()
    var flags: [String] = []
    switch seed % 8 {
    case 1: (options.style, flags) = (.diff3, ["--diff3"])
    case 2: (options.style, flags) = (.zealousDiff3, ["--zdiff3"])
    case 3: (options.favor, flags) = (.ours, ["--ours"])
    case 4: (options.favor, flags) = (.theirs, ["--theirs"])
    case 5: (options.favor, flags) = (.union, ["--union"])
    case 6: (options.markerSize, flags) = (11, ["--marker-size=11"])
    default: break
    }
    options.oursLabel = Array("ours".utf8)
    options.baseLabel = Array("the base".utf8)
    options.theirsLabel = Array("theirs".utf8)
    return (options, ["-L", "ours", "-L", "the base", "-L", "theirs"] + flags)
  }

  @Test("are those of git merge-file, byte for byte")
  func equalGit() throws {
    let directory = try TemporaryDirectory()
    let git = GitOracle(in: directory.path)
    for seed in UInt64(1)...320 {
      let texts = Case(seed: seed, longest: seed % 40 == 0 ? 2000 : 50)
      let (options, flags) = Self.options(seed / 4)
      try directory.write(texts.base, to: "base")
      try directory.write(texts.ours, to: "ours")
      try directory.write(texts.theirs, to: "theirs")
      let expected = try git.run(["merge-file", "-p"] + flags + ["ours", "base", "theirs"])
      let merged = TextMerge.merge(
        base: texts.base, ours: texts.ours, theirs: texts.theirs, options: options)
      #expect(merged.bytes == expected.bytes, "seed \(seed) \(flags)")
      #expect(min(merged.conflictCount, 127) == Int(expected.status), "seed \(seed) \(flags)")
    }
  }

  @Test("a side that did not change gives way, equal changes agree", arguments: 1...100)
  func laws(_ seed: UInt64) {
    let texts = Case(seed: seed)
    for options in [TextMerge.Options(), .ofTreeMerge] {
      func merge(_ base: [UInt8], _ ours: [UInt8], _ theirs: [UInt8]) -> TextMerge.Result {
        TextMerge.merge(base: base, ours: ours, theirs: theirs, options: options)
      }
      #expect(merge(texts.base, texts.base, texts.theirs).bytes == texts.theirs)
      #expect(merge(texts.base, texts.ours, texts.base).bytes == texts.ours)
      let same = merge(texts.base, texts.ours, texts.ours)
      #expect(same.bytes == texts.ours && same.conflictCount == 0)
      let merged = merge(texts.base, texts.ours, texts.theirs)
      let turned = merge(texts.base, texts.theirs, texts.ours)
      #expect((merged.conflictCount == 0) == (turned.conflictCount == 0))
      if merged.conflictCount == 0 { #expect(merged.bytes == turned.bytes) }
    }
  }

  @Test("content with a NUL among its first 8000 bytes is binary")
  func binary() {
    let text = [UInt8](repeating: 97, count: 9000)
    #expect(!TextMerge.isBinary([]))
    #expect(!TextMerge.isBinary(text))
    for (place, isBinary) in [(0, true), (7999, true), (8000, false)] {
      var bytes = text
      bytes[place] = 0
      #expect(TextMerge.isBinary(bytes) == isBinary)
    }
  }
}
