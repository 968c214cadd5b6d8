import PandoTestKit
import Testing

@Suite("Partial clones and borrowed objects: what others have is neither missing nor copied")
struct PartialCloneTests {
  /// A clone without blobs, in `clone`, of a history in `origin`.
  private static func partialClone() throws -> CommandHarness {
    let harness = try CommandHarness()
    let origin = harness.path("origin")
    try harness.git()("init", "-q", "-b", "main", origin)
    let git = harness.git("origin")
    try git("config", "uploadpack.allowFilter", "true")
    for number in 0..<4 {
      try harness.directory.write(Array("\(number)\n".utf8), to: "origin/d/f\(number)")
      try git("add", ".")
      try git("commit", "-qm", "\(number)")
    }
    try harness.git()("clone", "-q", "--bare", "--filter=blob:none", "file://\(origin)", "clone")
    // A commit of the clone's own, on a tree of its own with blobs that it lacks.
    let clone = harness.git("clone")
    let entries = try clone("ls-tree", "HEAD:d").lines.dropLast().joined(separator: "\n") + "\n"
    let tree = try clone("mktree", "--missing", input: Array(entries.utf8)).line
    let commit = try clone("commit-tree", tree, "-p", "HEAD", "-m", "own").line
    try clone("update-ref", "refs/heads/own", commit)
    return harness
  }

  private static func lacking(_ harness: CommandHarness) throws -> [String] {
    try harness.git("clone")("rev-list", "--objects", "--all", "--missing=print").lines.filter {
      $0.hasPrefix("?")
    }.sorted()
  }

  @Test("fsck finds nothing missing that was promised, and what was not")
  func fsck() throws {
    let harness = try Self.partialClone()
    for words in [[], ["--strict"], ["--connectivity-only"], ["--no-dangling"]] {
      let got = harness.pando(["fsck", "--no-progress"] + words, in: "clone")
      let wanted = try harness.git("clone").run(["fsck", "--no-progress"] + words)
      #expect(got.status == 0 && wanted.status == 0, "\(got.text)")
    }
    let blob = try harness.git("clone")("hash-object", "--stdin", input: Array("lost".utf8)).line
    let tree = try harness.git("clone")(
      "mktree", "--missing", input: Array("100644 blob \(blob)\tlost\n".utf8)
    ).line
    let commit = try harness.git("clone")("commit-tree", tree, "-m", "lost").line
    try harness.git("clone")("update-ref", "refs/heads/lost", commit)
    try harness.expectSame(["fsck", "--no-progress", "--no-dangling"], in: "clone")
  }

  @Test(
    "clean-up keeps what came with a promise, and the promise",
    arguments: [["gc", "--prune=now"], ["repack", "-adq"], ["repack", "-adfq"], ["prune"]])
  func cleanUp(words: [String]) throws {
    let harness = try Self.partialClone()
    let before = try Self.lacking(harness)
    #expect(before.count == 4)
    let got = harness.pando(words, in: "clone")
    #expect(got.status == 0, "\(got.errors)")
    #expect(try Self.lacking(harness) == before)
    try harness.git("clone")("fsck", "--no-progress")
    let files = try ChildProcess.run(
      "ls", ["clone/objects/pack"], in: harness.path(""), environment: GitOracle.scrubbed)
    #expect(files.lines.contains { $0.hasSuffix(".promisor") })
    // The remote gives what is lacking, still.
    #expect(try harness.git("clone")("cat-file", "-p", "HEAD:d/f1").text == "1\n")
  }

  @Test("borrowed objects are copied unless -l is given, as git copies them")
  func borrowed() throws {
    for words in [["-adlq"], ["-adq"], ["-aq"]] {
      let harness = try PackObjectsTests.repository()
      var counts: [String] = []
      for name in ["one", "two"] {
        try harness.git()("clone", "-q", "--bare", "--shared", ".", name)
        let git = harness.git(name)
        let commit = try git("commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "own").line
        try git("update-ref", "refs/heads/own", commit)
        if name == "one" {
          try git("repack", words[0])
        } else {
          let got = harness.pando(["repack"] + words, in: name)
          #expect(got.status == 0, "\(got.errors)")
        }
        try git("fsck", "--strict")
        counts += try git("count-objects", "-v").lines.filter { $0.hasPrefix("in-pack") }
      }
      #expect(counts.count == 2 && counts[0] == counts[1], "\(words): \(counts)")
    }
  }
}
