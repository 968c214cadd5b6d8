import PandoTestKit
import Testing

@Suite("pack-objects with bitmaps: git's objects, entries taken over as they lie")
struct PackReuseTests {
  /// The history of `PackObjectsTests` in one pack with bitmaps, and a commit behind it.
  private static func repository(_ words: [String] = []) throws -> CommandHarness {
    let harness = try PackObjectsTests.repository()
    let git = harness.git()
    _ = try git.run(words + ["repack", "-adbfq", "--depth=20"])
    try git("commit", "-q", "--allow-empty", "-m", "behind the bitmaps")
    return harness
  }

  private static let selections: [(words: [String], input: String)] = [
    (["--all"], ""), (["--revs"], "main\n"), (["--revs"], "main\n^main~1\n"),
    (["--revs"], "main~2\n^main~9\n"), (["--revs"], "main\n^side\n"), (["--revs"], "v1\nv2\n"),
    (["--all", "--incremental"], ""),
    (["--all", "--local"], ""), (["--all", "--honor-pack-keep"], ""),
    (["--revs", "--include-tag"], "main\n"), (["--revs", "--thin"], "main\n"),
    (["--revs", "--thin"], "main\n^main~4\n"), (["--revs"], "main:a\n"),
    (["--revs", "--filter=blob:none"], "main\n"), (["--all", "--no-use-bitmap-index"], ""),
  ]

  private static func expectSame(
    _ harness: CommandHarness, _ before: [String] = [], _ after: [String] = []
  ) throws {
    for (words, input) in selections {
      let all = before + ["pack-objects", "--stdout", "-q"] + words + after
      let wanted = try harness.git().run(all, input: Array(input.utf8))
      let got = harness.pando(all, input: Array(input.utf8))
      #expect(got.status == wanted.status, "\(all): \(got.errors)")
      let isThin = words.contains("--thin") && input.contains("^")
      let names = try names(got.bytes, harness, isThin: isThin)
      let gits = try Self.names(wanted.bytes, harness, isThin: isThin)
      #expect(names == gits, "\(all) \(input)")
    }
  }

  private static func names(
    _ pack: [UInt8], _ harness: CommandHarness, isThin: Bool
  ) throws -> [String] {
    guard isThin else { return try PackObjectsTests.names(pack, harness) }
    // Completed in a copy, then told by the packs that it has more.
    let copy = try CommandHarness()
    try copy.git()("clone", "-q", "--bare", harness.path(""), "copy")
    try copy.git("copy")("index-pack", "--stdin", "--fix-thin", input: pack)
    return []
  }

  @Test("each selection", arguments: [[], ["--delta-base-offset"]])
  func selections(after: [String]) throws {
    let harness = try Self.repository()
    try Self.expectSame(harness, [], after)
    try Self.expectSame(harness, ["-c", "pack.allowPackReuse=false"], after)
    try Self.expectSame(harness, ["-c", "pack.useBitmaps=false"], after)
  }

  @Test("bases by name, an index without checksums, bitmaps without paths")
  func formats() throws {
    for setting in [
      "repack.useDeltaBaseOffset=false", "pack.indexVersion=1",
      "pack.writeBitmapHashCache=false",
    ] { try Self.expectSame(try Self.repository(["-c", setting]), [], ["--delta-base-offset"]) }
  }

  @Test("bitmaps of several packs")
  func manyPacks() throws {
    let harness = try PackObjectsTests.repository()
    let git = harness.git()
    try git("repack", "-adfq", "--depth=20")
    for number in 0..<3 {
      try git("commit", "-q", "--allow-empty", "-m", "\(number)")
      try git("repack", "-dq")
    }
    try git("multi-pack-index", "write", "--bitmap")
    try Self.expectSame(harness)
    try Self.expectSame(harness, [], ["--delta-base-offset"])
  }

  @Test("a whole pack is sent in git's bytes, and told of in git's line")
  func wholePack() throws {
    let harness = try PackObjectsTests.repository()
    try harness.git()("repack", "-adbfq", "--depth=20")
    for after in [[], ["--delta-base-offset"]] {
      let words = ["pack-objects", "--stdout", "--all", "--progress"] + after
      let wanted = try harness.git().run(words)
      let got = harness.pando(words)
      #expect(got.status == 0)
      let isSame = got.bytes == wanted.bytes
      #expect(isSame)
      let total = wanted.errors.split(separator: "\n").last { $0.hasPrefix("Total ") }
      #expect(got.errors.split(separator: "\n").last { $0.hasPrefix("Total ") } == total)
      #expect(total?.contains("pack-reused 0") == false)
    }
  }

  @Test("a pack that stays holds what bitmaps select")
  func published() throws {
    let harness = try Self.repository()
    let got = harness.pando(["pack-objects", "-q", "--all", "--use-bitmap-index", "out"])
    #expect(got.status == 0, "\(got.errors)")
    try harness.git()("verify-pack", "out-\(got.line).idx")
    let names = try harness.git()(
      "show-index", input: harness.directory.read("out-\(got.line).idx")
    ).lines.map { String($0.split(separator: " ")[1]) }
    let wanted = try harness.git()("rev-list", "--objects", "--all").lines
    #expect(Set(names) == Set(wanted.map { String($0.prefix(40)) }))
  }

  @Test("an entry that is not what the index says is not sent")
  func damage() throws {
    let harness = try Self.repository()
    let files = try ChildProcess.run(
      "ls", [".git/objects/pack"], in: harness.path(""), environment: GitOracle.scrubbed)
    let name = try #require(files.lines.first { $0.hasSuffix(".pack") })
    var pack = try harness.directory.read(".git/objects/pack/\(name)")
    pack[pack.count / 2] ^= 1
    try harness.directory.write(pack, to: ".git/objects/pack/\(name)")
    let got = harness.pando(["pack-objects", "--stdout", "-q", "--all"])
    #expect(got.status == 128)
    #expect(got.errors.contains("offset") && got.errors.contains("checksum"), "\(got.errors)")
  }
}
