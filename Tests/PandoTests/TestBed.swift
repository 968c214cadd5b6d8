import Pando
import PandoBytes
import PandoFiles
import PandoStorage
import PandoTestKit
import Synchronization

/// A value with a type of its own.
struct Note: JSONContents {
  var text: String
  var stars = 0

  init(_ text: String, stars: Int = 0) {
    self.text = text
    self.stars = stars
  }
}

/// A clock that gains a second with each look, so that commits have an order; sleeping is real. It
/// keeps the store's directory: what has the clock may still read.
final class TickingClock: WallClock {
  private let ticks = Atomic<Int>(0)
  private let directory: TemporaryDirectory?

  init(keeping directory: TemporaryDirectory? = nil) { self.directory = directory }

  func now() -> (seconds: Int64, nanoseconds: Int32) {
    (1_700_000_000 + Int64(ticks.add(1, ordering: .relaxed).newValue), 0)
  }

  func utcOffsetMinutes(at seconds: Int64) -> Int { 0 }
}

/// Where a suite's stores live. Each suite runs over all of them.
enum BackEnd: CaseIterable, Sendable {
  /// A repository in memory.
  case memory
  /// A bare repository of the disk.
  case disk
  /// A bare repository that names objects with SHA-256, on a disk in memory.
  case sha256
  /// Objects and references of the tests' own, through the protocols.
  case double
  /// A repository that nobody flushes, on a disk in memory.
  case deferred
  /// A repository with a journal, on a disk in memory.
  case journaled
  /// A repository on a disk in memory whose changes keep no values in memory.
  case spooled

  func bed<Value: Contents>(of type: Value.Type = String.self) throws -> TestBed<Value> {
    try TestBed(self)
  }
}

/// One store to test with, and what has to live as long.
struct TestBed<Value: Contents>: Sendable {
  let store: Store<Value>
  let main: Branch<Value>
  let directory: TemporaryDirectory?

  init(_ backEnd: BackEnd) throws {
    directory = backEnd == .disk ? try TemporaryDirectory() : nil
    var options = Self.options
    options.repository.clock = TickingClock(keeping: directory)
    switch backEnd {
    case .memory: store = try .inMemory(options: options)
    case .disk: store = try Store(at: "\(directory?.path ?? "")/store.git", options: options)
    case .sha256:
      options.hashAlgorithm = .sha256
      store = try Store(at: "/store.git", in: MemoryFileSystem(), options: options)
    case .deferred:
      options.repository.durability = .deferred
      store = try Store(at: "/store.git", in: MemoryFileSystem(), options: options)
    case .journaled:
      options.repository.durability = .journaled
      options.checkpointMilliseconds = 20
      store = try Store(at: "/store.git", in: MemoryFileSystem(), options: options)
    case .spooled:
      options.repository.durability = .everyCommit
      options.changeBytesMax = 0
      store = try Store(at: "/store.git", in: MemoryFileSystem(), options: options)
    case .double:
      store = Store(objects: ObjectsInMemory(), references: ReferencesInMemory(), options: options)
    }
    main = try store.branch("main")
  }

  /// Nothing of the machine's, a reflog as in a repository with files, and no waits for the disk.
  static var options: StoreOptions {
    var options = StoreOptions()
    options.repository = Repository.Options(
      durability: .none,
      environment: ProcessEnvironment(variables: [
        "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1",
      ]),
      parameters: [.init("core.logAllRefUpdates", "true")], clock: TickingClock())
    return options
  }

  /// A name that no object has.
  func absentID(_ byte: String) -> ObjectID? {
    ObjectID(hex: String(repeating: byte, count: store.hashAlgorithm.byteCount))
  }

  /// Another process's view of the same repository: nothing is shared but the disk.
  func opened() throws -> Store<Value> {
    try Store(at: "\(directory?.path ?? "")/store.git", options: Self.options)
  }

  /// Git, run in the repository.
  func git() throws -> GitOracle { GitOracle(in: "\(directory?.path ?? "")/store.git") }
}

extension Snapshot {
  /// Everything, as a dictionary of path text.
  func contents() throws -> [String: Value] {
    try fold(into: [:]) { all, path, value in all[path.description] = value }
  }
}

/// Objects in a dictionary.
final class ObjectsInMemory: ObjectWriter {
  let hashAlgorithm = HashAlgorithm.sha1
  private let objects = Mutex<[ObjectID: RawObject]>([:])

  var ids: [ObjectID] { objects.withLock { Array($0.keys) } }
  private let readCount = Atomic(0)

  /// How many objects were read whole.
  var reads: Int { readCount.load(ordering: .relaxed) }

  func forget(_ id: ObjectID) { objects.withLock { $0[id] = nil } }

  func read(_ id: ObjectID) throws(PandoError) -> RawObject? {
    readCount.add(1, ordering: .relaxed)
    return objects.withLock { $0[id] }
  }

  func header(of id: ObjectID) throws(PandoError) -> ObjectHeader? {
    objects.withLock { $0[id]?.header }
  }

  func contains(_ id: ObjectID) throws(PandoError) -> Bool { try header(of: id) != nil }

  func write(_ batch: ObjectBatch) throws(PandoError) {
    objects.withLock { objects in for id in batch.ids { objects[id] = batch[id] } }
  }
}

/// References in a dictionary, HEAD naming main.
final class ReferencesInMemory: ReferenceStore {
  private struct State {
    var targets: [ReferenceName: ReferenceTarget] = [:]
    var logs: [ReferenceName: [ReflogEntry]] = [:]
  }
  private let state = Mutex(State())

  init() {
    state.withLock { state in
      state.targets[.head] = ReferenceName("refs/heads/main").map { .symbolic($0) }
    }
  }

  func read(_ name: ReferenceName) throws(PandoError) -> ReferenceTarget? {
    state.withLock { $0.targets[name] }
  }

  func references(withPrefix prefix: String) throws(PandoError) -> [Reference] {
    state.withLock { state in
      state.targets.filter { $0.key.bytes.hasPrefix(prefix) }
        .sorted { $0.key < $1.key }.map { Reference(name: $0.key, target: $0.value) }
    }
  }

  func apply(_ edits: [ReferenceEdit], note: ReflogNote?) throws(PandoError) {
    try state.withLock { state throws(PandoError) in
      for edit in edits {
        let old = state.targets[edit.name]?.id
        let holds =
          switch edit.expected {
          case .any: true
          case .absent: old == nil
          case .present: old != nil
          case .id(let id): old == id
          }
        guard holds else { throw PandoError(.conflictingUpdate, "\(edit.name) has moved") }
        switch edit.change {
        case .set(let target):
          state.targets[edit.name] = target
          guard let note, let new = target.id else { continue }
          state.logs[edit.name, default: []].append(
            ReflogEntry(
              old: old ?? .null(.sha1), new: new, signature: note.signature,
              message: ByteString(note.message)))
        case .delete: state.targets[edit.name] = nil
        case .verify: continue
        }
      }
    }
  }

  func reflog(of name: ReferenceName) throws(PandoError) -> [ReflogEntry]? {
    state.withLock { $0.logs[name] }
  }
}

/// Asserts that `body` throws a `PandoError` of that code; returns it.
func code(_ body: () throws -> Void) -> PandoError.Code? {
  do {
    try body()
    return nil
  } catch let error as PandoError {
    return error.code
  } catch {
    return nil
  }
}
