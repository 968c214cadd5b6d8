import Pando
import PandoFiles
import PandoStorage
import PandoTestKit
import Testing

/// A transaction against power loss: what is found afterwards is the old state or the new one.
@Suite struct CrashTests {
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

  /// A copy of a disk, changed.
  private func changed(_ files: MemoryFileSystem, wide: Bool) throws -> MemoryFileSystem {
    let copy = files.crashImage(losing: .nothing)
    try change(open(copy), wide: wide)
    return copy
  }

  @Test(arguments: [false, true])
  func `power loss at any moment leaves the old state or the new one`(_ wide: Bool) throws {
    let files = MemoryFileSystem(clock: TestClock())
    let store = try open(files)
    try store.branch("main").set("old", at: "a", "First")
    let old = ["a": "old"]
    let new = try #require(try state(changed(files, wide: wide)))
    try CrashExplorer(seeds: 2).crash(files) { _ in
      try change(store, wide: wide)
    } check: { image, moment in
      let found = try state(image)
      #expect(found == new || found == old && !moment.isComplete, "\(moment)")
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
    try CrashExplorer(seeds: 2).crash(files) { files in
      try open(files).branch("main").set("first", at: "a", "First")
    } check: { image, moment in
      let found = try stateUnlessLocked(image)
      #expect(found == ["a": "first"] || found == nil && !moment.isComplete, "\(moment)")
    }
  }

  @Test func `a call that fails, or a disk that dies, leaves the old state or the new one`() throws
  {
    let old = ["a": "old"]
    let new = ["d/k0": "new 0"]
    try CrashExplorer().fail {
      let files = MemoryFileSystem(clock: TestClock())
      try open(files).branch("main").set("old", at: "a", "First")
      return files
    } _: { faulty in
      try change(open(faulty), wide: false)
    } check: { files, fault, failure in
      let found = try state(files)
      #expect(found == new || found == old && failure != nil, "\(fault)")
    }
  }
}
