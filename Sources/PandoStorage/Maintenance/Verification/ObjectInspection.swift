internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import Synchronization

/// Looks at objects one by one, on several threads: what is wrong with each, and what it names.
final class ObjectInspection: PackContentCheck, Sendable {
  /// What to tell beside findings.
  struct Wishes: Sendable {
    var roots = false
    var tags = false
    var steps = false
  }

  /// What is told of one object.
  struct Account: Sendable {
    let id: ObjectID
    let events: [VerificationEvent]
    /// Whether the object cannot be taken for one.
    let isRejected: Bool
  }

  /// What one thread works with.
  private struct Worker: Sendable {
    var checker: ObjectChecker
    var marker = LinkMarker()
    var accounts: [Account] = []
  }

  private let wishes: Wishes
  private let names: IndexedNames
  private let states: Mutex<ObjectStates>
  private let checker: ObjectChecker
  private let idle = Mutex<[Worker]>([])
  private let count = Atomic<Int>(0)
  private let progress: (any ProgressMeter)?

  /// Takes over what is known so far.
  init(
    _ states: ObjectStates, checker: ObjectChecker, wishes: Wishes, done: Int,
    progress: (any ProgressMeter)?
  ) {
    self.states = Mutex(states)
    names = states.names
    self.checker = checker
    self.wishes = wishes
    self.progress = progress
    count.store(done, ordering: .relaxed)
  }

  func check(
    _ id: ObjectID, _ kind: ObjectKind, _ body: Span<UInt8>?
  ) throws(PandoError) {
    inspect(id, kind, body)
    let done = count.wrappingAdd(1, ordering: .relaxed).newValue
    if let progress, done & 1023 == 0 { progress.update(done) }
  }

  func finish(
    _ kind: (ObjectID) -> ObjectKind?, _ read: (ObjectID) throws(PandoError) -> RawObject?
  ) throws(PandoError) {}

  /// Looks at an object whose name was found by hashing it. `body` is nil for a large blob.
  func inspect(_ id: ObjectID, _ kind: ObjectKind, _ body: Span<UInt8>?) {
    var worker = idle.withLock { $0.popLast() } ?? Worker(checker: checker)
    if let body { inspect(&worker, id, kind, body) }
    if worker.marker.isFull { states.withLock { worker.marker.flush(into: &$0) } }
    idle.withLock { $0.append(worker) }
  }

  private func inspect(
    _ worker: inout Worker, _ id: ObjectID, _ kind: ObjectKind, _ body: Span<UInt8>
  ) {
    if kind == .blob, !wishes.steps, !worker.checker.needsContent(ofBlob: id) { return }
    let algorithm = checker.hashAlgorithm
    var events: [VerificationEvent] = []
    if kind != .tree {
      do throws(ObjectForm.Fault) { try ObjectForm.check(kind, body, algorithm) } catch {
        let told = error.explanation(of: id).map { VerificationEvent.problem(.objects, $0) }
        worker.accounts.append(
          Account(id: id, events: told.map { [$0] } ?? [], isRejected: true))
        return
      }
    }
    if wishes.steps { events.append(.step("Checking \(kind) \(id)")) }
    ObjectLinks.forEach(kind, body, algorithm) { raw, kind in
      worker.marker.note(raw, kind, names)
    }
    var hasBadTree = false
    var findings: [VerificationEvent] = []
    let isSound = worker.checker.check(kind, body, id: id) { finding in
      if finding.id == .badTree { hasBadTree = true }
      findings.append(.object(finding))
    }
    if hasBadTree { events += Self.treeProblems(id, body, algorithm) }
    events += findings
    if isSound, wishes.roots || wishes.tags { tellKind(kind, id, body, &events) }
    if !events.isEmpty {
      worker.accounts.append(Account(id: id, events: events, isRejected: false))
    }
  }

  /// Git stumbles over a tree that cannot be read twice: when it follows the entries, which it
  /// tells when there is not even one, and when it checks them.
  private static func treeProblems(
    _ id: ObjectID, _ body: Span<UInt8>, _ algorithm: HashAlgorithm
  ) -> [VerificationEvent] {
    var hasEntry = false
    ObjectLinks.forEachEntry(body, algorithm) { _, _ in hasEntry = true }
    var reason = ""
    do throws(ObjectForm.Fault) { try ObjectForm.check(.tree, body, algorithm) } catch {
      reason = error.explanation(of: id) ?? ""
    }
    let stumble = VerificationEvent.problem(.objects, reason)
    return hasEntry
      ? [stumble, stumble] : [stumble, .objectProblem(.tree, id, "broken links"), stumble]
  }

  private func tellKind(
    _ kind: ObjectKind, _ id: ObjectID, _ body: Span<UInt8>, _ events: inout [VerificationEvent]
  ) {
    let algorithm = checker.hashAlgorithm
    if kind == .commit, wishes.roots,
      let links = try? CommitLinks(parsing: body, algorithm: algorithm), links.parents.isEmpty
    {
      events.append(.root(id))
    }
    if kind == .tag, wishes.tags, let lines = try? ObjectForm.tag(body, algorithm) {
      events.append(
        .tagged(.init(lines.target, lines.kind), name: lines.name, tag: id))
    }
  }

  /// What came of it: what is known now, the checker, and what there is to tell.
  func conclude() -> (states: ObjectStates, checker: ObjectChecker, accounts: [Account]) {
    let workers = idle.withLock { $0 }
    var checker = checker
    var accounts: [Account] = []
    let states = states.withLock { states in
      for var worker in workers {
        worker.marker.flush(into: &states)
        checker.formUnion(worker.checker)
        accounts += worker.accounts
      }
      return states
    }
    return (states, checker, accounts)
  }
}
