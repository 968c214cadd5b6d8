import PandoBytes
import PandoObjects
import PandoTestKit
import Testing

/// Commits and tags that history contains, and that no strict writer would make.
private let tree = String(repeating: "1", count: 40)
private let parent = String(repeating: "2", count: 40)

private let oddCommits: [String] = [
  "tree \(tree)\n\nmessage",
  "tree \(tree)\n",
  "tree \(tree)\nauthor x",
  "tree \(tree)\nparent \(parent)\nparent \(parent)\nauthor A <a> 1 +051800\ncommitter A <a> 1 -7530\n\nm\n",
  "tree \(tree)\nauthor A <a> 99999999999999999999 +0000\ncommitter <> \n\n",
  "tree \(tree)\nauthor A U Thor <a@b> 1112911993 -0700\ncommitter C <c> 1 +0000\nencoding ISO-8859-1\n"
    + "gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQE=\n -----END PGP SIGNATURE-----\n\nsigned\n",
  "tree \(tree)\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n"
    + "mergetag object \(parent)\n type commit\n tag v1\n tagger T <t> 1 +0000\n \n tagged\n\nmerge\n",
  "tree \(tree)\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\nHG:rename x\nnospace\n trailing \n\n\n\nm",
  "tree \(tree)\nauthor no address\ncommitter A < 1 +0000\n\n\0NUL\0",
]

@Suite("Objects round-trip byte for byte")
struct RoundTripTests {
  @Test("commits of any shape serialise to the bytes they were parsed from", arguments: oddCommits)
  func commit(_ text: String) throws {
    let bytes = Array(text.utf8)
    let commit = try Commit(parsing: bytes.span, algorithm: .sha1)
    #expect(commit.serialized == bytes)
    #expect(commit.tree.hex == tree)
  }

  @Test("bytes that are not UTF-8 survive")
  func latin1() throws {
    let bytes =
      Array("tree \(tree)\nauthor ".utf8) + [0xC5, 0xE9, 0xFF] + Array(" <a> 1 +0000\n\n".utf8) + [
        0xE9
      ]
    let commit = try Commit(parsing: bytes.span, algorithm: .sha1)
    #expect(commit.serialized == bytes)
    #expect(commit.author?.name.bytes == [0xC5, 0xE9, 0xFF])
  }

  @Test("a header text splits and joins whatever the bytes", arguments: 0..<64)
  func anyText(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let alphabet: [UInt8] = [10, 32, 10, 97, 98, 0]
    let bytes = (0..<40).map { _ in alphabet[Int(random.next() % 6)] }
    #expect(HeaderedText(splitting: bytes.span).serialized == bytes)
  }

  @Test("a tag of 2005 has no tagger")
  func oldTag() throws {
    let text =
      "object \(tree)\ntype commit\ntag v0.99\n\nTest-release\n-----BEGIN PGP SIGNATURE-----\nx\n"
    let tag = try AnnotatedTag(parsing: Array(text.utf8).span, algorithm: .sha1)
    #expect(tag.serialized == Array(text.utf8))
    #expect(tag.tagger == nil)
    #expect(tag.name == "v0.99")
    #expect(tag.targetKind == .commit)
  }

  @Test("trees keep zero-padded modes, old modes, duplicates and wrong order")
  func oddTree() throws {
    let id = [UInt8](repeating: 7, count: 20)
    let body: [UInt8] = ["040000 z", "100664 b", "100664 b", "0100644 a"].flatMap {
      Array("\($0)\0".utf8) + id
    }
    let tree = try Tree(parsing: body, algorithm: .sha1)
    #expect(!tree.isSorted)
    #expect(tree["a"]?.mode.bits == 0o100644)
    var again: [UInt8] = []
    for entry in tree { entry.append(to: &again) }
    #expect(again == body)
  }

  @Test("damaged objects throw or parse, and never trap")
  func damage() throws {
    let commit = Array(oddCommits[3].utf8)
    let id = [UInt8](repeating: 7, count: 20)
    let tree: [UInt8] = ["100644 a", "40000 b", "120000 c"].flatMap { Array("\($0)\0".utf8) + id }
    let tag = Array("object \(parent)\ntype tree\ntag t\ntagger T <t> 1 +0000\n\nm\n".utf8)
    func read(_ bytes: [UInt8]) {
      _ = try? Commit(parsing: bytes.span, algorithm: .sha1)
      _ = try? AnnotatedTag(parsing: bytes.span, algorithm: .sha1)
      _ = try? Tree(parsing: bytes, algorithm: .sha1)
      _ = Signature(bytes: bytes).time
    }
    for bytes in [commit, tree, tag] {
      Damage.truncations(of: bytes, read)
      Damage.bitFlips(of: bytes, read)
    }
  }
}

@Suite("Signatures")
struct SignatureTests {
  @Test(
    "a zone beyond belief is none",
    arguments: [
      "-9223372036854775808", "9223372036854775807", "-1000000", "99999999999999999999", "x",
    ])
  func zones(_ zone: String) {
    #expect(Signature(bytes: Array("A <a> 5 \(zone)".utf8)).time == .init(seconds: 5, zone: 0))
  }
}

@Suite("Objects that git made")
struct GitObjectTests {
  @Test("git hashes our objects to our IDs", arguments: ["sha1", "sha256"])
  func sameIDs(_ format: String) throws {
    let directory = try TemporaryDirectory()
    let git = GitOracle(in: directory.path)
    try git("init", "-q", "--object-format=\(format)")
    let algorithm = try #require(HashAlgorithm(name: format))
    let blob = try RawObject(kind: .blob, body: Array("hello\n".utf8)).id(algorithm)
    #expect(try git("hash-object", "-w", "--stdin", input: Array("hello\n".utf8)).line == blob.hex)
    let entries = ["b", "a.b", "a0", "a"].map {
      TreeEntry(name: ByteString($0), mode: .file, id: blob)
    }
    let inner = try Tree(entries: entries, algorithm: algorithm)
    let innerID = try RawObject(kind: .tree, body: inner.serialized).id(algorithm)
    try git("hash-object", "-t", "tree", "-w", "--stdin", input: inner.serialized)
    let outer = try Tree(
      entries: [
        TreeEntry(name: "a", mode: .directory, id: innerID),
        TreeEntry(name: "a.b", mode: .executable, id: blob),
        TreeEntry(name: "a0", mode: .symbolicLink, id: blob),
      ], algorithm: algorithm)
    let outerID = try RawObject(kind: .tree, body: outer.serialized).id(algorithm)
    let listing = outer.map { "\($0.mode.text) \($0.mode.kind) \($0.id)\t\($0.name)\n" }.joined()
    #expect(
      try git("mktree", input: Array(listing.utf8)).line == outerID.hex)
    let author = Signature(
      name: " A. U Thor.", email: "<a@b>", time: .init(seconds: 12, offsetMinutes: -90))
    let commit = Commit(
      tree: outerID, parents: [], author: author, committer: author, message: Array("m\n".utf8))
    #expect(String(decoding: author.bytes, as: UTF8.self) == "A. U Thor <a@b> 12 -0130")
    #expect(
      try git("hash-object", "-t", "commit", "-w", "--stdin", input: commit.serialized).line
        == RawObject(kind: .commit, body: commit.serialized).id(algorithm).hex)
    #expect(try git.run(["fsck", "--strict"]).status == 0)
  }

  @Test("names and modes that fsck refuses are refused, others are written")
  func names() throws {
    let directory = try TemporaryDirectory()
    let git = GitOracle(in: directory.path)
    try git("init", "-q")
    let blob = try #require(
      ObjectID(hex: try git("hash-object", "-w", "--stdin", input: [120]).line))
    let names: [[UInt8]] = [
      ".", "..", ".git", ".GIT", ".gIt ", ".git.", ".git. .", ".git::$INDEX", "git~1", "GIT~1",
      "git~2",
      ".git\\x", "a\\.git", "a\\git~1", ".gitx", "git", "...", "a.", "aux", "a:b", ".g\u{200c}it",
      "\u{feff}.git", ".git\u{206f}", ".gi\u{200b}t", "x",
    ].map { Array($0.utf8) }
    for name in names {
      var body: [UInt8] = []
      TreeEntry(name: ByteString(name), mode: .file, id: blob).append(to: &body)
      let id = try git("hash-object", "--literally", "-t", "tree", "-w", "--stdin", input: body)
        .line
      let report = try git.run(["fsck", "--strict"]).errors.split(separator: "\n")
      let verdict = report.contains { $0.contains("tree \(id): hasDot") }
      let refused = EntryName.refusal(of: ByteString(name), mode: .file) != nil
      #expect(refused == verdict, "\(ByteString(name))")
    }
  }

  @Test("lookup finds every entry of a wide tree, and a file and directory of one prefix")
  func lookup() throws {
    let id = try RawObject(kind: .blob, body: []).id(.sha1)
    let names = (0..<1000).map { "k\($0)" } + ["k1.x", "k1-", "k10/".dropLast().description + "x"]
    let tree = try Tree(
      entries: names.enumerated().map {
        TreeEntry(name: ByteString($1), mode: $0 % 3 == 0 ? .directory : .file, id: id)
      }, algorithm: .sha1)
    for name in names { #expect(tree[ByteString(name)]?.name == ByteString(name)) }
    for name in ["k", "k1000", "k1/", "", "zz"] { #expect(tree[ByteString(name)] == nil) }
  }
}
