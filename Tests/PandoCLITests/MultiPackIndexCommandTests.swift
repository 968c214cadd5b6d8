import PandoFiles
import PandoTestKit
import Testing

@Suite struct MultiPackIndexCommandTests {
  /// A repository of three packs an hour apart, with a tag.
  static func harness() throws -> CommandHarness {
    let harness = try CommandHarness()
    let git = harness.git()
    try git("init", "-q", "-b", "main", ".")
    for number in 0..<3 {
      for commit in 0..<4 {
        try harness.directory.write(
          Array("\(number) \(commit)\n".utf8), to: "d/file\(commit)")
        try git("add", ".")
        try git("commit", "-qm", "\(number).\(commit)")
      }
      try git("repack", "-dq")
    }
    try git("tag", "-am", "v", "v1")
    try git("repack", "-dq")
    let files = LocalFileSystem()
    let packs = try files.list(FilePath(harness.path(".git/objects/pack"))) ?? []
    for (number, entry) in packs.filter({ $0.name.hasSuffix(".pack") }).enumerated() {
      try files.setModificationTime(
        of: FilePath(harness.path(".git/objects/pack/\(entry.name)")),
        to: (1_600_000_000 + Int64(number) * 3600, 0))
    }
    return harness
  }

  private static let index = ".git/objects/pack/multi-pack-index"

  private static func remove(_ harness: CommandHarness) throws {
    _ = try LocalFileSystem().remove(FilePath(harness.path(index)))
  }

  @Test(arguments: [[], ["--preferred-pack=nope"], ["--stdin-packs"], ["--bitmap"]])
  func writingIsGits(_ options: [String]) throws {
    let harness = try Self.harness()
    let names = try LocalFileSystem().list(FilePath(harness.path(".git/objects/pack"))) ?? []
    let some = names.map(\.name).filter { $0.hasSuffix(".idx") }.dropLast()
    let input = Array((some.joined(separator: "\n") + "\n").utf8)
    // Without a bitmap a preferred pack that git does not know is its first.
    let isExact = options != ["--preferred-pack=nope"]
    let theirs = try harness.git().run(["multi-pack-index", "write"] + options, input: input)
    let bytes = try harness.directory.read(Self.index)
    try Self.remove(harness)
    let ours = harness.pando(["multi-pack-index", "write"] + options, input: input)
    #expect(ours.status == theirs.status)
    #expect(ours.errors == theirs.errors)
    if isExact { #expect(try harness.directory.read(Self.index) == bytes) }
    try harness.git()("multi-pack-index", "verify")
    try harness.git()("fsck", "--full")
    if options == ["--bitmap"] { try harness.git()("rev-list", "--test-bitmap", "HEAD") }
    try harness.expectSame(["multi-pack-index", "verify"])
    // A second time there is nothing to do.
    try harness.expectSame(["multi-pack-index", "write"] + options, input: input)
  }

  @Test(arguments: [[], ["--batch-size=1m"], ["--batch-size=300"]])
  func smallPacksAreMadeIntoOne(_ options: [String]) throws {
    let harness = try Self.harness()
    let copy = try CommandHarness()
    try harness.git()("multi-pack-index", "write")
    _ = try ChildProcess.run(
      "cp", ["-a", harness.path("."), copy.path("")], in: "/", environment: GitOracle.scrubbed)
    func counts(_ harness: CommandHarness) throws -> [String] {
      try harness.git()("count-objects", "-v").lines.filter {
        $0.hasPrefix("in-pack") || $0.hasPrefix("packs")
      }
    }
    for verb in [["repack"] + options, ["expire"]] {
      _ = try copy.git().run(["multi-pack-index"] + verb)
      let ours = harness.pando(["multi-pack-index"] + verb)
      #expect(ours.status == 0, "\(ours.errors)")
      #expect(try counts(harness) == counts(copy))
      try harness.git()("multi-pack-index", "verify")
      try harness.git()("fsck", "--full", "--strict")
    }
    try harness.expectSame(["multi-pack-index", "repack", "--batch-size=x"])
  }

  @Test func aSnapshotNamesTheTips() throws {
    let harness = try Self.harness()
    let head = try harness.git()("rev-parse", "HEAD~1").line
    try harness.directory.write(Array("+\(head)\n".utf8), to: "snapshot")
    let words = ["multi-pack-index", "write", "--bitmap", "--refs-snapshot=snapshot"]
    #expect(harness.pando(words).status == 0)
    try harness.git()("rev-list", "--test-bitmap", "HEAD~1")
    try harness.directory.write(Array("+xyz\n".utf8), to: "snapshot")
    try Self.remove(harness)
    try harness.expectSame(words)
  }

  @Test(arguments: [
    ["multi-pack-index"], ["multi-pack-index", "foo"], ["multi-pack-index", "verify", "--nope"],
    ["multi-pack-index", "write", "x"], ["multi-pack-index", "write", "--object-dir=/nope"],
    ["multi-pack-index", "--object-dir"], ["multi-pack-index", "verify", "--object-dir=/nope"],
    ["multi-pack-index", "expire"], ["multi-pack-index", "verify"], ["multi-pack-index", "write"],
  ])
  func complaintsAreGits(_ words: [String]) throws {
    let harness = try CommandHarness()
    try harness.git()("init", "-q", ".")
    try harness.expectSame(words, errors: .firstLine)
  }

  @Test func damageIsReportedAsGitReportsIt() throws {
    let harness = try Self.harness()
    try harness.git()("multi-pack-index", "write")
    let bytes = try harness.directory.read(Self.index)
    for (place, value) in [(0, 1), (4, 9), (5, 2), (bytes.count - 1, 77)] as [(Int, UInt8)] {
      var damaged = bytes
      damaged[place] ^= value
      try Self.remove(harness)
      try harness.directory.write(damaged, to: Self.index)
      try harness.expectSame(["multi-pack-index", "verify"])
    }
    try Self.remove(harness)
    try harness.directory.write([1, 2], to: Self.index)
    // Git names the file by its relative path.
    try harness.expectSame(["multi-pack-index", "verify"], errors: .any)
  }

  @Test func packsFromWhichNothingIsTakenExpire() throws {
    let harness = try Self.harness()
    let git = harness.git()
    func packs() throws -> [String] {
      (try LocalFileSystem().list(FilePath(harness.path(".git/objects/pack"))) ?? [])
        .map(\.name).filter { $0.hasSuffix(".pack") }
    }
    let before = try packs()
    try git("repack", "-aq")
    let all = try #require(try packs().first { !before.contains($0) })
    try git("multi-pack-index", "write", "--preferred-pack=\(all)")
    let kept = String(before[0].dropLast(5)) + ".keep"
    try harness.directory.write([], to: ".git/objects/pack/\(kept)")
    let copy = try CommandHarness()
    _ = try ChildProcess.run(
      "cp", ["-a", harness.path("."), copy.path("")], in: "/", environment: GitOracle.scrubbed)
    try copy.git()("multi-pack-index", "expire")
    #expect(harness.pando(["multi-pack-index", "expire"]).status == 0)
    #expect(try packs().count == 2)
    #expect(try harness.directory.read(Self.index) == copy.directory.read(Self.index))
    try git("fsck", "--full")
    try git("multi-pack-index", "verify")
  }
}

@Suite struct BitmapCommandTests {
  @Test(arguments: [false, true])
  func questionsThatBitmapsAnswerAreAnsweredAsByGit(_ isOurs: Bool) throws {
    let harness = try MultiPackIndexCommandTests.harness()
    if isOurs {
      #expect(harness.pando(["multi-pack-index", "write", "--bitmap"]).status == 0)
    } else {
      try harness.git()("repack", "-adbq")
    }
    try harness.directory.write([65], to: "later")
    try harness.git()("add", "later")
    try harness.git()("commit", "-qm", "later")
    for range in [["HEAD"], ["HEAD", "^HEAD~4"], ["v1"], ["--all"], ["HEAD~1..HEAD"]] {
      for words in [
        ["--count"], ["--count", "--objects"], ["--disk-usage"], ["--disk-usage", "--objects"],
      ] {
        try harness.expectSame(["rev-list", "--use-bitmap-index"] + words + range)
      }
      for words in [[], ["--objects"]] {
        let line = ["rev-list", "--use-bitmap-index"] + words + range
        let ours = harness.pando(line)
        let theirs = try harness.git().run(line)
        #expect(ours.text.split(separator: "\n").sorted() == theirs.lines.map { $0[...] }.sorted())
      }
    }
    for words in [["--max-count=3"], ["--merges"], ["--", "d"], ["--since=2000-01-01"]] {
      let line = ["rev-list", "--use-bitmap-index", "--count", "HEAD"] + words
      let plain = try harness.git().run(["rev-list", "--count", "HEAD"] + words)
      #expect(harness.pando(line).text == plain.text)
    }
    let test = harness.pando(["rev-list", "--test-bitmap", "HEAD~1"])
    #expect(test.status == 0)
    #expect(test.errors.hasPrefix("Bitmap v1 test (") && test.errors.hasSuffix("OK!\n"))
    let theirs = try harness.git()("rev-list", "--test-bitmap", "HEAD~1").errors
    #expect(
      theirs.split(separator: "\n").prefix(1) == test.errors.split(separator: "\n").prefix(1))
    try harness.expectSame(["rev-list", "--test-bitmap", "HEAD"], errors: .firstLine)
  }
}
