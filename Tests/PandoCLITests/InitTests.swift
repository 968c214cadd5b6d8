import PandoCLI
import PandoTestKit
import Testing

@Suite struct InitTests {
  /// Command lines that run one after the other, and the Git directory that they leave.
  static let lines: [(words: [[String]], gitDirectory: String)] = [
    ([["init"], ["init"]], ".git"),
    ([["init", "a/b/c"], ["init", "-q", "a/b/c"], ["init", "./a/../a/b/c/"]], "a/b/c/.git"),
    ([["init", "--bare", "b.git"], ["init", "--bare", "b.git"]], "b.git"),
    ([["--bare", "init", "b"]], "b"),
    ([["init", "-b", "main", "m"], ["init", "-b", "other", "m"]], "m/.git"),
    ([["init", "--initial-branch=topic/x", "."]], ".git"),
    ([["init", "--object-format=sha256", "s"], ["init", "s"]], "s/.git"),
    ([["init", "--object-format=sha256", "s"], ["init", "--object-format=sha1", "s"]], "s/.git"),
    ([["-c", "init.defaultBranch=zz", "init", "z"]], "z/.git"),
    ([["--git-dir=gd", "init"]], "gd"),
    ([["--git-dir", "sub/.git", "init"]], "sub/.git"),
    ([["--git-dir=gd", "--work-tree=w", "init"]], "gd"),
    ([["-C", "sub", "init", "x"]], "sub/x/.git"),
    ([["-C", "sub", "-C", "..", "init", "--quiet", "y"]], "y/.git"),
  ]

  @Test(arguments: 0..<lines.count)
  func `Repositories are made and completed as git does`(number: Int) throws {
    let (commands, gitDirectory) = Self.lines[number]
    let ours = try CommandHarness()
    let theirs = try CommandHarness()
    // Without it git explains at length that the default branch may change.
    let environment = [
      "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "advice.x", "GIT_CONFIG_VALUE_0": "1",
    ]
    for harness in [ours, theirs] { try harness.directory.write([], to: "sub/file") }
    for words in commands {
      let wanted = try theirs.git().run(words, environment: environment)
      let got = ours.pando(words, environment: environment)
      #expect(
        got.text.replacing(ours.directory.path, with: "D")
          == wanted.text.replacing(theirs.directory.path, with: "D"))
      #expect(got.status == wanted.status, "\(words): \(got.errors)")
      #expect(
        got.errors
          == wanted.errors.split(separator: "\n").filter { !$0.hasPrefix("hint:") }
          .map { $0 + "\n" }.joined())
    }
    for file in ["HEAD", "config"] {
      func text(_ harness: CommandHarness) throws -> String {
        String(decoding: try harness.directory.read(gitDirectory + "/" + file), as: UTF8.self)
          .replacing(harness.directory.path, with: "D")
      }
      #expect(try text(ours) == text(theirs), "\(file)")
    }
    try GitOracle(in: ours.path(gitDirectory))("--git-dir=.", "fsck", "--strict")
  }

  static let refusals: [[String]] = [
    ["init", "-b", "a..b", "m"], ["init", "--object-format=foo", "s"], ["init", "file"],
    ["init", "file/x"], ["init", "a", "b"], ["init", ""], ["--work-tree=x", "init"],
    ["-c", "init.defaultBranch=z..z", "init", "z"], ["-C", "nodir", "init"],
    ["-C", "file", "init"], ["init", "--bogus"],
  ]

  @Test func `Refusals are git's`() throws {
    let harness = try CommandHarness()
    try harness.directory.write([], to: "file")
    for words in Self.refusals { try harness.expectSame(words, errors: .firstLine) }
  }
}

@Suite struct GlobalOptionTests {
  static let lines: [[String]] = [
    ["foo"], ["-C"], ["-C", "nodir", "ls-tree", "HEAD"], ["-c"], ["-c", "foo", "ls-tree", "HEAD"],
    ["-c", "a.", "ls-tree", "HEAD"], ["-c", ".b", "ls-tree", "HEAD"], ["--git-dir"], ["--bogus"],
    ["-C", "d", "ls-tree", "HEAD"], ["-C", "d", "-C", "e", "ls-tree", "HEAD"],
    ["-C", "", "ls-tree", "HEAD"], ["--git-dir=.git", "ls-tree", "HEAD"],
    ["--git-dir", "nope", "ls-tree", "HEAD"], ["--no-pager", "ls-tree", "HEAD"],
    ["-C", "d", "--git-dir=../.git", "ls-tree", "HEAD"],
    ["-C", "d", "--git-dir=../.git", "--work-tree=..", "ls-tree", "HEAD"],
    ["--config-env=core.quotePath=QUOTE", "ls-tree", "-r", "HEAD"],
    ["--config-env=core.quotePath=NOPE", "ls-tree", "HEAD"], ["--config-env=x", "ls-tree", "HEAD"],
    ["-P", "cat-file", "-t", "HEAD"], ["--bare", "--git-dir=.git", "ls-tree", "HEAD", "d"],
    ["-C", ".git", "--bare", "ls-tree", "HEAD"],
  ]

  @Test func `What stands before the verb means what it means to git`() throws {
    let sample = try SampleRepository()
    for words in Self.lines {
      let wanted = try sample.harness.git().run(words, environment: ["QUOTE": "false"])
      let got = sample.harness.pando(words, environment: ["QUOTE": "false"])
      #expect(got.status == wanted.status && got.bytes == wanted.bytes, "\(words) \(got.errors)")
      let complaint = wanted.errors.split(separator: "\n").first.map {
        $0.replacing("git", with: "pando")
      }
      #expect(
        got.errors.split(separator: "\n").first.map { $0.replacing("git", with: "pando") }
          == complaint, "\(words)")
    }
  }

  @Test(arguments: [
    ["GIT_DIR": ".git"], ["GIT_DIR": "nope"], ["GIT_OBJECT_DIRECTORY": "nope"],
    ["GIT_OBJECT_DIRECTORY": ".git/objects"], ["GIT_CONFIG_PARAMETERS": "'core.quotepath=false'"],
    ["GIT_CONFIG_PARAMETERS": "'a.b'='x'\\''y' 'core.quotepath'='no'"],
    ["GIT_CONFIG_PARAMETERS": "'core.quotepath'="], ["GIT_CONFIG_PARAMETERS": "core.quotepath"],
    ["GIT_CONFIG_PARAMETERS": "'core.quotepath=false"],
    [
      "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.quotePath", "GIT_CONFIG_VALUE_0": "false",
    ], ["GIT_CEILING_DIRECTORIES": "/"],
  ])
  func `The environment means what it means to git`(variables: [String: String]) throws {
    let sample = try SampleRepository()
    try sample.harness.expectSame(["ls-tree", "-r", "HEAD"], environment: variables)
    try sample.harness.expectSame(["count-objects", "-v"], environment: variables)
  }

  @Test func `Objects are borrowed from other directories`() throws {
    let sample = try SampleRepository()
    let harness = sample.harness
    let other = try CommandHarness()
    try other.git()("init", "-q", ".")
    let id = try other.git()("hash-object", "-w", "--stdin", input: Array("far\n".utf8)).line
    let variables = ["GIT_ALTERNATE_OBJECT_DIRECTORIES": other.path(".git/objects")]
    try harness.expectSame(["cat-file", "-p", id], environment: variables)
    try harness.expectSame(["count-objects", "-v"], environment: variables)
    try harness.directory.write(
      Array((other.path(".git/objects") + "\n").utf8), to: ".git/objects/info/alternates")
    try harness.expectSame(["cat-file", "-p", id])
    try harness.expectSame(["count-objects", "-v"])
    try harness.expectSame(["cat-file", "--batch-all-objects", "--batch-check"])
  }

  @Test func `Version and help are printed`() throws {
    let harness = try CommandHarness()
    #expect(harness.pando(["--version"]).text == "pando version \(CommandRunner.version)\n")
    #expect(harness.pando(["version"]).status == 0)
    for words in [["--help"], ["help"], ["-h"]] {
      let help = harness.pando(words)
      #expect(help.status == 0 && help.text.contains("\n   cat-file "))
    }
    #expect(harness.pando([]).status == 1)
    let usage = harness.pando(["ls-tree", "-h"])
    #expect(usage.status == 129 && usage.text.hasPrefix("usage: pando ls-tree "))
    #expect(harness.pando(["help", "ls-tree"]) == usage)
    #expect(harness.pando(["ls-tree", "--help"]) == usage)
    for command in CommandTable.all {
      #expect(harness.pando([command.name, "-h"]).status == 129, "\(command.name)")
    }
    #expect(CommandTable.all.map(\.name) == CommandTable.all.map(\.name).sorted())
  }
}
