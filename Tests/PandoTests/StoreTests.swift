import Pando
import PandoTestKit
import Testing

@Suite struct StoreTests {
  @Test(arguments: BackEnd.allCases)
  func `the program of the front page runs`(_ backEnd: BackEnd) throws {
    let store = try backEnd.bed(of: Note.self).store
    let main = try store.branch("main")
    try main.update("Add a note") { tree in try tree.set(Note("buy milk"), at: "inbox/milk") }
    let draft = try main.fork("draft")
    try draft.set(Note("buy bread"), at: "inbox/bread", "Add another")
    #expect(try draft.get("inbox/bread") == Note("buy bread"))
    #expect(try main.get("inbox/milk") == Note("buy milk"))
    #expect(try main.get("inbox/bread") == nil)
    #expect(try store.branches().map(\.name) == ["draft", "main"])
  }

  @Test(arguments: BackEnd.allCases)
  func `a branch need not exist`(_ backEnd: BackEnd) throws {
    let bed = try backEnd.bed()
    #expect(try bed.main.head == nil)
    #expect(try bed.main.get("a") == nil)
    #expect(try bed.main.list().isEmpty)
    #expect(try bed.main.snapshot().isEmpty)
    #expect(try bed.store.branches().isEmpty)
    #expect(try bed.main.remove(at: "a", "Nothing") == nil)
    #expect(try bed.main.head == nil)
    var history = try bed.main.history()
    #expect(try history.next() == nil)
    #expect(code { _ = try bed.main.fork("x") } == .notFound)
  }

  @Test(arguments: BackEnd.allCases)
  func `values are told from directories`(_ backEnd: BackEnd) throws {
    let main = try backEnd.bed().main
    try main.set("x", at: "a/b/c", "Set")
    #expect(try main.contains("a/b/c"))
    #expect(try !main.contains("a/b"))
    #expect(try main.get("a") == nil)
    #expect(try main.get("a/b/c/d") == nil)
    #expect(try main.get("") == nil)
    let snapshot = try main.snapshot()
    #expect(try snapshot.kind(at: "a/b/c") == .value)
    #expect(try snapshot.kind(at: "a/b") == .directory)
    #expect(try snapshot.kind(at: "") == .directory)
    #expect(try snapshot.kind(at: "b") == nil)
    #expect(try snapshot.mode(at: "a/b/c") == .file)
    #expect(try snapshot["a//b/c/"] == "x")
  }

  @Test(arguments: BackEnd.allCases)
  func `a change that changes nothing makes no commit`(_ backEnd: BackEnd) throws {
    let bed = try backEnd.bed()
    let first = try #require(try bed.main.set("v1", at: "a", "First"))
    #expect(try bed.main.set("v1", at: "a", "Again") == nil)
    #expect(try bed.main.remove(at: "absent", "Nothing") == nil)
    #expect(
      try bed.main.update("Undo") { tree in
        try tree.set("v2", at: "a")
        try tree.set("v1", at: "a")
        try tree.set("x", at: "d/e")
        try tree.remove(at: "d/e")
      }.commit == nil)
    #expect(try bed.main.head == first)
    let empty = try bed.main.update("Empty", options: UpdateOptions(allowsEmpty: true)) { _ in }
    let second = try #require(empty.commit)
    #expect(try bed.store.commit(second).parents == [first])
    #expect(try bed.store.commit(second).tree == bed.store.commit(first).tree)
  }

  @Test(arguments: BackEnd.allCases)
  func `each change gives its own commit with its own message`(_ backEnd: BackEnd) throws {
    let bed = try backEnd.bed()
    let commits = try ["v1", "v1", "v2", "v3"].map { try bed.main.set($0, at: "k", "Set to \($0)") }
    #expect(commits.map { $0 == nil } == [false, true, false, false])
    for (commit, value) in zip(commits, ["v1", "", "v2", "v3"]) {
      guard let commit else { continue }
      #expect(try bed.store.snapshot(of: commit)["k"] == value)
      #expect(try bed.store.commit(commit).message == Array("Set to \(value)\n".utf8))
    }
  }

  @Test(arguments: BackEnd.allCases)
  func `an update that throws changes nothing`(_ backEnd: BackEnd) throws {
    struct Stop: Error {}
    let main = try backEnd.bed().main
    #expect(throws: Stop.self) {
      try main.update("Half") { tree in
        try tree.set("x", at: "a")
        throw Stop()
      }
    }
    #expect(try main.head == nil)
    #expect(
      try main.update("Give back") { tree in
        try tree.set("x", at: "a")
        return 7
      }.value == 7)
  }

  @Test(arguments: BackEnd.allCases)
  func `an expectation is tested before anything else`(_ backEnd: BackEnd) throws {
    let main = try backEnd.bed().main
    #expect(try !main.compareAndSet("new", at: "k", expecting: "old", "No"))
    #expect(try main.head == nil)
    #expect(try main.compareAndSet("v1", at: "k", expecting: nil, "Yes"))
    #expect(try !main.compareAndSet("v2", at: "k", expecting: nil, "No"))
    // Irmin's trap: what is to be set is there already, and the expectation is wrong.
    #expect(try !main.compareAndSet("v1", at: "k", expecting: "other", "No"))
    #expect(try !main.compareAndSet("v1", at: "k", expecting: nil, "No"))
    #expect(try main.compareAndSet("v1", at: "k", expecting: "v1", "Same"))
    #expect(try main.compareAndSet("v2", at: "k", expecting: "v1", "Yes"))
    #expect(try main.compareAndSet(nil, at: "k", expecting: "v2", "Remove"))
    #expect(try main.get("k") == nil)
    try main.set("x", at: "dir/x", "Directory")
    #expect(try !main.compareAndSet("v", at: "dir", expecting: nil, "A directory is something"))
    var history = try main.history()
    #expect(try history.rest().count == 4)
  }

  @Test(arguments: BackEnd.allCases)
  func `heads move only from where they are expected`(_ backEnd: BackEnd) throws {
    let bed = try backEnd.bed()
    let first = try #require(try bed.main.set("1", at: "k", "One"))
    let second = try #require(try bed.main.set("2", at: "k", "Two"))
    #expect(try !bed.main.moveHead(to: first, expecting: first))
    #expect(try !bed.main.moveHead(to: second, expecting: nil))
    #expect(try bed.main.moveHead(to: first, expecting: second))
    #expect(try bed.main.get("k") == "1")
    let fresh = try bed.store.branch("fresh")
    #expect(try fresh.moveHead(to: second, expecting: nil))
    #expect(try fresh.get("k") == "2")
    #expect(try !fresh.moveHead(to: nil, expecting: first))
    #expect(try fresh.moveHead(to: nil, expecting: second))
    #expect(try fresh.head == nil)
    let tree = try bed.store.commit(first).tree
    #expect(code { try fresh.moveHead(to: tree, expecting: nil) } == .invalidInput)
    let absent = try #require(bed.absentID("ab"))
    #expect(code { try fresh.moveHead(to: absent, expecting: nil) } == .notFound)
  }

  @Test(arguments: BackEnd.allCases)
  func `a fork takes no name that is taken, and forks part`(_ backEnd: BackEnd) throws {
    let bed = try backEnd.bed()
    try bed.main.set("1", at: "k", "One")
    let fork = try bed.main.fork("topic/one")
    #expect(try fork.head == bed.main.head)
    #expect(code { _ = try bed.main.fork("topic/one") } == .conflictingUpdate)
    try fork.set("2", at: "k", "Two")
    #expect(try bed.main.get("k") == "1")
    #expect(try fork.delete())
    #expect(try !fork.delete())
    #expect(try fork.head == nil)
    #expect(try bed.store.branches().map(\.name) == ["main"])
  }

  @Test(
    arguments: [
      "", "..", "a//b", "x.lock", "-x", "a b", "a..b", "/a", "a/", "a/.b", "HEAD", "a~1", "a^",
      "a:b",
      "@{u}", "a\u{7f}", "a\\b", "refs/../../x", "a.",
    ])
  func `a branch name that Git refuses is refused`(_ name: String) throws {
    let store = try BackEnd.memory.bed().store
    #expect(code { _ = try store.branch(name) } == .invalidInput)
  }

  @Test(arguments: BackEnd.allCases)
  func `a detached branch moves in memory only`(_ backEnd: BackEnd) throws {
    let bed = try backEnd.bed()
    let first = try #require(try bed.main.set("1", at: "k", "One"))
    let detached = try bed.store.detached(at: first)
    #expect(detached.name == nil)
    let second = try #require(try detached.set("2", at: "k", "Two"))
    let copy = detached
    #expect(try copy.head == second)
    #expect(try bed.main.head == first)
    #expect(try detached.fork("named").get("k") == "2")
    let empty = try bed.store.detached()
    #expect(try empty.head == nil)
    #expect(try empty.set("x", at: "k", "First") != nil)
    #expect(try bed.store.branches().map(\.name) == ["main", "named"])
  }

  @Test(arguments: BackEnd.allCases)
  func `parents can be chosen`(_ backEnd: BackEnd) throws {
    let bed = try backEnd.bed()
    let first = try #require(try bed.main.set("1", at: "k", "One"))
    let other = try #require(try bed.store.branch("other").set("2", at: "k", "Two"))
    let update = try bed.main.update("Both", options: UpdateOptions(parents: [other, first])) {
      tree in try tree.set("3", at: "k")
    }
    #expect(try bed.store.commit(try #require(update.commit)).parents == [other, first])
    #expect(try bed.main.head == update.commit)
    let tree = try bed.store.commit(first).tree
    #expect(
      code {
        try bed.main.update("Bad", options: UpdateOptions(parents: [tree])) { _ in }
      } == .invalidInput)
  }

  @Test(arguments: BackEnd.allCases)
  func `everything throws closed after close, and closing twice is fine`(
    _ backEnd: BackEnd
  ) throws {
    let bed = try backEnd.bed()
    let first = try #require(try bed.main.set("1", at: "k", "One"))
    let snapshot = try bed.main.snapshot()
    var history = try bed.main.history()
    try bed.store.close()
    try bed.store.close()
    let uses: [() throws -> Void] = [
      { _ = try bed.main.head }, { _ = try bed.main.get("k") }, { _ = try snapshot["k"] },
      { try bed.main.set("2", at: "k", "Two") }, { _ = try bed.main.fork("f") },
      { _ = try bed.store.branches() }, { _ = try bed.store.branch("main") },
      { _ = try bed.store.snapshot(of: first) }, { _ = try history.next() },
      { try bed.main.delete() }, { _ = try bed.store.detached(at: first) },
      { try bed.main.moveHead(to: first, expecting: first) }, { _ = try bed.store.commit(first) },
      { _ = try bed.store.defaultBranch }, { _ = try bed.store.tag("t") },
    ]
    for (index, use) in uses.enumerated() { #expect(code(use) == .closed, "use \(index)") }
  }

  @Test(arguments: BackEnd.allCases)
  func `tags name commits for good`(_ backEnd: BackEnd) throws {
    let bed = try backEnd.bed()
    let first = try #require(try bed.main.set("1", at: "k", "One"))
    let second = try #require(try bed.main.set("2", at: "k", "Two"))
    #expect(try bed.store.tag("v1") == nil)
    try bed.store.tag("v1", at: first)
    try bed.store.tag("v1", at: first)
    #expect(code { try bed.store.tag("v1", at: second) } == .conflictingUpdate)
    #expect(try bed.store.tag("v1") == first)
    #expect(try bed.store.defaultBranch.name == "main")
  }

  @Test(arguments: BackEnd.allCases)
  func `reflogs tell what git's would`(_ backEnd: BackEnd) throws {
    let bed = try backEnd.bed()
    try bed.main.set("1", at: "k", "One\n\nAnd why.")
    try bed.main.set("2", at: "k", "Two")
    let fork = try bed.main.fork("draft")
    #expect(try bed.main.reflog().map(\.message.text) == ["commit (initial): One", "commit: Two"])
    #expect(try fork.reflog().map(\.message.text) == ["branch: Created from main"])
  }

  @Test(arguments: BackEnd.allCases)
  func `what is no value says so and where`(_ backEnd: BackEnd) throws {
    let bed = try backEnd.bed(of: [UInt8].self)
    let commit = try #require(try bed.main.set([0xFF, 0xFE], at: "a/b", "Not text"))
    let text = bed.store.viewed(as: String.self)
    let snapshot = try text.snapshot(of: commit)
    let error = #expect(throws: PandoError.self) { try snapshot["a/b"] }
    #expect(error?.code == .corrupt)
    #expect(error?.message.contains("a/b") == true)
    #expect(try snapshot.bytes(at: "a/b") == [0xFF, 0xFE])
  }
}
