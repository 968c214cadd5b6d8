import PandoBytes
import PandoFiles
import PandoObjects
import PandoTestKit
import Testing

@testable import PandoStorage

@Suite("Settings from all their places")
struct ConfigurationTests {
  private func configuration(_ text: String) throws -> Configuration {
    Configuration(
      try ConfigFile(parsing: Array(text.utf8)).entries.map {
        .init(name: $0.name, value: $0.value, scope: .local, file: "c", line: $0.line)
      }, homeDirectory: "/home/me")
  }

  @Test(
    "truths and numbers are git's, and so are the complaints",
    arguments: [
      "", "= true", "= yes", "= on", "= TRUE", "= false", "= no", "= off", "= ", "= 0", "= 1",
      "= -1", "= 2k", "= 1K",
      "= 3m", "= 1g", "= 0x10", "= 010", "= 08", "= 1kb", "= x", "= 1 k", "= 99999999999999999999",
      "= 9223372036854775807",
      "= 9007199254740992k", "= +5", "= --5", "= 0x", "= t",
    ])
  func types(value: String) throws {
    let directory = try TemporaryDirectory()
    let text = "[a]\n\tb \(value)\n"
    try directory.write(Array(text.utf8), to: "c")
    let git = GitOracle(in: directory.path)
    let ours = try configuration(text)
    let theirBool = try git.run(["config", "-f", "c", "--type=bool", "a.b"])
    do throws(PandoError) {
      #expect(try ours.bool("a.b").map { "\($0)" } == theirBool.line)
    } catch {
      #expect(theirBool.errors == "fatal: \(error.message)\n")
    }
    if value.isEmpty || value == "= " { return }
    let theirNumber = try git.run(["config", "-f", "c", "--type=int", "a.b"])
    do throws(PandoError) {
      #expect(try ours.integer("a.b").map { "\($0)" } == theirNumber.line)
    } catch {
      #expect(theirNumber.errors == "fatal: \(error.message)\n")
    }
  }

  @Test("paths know home directories")
  func paths() throws {
    let settings = try configuration(
      "[a]\n\tx = ~/b\n\ty = ~root/b\n\tz = /c\n\tw = ~nobody-of-that-name/b\n")
    #expect(try settings.path("a.x") == "/home/me/b")
    #expect(try settings.path("a.y") == "/root/b")
    #expect(try settings.path("a.z") == "/c")
    #expect(try settings.path("a.v") == nil)
    #expect(throws: PandoError.self) { try settings.path("a.w") }
  }

  @Test(
    "names are checked in git's words",
    arguments: [
      "a", ".b", "a.", "a.b.c d.e", "a.1b", "a_b.c", "a.b\nc.d", "a.b c", "A.B.C", "", "a..b",
    ])
  func names(text: String) throws {
    let directory = try TemporaryDirectory()
    let theirs = try GitOracle(in: directory.path).run(["config", "-f", "c", text, "v"])
    do throws(PandoError) {
      _ = try ConfigName(checking: text)
      #expect(theirs.status == 0)
    } catch {
      #expect(theirs.errors == "error: \(error.message)\n")
    }
  }

  @Test("files, variables and parameters come in git's order, includes where they stand")
  func layers() throws {
    let directory = try TemporaryDirectory()
    let root = directory.path
    let git = GitOracle(in: root)
    try git("init", "-q", "-b", "topic/x", "repo")
    func write(_ text: String, _ name: String) throws {
      try directory.write(Array(text.utf8), to: name)
    }
    try write("[s]\n\tfrom = system\n\tall = 1\n", "system")
    try write("[s]\n\tfrom = xdg\n\tall = 2\n", "home/.config/git/config")
    try write(
      """
      [s]
      \tfrom = home
      \tall = 3
      [include]
      \tpath = more
      \tpath = ~/.tilde
      \tpath = missing
      [includeIf "gitdir:~/../repo/"]
      \tpath = dir1
      [includeIf "gitdir:repo/.git"]
      \tpath = dir2
      [includeIf "gitdir/i:REPO/"]
      \tpath = dir3
      [includeIf "gitdir:./../repo/**"]
      \tpath = dir4
      [includeIf "gitdir:nope/"]
      \tpath = dir5
      [includeIf "onbranch:topic/"]
      \tpath = branch1
      [includeIf "onbranch:top*"]
      \tpath = branch2
      [includeIf "onbranch:topic/?"]
      \tpath = branch3
      [s]
      \tall = 4

      """, "home/.gitconfig")
    for name in [
      "more", ".tilde", "dir1", "dir2", "dir3", "dir4", "dir5", "branch1", "branch2", "branch3",
    ] {
      try write("[s]\n\tall = \(name)\n", "home/\(name)")
    }
    try git("-C", "repo", "config", "s.from", "local")
    try git("-C", "repo", "config", "extensions.worktreeConfig", "true")
    try git("-C", "repo", "config", "core.repositoryformatversion", "1")
    try git("-C", "repo", "config", "--worktree", "s.all", "worktree")
    for extra in [
      [:],
      [
        "GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_0": "s.all", "GIT_CONFIG_VALUE_0": "env",
        "GIT_CONFIG_KEY_1": "S.From", "GIT_CONFIG_VALUE_1": "",
      ],
      ["GIT_CONFIG_GLOBAL": "\(root)/home/more"], ["GIT_CONFIG_NOSYSTEM": "true"],
      ["XDG_CONFIG_HOME": "\(root)/home/none"],
    ] {
      var variables = GitOracle.scrubbed
      variables["GIT_CONFIG_NOSYSTEM"] = nil
      variables["GIT_CONFIG_GLOBAL"] = nil
      variables["GIT_CONFIG_SYSTEM"] = root + "/system"
      variables["HOME"] = root + "/home"
      variables.merge(extra) { $1 }
      let theirs = try ChildProcess.run(
        "git", ["-c", "s.last=1", "-c", "s.bare", "config", "--list", "-z", "--show-scope"],
        in: root + "/repo",
        environment: variables)
      let repository = try Repository.discover(
        from: FilePath(root) / "repo",
        options: .init(
          environment: ProcessEnvironment(
            variables: variables, currentDirectory: FilePath(root) / "repo",
            userID: ProcessEnvironment.current().userID),
          parameters: [.init("s.last", "1"), .init("s.bare", nil)]))
      let ours = repository.configuration.entries.map { entry in
        "\(entry.scope.name)\0\(entry.name)" + (entry.value.map { "\n\($0)" } ?? "") + "\0"
      }.joined()
      #expect(ours == theirs.text, "\(extra) \(theirs.errors)")
    }
  }

  @Test("includes that go round in a circle are refused")
  func circle() throws {
    let directory = try TemporaryDirectory()
    try directory.write(Array("[include]\n\tpath = c\n".utf8), to: "c")
    let root = FilePath(directory.path)
    let loader = ConfigurationLoader(in: LocalFileSystem(), environment: ProcessEnvironment())
    let error = #expect(throws: PandoError.self) { try loader.load(only: root / "c", .local) }
    let theirs = try GitOracle(in: directory.path).run([
      "config", "-f", "\(root)/c", "--includes", "--list",
    ])
    #expect(theirs.errors == "fatal: \(error?.message ?? "")\n")
  }

  @Test("variables that do not fit together are refused in git's words")
  func variables() throws {
    let directory = try TemporaryDirectory()
    for extra in [
      ["GIT_CONFIG_COUNT": "x"], ["GIT_CONFIG_COUNT": "1"],
      ["GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "a.b"],
    ] {
      let theirs = try GitOracle(in: directory.path, environment: extra).run(["config", "--list"])
      let loader = ConfigurationLoader(
        in: LocalFileSystem(),
        environment: ProcessEnvironment(variables: GitOracle.scrubbed.merging(extra) { $1 }))
      let error = #expect(throws: PandoError.self) { try loader.load() }
      #expect(theirs.errors.contains(error?.message ?? "?"), "\(theirs.errors)")
    }
  }

  @Test(
    "patterns match what git's match",
    arguments: [
      ("*", "a", true), ("*", "a/b", false), ("**", "a/b", true), ("a/**", "a/b/c", true),
      ("a/**", "a", false),
      ("**/a", "a", true), ("**/a", "x/y/a", true), ("**/a", "xa", false), ("a/**/b", "a/b", true),
      ("a/**/b", "a/x/y/b", true), ("a/**/b", "a/xb", false), ("a**b", "axb", true),
      ("a**b", "a/b", false),
      ("?", "/", false), ("[a-c]x", "bx", true), ("[!a-c]x", "bx", false), ("[^a]", "b", true),
      ("[]]", "]", true),
      ("[a", "a", false), ("\\*", "*", true), ("\\*", "a", false), ("[[:digit:]]", "5", true),
      ("[[:digit:]]", "x", false), ("a*b*c", "axxbyyc", true), ("a*b*c", "axxbyy", false),
      ("", "", true),
      ("*", "", true), ("a/*/c", "a/b/c", true), ("a/*/c", "a/b/x/c", false),
      ("**/**/a", "a", true),
      ("***/a", "b/a", true), ("[a-]", "-", true), ("[/]", "/", false),
    ])
  func globs(pattern: String, text: String, matches: Bool) {
    #expect(Glob(pattern).matches(Array(text.utf8)) == matches)
  }

  @Test("a pattern made to be slow is not")
  func slow() {
    let pattern = String(repeating: "**/", count: 500) + String(repeating: "*a", count: 500)
    #expect(!Glob(pattern).matches(Array(repeating: UInt8(ascii: "b"), count: 2000)))
    #expect(Glob("A*", ignoresCase: true).matches(Array("abc".utf8)))
    #expect(Glob("a*c", crossesSlashes: true).matches(Array("a/b/c".utf8)))
  }
}
