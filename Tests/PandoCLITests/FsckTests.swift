import Foundation
import PandoTestKit
import Testing

/// `fsck` held against git's on sound repositories, made-up objects and damage.
@Suite struct FsckTests {
  /// A repository with everything that fsck looks at: loose objects, packs, a multi-pack-index, a
  /// commit-graph, tags, reflogs, a worktree, an index, and objects that nothing names.
  private static func rich(_ harness: CommandHarness, format: String = "sha1") throws {
    let git = harness.git()
    try git("init", "-q", "-b", "main", "--object-format=\(format)", ".")
    for number in 1...9 {
      let lines = (number...(number * 30)).map { "line \($0)\n" }.joined()
      try harness.directory.write(Array(lines.utf8), to: "big")
      try harness.directory.write(Array("\(number)\n".utf8), to: "d/e/f\(number % 3)")
      try git("add", ".")
      try git("commit", "-qm", "change \(number)")
      if number == 3 || number == 5 { try git("repack", "-dq") }
      if number == 5 { try git("multi-pack-index", "write") }
    }
    try git("commit-graph", "write", "--reachable")
    try git("tag", "-a", "-m", "first", "v1", "HEAD~2")
    try git("branch", "side", "HEAD~1")
    try git("pack-refs", "--all")
    try git("commit", "-q", "--amend", "-m", "changed")
    try git("worktree", "add", "-q", "--detach", "tree", "side")
    try git("hash-object", "-w", "--stdin", input: Array("dangling\n".utf8))
  }

  /// Lines in no order: git's is that of a table which takes its time.
  private func sorted(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init).sorted()
  }

  @discardableResult
  private func expectSame(
    _ harness: CommandHarness, _ words: [String] = [], in directory: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Int32 {
    let wanted = try harness.git(directory).run(["fsck"] + words)
    let got = harness.pando(["fsck"] + words, in: directory)
    let name = Comment(rawValue: "fsck \(words.joined(separator: " ")) in '\(directory)'")
    #expect(got.status == wanted.status, name, sourceLocation: sourceLocation)
    for (ours, theirs) in [(got.text, wanted.text), (got.errors, wanted.errors)] {
      let difference = sorted(ours).difference(from: sorted(theirs))
      #expect(difference.isEmpty, name, sourceLocation: sourceLocation)
    }
    return wanted.status
  }

  @Test(arguments: ["sha1", "sha256"])
  func `Sound repositories are told of as git does`(format: String) throws {
    let harness = try CommandHarness()
    try Self.rich(harness, format: format)
    let lists: [[String]] = [
      [], ["--full"], ["--strict"], ["--unreachable"], ["--no-reflogs"],
      ["--unreachable", "--no-reflogs"], ["--root", "--tags"], ["--no-dangling"], ["--cache"],
      ["--connectivity-only"], ["--connectivity-only", "--no-reflogs", "--unreachable"],
      ["--name-objects", "--no-reflogs", "--unreachable", "HEAD~3", "v1"], ["HEAD~2"],
      ["--cache", "--unreachable", "HEAD~2"], ["v1^{tree}"], ["nonsense"], ["--no-full"],
      ["--no-full", "--no-reflogs", "--name-objects"], ["--lost-found"], ["--verbose"],
      ["--verbose", "--connectivity-only", "--no-reflogs"],
    ]
    for words in lists { try expectSame(harness, words) }
    try expectSame(harness, ["--root"], in: "d/e")
    try expectSame(harness, ["--unreachable", "--no-reflogs"], in: "tree")
    try expectSame(harness, [], in: ".git")
    #expect(harness.pando(["fsck", "--bogus"]).status == 129)
  }

  @Test func `Lost objects are found`() throws {
    let harness = try CommandHarness()
    try Self.rich(harness)
    try harness.git()("commit", "-q", "--allow-empty", "-m", "lost")
    let lost = try harness.git()("rev-parse", "HEAD").line
    try harness.git()("reset", "-q", "--hard", "HEAD~1")
    let blob = try harness.git()("hash-object", "--stdin", input: Array("dangling\n".utf8)).line
    let found = harness.pando(["fsck", "--lost-found", "--no-dangling"])
    #expect(found.status == 0 && found.text.isEmpty)
    let commit = try harness.directory.read(".git/lost-found/commit/\(lost)")
    #expect(commit == Array("\(lost)\n".utf8))
    let other = try harness.directory.read(".git/lost-found/other/\(blob)")
    #expect(other == Array("dangling\n".utf8))
  }

  // MARK: Objects

  @Test(arguments: [false, true])
  func `Malformed objects are told of, loose and packed`(isPacked: Bool) throws {
    let harness = try CommandHarness()
    let git = harness.git()
    try git("init", "-q", "-b", "main", ".")
    let blob = try git("hash-object", "-w", "--stdin").line
    let tree = try git("mktree").line
    let signature = "A <a@b> 1 +0000"
    let commit = "tree \(tree)\nauthor \(signature)\ncommitter \(signature)\n\n"
    let objects: [(kind: String, text: String)] = [
      ("commit", commit), ("commit", ""), ("commit", "tree \(tree)\n"),
      ("commit", "tree \(tree)\nparent 12\nauthor \(signature)\ncommitter x\n\n"),
      ("commit", "tree \(tree.dropLast())g\nauthor \(signature)\ncommitter x\n\n"),
      ("commit", "tree \(tree)\nauthor \(signature)\n\n"), ("commit", commit + "x\0"),
      ("tag", "object \(blob)\ntype blob\ntag v\n\n"), ("tag", "object \(blob)\n"),
      ("tag", "object \(blob)\ntype blib\ntag v\ntagger \(signature)\n\n"),
      ("tag", "object \(blob)\ntype blob\ntag a..b\ntagger \(signature)\n\n"), ("tree", "x"),
      ("tree", "100644 a\0aaaaaaaaaaaaaaaaaaaa100x b\0aaaaaaaaaaaaaaaaaaaa"),
      ("tree", "040000 a\0aaaaaaaaaaaaaaaaaaaa100666 .git\0bbbbbbbbbbbbbbbbbbbb"),
      ("tree", "120000 .gitmodules\0aaaaaaaaaaaaaaaaaaaa"),
      ("tree", "100644 .gitmodules\0aaaaaaaaaaaaaaaaaaaa"),
    ]
    for (kind, text) in objects {
      let id = try git(
        "hash-object", "--literally", "-w", "-t", kind, "--stdin", input: Array(text.utf8)
      ).line
      if isPacked {
        let pack = harness.path(".git/objects/pack/pack")
        try git("pack-objects", "-q", pack, input: Array("\(id)\n".utf8))
        try FileManager.default.removeItem(
          atPath: harness.path(".git/objects/\(id.prefix(2))/\(id.dropFirst(2))"))
      }
      for words in [[], ["--strict"], ["--root", "--tags"]] {
        try expectSame(harness, words)
      }
      try git("prune")
      try git("repack", "-adq")
    }
  }

  @Test func `Settings decide what is told`() throws {
    let harness = try CommandHarness()
    let git = harness.git()
    try git("init", "-q", ".")
    let blob = try git("hash-object", "-w", "--stdin").line
    let entries = "100644 blob \(blob)\t.git\n100666 blob \(blob)\tb\n"
    let tree = try git("mktree", input: Array(entries.utf8)).line
    try harness.directory.write(Array("\(tree)\n".utf8), to: "skip")
    let settings = [
      ("hasDotgit", "error"), ("hasDotgit", "ignore"), ("BADFILEMODE", "error"),
      ("nope", "warn"), ("hasDotgit", "info"), ("nulInHeader", "warn"),
      ("skipList", harness.path("skip")), ("skipList", harness.path("absent")),
    ]
    for (name, value) in settings {
      let words = ["-c", "fsck.\(name)=\(value)", "fsck", "--no-dangling"]
      let wanted = try git.run(words)
      let got = harness.pando(words)
      #expect(got.status == wanted.status, "\(name)=\(value)")
      #expect(got.errors == wanted.errors, "\(name)=\(value)")
    }
  }

  // MARK: References

  @Test func `Broken references and heads are told of`() throws {
    let harness = try CommandHarness()
    try Self.rich(harness)
    let absent = String(repeating: "1", count: 40)
    let tree = try harness.git()("rev-parse", "HEAD^{tree}").line
    let files: [(path: String, text: String)] = [
      ("refs/heads/absent", absent), ("refs/heads/garbage", "garbage"),
      ("refs/heads/tree", tree), ("refs/tags/tree", tree),
      ("refs/heads/null", "ref: refs/heads/no"),
      ("refs/heads/empty", ""),
    ]
    for (path, text) in files {
      try harness.directory.write(Array("\(text)\n".utf8), to: ".git/\(path)")
      try expectSame(harness)
      try FileManager.default.removeItem(atPath: harness.path(".git/\(path)"))
    }
    let head = try harness.directory.read(".git/HEAD")
    let null = String(repeating: "0", count: 40)
    for text in ["ref: refs/foo/x", "ref: refs/heads/unborn", null, absent, tree] {
      try harness.directory.write(Array("\(text)\n".utf8), to: ".git/HEAD")
      try expectSame(harness)
      try expectSame(harness, [], in: "tree")
    }
    try harness.directory.write(head, to: ".git/HEAD")
    let log = try harness.directory.read(".git/logs/HEAD")
    let line = "\(null) \(absent) A <a@b> 1 +0000\tx\n"
    try harness.directory.write(log + Array(line.utf8), to: ".git/logs/HEAD")
    #expect(try expectSame(harness) == 2)
    #expect(try expectSame(harness, ["--no-reflogs"]) == 0)
  }

  // MARK: Damage

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `Damage is found where git finds it`(seed: UInt64) throws {
    let harness = try CommandHarness()
    try Self.rich(harness)
    let root = harness.path(".git")
    let ignored = ["hooks", "info", "config", "description", "gitdir", "commondir", "rev"]
    let files = try #require(FileManager.default.enumerator(atPath: root)?.allObjects as? [String])
      .filter { name in
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: root + "/" + name, isDirectory: &isDirectory)
          && !isDirectory.boolValue
          && !ignored.contains { name.hasPrefix($0) || name.hasSuffix($0) }
      }.sorted()
    var random = SeededRandom(seed: seed)
    for _ in 0..<40 {
      let name = files[Int(random.next() % UInt64(files.count))]
      let path = root + "/" + name
      let sound = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      try FileManager.default.removeItem(atPath: path)
      var damaged: [UInt8]? = sound
      switch random.next() % 4 {
      case 0 where !sound.isEmpty:
        damaged?[Int(random.next() % UInt64(sound.count))] ^= 1 << UInt8(random.next() % 8)
      case 1 where !sound.isEmpty:
        damaged = Array(sound.prefix(Int(random.next() % UInt64(sound.count))))
      case 2: damaged = []
      default: damaged = nil
      }
      if let damaged { try Data(damaged).write(to: URL(fileURLWithPath: path)) }
      let wanted = try harness.git().run(["fsck"])
      let got = harness.pando(["fsck"])
      #expect(
        (got.status == 0) == (wanted.status == 0),
        "\(name): git \(wanted.status) \(wanted.errors), pando \(got.status) \(got.errors)")
      try Data(sound).write(to: URL(fileURLWithPath: path))
    }
    try expectSame(harness)
  }

  @Test func `Missing objects and the links to them are told of`() throws {
    let harness = try CommandHarness()
    try Self.rich(harness)
    try harness.git()("repack", "-adfq")
    let names = ["HEAD", "HEAD~3", "HEAD^{tree}", "HEAD:d", "HEAD:d/e/f1", "HEAD~4:big", "v1"]
    let pack = try #require(
      FileManager.default.contentsOfDirectory(atPath: harness.path(".git/objects/pack"))
        .first { $0.hasSuffix(".pack") })
    let moved = harness.path("moved.pack")
    try FileManager.default.moveItem(
      atPath: harness.path(".git/objects/pack/\(pack)"), toPath: moved)
    try FileManager.default.removeItem(
      atPath: harness.path(".git/objects/pack/\(pack.dropLast(5)).idx"))
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: moved)))
    try harness.git()("unpack-objects", "-q", input: bytes)
    try FileManager.default.removeItem(atPath: harness.path(".git/objects/info/commit-graph"))
    for name in names {
      let id = try harness.git()("rev-parse", name).line
      let path = harness.path(".git/objects/\(id.prefix(2))/\(id.dropFirst(2))")
      try FileManager.default.moveItem(atPath: path, toPath: harness.path("away"))
      // Which of several logs names an object depends on the order of a directory.
      let lists = [
        [], ["--no-reflogs"], ["--name-objects", "--no-reflogs"], ["--connectivity-only"],
      ]
      for words in lists {
        try expectSame(harness, words)
      }
      try FileManager.default.moveItem(atPath: harness.path("away"), toPath: path)
    }
  }
}

/// `mktag` held against git's.
@Suite struct MkTagTests {
  @Test(arguments: [[], ["--no-strict"], ["--strict"]])
  func `Tags are written and refused as by git`(options: [String]) throws {
    let harness = try CommandHarness()
    let git = harness.git()
    try git("init", "-q", ".")
    let blob = try git("hash-object", "-w", "--stdin").line
    let absent = String(repeating: "1", count: 40)
    let tagger = "tagger A <a@b> 1 +0000\n"
    let texts = [
      "object \(blob)\ntype blob\ntag v\n\(tagger)\nx\n", "object \(blob)\ntype blob\ntag v\n\nx\n",
      "object \(blob)\ntype commit\ntag v\n\(tagger)\n", "", "object\n", "object \(blob)\n\n",
      "object \(absent)\ntype blob\ntag v\n\(tagger)\n", "object \(blob)\ntype blib\ntag v\n\n",
      "object \(blob)\ntype blob\ntag a..b\n\(tagger)\n",
      "object \(blob)\ntype blob\ntag v\n\(tagger)extra\n\n",
      "object \(blob)\ntype blob\ntag v\ntagger A <a> x +0000\n\n",
      "object \(blob)\ntype blob\ntag v", "object \(blob)\ntype blob\ntag v\n\(tagger)",
    ]
    for text in texts { try harness.expectSame(["mktag"] + options, input: Array(text.utf8)) }
    try git("config", "fsck.missingTaggerEntry", "ignore")
    try git("config", "fsck.extraHeaderEntry", "ignore")
    for text in texts { try harness.expectSame(["mktag"] + options, input: Array(text.utf8)) }
  }
}
