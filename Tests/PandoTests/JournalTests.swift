import Pando
import PandoFiles
import PandoStorage
import PandoTestKit
import Synchronization
import Testing

/// Commits that are durable in a journal before they are published.
@Suite struct JournalTests {
  /// Checkpoints are made when they are asked for, unless a time is given.
  static func options(checkpointMilliseconds: Int? = nil) -> StoreOptions {
    var options = TestBed<String>.options
    options.repository.durability = .journaled
    options.checkpointMilliseconds = checkpointMilliseconds
    return options
  }

  private func open(
    _ directory: TemporaryDirectory, _ options: StoreOptions = options()
  ) throws -> Store<String> {
    try Store(at: "\(directory.path)/store.git", options: options)
  }

  private func others(_ directory: TemporaryDirectory) throws -> Branch<String> {
    var options = TestBed<String>.options
    options.repository.durability = .none
    return try Store<String>(at: "\(directory.path)/store.git", options: options).branch("main")
  }

  private func length(_ branch: Branch<String>) throws -> Int {
    var history = try branch.history()
    return try history.rest().count
  }

  private func lines(_ git: GitOracle, _ arguments: String...) throws -> [String] {
    let output = try git.run(arguments)
    #expect(output.status == 0, "\(output.errors)")
    return output.lines
  }

  @Test func `commits are seen here at once and by git after a checkpoint, each logged`() throws {
    let directory = try TemporaryDirectory()
    let git = GitOracle(in: "\(directory.path)/store.git")
    let store = try open(directory)
    let main = try store.branch("main")
    let first = try #require(try main.set("first", at: "k", "Make the branch"))
    #expect(try lines(git, "rev-parse", "main") == [first.hex])
    for i in 0..<30 { try main.set("\(i)", at: "d\(i % 3)/k\(i)", "Commit \(i)") }
    #expect(try lines(git, "rev-parse", "main") == [first.hex])
    #expect(try length(main) == 31)
    #expect(try others(directory).head == first)
    // Nobody else moves the branch meanwhile, and who tries is told by what.
    let refused = try git.run(["update-ref", "refs/heads/main", "HEAD"])
    #expect(refused.status == 128 && refused.errors.contains("refs/heads/main.lock': File exists"))
    try store.flush()
    #expect(try lines(git, "rev-parse", "main") == [main.head?.hex])
    #expect(try lines(git, "reflog", "show", "main").count == 31)
    _ = try lines(git, "fsck", "--strict", "--full")
    _ = try lines(git, "update-ref", "refs/heads/main", "HEAD~1")
    #expect(try length(main) == 30)
    try main.set("more", at: "k", "One more")
    try store.close()
    #expect(try lines(git, "log", "--format=%s", "-1", "main") == ["One more"])
    let journals = try LocalFileSystem().list(FilePath("\(directory.path)/store.git/pando"))
    #expect(journals?.isEmpty == true)
  }

  @Test func `checkpoints come by themselves`() throws {
    let directory = try TemporaryDirectory()
    let store = try open(directory, Self.options(checkpointMilliseconds: 5))
    let main = try store.branch("main")
    for i in 0..<3 {
      try main.set("\(i)", at: "k", "Commit \(i)")
      let head = try main.head
      let other = try others(directory)
      for _ in 0..<2000 where try other.head != head { SystemClock().sleep(milliseconds: 5) }
      #expect(try other.head == head)
    }
    try store.close()
  }

  @Test func `what does not gain by the journal is published at once`() throws {
    let directory = try TemporaryDirectory()
    let store = try open(directory)
    let main = try store.branch("main")
    try main.set("1", at: "k", "Make the branch")
    #expect(try others(directory).head == main.head)
    try main.set("2", at: "k", "Journaled")
    try store.branch("other").set("1", at: "k", "Make another")
    #expect(try others(directory).head == main.head)
    try main.set(String(repeating: "large ", count: 300_000), at: "k", "Large")
    #expect(try others(directory).head == main.head)
    try main.set("3", at: "k", "Journaled again")
    #expect(try others(directory).head != main.head)
    try store.tag("v1", at: try #require(try main.head))
    #expect(try others(directory).head == main.head)
    try store.close()
  }

  @Test func `writers on one branch and on several lose nothing beside checkpoints`() throws {
    let directory = try TemporaryDirectory()
    let store = try open(directory, Self.options(checkpointMilliseconds: 3))
    let main = try store.branch("main")
    try main.set("0", at: "start", "Start")
    let branches = try [main, main.fork("b1"), main.fork("b2")]
    let each = 60
    let failures = Atomic(0)
    ThreadTeam.run(4) { writer in
      do {
        for i in 0..<each {
          let branch = branches[writer == 3 ? 0 : writer]
          try branch.set("\(i)", at: "w\(writer)/k\(i)", "Commit \(i) by \(writer)")
        }
      } catch {
        failures.add(1, ordering: .relaxed)
      }
    }
    #expect(failures.load(ordering: .relaxed) == 0)
    try store.close()
    let git = GitOracle(in: "\(directory.path)/store.git")
    _ = try lines(git, "fsck", "--strict", "--full")
    #expect(try lines(git, "rev-list", "--count", "main") == ["\(2 * each + 1)"])
    #expect(try lines(git, "rev-list", "--count", "b1") == ["\(each + 1)"])
    #expect(try lines(git, "ls-tree", "-r", "--name-only", "main").count == 2 * each + 1)
  }

  @Test func `a second process waits for the lock and is told of it`() throws {
    let directory = try TemporaryDirectory()
    let store = try open(directory)
    let main = try store.branch("main")
    try main.set("0", at: "k", "Start")
    try main.set("1", at: "k", "Ours")
    var impatient = Self.options()
    impatient.updateAttemptsMax = 2
    let second = try open(directory, impatient)
    let error = #expect(throws: PandoError.self) {
      try second.branch("main").set("2", at: "k", "Theirs")
    }
    #expect(error?.code == .locked && error?.description.contains("main.lock") == true)
    try store.flush()
    try second.branch("main").set("2", at: "k", "Theirs")
    try second.close()
    #expect(try main.get("k") == "2")
    #expect(try length(main) == 3)
    try store.close()
  }

  @Test func `commits whose lock somebody broke are kept under a name`() throws {
    let directory = try TemporaryDirectory()
    let store = try open(directory)
    let main = try store.branch("main")
    try main.set("0", at: "k", "Start")
    let ours = try #require(try main.set("ours", at: "a", "Ours"))
    _ = try LocalFileSystem().remove(FilePath("\(directory.path)/store.git/refs/heads/main.lock"))
    try others(directory).set("theirs", at: "b", "Theirs")
    let error = #expect(throws: PandoError.self) { try store.flush() }
    #expect(error?.code == .conflictingUpdate)
    #expect(error?.description.contains("refs/pando/recovered/\(ours)") == true)
    #expect(try main.get("b") == "theirs")
    let git = GitOracle(in: "\(directory.path)/store.git")
    #expect(try lines(git, "rev-parse", "refs/pando/recovered/\(ours)") == [ours.hex])
    try main.merge(ours, "Merge what is ours")
    #expect(try main.get("a") == "ours")
    try store.close()
  }
}
