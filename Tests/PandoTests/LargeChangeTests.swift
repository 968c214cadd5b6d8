import Pando
import PandoFiles
import PandoObjects
import PandoStorage
import PandoTestKit
import Synchronization
import Testing

/// Changes whose values are too much for memory, and wait on the disk.
@Suite struct LargeChangeTests {
  private func open(_ files: any FileSystem, seed: UInt64 = 1) throws -> Store<String> {
    try Store(at: "/store.git", in: files, options: options(seed))
  }

  private func options(_ seed: UInt64 = 1) -> StoreOptions {
    var options = TestBed<String>.options
    options.repository.durability = .everyCommit
    options.repository.clock = TestClock()
    options.repository.random = TestRandom(seed: seed)
    options.changeBytesMax = 32
    return options
  }

  private func made() throws -> MemoryFileSystem {
    let files = MemoryFileSystem(clock: TestClock())
    try open(files).branch("main").set("old", at: "a", "First")
    return files
  }

  private let count = 30

  private func fill(_ tree: inout TreeEditor<String>) throws {
    try tree.remove(at: "a")
    for i in 0..<count { try tree.set("value \(i % 20)", at: "d\(i % 3)/k\(i)") }
  }

  private var filled: [String: String] {
    Dictionary(
      uniqueKeysWithValues: (0..<count).map { ("d\($0 % 3)/k\($0)", "value \($0 % 20)") })
  }

  private func names(_ files: any FileSystem) throws -> [String] {
    (try files.list("/store.git/objects/pack") ?? []).map(\.name)
  }

  private func hasSpool(_ files: any FileSystem) throws -> Bool {
    try names(files).contains { $0.hasPrefix("tmp_pack_") }
  }

  @Test func `values wait in a file, are read from there, and are one pack in the end`() throws {
    let files = try made()
    let store = try open(files)
    let main = try store.branch("main")
    let packs = try names(files).count
    try main.update("Fill") { tree in
      try fill(&tree)
      #expect(try hasSpool(files))
      for (path, value) in filled { #expect(try tree.get(TreePath(path)) == value) }
      try tree.set("once more", at: "d0/k0")
      try tree.move(from: "d1", to: "e")
      try tree.setExecutable(true, at: "e/k1")
    }
    #expect(try !hasSpool(files) && names(files).count == packs + 2)
    let contents = try main.snapshot().contents()
    #expect(contents.count == count && contents["d0/k0"] == "once more")
    #expect(contents["e/k1"] == "value 1")
    #expect(try open(files).branch("main").snapshot().contents() == contents)
    #expect(try main.snapshot().mode(at: "e/k1") == .executable)
  }

  @Test(arguments: [Durability.everyCommit, .journaled, .asGit, .none, .deferred])
  func `large changes stand beside small ones, however durable`(_ durability: Durability) throws {
    let files = MemoryFileSystem(clock: TestClock())
    var options = options()
    options.repository.durability = durability
    let store = try Store<String>(at: "/store.git", in: files, options: options)
    let main = try store.branch("main")
    try main.set("small", at: "small/1", "Before")
    try main.update("Fill") { tree in
      try fill(&tree)
      // Deferred commits are in memory themselves.
      #expect(try hasSpool(files) == (durability != .deferred))
    }
    try main.set("small", at: "small/2", "After")
    #expect(try main.snapshot().contents().count == count + 2)
    try store.close()
    let contents = try open(files, seed: 2).branch("main").snapshot().contents()
    #expect(contents.count == count + 2 && contents["d1/k7"] == "value 7")
    #expect(try !hasSpool(files))
  }

  @Test func `git finds nothing wrong with the pack`() throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/store.git"
    let store = try Store<String>(at: path, options: options())
    let main = try store.branch("main")
    for round in 0..<3 {
      try main.update("Fill \(round)") { tree in
        try fill(&tree)
        for i in 0..<9 { try tree.set("\(round) and \(i)", at: "more/\(round)/\(i)") }
      }
    }
    let git = GitOracle(in: path)
    try git("fsck", "--strict", "--full")
    #expect(try git("show", "main:d2/k5").bytes == Array("value 5".utf8))
    #expect(try git("ls-tree", "-r", "--name-only", "main").lines.count == count + 27)
    for pack in try names(LocalFileSystem(), path) where pack.hasSuffix(".idx") {
      try git("verify-pack", "objects/pack/\(pack)")
    }
  }

  private func names(_ files: any FileSystem, _ store: String) throws -> [String] {
    (try files.list(FilePath("\(store)/objects/pack")) ?? []).map(\.name)
  }

  private struct Refusal: Error {}

  @Test func `a change that is given up leaves nothing, nor does one that changes nothing`() throws
  {
    let files = try made()
    let main = try open(files).branch("main")
    let before = try names(files)
    #expect(throws: Refusal.self) {
      try main.update("Fill") { tree in
        try fill(&tree)
        throw Refusal()
      }
    }
    #expect(try names(files) == before)
    let update = try main.update("Come and go") { tree in
      for i in 0..<count { try tree.set("value \(i)", at: "x/k\(i)") }
      #expect(try hasSpool(files))
      try tree.remove(at: "x")
    }
    #expect(update.commit == nil)
    #expect(try names(files) == before)
  }

  @Test func `the root can be taken away under values that wait`() throws {
    let files = try made()
    let main = try open(files).branch("main")
    try main.update("Clear and fill") { tree in
      for i in 0..<count { try tree.set("value \(i)", at: "x\(i)/k") }
      try tree.remove(at: .root)
      for i in 0..<count { try tree.set("other \(i)", at: "k\(i)") }
    }
    let contents = try main.snapshot().contents()
    #expect(contents.count == count && contents["k7"] == "other 7")
  }

  @Test func `what comes from another store waits as well`() throws {
    let files = try made()
    let main = try open(files).branch("main")
    let other = try Store<String>.inMemory(options: options(2)).branch("main")
    try other.update("Fill") { tree in try fill(&tree) }
    try main.update("Graft") { tree in
      try tree.setTree(other.snapshot(), at: "theirs")
      #expect(try hasSpool(files))
      #expect(try tree.get("theirs/d1/k4") == "value 4")
    }
    let contents = try open(files).branch("main").snapshot().contents()
    #expect(contents.count == count + 1 && contents["theirs/d2/k29"] == "value 9")
  }

  @Test func `a clean-up that takes the file away is none to mind`() throws {
    let files = try made()
    let main = try open(files).branch("main")
    try main.update("Fill") { tree in
      try fill(&tree)
      for name in try names(files) where name.hasPrefix("tmp_pack_") {
        try files.remove(FilePath("/store.git/objects/pack/\(name)"))
      }
      #expect(try tree.get("d0/k3") == "value 3")
      try tree.set("last", at: "last")
    }
    let contents = try open(files).branch("main").snapshot().contents()
    #expect(contents.count == count + 1 && contents["d2/k29"] == "value 9")
  }

  @Test func `others who move the branch make the change anew`() throws {
    let files = try made()
    let main = try open(files).branch("main")
    let other = try open(files, seed: 2).branch("main")
    var attempts = 0
    try main.update("Fill") { tree in
      attempts += 1
      try fill(&tree)
      if attempts == 1 { try other.set("theirs", at: "theirs", "Beside") }
    }
    #expect(attempts == 2)
    let contents = try main.snapshot().contents()
    #expect(contents.count == count + 1 && contents["theirs"] == "theirs")
    #expect(try !hasSpool(files))
  }

  @Test func `writers of large changes lose nothing of each other's`() throws {
    let files = try made()
    let store = try open(files)
    let failures = Mutex<[any Error]>([])
    ThreadTeam.run(4) { number in
      do {
        for round in 0..<5 {
          try store.branch("main").update("\(number), \(round)") { tree in
            for i in 0..<count { try tree.set("\(number) \(round) \(i)", at: "w\(number)/\(i)") }
          }
        }
      } catch {
        failures.withLock { $0.append(error) }
      }
    }
    if let error = failures.withLock(\.first) { throw error }
    let contents = try open(files, seed: 3).branch("main").snapshot().contents()
    #expect(contents.count == 4 * count + 1)
    for number in 0..<4 { #expect(contents["w\(number)/9"] == "\(number) 4 9") }
    #expect(try !hasSpool(files))
  }

  // MARK: Power loss and failing calls

  private func state(_ files: any FileSystem) throws -> [String: String] {
    let main = try open(files, seed: 9).branch("main")
    var history = try main.history()
    _ = try history.rest()
    return try main.snapshot().contents()
  }

  @Test func `power loss at any moment leaves the old state or the new one`() throws {
    let files = try made()
    let store = try open(files)
    try CrashExplorer(seeds: 2).crash(files) { _ in
      try store.branch("main").update("Fill") { tree in try fill(&tree) }
    } check: { image, moment in
      let found = try state(image)
      #expect(found == filled || found == ["a": "old"] && !moment.isComplete, "\(moment)")
    }
  }

  @Test func `a call that fails leaves the old state or the new one, and a store that works`()
    throws
  {
    var failures = 0
    try CrashExplorer().fail(on: made, errno: FileErrorNumber.noSpace) { faulty in
      try open(faulty).branch("main").update("Fill") { tree in
        // A value that could not be put away is no reason to go on without it.
        for i in 0..<count { try tree.set("value \(i % 20)", at: "d\(i % 3)/k\(i)") }
        try tree.remove(at: "a")
      }
    } check: { files, fault, failure in
      if failure != nil { failures += 1 }
      let found = try state(files)
      #expect(found == filled || found == ["a": "old"] && failure != nil, "\(fault)")
    }
    #expect(failures > 20)
  }

  @Test func `a spool that could not be written is not committed, though its error is passed over`()
    throws
  {
    var failures = 0
    try CrashExplorer().fail(on: made, errno: FileErrorNumber.noSpace) { faulty in
      try open(faulty).branch("main").update("Fill") { tree in
        try tree.remove(at: "a")
        for i in 0..<count {
          let path = TreePath("d\(i % 3)/k\(i)")
          do { try tree.set("value \(i % 20)", at: path) } catch {
            try tree.set("value \(i % 20)", at: path)
          }
        }
      }
    } check: { files, fault, failure in
      if failure != nil { failures += 1 }
      let found = try state(files)
      #expect(found == filled || found == ["a": "old"] && failure != nil, "\(fault)")
    }
    #expect(failures > 20)
  }
}
