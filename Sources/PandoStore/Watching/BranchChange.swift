public import PandoObjects

/// A branch that was made, moved or deleted.
public struct BranchChange: Hashable, Sendable {
  /// The branch's name, without `refs/heads/`.
  public let branch: String
  /// The commit that it was at; nil when it is new.
  public let before: ObjectID?
  /// The commit that it is at now; nil when it is gone.
  public let after: ObjectID?

  /// Makes a change, to compare one with.
  public init(branch: String, before: ObjectID?, after: ObjectID?) {
    self.branch = branch
    self.before = before
    self.after = after
  }
}

/// The changes of branches from a moment on, by whoever makes them: this store, other processes,
/// Git. A loop over them waits for the next one; it ends when the store is closed, and with the
/// task that waits.
///
///     for try await change in try store.changes() {
///       print(change.branch, change.after?.hex ?? "deleted")
///     }
///
/// A change tells where a branch is now and where it was when it was told of last, so that one who
/// comes seldom is told once of many moves, and of nothing that was taken back. For one loop at a
/// time.
public struct BranchChanges: AsyncSequence, Sendable {
  public typealias Element = BranchChange

  private let subscription: BranchSubscription

  init(_ subscription: BranchSubscription) { self.subscription = subscription }

  public func makeAsyncIterator() -> Iterator { Iterator(subscription: subscription) }

  /// One loop.
  public struct Iterator: AsyncIteratorProtocol {
    fileprivate let subscription: BranchSubscription

    /// Waits for the next change. Throws `PandoError` when the branches cannot be read.
    public mutating func next() async throws -> BranchChange? { try await subscription.next() }
  }
}
