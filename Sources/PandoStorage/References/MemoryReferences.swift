public import PandoBytes
public import PandoObjects
internal import Synchronization

/// References that live as long as their owner, by the rules of files: the same conflicts, the same
/// transactions, the same logs.
public final class MemoryReferences: ReferenceStore {
  private struct State {
    var targets: [ReferenceName: ReferenceTarget]
    var logs: [ReferenceName: [ReflogEntry]] = [:]
  }

  private let state: Mutex<State>
  private let hashAlgorithm: HashAlgorithm
  private let logging: ReflogPolicy
  private let objects: (any ObjectReader)?

  /// Makes a store whose `HEAD` names a branch that does not exist yet.
  ///
  /// - Parameters:
  ///   - head: the branch that `HEAD` names.
  ///   - objects: where to look whether an object exists before a reference points at it.
  public init(
    _ hashAlgorithm: HashAlgorithm = .sha1, head: ReferenceName, logging: ReflogPolicy = .branches,
    objects: (any ObjectReader)? = nil
  ) {
    self.hashAlgorithm = hashAlgorithm
    self.logging = logging
    self.objects = objects
    state = Mutex(State(targets: [.head: .symbolic(head)]))
  }

  /// Reads one reference without following it; nil when it does not exist. O(1).
  public func read(_ name: ReferenceName) throws(PandoError) -> ReferenceTarget? {
    state.withLock { $0.targets[name] }
  }

  /// All references whose full name begins with `prefix`, in name order. O(n log n).
  public func references(withPrefix prefix: String) throws(PandoError) -> [Reference] {
    let found = state.withLock { state in
      state.targets.filter { $0.key.bytes.hasPrefix("refs/") && $0.key.bytes.hasPrefix(prefix) }
    }
    return found.map { Reference(name: $0.key, target: $0.value) }.sorted { $0.name < $1.name }
  }

  /// The reflog, oldest first; nil when there is none. O(1).
  public func reflog(of name: ReferenceName) throws(PandoError) -> [ReflogEntry]? {
    state.withLock { $0.logs[name] }
  }

  /// Applies all edits or none.
  public func apply(_ edits: [ReferenceEdit], note: ReflogNote?) throws(PandoError) {
    try state.withLock { state throws(PandoError) in
      let targets = state.targets
      let plan = try ReferencePlan(edits, algorithm: hashAlgorithm) { targets[$0] }
      for step in plan.steps {
        try check(step, of: plan, targets)
      }
      let lines = try plan.logLines(note) { target throws(PandoError) in
        Self.resolve(target, targets)
      }
      for lines in lines
      where lines.createsLog || state.logs[lines.name] != nil || logging.starts(lines.name) {
        state.logs[lines.name, default: []] += lines.entries.map(\.collapsed)
      }
      for step in plan.steps {
        switch step.change {
        case .set(let target): state.targets[step.name] = target
        case .delete:
          state.targets[step.name] = nil
          state.logs[step.name] = nil
        case .verify, .log: break
        }
      }
    }
  }

  private func check(
    _ step: ReferencePlan.Step, of plan: ReferencePlan,
    _ targets: [ReferenceName: ReferenceTarget]
  ) throws(PandoError) {
    if case .set = step.change, step.current == nil {
      guard ReferencePaths.isWritable(step.name) else { throw ReferenceProblem.badName(step.name) }
      try plan.checkAvailability(step) { name throws(PandoError) in
        targets[name] != nil
      } anyBelow: { name throws(PandoError) in
        let directory = name.bytes.bytes + [UInt8(ascii: "/")]
        return targets.keys.filter { $0.bytes.bytes.starts(with: directory) }.min()
      }
    }
    try plan.checkExpectation(step, currentID: Self.resolve(step.current, targets))
    if step.writes, let objects { try ReferencePlan.checkObject(step, in: objects) }
  }

  private static func resolve(
    _ target: ReferenceTarget?, _ targets: [ReferenceName: ReferenceTarget]
  ) -> ObjectID? {
    var target = target
    for _ in 0...Limits.symbolicDepth {
      guard case .symbolic(let name)? = target else { break }
      target = targets[name]
    }
    return target?.id
  }
}

extension ReflogEntry {
  /// The entry as it would be read back from a file.
  fileprivate var collapsed: ReflogEntry {
    ReflogEntry(
      old: old, new: new, signature: signature,
      message: ByteString(Reflog.collapsed(message.bytes)))
  }
}
