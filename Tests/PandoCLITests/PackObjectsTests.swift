import PandoTestKit
import Testing

@Suite("pack-objects: the same objects as git's, in packs that git accepts")
struct PackObjectsTests {
  /// A history with a merge, tags, directories, renames and loose objects.
  static func repository(_ format: String = "sha1") throws -> CommandHarness {
    let harness = try CommandHarness()
    let git = harness.git()
    try git("init", "-q", "--object-format=\(format)", "-b", "main", ".")
    var random = SeededRandom(seed: 21)
    var stream = ""
    var lines = (0..<30).map { _ in random.word(20) }
    for number in 1...40 {
      let branch = number % 5 == 0 ? "side" : "main"
      lines[Int(random.next() % 30)] = random.word(20)
      let text = lines.joined(separator: "\n")
      let message = "change \(number)"
      stream += "commit refs/heads/\(branch)\nmark :\(number)\n"
      stream += "committer A <a@b> \(1_000_000_000 + number * 60) +0000\n"
      stream += "data \(message.utf8.count)\n\(message)\n"
      if number == 5 { stream += "from :4\n" }
      if number == 31 { stream += "merge :30\n" }
      for path in ["a/b/c\(number % 3)", "top", "a/big"] {
        let body = path == "a/big" ? String(repeating: text, count: 4) : text + path
        stream += "M 100644 inline \(path)\ndata \(body.utf8.count)\n\(body)\n"
      }
    }
    stream += "tag v1\nfrom :20\ntagger A <a@b> 1000000000 +0000\ndata 3\none\n"
    try git("fast-import", "--quiet", input: Array(stream.utf8))
    try git("repack", "-adq")
    try git("checkout", "-q", "main")
    try harness.directory.write(Array("new\n".utf8), to: "new")
    try git("add", "new")
    try git("commit", "-qm", "loose")
    try git("tag", "-am", "two", "v2", "main~3")
    return harness
  }

  /// The names of the objects of a pack, thin ones completed by the repository.
  static func names(_ pack: [UInt8], _ harness: CommandHarness) throws -> [String] {
    let scratch = try TemporaryDirectory()
    try scratch.write(pack, to: "p.pack")
    let path = scratch.path + "/p.pack"
    let before = try harness.git()("index-pack", path).line
    #expect(!before.isEmpty)
    return try harness.git()("show-index", input: scratch.read("p.idx")).lines.map {
      String($0.split(separator: " ")[1])
    }.sorted()
  }

  static let selections: [(words: [String], input: String)] = [
    (["--all"], ""),
    (["--revs"], "main\n"),
    (["--revs"], "main\n^side\n"),
    (["--revs"], "main\n--not\nmain~3\nside\n"),
    (["--revs"], "v1\n"),
    (["--revs"], "v1\n^v1~2\n"),
    (["--revs"], "main~2..main\n"),
    (["--revs"], "main:a\nmain:top\n"),
    (["--revs", "--unpacked"], "main\n"),
    (["--all", "--reflog", "--indexed-objects"], ""),
    (["--all", "--incremental"], ""),
    (["--revs", "--include-tag"], "main\n"),
    (["--revs", "--filter=blob:none"], "main\n"),
    (["--revs", "--filter=blob:limit=700"], "main\n"),
    (["--revs", "--filter=blob:limit=1k"], "main\n^main~5\n"),
    (["--revs", "--filter=tree:0"], "main\n"),
    (["--revs", "--filter=tree:1"], "main\n"),
    (["--revs", "--filter=tree:2"], "main\n^main~4\n"),
    (["--revs", "--filter=tree:2"], "main:a\n"),
    (["--revs", "--filter=object:type=tree"], "main\n"),
    (["--revs", "--filter=object:type=commit"], "main\nv1\n"),
    (["--revs", "--filter=object:type=tag"], "main\nv1\n"),
    (["--revs", "--filter=combine:tree:3+blob:limit=1k"], "main\n"),
    (["--revs", "--filter=combine:blob%3Anone+tree:2"], "main\n"),
  ]

  @Test("each selection has the same objects", arguments: selections)
  func selected(words: [String], input: String) throws {
    let harness = try Self.repository()
    let all = ["pack-objects", "--stdout", "-q"] + words
    let wanted = try harness.git().run(all, input: Array(input.utf8))
    #expect(wanted.status == 0, "\(wanted.errors)")
    let got = harness.pando(all, input: Array(input.utf8))
    #expect(got.status == 0, "\(got.errors)")
    #expect(try Self.names(got.bytes, harness) == Self.names(wanted.bytes, harness))
  }

  @Test("thin packs are completed by git", arguments: ["sha1", "sha256"])
  func thin(format: String) throws {
    let harness = try Self.repository(format)
    let input = Array("main\n^main~6\n".utf8)
    let words = ["pack-objects", "--stdout", "-q", "--revs", "--thin", "--delta-base-offset"]
    let got = harness.pando(words + ["--no-reuse-delta"], input: input)
    #expect(got.status == 0, "\(got.errors)")
    let full = harness.pando(
      words.filter { $0 != "--thin" } + ["--no-reuse-delta"], input: input)
    #expect(got.bytes.count < full.bytes.count)
    let receiver = try TemporaryDirectory()
    let git = GitOracle(in: receiver.path)
    try git("init", "-q", "--object-format=\(format)", "--bare", ".")
    try harness.git()("branch", "old", "main~6")
    try git("fetch", "-q", harness.path(""), "old:refs/heads/old")
    try git("index-pack", "--stdin", "--fix-thin", "--strict", input: got.bytes)
    let tip = try harness.git()("rev-parse", "main").line
    try git("update-ref", "refs/heads/main", tip)
    try git("fsck", "--full", "--strict")
    #expect(
      try git("rev-list", "--objects", "main").lines.count
        == harness.git()("rev-list", "--objects", "main").lines.count)
  }

  @Test("a pack with a name gets the files and the line that git's gets")
  func named() throws {
    let harness = try Self.repository()
    let list = try harness.git()("rev-list", "--objects", "--all").bytes
    let got = harness.pando(["pack-objects", "-q", "out"], input: list)
    #expect(got.status == 0, "\(got.errors)")
    let name = "out-\(got.line)"
    try harness.git()("verify-pack", "\(name).idx")
    try harness.git()("index-pack", "--strict", "-o", "again.idx", "\(name).pack")
    #expect(try harness.directory.read("again.idx") == harness.directory.read("\(name).idx"))
    let empty = harness.pando(["pack-objects", "-q", "--non-empty", "out"])
    #expect(empty == Outcome(status: 0, bytes: [], errors: ""))
  }

  static let complaints: [(words: [String], input: String)] = [
    (["--thin", "out"], ""), (["--filter=blob:none", "--revs", "out"], "main\n"),
    (["--stdout"], "no object\n"), (["--stdout", "--revs"], "nothing\n"),
    (["--stdout", "--revs", "--filter=blob:nothing"], "main\n"),
    (["--stdout", "--revs", "--filter=object:type=x"], "main\n"),
    (["--stdout", "--revs", "--filter=sparse:path=x"], "main\n"),
  ]

  @Test("what cannot be meant is refused in git's words", arguments: complaints)
  func refused(words: [String], input: String) throws {
    let harness = try Self.repository()
    try harness.expectSame(
      ["pack-objects", "-q"] + words, input: Array(input.utf8), errors: .firstLine)
  }

  @Test("progress, line by line, as git tells it")
  func progress() throws {
    let harness = try Self.repository()
    for words in [
      ["--stdout", "--progress"], ["--stdout", "--all-progress"], ["--stdout", "-q"],
      ["--stdout", "--progress", "--all-progress-implied"], ["--progress", "named"],
      ["--stdout", "--progress", "--all-progress-implied", "--threads=1"],
    ] {
      let all = ["pack-objects", "--all", "--no-reuse-delta"] + words
      let wanted = try harness.git().run(all)
      let got = harness.pando(all)
      #expect(got.status == 0)
      #expect(Self.steps(got.errors) == Self.steps(wanted.errors), "\(words)")
    }
  }

  /// The last state of each line, without how fast it was, and how many deltas were found.
  private static func steps(_ text: String) -> [String] {
    text.split(separator: "\n").map { line in
      let last = line.split(separator: "\r").last ?? ""
      let isSpeed = last.contains("/s")
      let end = isSpeed ? last.firstIndex(of: ",") : last.firstIndex(of: "d")
      return last.hasPrefix("Total") || isSpeed
        ? String(last[..<(end ?? last.endIndex)])
        : String(last)
    }
  }
}
