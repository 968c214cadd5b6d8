import PandoBytes
import PandoObjects
import PandoTestKit
import Testing

/// Every finding on objects made for it, held against what `git fsck` says of the same objects.
@Suite struct ObjectCheckerTests {
  private static let blob = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
  private static let tree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

  /// Objects of one kind in a repository, checked by git at once and by us one by one.
  private struct Comparison {
    let directory: TemporaryDirectory
    let git: GitOracle
    var objects: [(id: ObjectID, object: RawObject)] = []

    init() throws {
      directory = try TemporaryDirectory()
      git = GitOracle(in: directory.path)
      try git("init", "-q")
      for kind in ["blob", "tree"] { try git("hash-object", "-w", "-t", kind, "--stdin") }
    }

    mutating func add(_ kind: ObjectKind, _ body: [UInt8]) throws {
      let hex = try git(
        "hash-object", "--literally", "-w", "-t", kind.name, "--stdin", input: body
      ).line
      objects.append((try #require(ObjectID(hex: hex)), RawObject(kind: kind, body: body)))
    }

    func hold(strict isStrict: Bool, _ configure: (inout CheckPolicy) throws -> Void = { _ in })
      throws
    {
      let settings = isStrict ? ["--strict"] : []
      let theirs = try git.run(["fsck", "--no-dangling"] + settings).errors
        .split(separator: "\n").map(String.init)
        .filter { $0.hasPrefix("error in ") || $0.hasPrefix("warning in ") }
        .filter { !$0.hasSuffix(": broken links") }
      var policy = CheckPolicy(isStrict: isStrict)
      try configure(&policy)
      var checker = ObjectChecker(policy, algorithm: .sha1)
      var ours: [String] = []
      for (id, object) in objects {
        var hasErrors = false
        let isSound = checker.check(object, id: id) {
          ours.append($0.description)
          hasErrors = hasErrors || $0.isError
        }
        #expect(isSound == !hasErrors)
      }
      // Files of special names are all the empty blob.
      let empty = RawObject(kind: .blob, body: [])
      try checker.finish({ _ in empty }, { ours.append($0.description) })
      #expect(Set(ours).subtracting(theirs).sorted() == [])
      #expect(Set(theirs).subtracting(ours).sorted() == [])
      #expect(ours.count == theirs.count)
    }
  }

  private func entry(_ mode: String, _ name: String, _ id: String = blob) throws -> [UInt8] {
    try entry(mode, Array(name.utf8), id)
  }

  private func entry(_ mode: String, _ name: [UInt8], _ id: String = blob) throws -> [UInt8] {
    var bytes = Array("\(mode) ".utf8) + name + [0]
    try #require(ObjectID(hex: id)).digest.append(to: &bytes)
    return bytes
  }

  @Test(arguments: [false, true]) func treesHaveGitsFindings(isStrict: Bool) throws {
    var held = try Comparison()
    let null = String(repeating: "0", count: 40)
    let file = "100644"
    let bodies: [[UInt8]] = [
      [], try entry(file, "a"), try entry(file, "a", null), try entry("160000", "a", null),
      try entry(file, "a/b"), try entry(file, "abcdefghijk/b"), try entry(file, "a\\b"),
      try entry("40000", ".", Self.tree), try entry("40000", "..", Self.tree),
      try entry("040000", "a", Self.tree), try entry("100666", "a"), try entry("100664", "a"),
      try entry("777", "a"), try entry("0", "a"), try entry("0000000000100644", "a"),
      try entry("77777777777777777777", "a"), try entry("100755", "a"), try entry("120000", "a"),
      try entry(file, "a") + entry(file, "a"), try entry(file, "b") + entry(file, "a"),
      try entry(file, "abcdefgh1") + entry(file, "abcdefgh0"),
      try entry(file, "abcdefgh1") + entry(file, "abcdefgh"),
      try entry(file, "a") + entry(file, "ab") + entry(file, "b"),
      try entry(file, "foo") + entry(file, "foo.bar") + entry("40000", "foo", Self.tree),
      try entry(file, "foo") + entry(file, "foo.bar") + entry(file, "foo.bar.baz")
        + entry("40000", "foo.bar", Self.tree) + entry("40000", "foo", Self.tree),
      try entry(file, "foo") + entry(file, "foo-a") + entry("40000", "foo", Self.tree),
      try entry("40000", "foo", Self.tree) + entry(file, "foo"),
      try entry("40000", "a", Self.tree) + entry(file, "a.b"),
      try entry(file, "a.b") + entry("40000", "a", Self.tree) + entry(file, "a0"),
      try entry(file, ".git") + entry(file, ".") + entry("040000", "b/c", null)
        + entry("100666", "b/c"),
      Array("100644 a\0".utf8) + [1, 2, 3], Array("x".utf8), Array(" a\0".utf8) + [1] * 20,
      Array("1006x4 a\0".utf8) + [1] * 20, Array("100644 \0".utf8) + [1] * 20,
      try entry(file, "a") + Array("100644 b\0".utf8) + [0] * 19,
    ]
    for body in bodies { try held.add(.tree, body) }
    try held.hold(strict: isStrict)
  }

  /// Spellings of `.git` and kin, as files and as links.
  private static let spellings: [[UInt8]] = {
    let words = [
      ".git", ".GIT", "git~1", "GIT~1", "git~2", ".git ", ".git...", ".git :x", ".git::$INDEX",
      ".gitx", ".git.x", ".git\\x", "x\\.git", "x\\git~1 ", "x\\y\\.Git", "\\.git", ".git/x",
      "git~1/x", "x/.git", ".g\u{200C}it", "\u{200E}.git", ".git\u{FEFF}", ".g\u{2010}it",
      "x\\.g\u{200C}it", ".g\u{206A}i\u{206F}t/x", ".gi\u{E9}t", ".git\u{10000}",
      ".gitmodules", ".GitModules", ".gitmodules ", ".gitmodules:$DATA", "gi7eba~1", "gi7eb~12",
      "gi7~123", "gitmod~1", "gitmod~4", "gitmod~5", "gitmod~1 .", "gitmod~1:x", "GI7EBA~9",
      "gi7eba~0", "gi7eba~11", "gi7eba~1x", "g~123456", "g~1", "~1234567", "x\\.gitmodules",
      "x\\y\\gitmod~1", "x\\\u{200C}.gitmodules", ".gitmodules\\x", ".gitmodulesx",
      ".gitmodules/x", ".gitmodu\u{200C}les", "gitmodules", ".gitattributes", "gitatt~1",
      "gi7d29~1", "x\\.gitattributes", ".gitattribute\u{202A}s", ".gitignore", "gitign~2",
      "gi250a~1", ".mailmap", "mailma~3", "maba30~1", "MABA30~7", ".mailmap.",
    ].map { Array($0.utf8) }
    let broken: [[UInt8]] = [
      [0xFF], [0xFF, 0x78], [0xED, 0xA0, 0x80], [0xEF, 0xBF, 0xBF], [0xEF, 0xBF, 0xBE],
      [0xC0, 0x80],
      [0xE2, 0x80], [0xF0, 0x90, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80],
    ]
    return words + broken.flatMap { [Array(".git".utf8) + $0, Array(".gitmodules".utf8) + $0] }
  }()

  @Test(arguments: ["100644", "120000"])
  func spellingsOfSpecialNamesAreFound(mode: String) throws {
    var held = try Comparison()
    for name in Self.spellings { try held.add(.tree, try entry(mode, name)) }
    try held.hold(strict: false)
  }

  private static let signatures = [
    "A <a@b> -1 +0000", "A <a@b> +1 +0000", "A <a@b>  1 +0000", "A <a@b> \t1 +0000",
    "A <a@b> 0 +0000", "A <a@b> 00 +0000", "A <a@b> 01 +0000", "A <a@b> 1  +0000",
    "A <a@b> 1 +00000", "A <a@b> 1 +000", "A <a@b> 1 0000", "A <a@b> 1 +00a0",
    "A <a@b> 9223372036854775807 +0000", "A <a@b> 9223372036854775808 +0000",
    "A <a@b> 18446744073709551615 +0000", "A <a@b> 99999999999999999999999 +0000",
    "A <a@b> -18446744073709551615 +0000", "A <a@b> -9223372036854775809 +0000", "A <a@b> ",
    "A <a@b>", "A <a@b> x +0000", "<a@b> 1 +0000", "", "A", "A <", "A <a", "A <a>b> 1 +0000",
    "A <a@b<c> 1 +0000", "A <a@b> 1 +0000 ", " <a@b> 1 +0000", "A<a@b> 1 +0000",
    "A> <a@b> 1 +0000", "A a@b 1 +0000", "A <a@b>1 +0000", "A <a@b> 1", "A <a@b> 1 ",
  ]

  @Test func signaturesHaveGitsFindings() throws {
    var held = try Comparison()
    for (index, line) in Self.signatures.enumerated() {
      let good = "A <a@b> 1 +0000"
      let isAuthor = index.isMultiple(of: 2)
      let text = """
        tree \(Self.tree)
        author \(isAuthor ? line : good)
        committer \(isAuthor ? good : line)


        """
      try held.add(.commit, Array(text.utf8))
      let tag = "object \(Self.blob)\ntype blob\ntag v\ntagger \(line)\n\n"
      try held.add(.tag, Array(tag.utf8))
    }
    try held.hold(strict: false)
  }

  @Test(arguments: [false, true]) func commitsHaveGitsFindings(isStrict: Bool) throws {
    var held = try Comparison()
    let head = "tree \(Self.tree)\n"
    let author = "author A <a@b> 1 +0000\n"
    let committer = "committer A <a@b> 1 +0000\n"
    let bodies = [
      head + author + committer + "\nx\n", head + author, head + author + "\nhello",
      head + author + author + committer + "\n", head + committer + "\n",
      head + "foo\n" + author + committer + "\n", head + author + committer,
      head + author + committer.dropLast(), head + author + committer + "\nfoo\0bar",
      head + author + committer + "f\0o\n\n", head + "parent 1234\n",
      head + "author A <a@b> x +0000\n" + author + committer + "\n",
      "tree \(Self.tree.uppercased())\n" + author + committer + "\n",
      head + author + "encoding x\n" + committer + "\n", head + author + committer + "gpgsig x\n",
    ]
    for body in bodies { try held.add(.commit, Array(body.utf8)) }
    try held.hold(strict: isStrict)
  }

  @Test(arguments: [false, true]) func tagsHaveGitsFindings(isStrict: Bool) throws {
    var held = try Comparison()
    let head = "object \(Self.blob)\ntype blob\n"
    let tagger = "tagger A <a@b> 1 +0000\n"
    let bodies = [
      head + "tag v\n" + tagger + "\nx", head + "tag v\n\nx\n", head + "tag v\n",
      head + "tag v..x\n" + tagger + "\n", head + "tag \n" + tagger + "\n",
      head + "tag v\n" + tagger + "foo bar\n\n", head + "tag v\n" + tagger.dropLast(),
      head + "tag v\0x\n" + tagger + "\n", head + "tag v\n" + tagger + "\nx\0y",
      head + "tag a b\ntagger A\n\n", head + "tag @{\n\n", head + "tag x.lock\n" + tagger,
    ]
    for body in bodies { try held.add(.tag, Array(body.utf8)) }
    try held.hold(strict: isStrict)
  }

  @Test func policyDecidesWhatFindingsAre() throws {
    var held = try Comparison()
    try held.add(.tree, try entry("100644", "b") + entry("100644", "a"))
    try held.add(.tree, try entry("100644", ".git"))
    try held.add(.tree, try entry("100666", "a"))
    try held.add(.tree, try entry("040000", "a", Self.tree))
    let tag = "object \(Self.blob)\ntype blob\ntag v\ntagger A <a@b> 1 +0000\nextra x\n\n"
    try held.add(.tag, Array(tag.utf8))
    let settings = [
      ("treeNotSorted", "warn"), ("HASDOTGIT", "error"), ("badFilemode", "ignore"),
      ("extraHeaderEntry", "error"),
    ]
    for (name, word) in settings { try held.git("config", "fsck.\(name)", word) }
    let skipped = held.objects[3].id
    try held.directory.write(
      Array("# odd\n\n\(skipped.hex) # old\n".utf8), to: "skip")
    try held.git("config", "fsck.skipList", held.directory.path + "/skip")
    let list = try held.directory.read("skip")
    try held.hold(strict: true) { policy in
      for (name, word) in settings { try policy.set(name, to: word) }
      try policy.skip(parsing: list, algorithm: .sha1)
    }
  }

  @Test(arguments: [
    ("nope", "warn", "Unhandled message id: nope"),
    ("badTree", "info", "Unknown fsck message type: 'info'"),
    ("nulInHeader", "warn", "Cannot demote nulInHeader to warn"),
  ])
  func badSettingsAreRefused(name: String, word: String, complaint: String) {
    var policy = CheckPolicy()
    #expect(throws: PandoError.self) { try policy.set(name, to: word) }
    do { try policy.set(name, to: word) } catch { #expect(error.message == complaint) }
  }

  @Test func everyFindingIsListedOnce() {
    #expect(Set(FsckMessage.ID.all).count == FsckMessage.ID.all.count)
    for id in FsckMessage.ID.all { #expect(FsckMessage.ID(name: id.name.uppercased()) == id) }
  }
}

private func * (bytes: [UInt8], count: Int) -> [UInt8] {
  Array(repeatElement(bytes, count: count).joined())
}
