import PandoBytes
import PandoTestKit
import Testing

@Suite struct RevisionCommandsTests {
  private let repository: RichRepository

  init() throws { repository = try RichRepository() }

  /// Splits a line as a shell does: at spaces, but for quotes.
  private func words(_ line: Substring) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    for character in line {
      if character == quote {
        quote = nil
      } else if let open = quote {
        _ = open
        word = (word ?? "") + String(character)
      } else if character == "\"" || character == "'" {
        quote = character
        word = word ?? ""
      } else if character == " " {
        if let done = word { words.append(done) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    if let done = word { words.append(done) }
    return words
  }

  private func expectSame(
    _ lines: String, in directory: String = "", errors: CommandHarness.Errors = .any
  ) throws {
    for line in lines.split(separator: "\n") {
      try repository.harness.expectSame(words(line), in: directory, errors: errors)
    }
  }

  @Test func `rev-parse answers as git does, complaints included`() throws {
    try expectSame(RevParseLines.lines, errors: .same)
  }

  /// A date without a time of day takes that of the moment, which goes on between two runs.
  @Test func `a date without a time of day is at this time of that day`() throws {
    let words = ["rev-parse", "--since=2005-01-01"]
    let before = try repository.harness.git().run(words)
    let got = repository.harness.pando(words)
    let after = try repository.harness.git().run(words)
    func seconds(_ bytes: [UInt8]) throws -> Int {
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(text.hasPrefix("--max-age="))
      return try #require(Int(text.dropFirst(10).dropLast()))
    }
    let span = try [seconds(before.bytes), seconds(got.bytes), seconds(after.bytes)]
    // At midnight the time of day starts again.
    let isOrdered = span == span.sorted() || span[0] > span[2]
    #expect(isOrdered && got.status == 0 && got.errors.isEmpty, "\(span)")
  }

  @Test func `below the root, paths are seen from there as git sees them`() throws {
    try expectSame(RevParseLines.below, in: "dir/sub", errors: .same)
    try expectSame(RevParseLines.below, in: ".git/refs")
  }

  @Test func `a bare repository answers as git does`() throws {
    try repository.harness.git()("clone", "-q", "--mirror", ".", "bare.git")
    try expectSame(RevParseLines.lines, in: "bare.git", errors: .same)
  }

  @Test func `with a commit-graph, rev-list, merge-base and log find the same`() throws {
    try repository.harness.git()("commit-graph", "write", "--reachable", "--changed-paths")
    // There git itself lists other objects than without the graph: it no longer knows the edge.
    let lines = RevListLines.lines.split(separator: "\n").filter {
      !$0.contains("--boundary --topo-order --objects")
    }
    try expectSame(lines.joined(separator: "\n"))
    try expectSame(LogLines.lines)
  }

  @Test func `log shows what git shows`() throws { try expectSame(LogLines.lines) }

  @Test func `rev-list and merge-base find what git finds`() throws {
    try expectSame(RevListLines.lines)
  }

  @Test(arguments: [
    "blob:none", "blob:limit=20", "tree:0", "tree:1", "tree:2", "object:type=blob",
    "combine:tree:2+blob:limit=20", "combine:object:type=tree+blob:none",
  ])
  func `what a filter leaves out is told, in any order`(filter: String) throws {
    for words in [["main"], ["side..main"], ["--all"], ["--all", "--count"], ["--quiet", "main"]] {
      let all = ["rev-list", "--objects", "--filter=\(filter)", "--filter-print-omitted"] + words
      let wanted = try repository.harness.git().run(all)
      let got = repository.harness.pando(all)
      #expect(got.status == wanted.status)
      let lines = got.text.split(separator: "\n").map(String.init)
      let difference = lines.sorted().difference(from: wanted.lines.sorted())
      // Git goes through a table of hashes.
      #expect(difference.isEmpty, "\(all)")
    }
  }

  @Test(arguments: ["Asia/Kolkata", "America/New_York", "UTC"])
  func `dates are local to the zone`(zone: String) throws {
    // The zone of this process is fixed, so only forms that do not ask for it are compared.
    for form in ["iso", "rfc", "raw", "short", "unix", "iso-strict", "default"] {
      try repository.harness.expectSame(
        ["log", "--all", "--date=\(form)", "--format=%ad %cd"], environment: ["TZ": zone])
    }
  }
}

@Suite struct CommitTreeTests {
  private let harness: CommandHarness
  private let tree: String
  private let commit: String

  init() throws {
    harness = try CommandHarness()
    let git = harness.git()
    try git("init", "-q", "-b", "main")
    tree = try git("write-tree").line
    commit = try git("commit-tree", "-m", "first", tree).line
    try git("update-ref", "refs/heads/main", commit)
    try harness.directory.write(Array("from a file".utf8), to: "message")
  }

  @Test func `commits have git's names, and mistakes git's complaints`() throws {
    let lines: [[String]] = [
      [tree, "-m", "x"], [tree, "-p", commit, "-m", "x"],
      [tree, "-p", commit, "-p", commit, "-m", "x"], ["-m", "x"], [tree, tree],
      [commit, "-m", "x"], ["nope", "-m", "x"], [tree, "-p", "nope", "-m", "x"],
      [tree, "-p", tree, "-m", "x"], [tree, "-m", ""], [tree, "-m", "a", "-m", "b"],
      [tree, "-m", "a", "-F", "message", "-m", "c"], [tree, "-F", "nowhere"],
      [tree, "-p", "main~4", "-m", "x"], ["main^{tree}", "-p", "main", "-m", "x"],
    ]
    for words in lines { try harness.expectSame(["commit-tree"] + words) }
  }

  @Test func `messages come from standard input and are kept or repaired as git does`() throws {
    let inputs: [[UInt8]] = [
      [], Array("no line end".utf8), Array("line\n".utf8), [97, 0, 98], [99, 97, 102, 0xE9, 10],
      [0xC3, 0xA9, 0xFF, 0xC3],
    ]
    for input in inputs {
      try harness.expectSame(["commit-tree", tree], input: input)
      try harness.expectSame(
        ["-c", "i18n.commitEncoding=latin1", "commit-tree", tree], input: input)
    }
  }

  @Test(arguments: [
    ["GIT_AUTHOR_DATE": "bogus"], ["GIT_AUTHOR_DATE": "2005-04-07T22:13:13"],
    ["GIT_AUTHOR_DATE": "Thu, 7 Apr 2005 15:13:13 -0700"], ["GIT_AUTHOR_DATE": "@1112911993 +0530"],
    ["GIT_COMMITTER_DATE": "1112911993 -0330"], ["GIT_AUTHOR_NAME": ""],
    ["GIT_AUTHOR_NAME": ".,;"], ["GIT_AUTHOR_EMAIL": ""], ["GIT_AUTHOR_NAME": " a <b>\n c. "],
  ])
  func `identities and dates are read as git reads them`(
    environment: [String: String]
  ) throws {
    try harness.expectSame(["commit-tree", tree, "-m", "x"], environment: environment)
  }
}
