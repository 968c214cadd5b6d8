import Pando
import PandoFiles
import PandoStorage
import PandoTestKit
import Synchronization
import Testing

/// Small packs are rolled up beside those who write and read.
@Suite struct PackRollUpTests {
  private func options(packsMax: Int?) -> StoreOptions {
    var options = TestBed<String>.options
    options.repository.durability = .everyCommit
    options.packsMax = packsMax
    options.maintenanceFailed = { Issue.record("\($0)") }
    return options
  }

  private func packs(_ path: String) throws -> Int {
    let entries = try LocalFileSystem().list(FilePath("\(path)/objects/pack")) ?? []
    return entries.count { $0.name.hasSuffix(".pack") }
  }

  private func fill(_ main: Branch<String>, _ count: Int) throws {
    for i in 0..<count { try main.set("\(i)", at: "d\(i % 7)/k\(i)", "Commit \(i)") }
  }

  @Test func `a store that is written for long has few packs, and its readers lose nothing`() throws
  {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/store.git"
    let store = try Store<String>(at: path, options: options(packsMax: 8))
    let main = try store.branch("main")
    let count = 150
    try main.set("first", at: "first", "First")
    let first = try main.snapshot()
    let isDone = Atomic(false)
    let failures = Mutex<[any Error]>([])
    ThreadTeam.run(3) { number in
      do {
        if number == 0 {
          defer { isDone.store(true, ordering: .releasing) }
          return try fill(main, count)
        }
        // One reader of the same store, one with a view of its own.
        let other = try Store<String>(at: path, options: options(packsMax: nil))
        let reader = number == 1 ? main : try other.branch("main")
        while !isDone.load(ordering: .acquiring) {
          let all = try reader.snapshot().contents()
          if all["first"] != "first" { Issue.record("a value is missing") }
          var history = try reader.history()
          _ = try history.rest()
        }
      } catch {
        isDone.store(true, ordering: .releasing)
        failures.withLock { $0.append(error) }
      }
    }
    if let error = failures.withLock(\.first) { throw error }
    #expect(try first["first"] == "first")
    try store.close()
    #expect(try packs(path) <= 20)
    let git = GitOracle(in: path)
    try git("fsck", "--strict", "--full")
    #expect(try git("rev-list", "--count", "main").line == "\(count + 1)")
    let again = try Store<String>(at: path, options: options(packsMax: nil))
    #expect(try again.branch("main").snapshot().contents().count == count + 1)
  }

  @Test func `nothing is rolled up where that is left to others, or they are at it`() throws {
    for isHeld in [false, true] {
      let directory = try TemporaryDirectory()
      let path = "\(directory.path)/store.git"
      let store = try Store<String>(at: path, options: options(packsMax: isHeld ? 3 : nil))
      if isHeld {
        let environment = ProcessEnvironment.current()
        let holder = "\(environment.processID) \(environment.hostName)"
        try LocalFileSystem().replaceContents(
          of: FilePath("\(path)/gc.pid"), with: Array(holder.utf8), durability: .none)
      }
      try fill(try store.branch("main"), 12)
      try store.close()
      #expect(try packs(path) == 12)
    }
  }
}
