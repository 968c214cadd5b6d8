import Pando
import PandoFiles
import PandoObjects
import PandoStorage
import PandoTestKit
import Synchronization
import Testing

/// Objects in memory whose first write waits until it is told to go on.
private final class HeldObjects: ObjectWriter {
  struct State {
    var writes = 0
    var isHeld = true
    var failure: PandoError?
  }

  let base = MemoryObjects(.sha1)
  let state = Monitor(State())

  var hashAlgorithm: HashAlgorithm { base.hashAlgorithm }
  func read(_ id: ObjectID) throws(PandoError) -> RawObject? { try base.read(id) }
  func header(of id: ObjectID) throws(PandoError) -> ObjectHeader? { try base.header(of: id) }
  func contains(_ id: ObjectID) throws(PandoError) -> Bool { try base.contains(id) }

  func write(_ batch: ObjectBatch) throws(PandoError) {
    let failure = state.withLock { state in
      state.writes += 1
      return state.failure
    }
    state.wait { $0.isHeld ? nil : () }
    if let failure { throw failure }
    try base.write(batch)
  }

  func waitForWrite() { state.wait { $0.writes > 0 ? () : nil } }
  func goOn() { state.withLock { $0.isHeld = false } }
}

@Suite struct GroupCommitTests {
  private func store(
    _ objects: HeldObjects
  ) throws -> (store: Store<String>, references: MemoryReferences) {
    let references = MemoryReferences(.sha1, head: try .branch("main"))
    return (
      Store(objects: objects, references: references, options: TestBed<String>.options), references
    )
  }

  /// Runs all at a time, on threads of their own: the pool has no more than there are processors.
  private func together(_ bodies: [@Sendable () throws -> Void]) throws {
    let failures = Mutex<[any Error]>([])
    ThreadTeam.run(bodies.count) { number in
      do { try bodies[number]() } catch { failures.withLock { $0.append(error) } }
    }
    if let error = failures.withLock(\.first) { throw error }
  }

  /// One writer is held in its write; `count` others come meanwhile, and all go on.
  private func gather(
    _ count: Int, _ objects: HeldObjects, _ write: @escaping @Sendable (Int) throws -> Void
  ) throws {
    var bodies: [@Sendable () throws -> Void] = [
      { try write(0) },
      {
        objects.waitForWrite()
        SystemClock().sleep(milliseconds: 300)
        objects.goOn()
      },
    ]
    for number in 1...count {
      bodies.append {
        objects.waitForWrite()
        try write(number)
      }
    }
    try together(bodies)
  }

  @Test func `writers that come while one publishes are published together`() throws {
    let objects = HeldObjects()
    let (store, _) = try store(objects)
    let main = try store.branch("main")
    try gather(7, objects) { i in try main.set("\(i)", at: "k\(i)", "Writer \(i)") }
    #expect(objects.state.withLock(\.writes) == 2)
    #expect(try main.list().count == 8)
    var history = try main.history()
    #expect(try history.rest().count == 8)
  }

  @Test func `so are those of other branches`() throws {
    let objects = HeldObjects()
    let (store, _) = try store(objects)
    try gather(7, objects) { i in
      try store.branch("b\(i)").set("\(i)", at: "k", "Writer \(i)")
    }
    #expect(objects.state.withLock(\.writes) == 2)
    for i in 0..<8 { #expect(try store.branch("b\(i)").get("k") == "\(i)") }
  }

  @Test func `readers see no commit before it is published`() throws {
    let objects = HeldObjects()
    let (store, _) = try store(objects)
    let main = try store.branch("main")
    try together([
      { try main.set("1", at: "k", "One") },
      {
        objects.waitForWrite()
        let (head, value) = (try main.head, try main.get("k"))
        #expect(head == nil && value == nil)
        objects.goOn()
      },
    ])
    #expect(try main.get("k") == "1")
  }

  @Test func `commits that stand on one that fails are made again or fail`() throws {
    let objects = HeldObjects()
    objects.state.withLock { $0.failure = PandoError(.unreadable, "the disk is full") }
    let (store, _) = try store(objects)
    let main = try store.branch("main")
    let failures = Atomic(0)
    try gather(3, objects) { i in
      do { try main.set("\(i)", at: "k\(i)", "Writer \(i)") } catch let error as PandoError {
        #expect(error.code == .unreadable)
        failures.add(1, ordering: .relaxed)
        objects.state.withLock { $0.failure = nil }
      }
    }
    let lost = failures.load(ordering: .relaxed)
    #expect(lost > 0)
    #expect(try main.list().count == 4 - lost)
    var history = try main.history()
    #expect(try history.rest().count == 4 - lost)
    try main.set("later", at: "k", "Later")
    #expect(try main.get("k") == "later")
  }

  @Test func `a branch that others move meanwhile loses nothing`() throws {
    let objects = HeldObjects()
    let (store, references) = try store(objects)
    let main = try store.branch("main")
    try together([
      { try main.set("1", at: "a", "One") },
      {
        objects.waitForWrite()
        // As another process would do it.
        let tree = RawObject(kind: .tree, body: [])
        let commit = Commit(
          tree: try tree.id(.sha1), parents: [],
          author: Signature(name: "A", email: "a", time: .init(seconds: 1, offsetMinutes: 0)),
          committer: Signature(name: "A", email: "a", time: .init(seconds: 1, offsetMinutes: 0)),
          extraHeaders: [], message: Array("Others\n".utf8))
        let id = try objects.base.write(.commit, commit.serialized)
        try references.apply(
          [ReferenceEdit(try .branch("main"), .set(.direct(id)), expected: .absent)], note: nil)
        objects.goOn()
      },
    ])
    var history = try main.history()
    let subjects = try history.rest().map(\.commit.message).map {
      String(decoding: $0, as: UTF8.self)
    }
    #expect(subjects.map { $0.prefix(3) } == ["One", "Oth"])
    #expect(try main.get("a") == "1")
  }

  @Test func `a test that fails on a commit that is not published yet waits for it`() throws {
    let objects = HeldObjects()
    let (store, _) = try store(objects)
    let main = try store.branch("main")
    let isSet = Mutex<[Bool]>([])
    try gather(1, objects) { i in
      let isDone = try main.compareAndSet("\(i)", at: "k", expecting: nil, "Writer \(i)")
      isSet.withLock { $0.append(isDone) }
    }
    #expect(isSet.withLock { $0 } == [true, false] || isSet.withLock { $0 } == [false, true])
    #expect(try main.get("k") == "0")
  }
}
