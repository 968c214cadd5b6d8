import Pando
import PandoFiles
import PandoStorage
import PandoTestKit
import Testing

/// Branches that are watched while this store, another process or Git moves them.
@Suite struct WatchTests {
  @Test func `branches that git moves are told of, however it stores them`() async throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/store.git"
    let store = try open(path)
    let git = GitOracle(in: path)
    let first = try #require(try store.branch("main").set("1", at: "k", "First"))
    let second = try #require(try store.branch("main").set("2", at: "k", "Second"))
    var changes = try store.changes().makeAsyncIterator()
    for (branch, target, before, after) in [
      ("a/b/new", second.hex, nil, second), ("a/b/new", first.hex, second, first),
      ("main", first.hex, second, first),
    ] as [(String, String, Pando.ObjectID?, Pando.ObjectID?)] {
      try run(git, "update-ref", "refs/heads/\(branch)", target)
      let change = try await changes.next()
      #expect(change == BranchChange(branch: branch, before: before, after: after))
    }
    // Packed references have not moved, and then one of them does.
    try run(git, "pack-refs", "--all")
    try run(git, "update-ref", "-d", "refs/heads/a/b/new")
    let gone = try await changes.next()
    #expect(gone == BranchChange(branch: "a/b/new", before: first, after: nil))
    try run(git, "branch", "other", "main")
    #expect(try await changes.next()?.branch == "other")
    try store.close()
    #expect(try await changes.next() == nil)
  }

  private func open(_ path: String) throws -> Store<String> {
    var options = TestBed<String>.options
    // So long that only what the system tells can end a wait.
    options.watchMilliseconds = 3_600_000
    return try Store(at: path, options: options)
  }

  private func run(_ git: GitOracle, _ arguments: String...) throws {
    let output = try git.run(arguments)
    #expect(output.status == 0, "\(output.errors)")
  }

  @Test(arguments: BackEnd.allCases)
  func `a store's own changes are told of, those of one branch to who asks for it`(
    _ backEnd: BackEnd
  ) async throws {
    let bed = try backEnd.bed()
    var all = try bed.store.changes().makeAsyncIterator()
    var ofOne = try bed.store.branch("one").changes().makeAsyncIterator()
    let first = try #require(try bed.main.set("1", at: "k", "First"))
    #expect(try await all.next() == BranchChange(branch: "main", before: nil, after: first))
    let one = try bed.main.fork("one")
    #expect(try await ofOne.next() == BranchChange(branch: "one", before: nil, after: first))
    #expect(try await all.next()?.branch == "one")
    let second = try one.set("2", at: "k", "Second")
    #expect(try await ofOne.next() == BranchChange(branch: "one", before: first, after: second))
    #expect(try one.delete())
    #expect(try await ofOne.next() == BranchChange(branch: "one", before: second, after: nil))
    try bed.store.close()
    #expect(try await ofOne.next() == nil)
    #expect(throws: PandoError.self) { try bed.store.changes() }
  }

  @Test func `who comes seldom is told once of many moves`() async throws {
    let directory = try TemporaryDirectory()
    let store = try open("\(directory.path)/store.git")
    let other = try open("\(directory.path)/store.git").branch("main")
    let first = try #require(try other.set("0", at: "k", "First"))
    var changes = try store.changes().makeAsyncIterator()
    for i in 1..<20 { try other.set("\(i)", at: "k", "Commit \(i)") }
    let last = try other.head
    var told = try #require(try await changes.next())
    #expect(told.before == first)
    var count = 1
    while told.after != last {
      let before = told.after
      told = try #require(try await changes.next())
      #expect(told.before == before)
      count += 1
    }
    #expect(count <= 19)
  }

  @Test func `a wait ends with its task, and with a watch that nobody has no thread looks`()
    async throws
  {
    let directory = try TemporaryDirectory()
    let store = try open("\(directory.path)/store.git")
    let changes = try store.changes()
    let task = Task {
      for try await _ in changes {}
      return true
    }
    task.cancel()
    #expect(try await task.value)
    try store.branch("main").set("1", at: "k", "First")
  }
}
