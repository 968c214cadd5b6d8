public import PandoObjects

/// What a merge came to.
public enum MergeResult<Value: Contents>: Sendable {
  /// The branch held the other's commits already.
  case upToDate
  /// The branch had nothing of its own and moved to this commit.
  case fastForwarded(ObjectID)
  /// This commit has both sides for parents.
  case merged(ObjectID)
  /// Somebody has to decide. Nothing was changed.
  case conflicted([MergeConflict<Value>])

  /// The commit that the merge left the branch at, where it moved it.
  public var commit: ObjectID? {
    switch self {
    case .upToDate, .conflicted: nil
    case .fastForwarded(let id), .merged(let id): id
    }
  }

  /// What has to be decided.
  public var conflicts: [MergeConflict<Value>] {
    if case .conflicted(let conflicts) = self { conflicts } else { [] }
  }
}

/// How a merge is made.
public struct MergeOptions: Hashable, Sendable {
  /// What is done when the branch has nothing of its own.
  public enum FastForward: Hashable, Sendable {
    /// It moves, without a commit.
    case allowed
    /// It moves, and when it has something of its own the merge throws `.conflictingUpdate`.
    case only
    /// A commit is made all the same.
    case never
  }

  /// What is done when the branch has nothing of its own.
  public var fastForward: FastForward
  /// Whether histories may be merged that have no commit in common.
  public var allowsUnrelatedHistories: Bool

  /// Describes how a merge is made.
  public init(fastForward: FastForward = .allowed, allowsUnrelatedHistories: Bool = true) {
    self.fastForward = fastForward
    self.allowsUnrelatedHistories = allowsUnrelatedHistories
  }
}
