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
  /// What became of a commit.
  enum Outcome: Sendable {
    /// It is in the repository, or in memory where commits are deferred.
    case done
    /// A commit of this process came first.
    case lostHere
    /// Somebody else moved the branch.
    case lostToOthers
    case failed(PandoError)
  }

  private struct State {
    var gathering: CommitGroup
    var publishing: CommitGroup?
    /// Whether no commit may join, since references are being changed in another way.
    var isClosed = false
    /// What became of groups that somebody still waits for.
    var ends: [Int: End] = [:]

    /// Where a branch goes; nil when it stays.
    func head(of name: ReferenceName) -> ObjectID? {
      gathering.head(of: name) ?? publishing?.head(of: name)
    }

    /// Counts one more thread that waits for the latest group that is as wanted; its number, nil
    /// when there is no such group.
    mutating func awaitGroup(where isWanted: (CommitGroup) -> Bool) -> Int? {
      if isWanted(gathering) {
        gathering.waiters += 1
        return gathering.number
      }
      guard let group = publishing, isWanted(group) else { return nil }
      publishing?.waiters += 1
      return group.number
    }

    func first<R>(_ find: (ObjectBatch) -> R?) -> R? {
      find(gathering.batch) ?? publishing.flatMap { find($0.batch) }
    }
  }

  private struct End {
    var outcomes: [ReferenceName: Outcome]
    var waiters: Int
  }

  /// The bytes of deferred commits that are held in memory; more are flushed.
  static let deferredBytesMax = 16 << 20

  private let objects: any ObjectWriter
  private let references: any ReferenceStore
  private let rollUp: PackRollUp?
  /// Whether commits wait for a flush.
  let isDeferred: Bool
  private let state: Monitor<State>
  /// Whether nothing is on its way; so that readers need no lock.
  private let isIdle = Atomic(true)

  init(
    _ objects: any ObjectWriter, _ references: any ReferenceStore, isDeferred: Bool,
    rollUp: PackRollUp?
  ) {
    self.rollUp = rollUp
    self.objects = objects
    self.references = references
    self.isDeferred = isDeferred
    state = Monitor(State(gathering: CommitGroup(number: 0, objects.hashAlgorithm)))
  }

  private func withState<R, E: Error>(_ body: (inout State) throws(E) -> R) throws(E) -> R {
    try state.withLock { state throws(E) in
      defer {
        isIdle.store(
          state.gathering.isEmpty && state.publishing == nil, ordering: .sequentiallyConsistent)
      }
      return try body(&state)
    }
  }
}

// MARK: Looking

extension PublishQueue {
  /// Where a branch goes; nil when no commit takes it anywhere.
  func head(of name: ReferenceName) -> ObjectID? {
    if isIdle.load(ordering: .sequentiallyConsistent) { return nil }
    return state.withLock { $0.head(of: name) }
  }

  /// All branches that go somewhere.
  func heads() -> [ReferenceName: ObjectID] {
    if isIdle.load(ordering: .sequentiallyConsistent) { return [:] }
    return state.withLock { state in
      let groups = [state.publishing, state.gathering].compactMap(\.self)
      return groups.reduce(into: [:]) { heads, group in
        for name in group.heads.keys { heads[name] = group.head(of: name) }
      }
    }
  }

  /// What `find` finds in the objects that are on their way.
  func first<R>(_ find: (ObjectBatch) -> R?) -> R? {
    if isIdle.load(ordering: .sequentiallyConsistent) { return nil }
    return state.withLock { $0.first(find) }
  }
}

// MARK: Committing

extension PublishQueue {
  /// Takes in a commit that moves the branch `name` from `expected`, and returns when it is as
  /// durable as the store promises.
  func commit(
    _ batch: ObjectBatch, _ step: ReflogStep, to name: ReferenceName,
    from expected: ObjectID?
  ) throws(PandoError) -> Outcome {
    while true {
      switch try join(batch, step, to: name, from: expected) {
      case .closed: state.wait { $0.isClosed ? nil : () }
      case .lost: return .lostHere
      case .joined(let number, let isFull):
        if isFull { try flush() }
        return isDeferred ? .done : waitForEnd(of: number)[name] ?? .done
      }
    }
  }

  private enum Entry {
    case closed
    case lost
    case joined(group: Int, isFull: Bool)
  }

  private func join(
    _ batch: ObjectBatch, _ step: ReflogStep, to name: ReferenceName, from expected: ObjectID?
  ) throws(PandoError) -> Entry {
    try withState { state throws(PandoError) in
      if state.isClosed { return .closed }
      if let head = state.head(of: name) {
        guard head == expected else { return .lost }
      } else if isDeferred {
        // Nobody looks before the flush.
        guard try references.id(of: name) == expected else { return .lost }
      }
      state.gathering.add(batch, step, to: name, from: expected)
      if !isDeferred { state.gathering.waiters += 1 }
      let isFull = isDeferred && state.gathering.batch.byteCount > Self.deferredBytesMax
      return .joined(group: state.gathering.number, isFull: isFull)
    }
  }

  /// Runs `body`, which changes references in another way than by commits. What is deferred is
  /// published before, and no commit is taken in meanwhile: it would stand on what was changed.
  func alone<R>(_ body: () throws(PandoError) -> R) throws(PandoError) -> R {
    guard isDeferred else { return try body() }
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
    let number = withState { $0.awaitGroup { !$0.isEmpty } }
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

  /// Waits until the branch `name` is at `id`, where a commit of this process is to take it; tells
  /// whether it came there. For what was read there and would not be true otherwise.
  func settle(_ name: ReferenceName, at id: ObjectID) throws(PandoError) -> Bool {
    if isDeferred { return true }
    let number = withState { $0.awaitGroup { $0.head(of: name) != nil } }
    guard let number else { return try references.id(of: name) == id }
    if case .done? = waitForEnd(of: number)[name] { return true }
    return false
  }

  /// Waits for what goes on in the background.
  func finishMaintenance() { rollUp?.wait() }

  private enum Turn {
    case over([ReferenceName: Outcome])
    case publish(CommitGroup)
  }

  /// Waits for the end of a group, and publishes it if nobody else does.
  private func waitForEnd(of number: Int) -> [ReferenceName: Outcome] {
    while true {
      let turn = state.wait { state -> Turn? in
        if var end = state.ends[number] {
          end.waiters -= 1
          state.ends[number] = end.waiters > 0 ? end : nil
          return .over(end.outcomes)
        }
        guard state.publishing == nil else { return nil }
        let group = state.gathering
        state.publishing = group
        state.gathering = CommitGroup(number: group.number + 1, objects.hashAlgorithm)
        return .publish(group)
      }
      switch turn {
      case .over(let outcomes): return outcomes
      case .publish(let group):
        end(group, with: outcomes(of: group))
        rollUp?.didPublish()
      }
    }
  }
}

// MARK: Publishing

extension PublishQueue {
  private func end(_ group: CommitGroup, with outcomes: [ReferenceName: Outcome]) {
    withState { state in
      let waiters = state.publishing?.waiters ?? 0
      state.publishing = nil
      if waiters > 0 { state.ends[group.number] = End(outcomes: outcomes, waiters: waiters) }
      guard isDeferred else { return }
      // Nothing is lost: the next flush tries again.
      var again = group
      again.keepHeads { if case .failed? = outcomes[$0] { true } else { false } }
      guard !again.isEmpty else { return }
      again.number = state.gathering.number
      again.waiters = 0
      again.append(state.gathering)
      state.gathering = again
    }
  }

  private func outcomes(of group: CommitGroup) -> [ReferenceName: Outcome] {
    do throws(PandoError) { return try publish(group) } catch {
      return group.heads.mapValues { _ in .failed(error) }
    }
  }

  /// Writes a group's objects and moves its branches.
  private func publish(_ group: CommitGroup) throws(PandoError) -> [ReferenceName: Outcome] {
    var outcomes: [ReferenceName: Outcome] = [:]
    var edits: [ReferenceEdit] = []
    for (name, head) in group.heads {
      guard let id = group.head(of: name) else { continue }
      // A race that is lost already need not leave objects behind.
      if !isDeferred, let loss = loss(of: name, head) {
        outcomes[name] = loss
        continue
      }
      var edit = ReferenceEdit(
        name, .set(.direct(id)), expected: head.expected.map { .id($0) } ?? .absent)
      edit.passes = head.passes
      edits.append(edit)
    }
    guard !edits.isEmpty else { return outcomes }
    try objects.write(group.batch) {
      if edits.count > 1, areMoved(edits) {
        for edit in edits { outcomes[edit.name] = .done }
      } else {
        // One of them cannot be moved: each for itself, then.
        for edit in edits { outcomes[edit.name] = move(edit) }
      }
    }
    return outcomes
  }

  private func areMoved(_ edits: [ReferenceEdit]) -> Bool {
    do throws(PandoError) {
      try references.apply(edits, note: edits.last?.passes.last?.note)
      return true
    } catch {
      return false
    }
  }

  private func loss(of name: ReferenceName, _ head: CommitGroup.Head) -> Outcome? {
    do throws(PandoError) {
      return try references.id(of: name) == head.expected ? nil : .lostToOthers
    } catch {
      return .failed(error)
    }
  }

  private func move(_ edit: ReferenceEdit) -> Outcome {
    do throws(PandoError) {
      try references.apply([edit], note: edit.passes.last?.note)
      return .done
    } catch  where error.code == .conflictingUpdate {
      // It may have been moved with others of which one could not be.
      let isMoved = (try? references.id(of: edit.name)) == edit.passes.last?.id
      return isMoved ? .done : .lostToOthers
    } catch {
      return .failed(error)
    }
  }
}
