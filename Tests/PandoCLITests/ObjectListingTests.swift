import PandoTestKit
import Testing

@Suite("rev-list --objects: git's list, however objects are stored")
struct ObjectListingTests {
  /// 160 commits on two branches with merges, over nested directories whose entries come, go, and
  /// turn from files into directories, submodules or links and back.
  static func repository(_ format: String = "sha1") throws -> CommandHarness {
    let harness = try CommandHarness()
    try harness.git()("init", "-q", "--bare", "--object-format=\(format)", "-b", "main", ".")
    try harness.git()("fast-import", "--quiet", input: Array(stream(format).utf8))
    return harness
  }

  private static func stream(_ format: String) -> String {
    var random = SeededRandom(seed: 404)
    let module = String(repeating: "5", count: format == "sha1" ? 40 : 64)
    var stream = ""
    for number in 1...160 {
      let branch = number % 7 == 0 ? "side" : "main"
      stream += "commit refs/heads/\(branch)\nmark :\(number)\n"
      stream += "committer A <a@b> \(1_000_000_000 + number * 60) +0000\ndata 0\n"
      if number == 7 { stream += "from :6\n" }
      if number % 40 == 1, number > 7 { stream += "merge :\(number / 7 * 7)\n" }
      for _ in 0..<(number == 1 ? 300 : 1 + random.next() % 5) {
        let path = "d\(random.next() % 6)/s\(random.next() % 6)/n\(random.next() % 40)"
        switch random.next() % 20 {
        case 0: stream += "D \(path)\n"
        case 1: stream += "M 160000 \(module) \(path)\n"
        case 2: stream += "M 120000 inline \(path)\ndata 1\nx\n"
        case 3: stream += "M 100644 inline \(path)/below\ndata 2\n\(random.next() % 10)\n"
        default: stream += "M 100644 inline \(path)\ndata 8\n\(random.word(8))\n"
        }
      }
    }
    return stream
  }

  private static func expectSame(_ harness: CommandHarness) throws {
    for words in [
      ["--all"], ["main"], ["--all", "--not", "main~20"], ["main~30..main"], ["--all", "--", "d1"],
      ["--all", "--filter=tree:3"], ["--all", "--reverse", "--no-object-names"],
    ] { try harness.expectSame(["rev-list", "--objects"] + words) }
  }

  @Test("one pack, deep deltas", arguments: ["sha1", "sha256"])
  func onePack(format: String) throws {
    let harness = try Self.repository(format)
    try Self.expectSame(harness)
    try harness.git()("repack", "-adfq", "--depth=50", "--window=50")
    try Self.expectSame(harness)
  }

  @Test("deltas on later entries and by name")
  func basesByName() throws {
    let harness = try Self.repository()
    let git = harness.git()
    try git("-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq", "--depth=50", "--window=50")
    try Self.expectSame(harness)
  }

  @Test("many packs, with an index of all of them and without, and loose objects")
  func manyPacks() throws {
    let harness = try Self.repository()
    let git = harness.git()
    let packs = try git("rev-parse", "--git-path", "objects/pack").line
    for start in ["main~120", "main~80", "main~40", "main~3", "side"] {
      try git("pack-objects", "-q", "--revs", "\(packs)/pack", input: Array("\(start)\n".utf8))
    }
    try Self.expectSame(harness)
    try git("multi-pack-index", "write")
    try Self.expectSame(harness)
    let blob = try git("hash-object", "-w", "--stdin", input: [1]).line
    let tree = try git("mktree", input: Array("100644 blob \(blob)\tloose\n".utf8)).line
    let commit = try git("commit-tree", tree, "-p", "main", "-m", "loose").line
    try git("update-ref", "refs/heads/main", commit)
    try Self.expectSame(harness)
  }

  @Test("objects of another repository")
  func alternates() throws {
    let harness = try Self.repository()
    try harness.git()("repack", "-adfq", "--depth=50")
    try harness.git()("clone", "-q", "--bare", "--shared", ".", "borrower")
    try harness.expectSame(["rev-list", "--objects", "--all"], in: "borrower")
  }

  @Test("a damaged tree: git's verdict, and never another list")
  func damage() throws {
    let harness = try Self.repository()
    let git = harness.git()
    try git("repack", "-adfq", "--depth=50", "--window=50")
    let sound = try git("rev-list", "--objects", "--all").bytes
    let directory = try git("rev-parse", "--git-path", "objects/pack").line
    let files = try ChildProcess.run(
      "ls", [directory], in: harness.path(""), environment: GitOracle.scrubbed)
    let path = directory + "/" + (try #require(files.lines.first { $0.hasSuffix(".pack") }))
    var trees: [(offset: Int, count: Int)] = []
    for line in try git("verify-pack", "-v", path).lines {
      // Name, kind, size, size in the pack, offset.
      let words = line.split(separator: " ")
      guard words.count >= 5, words[1] == "tree" else { continue }
      if let count = Int(words[3]), let offset = Int(words[4]) { trees.append((offset, count)) }
    }
    #expect(trees.count > 500)
    let pack = try harness.directory.read(path)
    var random = SeededRandom(seed: 5)
    for _ in 0..<60 {
      let (offset, count) = trees[Int(random.next() % UInt64(trees.count))]
      let place = offset + Int(random.next() % UInt64(count))
      var damaged = pack
      damaged[place] ^= 1 << (random.next() % 8)
      try harness.directory.write(damaged, to: path)
      let wanted = try git.run(["rev-list", "--objects", "--all"])
      let got = harness.pando(["rev-list", "--objects", "--all"])
      let isSame = (got.status == 0) == (wanted.status == 0)
      #expect(isSame, "at \(place): git \(wanted.status), \(got.errors)")
      let isSound = got.bytes == sound
      #expect(got.status != 0 || isSound, "at \(place)")
    }
  }
}
