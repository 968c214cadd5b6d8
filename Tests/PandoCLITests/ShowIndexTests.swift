import PandoTestKit
import Testing

@Suite struct ShowIndexTests {
  @Test(arguments: ["sha1", "sha256"], [1, 2])
  func `An index's contents are listed as git lists them`(
    algorithm: String, version: Int
  ) throws {
    let harness = try CommandHarness()
    let git = harness.git()
    try git("init", "-q", "--object-format=\(algorithm)", ".")
    try harness.directory.write(Array("one\n".utf8), to: "a")
    try harness.directory.write(Array("two\n".utf8), to: "d/b")
    try git("add", ".")
    try git("commit", "-qm", "first")
    try git("-c", "pack.indexVersion=\(version)", "repack", "-adq")
    let files = try ChildProcess.run(
      "sh", ["-c", "cat .git/objects/pack/*.idx"], in: harness.directory.path,
      environment: GitOracle.scrubbed)
    let words = ["show-index", "--object-format=\(algorithm)"]
    let listing = try harness.expectSame(words, input: files.bytes)
    #expect(listing.text.split(separator: "\n").count == 5)
  }

  @Test func `A damaged index is refused, never trapped on`() throws {
    let harness = try CommandHarness()
    let git = harness.git()
    try git("init", "-q", ".")
    try git("hash-object", "-w", "--stdin", input: [1])
    try git("hash-object", "-w", "--stdin", input: [2])
    let objects = try git("cat-file", "--batch-all-objects", "--batch-check=%(objectname)")
    try git("pack-objects", "pack", input: objects.bytes)
    let index = try ChildProcess.run(
      "sh", ["-c", "cat *.idx"], in: harness.directory.path, environment: GitOracle.scrubbed)
    Damage.truncations(of: index.bytes) { damaged in
      let outcome = harness.pando(["show-index"], input: damaged)
      // The trailer's checksums are not read.
      #expect(outcome.status == 128 || damaged.count >= index.bytes.count - 40)
    }
    Damage.bitFlips(of: index.bytes, rounds: 300) { damaged in
      _ = harness.pando(["show-index"], input: damaged)
    }
    for length in [0, 7, 20, 1031, 1050, 1080, 1087] {
      try harness.expectSame(["show-index"], input: Array(index.bytes.prefix(length)))
    }
  }
}
