import Pando
import PandoBytes
import PandoFiles
import PandoStorage
import PandoTestKit
import Testing

/// Both ways against real git: what the store wrote, git reads; what git wrote, the store reads.
@Suite struct GitAgreementTests {
  @Test func `git finds nothing wrong with what the store wrote`() throws {
    let bed = try BackEnd.disk.bed()
    let git = try bed.git()
    let submodule = try #require(bed.absentID("12"))
    try bed.main.update("First\n\nwith a body") { tree in
      try tree.set("plain", at: "a/b/plain")
      try tree.set("run", at: "a/run", executable: true)
      try tree.setSymbolicLink(to: "run", at: "a/link")
      try tree.setSubmodule(submodule, at: "vendor")
      try tree.set("before", at: "a.b")
      try tree.set("after", at: "a0")
      try tree.set("caf\u{e9}", at: "caf\u{e9}")
    }
    try bed.main.set("overwritten", at: "a/run", "Keep the bit")
    try bed.main.set("file", at: "a/b", "Directory to file")
    try bed.main.set("deep", at: "a/b/c/d", "File to directory")
    try bed.main.fork("topic/x").remove(at: "", "Empty it")
    try git("fsck", "--strict", "--full")
    #expect(
      try git("ls-tree", "-r", "main").lines.map { String($0.prefix(6)) } == [
        "100644", "100644", "120000", "100755", "100644", "100644", "160000",
      ])
    #expect(try git("show", "main:a/run").text == "overwritten")
    #expect(try git("log", "--format=%s", "main").lines.last == "First")
    #expect(
      try git("log", "-1", "--format=%an <%ae> %ad", "--date=raw", "main").line.hasPrefix("Pando <")
    )
    #expect(try git("symbolic-ref", "HEAD").line == "refs/heads/main")
    #expect(
      try git("for-each-ref", "--format=%(refname)").lines == [
        "refs/heads/main", "refs/heads/topic/x",
      ])
    #expect(try git("ls-tree", "topic/x").text.isEmpty)
    #expect(
      try git("reflog", "show", "--format=%gs", "main").lines.last == "commit (initial): First")
  }

  @Test func `a big transaction is sound too`() throws {
    let bed = try BackEnd.disk.bed()
    try bed.main.update("Many") { tree in
      for i in 0..<2000 { try tree.set("value \(i)", at: "d\(i % 37)/e\(i % 7)/f\(i)") }
    }
    try bed.main.set("changed", at: "d1/e1/f1", "One")
    let git = try bed.git()
    try git("fsck", "--strict", "--full")
    #expect(try git("ls-tree", "-r", "--name-only", "main").lines.count == 2000)
    #expect(
      try git("ls-tree", "-r", "--name-only", "main").lines
        == bed.main.snapshot().paths().map(\.description))
  }

  @Test func `logs and differences are git's`() throws {
    let bed = try BackEnd.disk.bed()
    var random = SeededRandom(seed: 5)
    for i in 0..<40 {
      try bed.main.update("Commit \(i)") { tree in
        for _ in 0..<3 {
          let path: TreePath = "\(random.word(1))/\(random.word(1))"
          if random.next() % 3 == 0 {
            try tree.remove(at: path)
          } else {
            try tree.set(random.word(3), at: path)
          }
        }
      }
    }
    let git = try bed.git()
    var history = try bed.main.history()
    let all = try history.rest()
    #expect(all.map(\.id.hex) == (try git("rev-list", "main").lines))
    for path in ["a", "b", "c/d", "e", "a/b", "q/q"] {
      var log = try bed.main.log(TreePath(path))
      #expect(
        try log.rest().map(\.id.hex) == git("log", "--format=%H", "main", "--", path).lines,
        "\(path)")
    }
    for (newer, older) in zip(all, all.dropFirst(7)) {
      let ours = try bed.store.snapshot(of: older.id).diff(to: bed.store.snapshot(of: newer.id))
      let letters: [ValueChange<String>.Kind: String] = [.added: "A", .removed: "D", .updated: "M"]
      let theirs = try git(
        "diff-tree", "-r", "--name-status", "--no-renames", older.id.hex, newer.id.hex)
      #expect(ours.map { "\(letters[$0.kind] ?? "")\t\($0.path)" } == theirs.lines)
    }
  }

  @Test func `what git writes beside an open store is seen`() throws {
    let bed = try BackEnd.disk.bed()
    let git = try bed.git()
    try bed.main.set("ours", at: "k/ours", "Ours")
    let blob = try git("hash-object", "-w", "--stdin", input: Array("theirs".utf8)).line
    func commit(_ parent: String) throws -> String {
      let sub = try git("mktree", input: Array("100755 blob \(blob)\ttheirs\n".utf8)).line
      let tree = try git("mktree", input: Array("040000 tree \(sub)\tk\n".utf8)).line
      return try git("commit-tree", tree, "-p", parent, "-m", "Theirs").line
    }
    let parent = try #require(try bed.main.head?.hex)
    try git("update-ref", "refs/heads/main", try commit(parent), parent)
    #expect(try bed.main.snapshot().contents() == ["k/theirs": "theirs"])
    try git("gc", "--prune=now", "--quiet")
    try git("pack-refs", "--all", "--prune")
    #expect(try bed.main.get("k/theirs") == "theirs")
    try bed.main.set("again", at: "k/theirs", "Ours again")
    #expect(try bed.main.snapshot().mode(at: "k/theirs") == .executable)
    try git("repack", "-ad", "--quiet")
    #expect(try bed.main.get("k/theirs") == "again")
    try git("branch", "made-by-git", "main")
    #expect(try bed.store.branches().map(\.name) == ["made-by-git", "main"])
    try git("fsck", "--strict")
  }

  @Test func `no update is lost between two stores and git`() async throws {
    let bed = try BackEnd.disk.bed()
    try bed.main.set("start", at: "start", "Start")
    let other = try bed.opened()
    let git = try bed.git()
    try await concurrently(3) { writer in
      for i in 0..<8 {
        switch writer {
        case 0: try bed.main.set("\(i)", at: "ours\(i)", "Ours \(i)")
        case 1: try other.branch("main").set("\(i)", at: "other\(i)", "Other \(i)")
        default:
          // What a push does: a commit on what was seen, then a compare and swap.
          while true {
            let seen = try git("rev-parse", "main").line
            let entries = try git("ls-tree", seen).text
            let blob = try git("hash-object", "-w", "--stdin", input: Array("\(i)".utf8)).line
            let line = "100644 blob \(blob)\tgit\(i)\n"
            let tree = try git("mktree", input: Array((entries + line).utf8)).line
            let commit = try git("commit-tree", tree, "-p", seen, "-m", "Git \(i)").line
            if try git.run(["update-ref", "refs/heads/main", commit, seen]).status == 0 { break }
          }
        }
      }
    }
    #expect(try bed.main.list().count == 25)
    #expect(try git("rev-list", "--count", "main").line == "25")
    try git("fsck", "--strict", "--full")
  }

  @Test func `a repository with a working tree keeps it untouched`() throws {
    let directory = try TemporaryDirectory()
    let git = GitOracle(in: directory.path)
    try git("init", "-q", "-b", "trunk", ".")
    try directory.write(Array("one".utf8), to: "file")
    try git("add", "file")
    try git("commit", "-q", "-m", "One")
    let store = try Store<String>(at: directory.path, options: TestBed<String>.options)
    let trunk = try store.defaultBranch
    #expect(trunk.name == "trunk")
    #expect(try trunk.get("file") == "one")
    try trunk.set("two", at: "file", "Two")
    #expect(try directory.read("file") == Array("one".utf8))
    #expect(try git("show", "trunk:file").text == "two")
  }

  @Test func `opening makes a repository once, and refuses what is in the way`() throws {
    let bed = try BackEnd.disk.bed()
    try bed.main.set("1", at: "k", "One")
    #expect(try bed.opened().branch("main").get("k") == "1")
    let place = try TemporaryDirectory()
    try place.write([1], to: "file")
    #expect(throws: PandoError.self) { try Store<String>(at: place.path + "/file") }
  }

  @Test func `identity comes from the settings and the environment`() throws {
    let bed = try BackEnd.disk.bed()
    let git = try bed.git()
    try git("config", "user.name", "Ada Lovelace")
    try git("config", "user.email", "ada@example.com")
    let configured = try bed.opened()
    try configured.branch("a").set("x", at: "k", "Configured")
    #expect(
      try git("log", "-1", "--format=%an <%ae> %cn <%ce>", "a").line
        == "Ada Lovelace <ada@example.com> Ada Lovelace <ada@example.com>")
    var options = TestBed<String>.options
    options.repository.environment.variables["GIT_AUTHOR_NAME"] = "Grace"
    options.repository.environment.variables["GIT_COMMITTER_EMAIL"] = "c@example.com"
    let environment = try Store<String>(
      at: "\(bed.directory?.path ?? "")/store.git", options: options)
    try environment.branch("b").set("x", at: "k", "Environment")
    #expect(
      try git("log", "-1", "--format=%an <%ae> %cn <%ce>", "b").line
        == "Grace <ada@example.com> Ada Lovelace <c@example.com>")
  }
}
