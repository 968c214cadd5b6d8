import Pando
import PandoBytes
import PandoFiles
import PandoStorage
import PandoTestKit
import Testing

/// A journal against power loss, failing calls and damage: what has returned is there.
@Suite struct JournalCrashTests {
  private func open(_ files: any FileSystem, seed: UInt64 = 1) throws -> Store<String> {
    var options = JournalTests.options()
    options.repository.clock = TestClock()
    options.repository.random = TestRandom(seed: seed)
    options.updateAttemptsMax = 1
    return try Store(at: "/store.git", in: files, options: options)
  }

  /// A repository with one published commit.
  private func made() throws -> MemoryFileSystem {
    let files = MemoryFileSystem(clock: TestClock())
    let store = try open(files)
    try store.branch("main").set("0", at: "k0", "Commit 0")
    try store.close()
    return files
  }

  private func commit(_ number: Int, _ branch: Branch<String>) throws {
    try branch.set("\(number)", at: "k\(number)", "Commit \(number)")
  }

  /// How many commits a store has; they must be the first ones, whole.
  private func count(_ branch: Branch<String>) throws -> Int {
    var history = try branch.history()
    let count = try history.rest().count
    let values = try branch.snapshot().contents()
    #expect(values == Dictionary(uniqueKeysWithValues: (0..<count).map { ("k\($0)", "\($0)") }))
    return count
  }

  /// The files that a journal, and what it locks, may leave.
  private func leftovers(_ files: any FileSystem) throws -> [String] {
    let journals = try files.list("/store.git/pando")?.map(\.name) ?? []
    let heads = try files.list("/store.git/refs/heads")?.map(\.name) ?? []
    return journals + heads.filter { $0 != "main" }
  }

  @Test func `a process that ends leaves what the next one publishes`() throws {
    let files = try made()
    let store = try open(files)
    for i in 1..<6 { try commit(i, store.branch("main")) }
    let image = files.crashImage(losing: .nothing)
    #expect(try !leftovers(image).isEmpty)
    let next = try open(image, seed: 2)
    #expect(try count(next.branch("main")) == 6)
    #expect(try leftovers(image).isEmpty)
    try commit(6, next.branch("main"))
    try next.close()
    #expect(try count(open(image, seed: 3).branch("main")) == 7)
    // A journal whose owner lives is left alone.
    #expect(try count(open(files, seed: 4).branch("main")) == 1)
    try store.close()
    #expect(try count(open(files, seed: 5).branch("main")) == 6)
  }

  @Test func `power loss at any moment leaves all commits that have returned`() throws {
    let files = try made()
    let store = try open(files)
    let main = try store.branch("main")
    var returned: [(changes: Int, commits: Int)] = []
    try CrashExplorer(seeds: 4).crash(files) { files in
      for i in 1..<8 {
        try commit(i, main)
        returned.append((files.operationCount, i + 1))
        if i == 5 { try store.flush() }
      }
      try store.close()
    } check: { image, moment in
      let promised = returned.last { $0.changes <= moment.count }?.commits ?? 1
      let next = try open(image, seed: 2)
      let found = try count(next.branch("main"))
      #expect(found == promised || found == promised + 1, "\(found), \(promised), \(moment)")
      // A lock that was being written when power failed is named, as one of git's would be.
      do {
        try commit(found, next.branch("main"))
        try next.close()
        let leftovers = try leftovers(image)
        #expect(leftovers.isEmpty, "\(moment)")
      } catch let error as PandoError {
        #expect(error.code == .locked && error.description.contains("main.lock"), "\(moment)")
      }
    }
  }

  @Test func `power loss while the next process publishes loses nothing`() throws {
    let files = try made()
    let store = try open(files)
    for i in 1..<4 { try commit(i, store.branch("main")) }
    let left = files.crashImage(losing: .everythingUnsynced)
    try CrashExplorer(seeds: 3).crash(left) { left in
      let found = try count(main: left)
      #expect(found == 4)
    } check: { image, moment in
      let found = try count(main: image)
      #expect(found == 4, "\(moment)")
    }
    try store.close()
  }

  @Test(arguments: [FileErrorNumber.inputOutput, FileErrorNumber.noSpace])
  func `a call that fails, or a disk that dies, loses nothing that has returned`(
    _ errno: Int32
  ) throws {
    var returned = 1
    var failing: Store<String>?
    try CrashExplorer().fail(
      on: {
        returned = 1
        return try made()
      }, errno: errno
    ) { files in
      let store = try open(files)
      failing = store
      for i in 1..<4 {
        try commit(i, store.branch("main"))
        returned = i + 1
      }
      try store.flush()
    } check: { files, fault, error in
      // As when the process ends now, and the disk is sound again.
      failing = nil
      let image = files.crashImage(losing: .nothing)
      let found = try count(main: image)
      #expect(found == returned || found == returned + 1, "\(fault): \(String(describing: error))")
    }
    _ = failing
  }

  @Test func `after a call that failed the same store goes on`() throws {
    let files = try made()
    let counting = FaultyFileSystem(files.crashImage(losing: .nothing))
    let store = try open(counting)
    let opening = counting.callCount
    for i in 1..<4 { try commit(i, store.branch("main")) }
    try store.flush()
    for call in opening..<counting.callCount {
      let name = counting.calls[call]
      let faulty = FaultyFileSystem(files.crashImage(losing: .nothing), failing: .call(call))
      let store = try open(faulty)
      let main = try store.branch("main")
      var number = 1
      var failures = 0
      while number < 4 {
        do {
          try commit(number, main)
          number += 1
        } catch {
          failures += 1
          // What the journal was given may or may not be there, so it is looked at anew.
          guard failures < 3 else { throw error }
          number = try count(main)
        }
      }
      do { try store.flush() } catch { failures += 1 }
      try store.close()
      #expect(failures <= 1)
      let found = try count(main: faulty)
      #expect(found == 4, "\(name)")
    }
  }

  private func count(main files: any FileSystem) throws -> Int {
    try count(open(files, seed: 9).branch("main"))
  }

  @Test func `damage is named, and nothing but the rest is lost`() throws {
    let files = try made()
    let store = try open(files)
    for i in 1..<4 { try commit(i, store.branch("main")) }
    let directory = FilePath("/store.git/pando")
    let name = try #require(try files.list(directory)?.first { !$0.name.hasSuffix(".lock") }?.name)
    let segment = try #require(try files.contents(of: directory / name, limit: 1 << 24))
    let end = 1 + (segment.lastIndex { $0 != 0 } ?? 0)
    func count(with bytes: [UInt8]) throws -> Int {
      let image = files.crashImage(losing: .nothing)
      _ = try image.remove(directory / name)
      let file = try image.createExclusively(directory / name, permissions: 0o644)
      try file.write(bytes)
      try file.close()
      return try self.count(open(image, seed: 2).branch("main"))
    }
    var counts: Set<Int> = []
    for size in stride(from: 0, through: end, by: 7) {
      counts.insert(try count(with: Array(segment[..<size])))
    }
    #expect(counts.isSuperset(of: [1, 2, 3]) && counts.isSubset(of: [1, 2, 3, 4]))
    for position in stride(from: 0, to: end, by: 5) {
      var bytes = Array(segment[..<end])
      bytes[position] ^= 0x41
      do {
        let found = try count(with: bytes)
        #expect(found < 4)
      } catch let error as PandoError {
        #expect(error.code == .corrupt && error.description.contains(name))
      }
    }
    try store.close()
  }
}
