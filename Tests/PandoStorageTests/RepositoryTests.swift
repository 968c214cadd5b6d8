import PandoBytes
import PandoFiles
import PandoObjects
import PandoTestKit
import Testing

@testable import PandoStorage

@Suite("Making, opening and finding repositories")
struct RepositoryTests {
  private func options(_ directory: TemporaryDirectory, _ extra: [String: String] = [:])
    -> Repository.Options
  {
    var variables = GitOracle.scrubbed
    variables.merge(extra) { $1 }
    return Repository.Options(
      durability: .none,
      environment: ProcessEnvironment(
        variables: variables, currentDirectory: FilePath(directory.path),
        userID: ProcessEnvironment.current().userID))
  }

  @Test(
    "a new repository has git's own config and HEAD, and git finds it sound",
    arguments: [true, false], HashAlgorithm.allCases)
  func creates(isBare: Bool, algorithm: HashAlgorithm) throws {
    let directory = try TemporaryDirectory()
    let git = GitOracle(in: directory.path)
    _ = try git.run(
      ["init", "-q", "-b", "main", "--object-format=\(algorithm.name)"] + (isBare ? ["--bare"] : [])
        + ["theirs"])
    let repository = try Repository.create(
      at: "ours", .init(isBare: isBare, hashAlgorithm: algorithm), options: options(directory))
    let inner = isBare ? "" : ".git/"
    for file in ["config", "HEAD", "description"] {
      #expect(
        try directory.read("ours/\(inner)\(file)") == directory.read("theirs/\(inner)\(file)"),
        "\(file)")
    }
    #expect(repository.hashAlgorithm == algorithm)
    #expect(repository.isBare == isBare)
    #expect(repository.workTree == (isBare ? nil : FilePath(directory.path) / "ours"))
    try git("-C", "ours", "fsck", "--strict")
    let again = try Repository.initialize(
      at: "ours", .init(isBare: isBare, hashAlgorithm: algorithm, initialBranch: "x"),
      options: options(directory))
    #expect(again.wasThere)
    #expect(try again.repository.references.read(.head) == .symbolic(.branch("main")))
    let other: HashAlgorithm = algorithm == .sha1 ? .sha256 : .sha1
    #expect(throws: PandoError.self) {
      try Repository.create(
        at: "ours", .init(isBare: isBare, hashAlgorithm: other), options: options(directory))
    }
  }

  @Test("the initial branch comes from the option, the settings, or is git's")
  func initialBranch() throws {
    let directory = try TemporaryDirectory()
    try directory.write(Array("[init]\ndefaultBranch = trunk\n".utf8), to: "global")
    let configured = ["GIT_CONFIG_GLOBAL": directory.path + "/global"]
    for (name, variables, expected) in [
      ("x/y", configured, "x/y"), (nil, configured, "trunk"), (nil, [:], "master"),
    ] as [(String?, [String: String], String)] {
      let repository = try Repository.create(
        at: FilePath("r-\(expected)"), .init(initialBranch: name),
        options: options(directory, variables))
      #expect(try repository.references.read(.head) == .symbolic(.branch(expected)))
    }
    let error = #expect(throws: PandoError.self) {
      try Repository.create(at: "bad", .init(initialBranch: "a..b"), options: options(directory))
    }
    #expect(error?.message == "invalid initial branch name: 'a..b'")
  }

  @Test(
    "formats from the future are refused in git's words",
    arguments: [
      "[core]\nrepositoryformatversion = 2\n",
      "[core]\nrepositoryformatversion = 1\n[extensions]\nfoo = bar\n",
      "[core]\nrepositoryformatversion = 1\n[extensions]\nfoo = bar\nbaz = 1\n",
      "[core]\nrepositoryformatversion = 0\n[extensions]\nfoo = bar\n",
      "[core]\nrepositoryformatversion = 0\n[extensions]\nobjectformat = sha1\n",
      "[core]\nrepositoryformatversion = 1\n[extensions]\nobjectformat = sha1\nnoop-v1\npartialclone = o\n",
      "", "[core]\n",
    ])
  func formats(config: String) throws {
    let directory = try TemporaryDirectory()
    let git = GitOracle(in: directory.path)
    try git("init", "-q", "--bare", ".")
    try directory.write(Array(config.utf8), to: "config")
    let theirs = try git.run(["rev-parse", "HEAD^{tree}"])
    let isRefused = !theirs.errors.contains("HEAD")
    do {
      _ = try Repository.discover(from: ".", options: options(directory))
      #expect(!isRefused)
    } catch {
      #expect(theirs.errors == "fatal: \(error.message)\n")
    }
  }

  @Test("files named .git lead to the repository, or are refused in git's words")
  func pointers() throws {
    let directory = try TemporaryDirectory()
    let git = GitOracle(in: directory.path)
    try git("init", "-q", "--separate-git-dir=real", "tree")
    let repository = try Repository.open(at: "tree", options: options(directory))
    #expect(repository.gitDirectory == FilePath(directory.path) / "real")
    #expect(repository.workTree == FilePath(directory.path) / "tree")
    for text in [
      "gitdir: \(directory.path)/none", "gitdirr", "gitdir: ", "gitdir: ../real\r\n\n", "",
    ] {
      try directory.write(Array(text.utf8), to: "tree/.git")
      let theirs = try git.run(["-C", "tree", "rev-parse", "--git-dir"])
      do {
        let found = try Repository.discover(from: "tree", options: options(directory))
        #expect(
          theirs.status == 0 && found.gitDirectory == FilePath(directory.path) / "real", "\(text)")
      } catch {
        #expect(theirs.errors == "fatal: \(error.message)\n", "\(text)")
      }
    }
  }

  @Test("a repository is found from below, from inside, and not beyond a ceiling")
  func discovers() throws {
    let directory = try TemporaryDirectory()
    let git = GitOracle(in: directory.path)
    try git("init", "-q", "tree")
    try git("init", "-q", "--bare", "bare")
    try directory.write([], to: "tree/a/b/file")
    let root = FilePath(directory.path)
    let cases: [(String, [String: String])] = [
      ("tree", [:]), ("tree/a/b", [:]), ("tree/.git", [:]), ("tree/.git/refs", [:]),
      ("bare/objects", [:]),
      (".", [:]), ("tree/a/b", ["GIT_CEILING_DIRECTORIES": "\(root)/tree"]),
      ("tree/a/b", ["GIT_CEILING_DIRECTORIES": "\(root)/tree/a:/x"]),
      ("tree", ["GIT_CEILING_DIRECTORIES": "\(root)/tree"]),
      ("tree/a", ["GIT_CEILING_DIRECTORIES": ":\(root)"]),
      ("tree/a", ["GIT_DIR": "\(root)/bare"]), ("bare", ["GIT_DIR": "\(root)/tree/.git"]),
      ("tree", ["GIT_DIR": "/nope"]), ("tree", ["GIT_WORK_TREE": "\(root)/bare"]),
      ("tree/a", ["GIT_DIR": "../.git"]),
    ]
    for (place, variables) in cases {
      let theirs = try git.run(
        ["-C", place, "rev-parse", "--absolute-git-dir", "--is-bare-repository"],
        environment: variables)
      let tree = try git.run(["-C", place, "rev-parse", "--show-toplevel"], environment: variables)
      do {
        let found = try Repository.discover(
          from: FilePath(place), options: options(directory, variables))
        #expect(
          theirs.lines == [found.gitDirectory?.string, "\(found.isBare)"], "\(place) \(variables)")
        #expect(
          (tree.status == 0 ? tree.line : nil) == found.workTree?.string, "\(place) \(variables)")
      } catch {
        #expect(theirs.errors == "fatal: \(error.message)\n", "\(place) \(variables)")
      }
    }
  }

  @Test("another user's repository is refused unless it is named safe")
  func ownership() throws {
    let directory = try TemporaryDirectory()
    let git = GitOracle(in: directory.path)
    try git("init", "-q", "tree")
    var foreign = options(directory)
    foreign.environment.userID += 1
    let error = #expect(throws: PandoError.self) {
      try Repository.discover(from: "tree", options: foreign)
    }
    #expect(error?.code == .permissionDenied)
    #expect(
      error?.message == """
        detected dubious ownership in repository at '\(directory.path)/tree'
        To add an exception for this directory, call:

        \tgit config --global --add safe.directory \(directory.path)/tree
        """)
    for (value, isSafe) in [("*", true), ("\(directory.path)/tree", true), ("/x", false)] {
      foreign.parameters = [.init("safe.directory", value)]
      #expect(
        ((try? Repository.discover(from: "tree", options: foreign)) != nil) == isSafe, "\(value)")
    }
    _ = try Repository.open(at: "tree", options: foreign)
  }

  @Test("settings are changed in the repository's own file and read again")
  func settings() throws {
    let directory = try TemporaryDirectory()
    let repository = try Repository.create(at: "r", options: options(directory))
    try repository.setConfiguration("core.logAllRefUpdates", to: "always")
    #expect(try repository.configuration.string("core.logallrefupdates") == "always")
    let git = GitOracle(in: directory.path + "/r")
    #expect(try git("config", "core.logallrefupdates").line == "always")
    try repository.setConfiguration("core.logAllRefUpdates", to: nil)
    #expect(try repository.configuration.string("core.logallrefupdates") == nil)
    let memory = try Repository.inMemory(options: options(directory))
    try memory.setConfiguration("a.b", to: "c")
    #expect(try memory.configuration.string("A.B") == "c")
    #expect(try memory.references.read(.head) == .symbolic(.branch("main")))
  }
}
