import Pando
import PandoStorage
import PandoTestKit
import Synchronization
import Testing

/// Runs `body` on that many threads of the pool at once.
func concurrently(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) async throws {
  try await withThrowingTaskGroup(of: Void.self) { group in
    for i in 0..<count { group.addTask { try body(i) } }
    try await group.waitForAll()
  }
}

@Suite struct ConcurrencyTests {
  @Test(arguments: BackEnd.allCases)
  func `no update of one branch is lost`(_ backEnd: BackEnd) async throws {
    let bed = try backEnd.bed()
    let second = backEnd == .disk ? try bed.opened() : bed.store
    try await concurrently(20) { i in
      let main = try (i % 2 == 0 ? bed.store : second).branch("main")
      try main.set("\(i)", at: "k\(i)", "Writer \(i)")
    }
    #expect(try bed.main.list().count == 20)
    var history = try bed.main.history()
    #expect(try history.rest().count == 20)
  }

  @Test(arguments: BackEnd.allCases)
  func `an increment runs again on what others left`(_ backEnd: BackEnd) async throws {
    let bed = try backEnd.bed()
    try await concurrently(4) { _ in
      for _ in 0..<5 {
        try bed.main.update("Increment") { tree in
          let count = try tree.get("count").flatMap { Int($0) } ?? 0
          try tree.set("\(count + 1)", at: "count")
        }
      }
    }
    #expect(try bed.main.get("count") == "20")
  }

  @Test(arguments: BackEnd.allCases)
  func `the same value written by all makes one commit`(_ backEnd: BackEnd) async throws {
    let bed = try backEnd.bed()
    try await concurrently(10) { _ in try bed.main.set("v", at: "k", "Same") }
    var history = try bed.main.history()
    #expect(try history.rest().count == 1)
  }

  @Test(arguments: BackEnd.allCases)
  func `of many that expect one value, one wins`(_ backEnd: BackEnd) async throws {
    let bed = try backEnd.bed()
    let wins = Winners()
    try await concurrently(10) { i in
      if try bed.main.compareAndSet("\(i)", at: "k", expecting: nil, "Claim") { wins.add(i) }
    }
    #expect(wins.all.count == 1)
    #expect(try bed.main.get("k") == wins.all.first.map { "\($0)" })
  }

  @Test(arguments: BackEnd.allCases)
  func `heads moved by hand keep every key`(_ backEnd: BackEnd) async throws {
    let bed = try backEnd.bed()
    try bed.main.set("0", at: "start", "Start")
    try await concurrently(5) { i in
      while true {
        let head = try bed.main.head
        let own = try bed.store.detached(at: head)
        let commit = try own.set("\(i)", at: "k\(i)", "Writer \(i)")
        if try bed.main.moveHead(to: commit, expecting: head) { return }
      }
    }
    #expect(try bed.main.list().count == 6)
  }

  @Test(arguments: BackEnd.allCases)
  func `readers always see a whole commit`(_ backEnd: BackEnd) async throws {
    let bed = try backEnd.bed()
    try bed.main.update("Start") { tree in for k in ["a", "b"] { try tree.set("0", at: "\(k)") } }
    try await concurrently(4) { i in
      for round in 1...10 {
        if i == 0 {
          try bed.main.update("Both") { tree in
            for k in ["a", "b"] { try tree.set("\(round)", at: "\(k)") }
          }
        } else {
          let snapshot = try bed.main.snapshot()
          #expect(try snapshot["a"] == snapshot["b"])
        }
      }
    }
    #expect(try bed.main.get("b") == "10")
  }

  @Test func `a branch that always moves throws in the end, and leaves no objects`() throws {
    var options = StoreOptions()
    options.repository.clock = TestClock()
    options.updateAttemptsMax = 3
    let objects = ObjectsInMemory()
    let store = Store<String>(objects: objects, references: ReferencesInMemory(), options: options)
    let main = try store.branch("main")
    var runs = 0
    let before = Mutex(0)
    #expect(
      code {
        try main.update("Never") { tree in
          runs += 1
          try main.set("\(runs)", at: "other", "Overtake")
          before.withLock { $0 = objects.count }
          try tree.set("x", at: "k")
        }
      } == .conflictingUpdate)
    #expect(runs == 3)
    #expect(try main.get("k") == nil)
    #expect(objects.count == before.withLock { $0 })
  }
}

private final class Winners: Sendable {
  private let list = Mutex<[Int]>([])
  func add(_ i: Int) { list.withLock { $0.append(i) } }
  var all: [Int] { list.withLock { $0 } }
}
