import PandoCLI
import PandoFiles
import PandoTestKit
import Testing

@Suite("commit-graph")
struct CommitGraphTests {
  /// A repository with two branches, a merge, tags, and a pack.
  static func repository(_ format: String = "sha1") throws -> CommandHarness {
    let harness = try CommandHarness()
    let git = harness.git()
    try git("init", "-q", "--object-format=\(format)", ".")
    var stream = ""
    for number in 1...24 {
      let branch = number % 3 == 0 ? "side" : "main"
      stream += "commit refs/heads/\(branch)\nmark :\(number)\n"
      stream += "committer A <a@b> \(1_000_000_000 + number * 100) +0000\ndata 2\nx\n"
      if number == 3 { stream += "from :1\n" }
      if number == 20 { stream += "merge :18\nmerge :15\n" }
      stream += "M 100644 inline d\(number % 4)/f\(number)\ndata 2\n\(number % 10)\n"
    }
    stream += "tag v1\nfrom :10\ntagger A <a@b> 1000000000 +0000\ndata 2\nt\n"
    try git(
      "-c", "fastimport.unpackLimit=0", "fast-import", "--quiet", input: Array(stream.utf8))
    return harness
  }

  private static func files(_ harness: CommandHarness) throws -> [String: [UInt8]] {
    let files = LocalFileSystem()
    var found: [String: [UInt8]] = [:]
    for place in ["info", "info/commit-graphs"] {
      let path = FilePath(harness.path(".git/objects/\(place)"))
      for entry in try files.list(path) ?? [] where entry.kind == .file {
        found["\(place)/\(entry.name)"] = try files.contents(
          of: path / entry.name, limit: 1 << 20)
      }
    }
    return found
  }

  /// Runs the words with git, then from the same start with `pando`; the files must be the same.
  static func expectSameFiles(
    _ words: [String], _ harness: CommandHarness, input: String = ""
  ) throws {
    let before = try files(harness)
    let wanted = try harness.git().run(words, input: Array(input.utf8))
    let expected = try files(harness)
    for name in expected.keys {
      try LocalFileSystem().remove(FilePath(harness.path(".git/objects/\(name)")))
    }
    for (name, bytes) in before { try harness.directory.write(bytes, to: ".git/objects/\(name)") }
    let got = harness.pando(words, input: Array(input.utf8))
    #expect(got.status == wanted.status, "\(words) \(got.errors)")
    #expect(got.errors == wanted.errors, "\(words)")
    #expect(got.bytes == wanted.bytes, "\(words)")
    #expect(try files(harness) == expected, "\(words)")
  }

  @Test("what write writes is what git writes", arguments: ["sha1", "sha256"])
  func write(format: String) throws {
    let harness = try Self.repository(format)
    let git = harness.git()
    let tip = try git("rev-parse", "side").line
    let tag = try git("rev-parse", "v1").line
    let pack = try #require(
      try LocalFileSystem().list(FilePath(harness.path(".git/objects/pack")))?.first {
        $0.name.hasSuffix(".idx")
      }?.name)
    let runs: [(words: [String], input: String)] = [
      (["--reachable"], ""), (["--reachable", "--changed-paths"], ""), (["--append"], ""),
      (["--stdin-commits", "--append"], "\(tip)\n"), (["--stdin-commits"], "\(tag)\n\(tip)\n"),
      (["--stdin-packs"], "\(pack)\n"), (["--reachable", "--no-changed-paths"], ""),
      (["--reachable", "--split=replace"], ""), (["--reachable", "--split"], ""),
      (["--reachable", "--changed-paths", "--max-new-filters=3"], ""),
      (["--reachable", "--max-new-filters=-1"], ""), (["--stdin-commits"], ""), ([], ""),
      (["--object-dir", ".git/objects", "--reachable"], ""),
      (["--reachable", "--expire-time=never"], ""),
      (["--reachable", "--split=no-merge", "--expire-time=yesterday"], ""),
      (["--stdin-commits", "--split=no-merge"], "\(tip)\n"),
      (["--stdin-commits"], "zz\n"),
      (["--stdin-commits"], "\(String(repeating: "1", count: tip.count))\n"),
    ]
    for (words, input) in runs {
      try Self.expectSameFiles(["commit-graph", "write"] + words, harness, input: input)
      try harness.expectSame(["commit-graph", "verify"])
    }
    try Self.expectSameFiles(
      ["-c", "commitGraph.generationVersion=1", "commit-graph", "write", "--reachable"], harness)
    try Self.expectSameFiles(
      ["-c", "commitGraph.maxNewFilters=4", "commit-graph", "write", "--changed-paths"], harness)
    try Self.expectSameFiles(
      ["-c", "core.commitGraph=false", "commit-graph", "write", "--reachable"], harness)
  }

  @Test("misuse gets git's complaints")
  func misuse() throws {
    let harness = try Self.repository()
    for words in [
      [], ["foo"], ["write", "x"], ["verify", "x"], ["write", "--no-split"], ["write", "--foo"],
    ] {
      try harness.expectSame(["commit-graph"] + words, errors: .firstLine)
    }
    for words in [
      ["write", "--split=foo"], ["write", "--reachable", "--stdin-packs"],
      ["write", "--max-new-filters=x"], ["write", "--max-commits=x"], ["write", "--size-multiple"],
      ["write", "--object-dir=/nonexistent"], ["verify", "--object-dir=/nonexistent"],
      ["--object-dir=.git/objects", "verify"],
    ] {
      try harness.expectSame(["commit-graph"] + words)
    }
    try harness.directory.write([], to: ".git/objects/info/commit-graph.lock")
    try harness.expectSame(["commit-graph", "write", "--reachable"])
  }

  @Test("verify finds what git finds, and says so in its words")
  func verify() throws {
    let harness = try Self.repository()
    try harness.git()("commit-graph", "write", "--reachable")
    let path = ".git/objects/info/commit-graph"
    let sound = try harness.directory.read(path)
    let count = 24
    let names = sound.count - 20 - count * (20 + 36 + 4) - 12
    let rows = names + count * 20
    // In turn: a name, a tree, a first parent, a second, a generation, a date, the checksum.
    let changes: [(offset: Int, value: UInt8?)] = [
      (rows + 5, nil), (rows + 36 * 3 + 23, nil), (rows + 36 * 4 + 24, 0), (rows + 36 + 28, 0),
      (rows + 36 * 7 + 35, nil), (sound.count - 3, nil), (rows + 36 * 2 + 31, 0),
    ]
    for (offset, value) in changes {
      var bytes = sound
      bytes[offset] = value ?? ~bytes[offset]
      try LocalFileSystem().remove(FilePath(harness.path(path)))
      try harness.directory.write(bytes, to: path)
      try harness.expectSame(["commit-graph", "verify"])
    }
    for cut in [0, 10, 100, 1200, sound.count - 1] {
      try LocalFileSystem().remove(FilePath(harness.path(path)))
      try harness.directory.write(Array(sound.prefix(cut)), to: path)
      #expect(harness.pando(["commit-graph", "verify"]).status == 1)
    }
  }

  @Test("long work is told of when it is asked for")
  func progress() throws {
    let harness = try Self.repository()
    let delay = ["GIT_PROGRESS_DELAY": "0"]
    let shown = harness.pando(
      ["commit-graph", "write", "--reachable", "--changed-paths", "--progress"], environment: delay)
    #expect(
      shown.errors.contains("Computing commit changed paths Bloom filters: 100% (24/24), done."))
    try harness.expectSame(["commit-graph", "write", "--reachable", "--progress"])
    try harness.git()("commit-graph", "write", "--reachable")
    let verified = harness.pando(["commit-graph", "verify", "--progress"])
    #expect(verified.errors.hasSuffix("Verifying commits in commit graph: 100% (24/24), done.\n"))
  }
}
