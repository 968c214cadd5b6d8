import Pando
import PandoFiles
import PandoStorage
import PandoTestKit
import Testing

/// A transaction against power loss: what is found afterwards is the old state or the new one.
@Suite struct CrashTests {
  private static let losses: [CrashLoss] =
    [.nothing, .everythingUnsynced, .unsyncedBytes, .unsyncedNames]
    + (0..<2).map { .some(seed: $0) }

  private func open(_ files: any FileSystem) throws -> Store<String> {
    var options = TestBed<String>.options
    options.repository.durability = .everyCommit
    options.repository.clock = TestClock()
    options.repository.random = TestRandom(seed: 1)
    return try Store(at: "/store.git", in: files, options: options)
  }

  /// Everything that `main` leads to, read; nil before its first commit.
  private func state(_ files: any FileSystem) throws -> [String: String]? {
    let main = try open(files).branch("main")
    guard try main.head != nil else { return nil }
    var history = try main.history()
    _ = try history.rest()
    return try main.snapshot().contents()
  }

  private func change(_ store: Store<String>, wide: Bool) throws {
    try store.branch("main").update("Change") { tree in
      try tree.remove(at: "a")
      for i in 0..<(wide ? 20 : 1) { try tree.set("new \(i)", at: "d/k\(i)") }
    }
  }

  @Test(arguments: [false, true])
  func `power loss at any moment leaves the old state or the new one`(_ wide: Bool) throws {
    let files = MemoryFileSystem(clock: TestClock())
    let store = try open(files)
    try store.branch("main").set("old", at: "a", "First")
    files.startRecording()
    try change(store, wide: wide)
    let old = ["a": "old"]
    let new = try #require(try state(files))
    for count in 0...files.operationCount {
      for loss in Self.losses {
        let image = files.crashImage(after: count, losing: loss)
        let found = try state(image)
        #expect(found == old || found == new, "after \(count), losing \(loss)")
        if count == files.operationCount { #expect(found == new, "losing \(loss)") }
      }
    }
  }

  /// As `state`, where a lock that the dead process left, which opening names, is no state.
  private func stateUnlessLocked(_ files: any FileSystem) throws -> [String: String]? {
    do { return try state(files) } catch let error as PandoError
      where error.description.contains(".lock: File exists")
    {
      return nil
    }
  }

  @Test func `power loss while a repository is made leaves none or a sound one`() throws {
    let files = MemoryFileSystem(clock: TestClock())
    files.startRecording()
    try open(files).branch("main").set("first", at: "a", "First")
    for count in 0...files.operationCount {
      for loss in Self.losses {
        let image = files.crashImage(after: count, losing: loss)
        let found = try stateUnlessLocked(image)
        #expect(found == nil || found == ["a": "first"], "after \(count), losing \(loss)")
        if count == files.operationCount { #expect(found == ["a": "first"], "losing \(loss)") }
      }
    }
  }

  @Test func `a call that fails, or a disk that dies, leaves the old state or the new one`() throws
  {
    func prepared() throws -> MemoryFileSystem {
      let files = MemoryFileSystem(clock: TestClock())
      try open(files).branch("main").set("old", at: "a", "First")
      return files
    }
    let counting = FaultyFileSystem(try prepared())
    try change(open(counting), wide: false)
    let old = ["a": "old"]
    let new = ["d/k0": "new 0"]
    for call in 0..<counting.callCount {
      for fault in [FaultyFileSystem.Fault.call(call), .from(call)] {
        let files = try prepared()
        let faulty = FaultyFileSystem(files, failing: fault)
        var hasReturned = false
        do {
          try change(open(faulty), wide: false)
          hasReturned = true
        } catch {}
        let found = try state(files)
        #expect(found == old || found == new, "\(fault)")
        if hasReturned { #expect(found == new, "\(fault)") }
      }
    }
  }
}
