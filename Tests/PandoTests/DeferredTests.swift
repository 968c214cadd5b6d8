import Pando
import PandoFiles
import PandoStorage
import PandoTestKit
import Testing

/// Commits that wait for a flush.
@Suite struct DeferredTests {
  private func open(
    _ directory: TemporaryDirectory, _ durability: Durability = .deferred
  ) throws -> Store<String> {
    var options = TestBed<String>.options
    options.repository.durability = durability
    return try Store(at: "\(directory.path)/store.git", options: options)
  }

  @Test func `commits are seen here at once and by git after a flush, each with its log`() throws {
    let directory = try TemporaryDirectory()
    let store = try open(directory)
    let git = GitOracle(in: "\(directory.path)/store.git")
    let main = try store.branch("main")
    let count = 120
    for i in 0..<count {
      try main.update("Commit \(i)") { tree in
        for k in 0..<(i == 0 ? 200 : 1) { try tree.set("\(i)", at: "d\(k % 3)/k\(k + i)") }
      }
    }
    #expect(try main.list().count == 3)
    #expect(try store.branches().map(\.name) == ["main"])
    var history = try main.history()
    #expect(try history.rest().count == count)
    #expect(try open(directory).branch("main").head == nil)
    try store.flush()
    #expect(try open(directory).branch("main").head == main.head)
    _ = try lines(git, "fsck", "--strict", "--full")
    #expect(try lines(git, "rev-list", "--count", "main") == ["\(count)"])
    #expect(try lines(git, "reflog", "show", "main").count == count)
    #expect(try lines(git, "count-objects", "-v").contains("packs: 1"))
    // Versions of a directory are deltas of each other, in chains that git takes.
    let chains = try lines(git, "verify-pack", "-v", packPath(directory)).filter {
      $0.hasPrefix("chain length")
    }
    #expect(chains.count > 5 && chains.count <= 50)
    try store.flush()
    #expect(try lines(git, "count-objects", "-v").contains("packs: 1"))
  }

  private func lines(_ git: GitOracle, _ arguments: String...) throws -> [String] {
    let output = try git.run(arguments)
    #expect(output.status == 0, "\(output.errors)")
    return output.lines
  }

  private func packPath(_ directory: TemporaryDirectory) throws -> String {
    let folder = FilePath("\(directory.path)/store.git/objects/pack")
    let name = try #require(
      try LocalFileSystem().list(folder)?.map(\.name).first { $0.hasSuffix(".idx") })
    return "\(folder)/\(name)"
  }

  @Test func `closing flushes, and a store that is not flushed is as after a crash`() throws {
    let directory = try TemporaryDirectory()
    let store = try open(directory)
    try store.branch("main").set("1", at: "k", "One")
    try store.close()
    #expect(try open(directory).branch("main").get("k") == "1")
    try open(directory).branch("main").set("2", at: "k", "Two")
    #expect(try open(directory).branch("main").get("k") == "1")
  }

  @Test func `other changes of references come behind what is deferred`() throws {
    let directory = try TemporaryDirectory()
    let store = try open(directory)
    let main = try store.branch("main")
    let first = try #require(try main.set("1", at: "k", "One"))
    let fork = try main.fork("fork")
    try store.tag("v1", at: first)
    try fork.set("2", at: "k", "Two")
    let merged = try main.merge(fork, "Merge")
    guard case .fastForwarded = merged else {
      Issue.record("\(merged)")
      return
    }
    #expect(try main.get("k") == "2")
    #expect(try fork.delete())
    let other = try open(directory)
    #expect(try other.branches().map(\.name) == ["main"])
    #expect(try other.branch("main").get("k") == "2")
    #expect(try other.tag("v1") == first)
  }

  @Test func `a branch that others moved is named, and their commits stay`() throws {
    let directory = try TemporaryDirectory()
    let store = try open(directory)
    try store.branch("main").set("0", at: "k", "Start")
    try store.flush()
    let lost = try #require(try store.branch("main").set("ours", at: "a", "Ours"))
    try store.branch("other").set("ours", at: "a", "Beside")
    let theirs = try open(directory, .none).branch("main")
    try theirs.set("theirs", at: "b", "Theirs")
    let error = #expect(throws: PandoError.self) { try store.flush() }
    #expect(error?.code == .conflictingUpdate)
    #expect(error?.description.contains("refs/heads/main") == true)
    let main = try store.branch("main")
    #expect(try main.head == theirs.head)
    #expect(try open(directory).branch("other").get("a") == "ours")
    // What could not be added is there to be merged.
    try main.merge(lost, "Merge what was deferred")
    try store.flush()
    let keys = try open(directory).branch("main").list().map(\.name.description)
    #expect(keys == ["a", "b", "k"])
  }

  @Test func `a flush that fails keeps everything for the next one`() throws {
    let directory = try TemporaryDirectory()
    let store = try open(directory)
    let main = try store.branch("main")
    for i in 0..<20 { try main.set("\(i)", at: "k\(i)", "Commit \(i)") }
    let lock = FilePath("\(directory.path)/store.git/refs/heads/main.lock")
    let files = LocalFileSystem()
    try files.replaceContents(of: lock, with: [], durability: .none)
    let error = #expect(throws: PandoError.self) { try store.flush() }
    #expect(error?.code == .locked)
    #expect(error?.description.contains("main.lock") == true)
    try main.set("more", at: "k", "More")
    _ = try files.remove(lock)
    try store.flush()
    #expect(try open(directory).branch("main").list().count == 21)
  }

  @Test func `many commits are flushed on the way`() throws {
    let directory = try TemporaryDirectory()
    let store = try open(directory)
    let main = try store.branch("main")
    let wide = String(repeating: "wide ", count: 400_000)
    for i in 0..<10 { try main.set("\(i)\(wide)", at: "k\(i)", "Commit \(i)") }
    let seen = try #require(try open(directory).branch("main").head)
    #expect(try seen != main.head)
  }

  @Test func `power loss during a flush leaves the old state or the new one`() throws {
    let files = MemoryFileSystem(clock: TestClock())
    var options = TestBed<String>.options
    options.repository.clock = TestClock()
    options.repository.random = TestRandom(seed: 1)
    options.repository.durability = .deferred
    let store = try Store<String>(at: "/store.git", in: files, options: options)
    try store.branch("main").set("old", at: "a", "First")
    try store.flush()
    let old = try store.branch("main").head
    for i in 0..<12 { try store.branch("main").set("\(i)", at: "d/k\(i)", "Commit \(i)") }
    let new = try store.branch("main").head
    try CrashExplorer(seeds: 2).crash(files) { _ in
      try store.flush()
    } check: { image, moment in
      let main = try Store<String>(at: "/store.git", in: image, options: options).branch("main")
      let found = try main.head
      #expect(found == new || found == old && !moment.isComplete, "\(moment)")
      var history = try main.history()
      let count = try history.rest().count
      #expect(count == (found == new ? 13 : 1))
      let keys = try main.snapshot().contents().count
      #expect(keys == count)
    }
  }
}
