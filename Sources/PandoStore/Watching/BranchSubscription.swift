internal import PandoObjects
internal import Synchronization

/// What one who watches branches has been told, and what is to be told.
final class BranchSubscription: Sendable {
  typealias Heads = [ReferenceName: ObjectID]
  private typealias Waiter = CheckedContinuation<BranchChange?, any Error>

  private struct State {
    var told: Heads
    /// The branches that differ by now, and where they are.
    var pending: [ReferenceName: ObjectID?] = [:]
    var failure: PandoError?
    var isOver = false
    var waiter: Waiter?

    /// The next thing to tell; nil while there is none.
    mutating func next() -> Result<BranchChange?, any Error>? {
      if let name = pending.keys.min(), let now = pending.removeValue(forKey: name) {
        let before = told[name]
        told[name] = now
        let branch = String(name.text.dropFirst(BranchWatcher.prefix.count))
        return .success(BranchChange(branch: branch, before: before, after: now))
      }
      if let error = failure {
        failure = nil
        return .failure(error)
      }
      return isOver ? .success(nil) : nil
    }
  }

  private let watcher: BranchWatcher
  private let isWanted: @Sendable (ReferenceName) -> Bool
  private let state: Mutex<State>

  init(
    _ watcher: BranchWatcher, told heads: Heads,
    _ isWanted: @escaping @Sendable (ReferenceName) -> Bool
  ) {
    self.watcher = watcher
    self.isWanted = isWanted
    state = Mutex(State(told: heads.filter { isWanted($0.key) }))
  }

  deinit { watcher.wake() }

  /// Waits for the next change; nil at the end.
  func next() async throws -> BranchChange? {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        update { state in
          precondition(state.waiter == nil, "one loop at a time waits for changes of branches")
          if Task.isCancelled { state.isOver = true }
          state.waiter = continuation
        }
      }
    } onCancel: {
      end()
    }
  }

  /// Takes in where all branches are.
  func take(_ heads: Heads) {
    update { state in
      let names = Set(heads.keys).union(state.told.keys).filter { isWanted($0) }
      state.pending = [:]
      for name in names where heads[name] != state.told[name] {
        state.pending[name] = .some(heads[name])
      }
    }
  }

  func fail(_ error: PandoError) { update { $0.failure = error } }

  func end() { update { $0.isOver = true } }

  /// Changes the state, and tells the one who waits if there is something to tell.
  private func update(_ body: (inout State) -> Void) {
    let answer = state.withLock { state -> (Waiter, Result<BranchChange?, any Error>)? in
      body(&state)
      guard let waiter = state.waiter, let next = state.next() else { return nil }
      state.waiter = nil
      return (waiter, next)
    }
    if let (waiter, next) = answer { waiter.resume(with: next) }
  }
}
