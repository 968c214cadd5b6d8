import PandoTestKit
import Testing

@Suite struct HashObjectTests {
  static let empty = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

  static let trees = [
    "", "foo", "100644 a", "100644 a\0", "100644 a\0aaaaaaaaaaaaaaaaaaaa",
    "999 a\0aaaaaaaaaaaaaaaaaaaa", "0 a\0aaaaaaaaaaaaaaaaaaaa", "0100644 a\0aaaaaaaaaaaaaaaaaaaa",
    "100644 \0aaaaaaaaaaaaaaaaaaaa", "100644 a/b\0aaaaaaaaaaaaaaaaaaaa",
    "100644 a\0aaaaaaaaaaaaaaaaaaaa100644 a\0aaaaaaaaaaaaaaaaaaaa",
    "100644 .git\0aaaaaaaaaaaaaaaaaaaa", "100644 a\0aaaaaaaaaaaaaaaaaaaa1",
    "100644 a\0aaaaaaaaaaaaaaaaaaaaa", " a\0aaaaaaaaaaaaaaaaaaaa",
  ]

  static let commits = [
    "", "tree \(empty)", "tree \(empty)\n", "tree \(empty)\nauthor a <b> 1 +0\n",
    "tree \(empty)\nparent xx\n", "tree \(empty)\ncommitter x\n\n", "tree \(empty)x\n",
    "tree \(empty)\nparent \(String(repeating: "z", count: 40))\nauthor a <b> 1 +0\n",
    "tree \(empty)\nauthor a <b> 1 +0000\ncommitter a <b> 1 +0000\n\nhi\n", "tree x\n",
    "tree \(empty)\nparent 1234567890123456789012345678901234567890\nauthor",
    "tree \(empty)\nparent 1234567890123456789012345678901234567890",
  ]

  static let tags = [
    "", "object \(empty)", "object \(empty)\ntype tree\n", "object \(empty)\ntype tree\ntag x\n",
    "object \(empty)\ntype foo\ntag x\n", "object \(empty)\ntype tree\ntag \n",
    "object \(empty)\ntype tree\ntag x\ntagger a <b> 1 +0000\n\nhello",
    "object \(empty)\ntype tree\nxtag x\ntagger a <b> 1 +0000\n\nhello",
    "object \(empty)\ntype tree\ntag no end of line in sight",
    "object \(empty)\ntype a word that is much longer than twenty bytes\ntag x\n",
  ]

  @Test func `Bodies are accepted and refused as by git`() throws {
    let harness = try CommandHarness()
    try harness.git()("init", "-q", ".")
    for (type, bodies) in [("tree", Self.trees), ("commit", Self.commits), ("tag", Self.tags)] {
      for body in bodies {
        try harness.expectSame(["hash-object", "-t", type, "--stdin"], input: Array(body.utf8))
        try harness.expectSame(
          ["hash-object", "-t", type, "--stdin", "--literally"], input: Array(body.utf8))
      }
    }
  }

  static let misuse: [[String]] = [
    ["-t", "foo", "a"], ["--stdin-paths", "a"], ["--stdin", "--stdin-paths"],
    ["--stdin", "--stdin"], ["--path", "x", "--no-filters", "a"], ["--path", "x", "--stdin-paths"],
    ["nofile"], ["d"], [], ["a", "nofile", "a"], ["-t"], ["--bogus"],
  ]

  @Test func `Files, lists of files and complaints are git's`() throws {
    let harness = try CommandHarness()
    try harness.git()("init", "-q", ".")
    try harness.directory.write(Array("hi\n".utf8), to: "a")
    try harness.directory.write([0, 1, 2, 255], to: "d/ä")
    for words in Self.misuse {
      try harness.expectSame(["hash-object"] + words, errors: .firstLine)
    }
    try harness.expectSame(["hash-object", "a", "d/ä", harness.path("a")])
    // Above a quarter of a MiB a file is read in pieces.
    for count in [(256 << 10) - 1, 256 << 10, (256 << 10) + 1, 700_001] {
      try harness.directory.write((0..<count).map { UInt8(truncatingIfNeeded: $0) }, to: "large")
      try harness.expectSame(["hash-object", "large"])
      try harness.expectSame(["hash-object", "-w", "large"])
    }
    try harness.expectSame(["hash-object", "--no-filters", "--", "a"])
    try harness.expectSame(["hash-object", "--stdin", "a"], input: [1, 2])
    try harness.expectSame(["hash-object", "ä", "../a"], in: "d")
    for lines in ["a\nd/ä\n", "\"d/\\303\\244\"\na", "\"a\n", "\"a\"x\n", "nofile\n", ""] {
      try harness.expectSame(["hash-object", "--stdin-paths"], input: Array(lines.utf8))
    }
  }

  @Test func `No repository is needed unless the object is written`() throws {
    let harness = try CommandHarness()
    try harness.expectSame(["hash-object", "--stdin"], input: Array("x".utf8))
    try harness.expectSame(["hash-object", "-w", "--stdin"], input: Array("x".utf8))
  }

  @Test(arguments: ["sha1", "sha256"])
  func `What is written git reads`(algorithm: String) throws {
    let harness = try CommandHarness()
    try harness.git()("init", "-q", "--object-format=\(algorithm)", ".")
    let id = harness.pando(["hash-object", "-w", "--stdin"], input: Array("written\n".utf8)).line
    #expect(try harness.git()("cat-file", "-p", id).text == "written\n")
    try harness.git()("fsck", "--strict")
  }
}

@Suite struct MkTreeTests {
  @Test(arguments: [[], ["--batch"], ["--missing"], ["-z"], ["-z", "--batch"]])
  func `Lines make the trees that git makes of them`(options: [String]) throws {
    let sample = try SampleRepository()
    let harness = sample.harness
    let blob = try harness.git()("rev-parse", "HEAD:a").line
    let tree = try harness.git()("rev-parse", "HEAD:d").line
    let absent = sample.absent
    let inputs = [
      "", "\n", "100644 blob \(blob)\ta\n", "100644 blob \(blob)\ta", "100644 blob \(blob)\ta\n\n",
      "100644 blob \(blob)\ta\n\n100644 blob \(blob)\tb\n",
      "100644 blob \(blob)\ta\n\n\n100644 blob \(blob)\tb\n\n", "100644 blob \(absent)\ta\n",
      "160000 commit \(absent)\ta\n", "100644 commit \(blob)\ta\n", "100644 tree \(blob)\ta\n",
      "40000 tree \(blob)\ta\n", "040000 tree \(tree)\ta\n100644 blob \(blob)\ta.b\n",
      "100644 blob \(blob)\ta/b\n", "100644 blob \(blob)\t\"a\\\\tb\"\n",
      "100644 blob \(blob)\t\"a\n",
      "foo\n", "100644 blob \(blob) a\n", "100644 foo \(blob)\ta\n",
      "100644 blob \(blob)\ta\n100755 blob \(blob)\ta\n", "100644 blob \(blob.prefix(10))\ta\n",
      "777 blob \(blob)\ta\n", "100644 blob \(blob)\t.git\n", "100664 blob \(blob)\ta\n",
      "  100644 blob \(blob)\tb\n", "x blob \(blob)\tb\n", "100644\n", "100644 blob\n",
    ]
    for input in inputs {
      let bytes = Array(input.utf8).map { options.contains("-z") && $0 == 10 ? 0 : $0 }
      try harness.expectSame(["mktree"] + options, input: bytes)
    }
    try harness.expectSame(["mktree", "--bogus"], errors: .firstLine)
  }
}

@Suite struct CountObjectsTests {
  @Test func `Objects and their room are counted as git counts`() throws {
    let sample = try SampleRepository()
    let harness = sample.harness
    for options in [[], ["-v"], ["-vH"], ["-H"], ["--verbose"]] {
      try harness.expectSame(["count-objects"] + options)
    }
    try harness.directory.write([1], to: ".git/objects/pack/stray")
    try harness.directory.write([1], to: ".git/objects/pack/pack-0.idx")
    try harness.directory.write([1], to: ".git/objects/pack/pack-1.keep")
    try harness.directory.write([1, 2], to: ".git/objects/12/stray")
    try harness.git()("repack", "-aq")
    try harness.expectSame(["count-objects", "-v"], errors: .any)
    try harness.expectSame(["count-objects", "x"], errors: .any)
  }
}
