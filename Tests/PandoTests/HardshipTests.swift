import Pando
import PandoFiles
import PandoStorage
import PandoTestKit
import Testing

/// A store on a disk that is full or refuses, beside locks that stay, with clocks that are wrong.
@Suite struct HardshipTests {
  private func open(
    _ files: any FileSystem, _ clock: any WallClock = TestClock(), seed: UInt64 = 1
  ) throws -> Store<String> {
    var options = TestBed<String>.options
    options.repository.durability = .everyCommit
    options.repository.clock = clock
    options.repository.random = TestRandom(seed: seed)
    options.updateAttemptsMax = 2
    return try Store(at: "/store.git", in: files, options: options)
  }

  private func made() throws -> MemoryFileSystem {
    let files = MemoryFileSystem(clock: TestClock())
    try open(files).branch("main").set("old", at: "k", "First")
    return files
  }

  @Test(arguments: [
    (FileErrorNumber.noSpace, "No space left on device"),
    (FileErrorNumber.permission, "Permission denied"),
    (FileErrorNumber.tooManyOpen, "Too many open files"),
  ])
  func `a disk that is full, or refuses, is named, and the store is as it was`(
    _ errno: Int32, _ reason: String
  ) throws {
    var failures = 0
    try CrashExplorer().fail(on: made, errno: errno) { faulty in
      try open(faulty).branch("main").set("new", at: "k", "Second")
    } check: { files, fault, failure in
      if let failure {
        failures += 1
        let text = String(describing: failure)
        // What stands in the way when nothing can be read at all is that there is no repository.
        let isNamed = text.contains(reason) || text.contains("not a git repository")
        // Settings are outside of the repository.
        let isPlaced = text.contains("/store.git") || text.contains("/nonexistent/")
        #expect(isNamed && isPlaced, "\(fault): \(text)")
      }
      let store = try open(files, seed: 2)
      let found = try store.branch("main").get("k")
      #expect(found == "new" || found == "old" && failure != nil, "\(fault)")
      guard case .call = fault else { return }
      // A lock that could not be removed stays, and is named.
      do { try store.branch("main").set("newer", at: "k", "Third") } catch let error as PandoError {
        let text = String(describing: error)
        #expect(error.code == .locked && text.contains(".lock"), "\(fault): \(text)")
      }
    }
    #expect(failures > 20)
  }

  @Test(arguments: ["refs/heads/main.lock", "HEAD.lock"])
  func `a lock that stays is named, and nothing is lost when it is gone`(_ lock: String) throws {
    let files = try made()
    let store = try open(files)
    let path = FilePath("/store.git/\(lock)")
    try files.createExclusively(path, permissions: 0o644).close()
    let error = #expect(throws: PandoError.self) {
      try store.branch("main").set("new", at: "k", "Second")
    }
    #expect(error?.code == .locked && error?.description.contains(lock) == true)
    #expect(try store.branch("main").get("k") == "old")
    try files.remove(path)
    try store.branch("main").set("new", at: "k", "Second")
    #expect(try store.branch("main").get("k") == "new")
  }

  @Test func `a reference that has become a directory is named`() throws {
    let files = try made()
    let store = try open(files)
    let path: FilePath = "/store.git/refs/heads/main"
    try files.remove(path)
    try files.createDirectories(path)
    try files.createExclusively(path / "file", permissions: 0o644).close()
    #expect(try store.branch("main").head == nil)
    let error = #expect(throws: PandoError.self) {
      try store.branch("main").set("new", at: "k", "Second")
    }
    #expect(error?.description.contains("refs/heads/main") == true)
    try files.removeTree(path)
    try store.branch("main").set("new", at: "k", "Second")
    #expect(try store.branch("main").get("k") == "new")
  }

  @Test func `a clock that jumps back changes nothing but the dates`() throws {
    let files = try made()
    let early = TestClock(seconds: 1_000_000)
    let store = try open(files, early)
    let main = try store.branch("main")
    for i in 0..<5 { try main.set("\(i)", at: "k", "Commit \(i)") }
    var history = try main.history()
    let subjects = try history.rest().map { String(decoding: $0.commit.message, as: UTF8.self) }
    #expect(subjects.first?.hasPrefix("Commit 4") == true && subjects.count == 6)
    #expect(try main.get("k") == "4")
    #expect(try open(files, early).branch("main").get("k") == "4")
  }
}
