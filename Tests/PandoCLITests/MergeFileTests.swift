import PandoBytes
import PandoFiles
import PandoTestKit
import Testing

/// `pando merge-file` beside git's.
@Suite struct MergeFileTests {
  private static let ways: [[String]] = [
    [], ["--diff3"], ["--zdiff3"], ["--ours"], ["--theirs"], ["--union"],
    ["--ours", "--diff3"], ["--theirs", "--union"], ["--marker-size=3"], ["--marker-size", "12"],
    ["--marker-size=-4"], ["-L", "mine"], ["-L", "a", "-L", "b c", "-L", "d", "--diff3"], ["-q"],
    ["--zdiff3", "--no-zdiff3"],
  ]

  /// Three texts that are much alike, with and without line ends.
  private func texts(_ random: inout SeededRandom) -> [[UInt8]] {
    func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
    let base = (0..<below(12)).map { _ in "line \(below(6))" }
    let texts = (0..<3).map { number -> [UInt8] in
      var lines = base
      for _ in 0..<(number == 1 ? 0 : below(4)) {
        let place = below(lines.count + 1)
        let end = min(lines.count, place + below(2))
        lines.replaceSubrange(place..<end, with: (0..<below(3)).map { _ in "new \(below(3))" })
      }
      let ending = below(6) == 0 ? "\r\n" : "\n"
      var text = lines.joined(separator: ending)
      if below(4) > 0, !lines.isEmpty { text += ending }
      return Array(text.utf8)
    }
    return texts
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `texts by chance are merged as git merges them`(_ seed: UInt64) throws {
    let harness = try CommandHarness()
    var random = SeededRandom(seed: seed)
    var conflicts = 0
    for round in 0..<40 {
      let names = ["ours", "base", "theirs"]
      for (name, text) in zip(names, texts(&random)) { try harness.directory.write(text, to: name) }
      let way = Self.ways[round % Self.ways.count]
      let outcome = try harness.expectSame(["merge-file", "-p"] + way + names)
      if outcome.status != 0 { conflicts += 1 }
    }
    #expect(conflicts > 4)
  }

  @Test func `the first file becomes the result, and keeps its permissions`() throws {
    for tool in ["git", "pando"] {
      let harness = try CommandHarness()
      try harness.directory.write(Array("a\nX\nc\n".utf8), to: "ours")
      try harness.directory.write(Array("a\nb\nc\n".utf8), to: "base")
      try harness.directory.write(Array("a\nY\nc\n".utf8), to: "theirs")
      let files = LocalFileSystem()
      let path = FilePath(harness.path("ours"))
      try files.setPermissions(of: path, to: 0o755)
      let words = ["merge-file", "ours", "base", "theirs"]
      let status =
        try tool == "git" ? harness.git().run(words).status : harness.pando(words).status
      #expect(status == 1)
      let text = try #require(try files.contents(of: path, limit: 1000))
      #expect(
        String(decoding: text, as: UTF8.self)
          == "a\n<<<<<<< ours\nX\n=======\nY\n>>>>>>> theirs\nc\n")
      #expect(try files.status(of: path, followingLinks: true)?.permissions == 0o755)
    }
  }

  @Test func `settings and mistakes are git's`() throws {
    let harness = try CommandHarness()
    try harness.git()("init", "-q", ".")
    try harness.directory.write(Array("a\nX\nc\n".utf8), to: "ours")
    try harness.directory.write(Array("a\nb\nc\n".utf8), to: "base")
    try harness.directory.write(Array("a\nY\nc\n".utf8), to: "theirs")
    try harness.directory.write([1, 0, 2], to: "binary")
    let files = ["ours", "base", "theirs"]
    for words in [
      [], ["ours", "base"], ["-p", "nope", "base", "theirs"], ["-p", "binary", "base", "theirs"],
      ["-p", "ours", "base", "binary"], ["-p", ".", "base", "theirs"], ["--bogus"] + files,
      ["-q", "-p", "nope", "base", "theirs"], ["-p", "--marker-size=x"] + files,
      ["-p", "-L", "a", "-L", "b", "-L", "c", "-L", "d"] + files,
    ] {
      try harness.expectSame(["merge-file"] + words, errors: .firstLine)
    }
    for style in ["diff3", "zdiff3", "merge", "bad"] {
      try harness.git()("config", "merge.conflictStyle", style)
      try harness.expectSame(["merge-file", "-p"] + files)
      try harness.expectSame(["merge-file", "-p", "--diff3"] + files)
    }
  }
}
