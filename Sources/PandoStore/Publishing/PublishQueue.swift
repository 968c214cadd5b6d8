internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import Synchronization

/// The commits of this process on their way into a repository.
///
/// A commit joins the group that gathers. A group is published by one of the threads that wait for
/// it: objects first, as one batch, then branches. Meanwhile the next group gathers, and its
/// commits may stand on those that are being published; so writers share syncs, however many they
/// are, on one branch as well as on several. Where commits are deferred nobody waits, and a flush
/// publishes.
final class PublishQueue: Sendable {
  private struct State {
    var commits: PendingCommits
    /// Whether no commit may join, since references are being changed in another way.
    var isClosed = false
    /// What became of groups that somebody still waits for.
    var ends: [Int: End] = [:]
  }

  private struct End {
    var outcomes: [ReferenceName: CommitOutcome]
    var waiters: Int
  }

  /// The bytes of deferred commits that are held in memory; more are flushed.
  static let deferredBytesMax = 16 << 20

  private let sink: any CommitSink
  private let references: any ReferenceStore
  /// Whether commits wait for a flush.
  let isDeferred: Bool
  private let state: Monitor<State>
  /// Whether nothing is on its way; so that readers need no lock.
  private let isIdle = Atomic(true)

  /// - Parameter references: as the sink finds them.
  init(
    into sink: any CommitSink, _ references: any ReferenceStore, _ algorithm: HashAlgorithm,
    isDeferred: Bool
  ) {
    self.sink = sink
    self.references = references
    self.isDeferred = isDeferred
    state = Monitor(State(commits: PendingCommits(algorithm)))
  }

  private func withState<R, E: Error>(_ body: (inout State) throws(E) -> R) throws(E) -> R {
    try state.withLock { state throws(E) in
      defer {
        isIdle.store(state.commits.isEmpty, ordering: .sequentiallyConsistent)
      }
      return try body(&state)
    }
  }
}

// MARK: Looking

extension PublishQueue: UnpublishedCommits {
  func look<R>(_ body: (PendingCommits) -> R) -> R? {
    if isIdle.load(ordering: .sequentiallyConsistent) { return nil }
    return state.withLock { body($0.commits) }
  }
}

// MARK: Committing

extension PublishQueue {
  /// A commit on its way, and what is known of it.
  enum Entry {
    case over(CommitOutcome)
    /// What becomes of it, a group's end will tell.
    case joined(group: Int, ReferenceName)
  }

  /// Takes in a commit that moves the branch `name` from `expected`: later ones may stand on it.
  func join(
    _ batch: ObjectBatch, _ step: ReflogStep, to name: ReferenceName, from expected: ObjectID?
  ) throws(PandoError) -> Entry {
    while true {
      let entry = try withState { state throws(PandoError) -> Entry? in
        if state.isClosed { return nil }
        // A commit on a head that is gone would be lost, and with it those that come to stand on
        // it.
        if let head = state.commits.head(of: name) {
          guard head == expected else { return .over(.lostHere) }
        } else {
          let isThere = try references.id(of: name) == expected
          guard isThere else { return .over(isDeferred ? .lostHere : .lostToOthers) }
        }
        return state.commits.gather { group in
          group.add(batch, step, to: name, from: expected)
          if !isDeferred { group.waiters += 1 }
          return .joined(group: group.number, name)
        }
      }
      if let entry { return entry }
      state.wait { $0.isClosed ? nil : () }
    }
  }

  /// Waits until a commit is as durable as the store promises.
  func outcome(of entry: Entry) throws(PandoError) -> CommitOutcome {
    switch entry {
    case .over(let outcome): return outcome
    case .joined(let number, let name):
      guard isDeferred else { return waitForEnd(of: number)[name] ?? .done }
      if state.withLock({ $0.commits.byteCount }) > Self.deferredBytesMax { try flush() }
      return .done
    }
  }

  func alone<R>(_ body: () throws(PandoError) -> R) throws(PandoError) -> R {
    state.wait { state -> Void? in
      guard !state.isClosed else { return nil }
      state.isClosed = true
    }
    defer { withState { $0.isClosed = false } }
    try flush()
    return try body()
  }

  /// Publishes what is deferred; returns when it is durable. Throws `.conflictingUpdate` when
  /// others moved branches meanwhile: the commits that were for them are written, and the error
  /// names the branch. What cannot be written stays deferred.
  func flush() throws(PandoError) {
    let number = withState { $0.commits.awaitGroup { !$0.isEmpty } }
    guard let number else { return }
    for (name, outcome) in waitForEnd(of: number).sorted(by: { $0.key < $1.key }) {
      switch outcome {
      case .done: continue
      case .failed(let error): throw error
      case .lostHere, .lostToOthers:
        throw PandoError(
          .conflictingUpdate,
          "'\(name)' was moved by others, so that deferred commits could not be added to it; "
            + "they are written: merge the last one, or change the branch anew")
      }
    }
  }

  func close() throws(PandoError) { try flush() }

  /// Waits until the branch `name` is at `id`, where a commit of this process is to take it; tells
  /// whether it came there. For what was read there and would not be true otherwise.
  func settle(_ name: ReferenceName, at id: ObjectID) throws(PandoError) -> Bool {
    if isDeferred { return true }
    let number = withState { $0.commits.awaitGroup { $0.head(of: name) != nil } }
    guard let number else { return try references.id(of: name) == id }
    if case .done? = waitForEnd(of: number)[name] { return true }
    return false
  }

  private enum Turn {
    case over([ReferenceName: CommitOutcome])
    case publish(CommitGroup)
  }

  /// Waits for the end of a group, and publishes it if nobody else does.
  private func waitForEnd(of number: Int) -> [ReferenceName: CommitOutcome] {
    while true {
      let turn = state.wait { state -> Turn? in
        if var end = state.ends[number] {
          end.waiters -= 1
          state.ends[number] = end.waiters > 0 ? end : nil
          return .over(end.outcomes)
        }
        return state.commits.seal().map { .publish($0) }
      }
      switch turn {
      case .over(let outcomes): return outcomes
      case .publish(let group):
        end(group, with: sink.publish(group))
      }
    }
  }

  private func end(_ group: CommitGroup, with outcomes: [ReferenceName: CommitOutcome]) {
    withState { state in
      // Nothing is lost: the next flush tries again.
      let waiters = state.commits.end { name in
        guard isDeferred, case .failed? = outcomes[name] else { return false }
        return true
      }
      if waiters > 0 { state.ends[group.number] = End(outcomes: outcomes, waiters: waiters) }
    }
  }
}
