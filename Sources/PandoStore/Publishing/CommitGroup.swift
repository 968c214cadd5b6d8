internal import PandoBytes
internal import PandoObjects

/// Commits that are published together: their objects as one batch, and where they take branches.
struct CommitGroup: Sendable {
  /// Where a branch goes, by which commits.
  struct Head: Sendable {
    /// Where it was before; nil before its first commit.
    var expected: ObjectID?
    /// The commits, the last of which the branch will be at.
    var passes: [ReflogStep]
  }

  /// Counts groups.
  var number: Int
  private(set) var batch: ObjectBatch
  private(set) var heads: [ReferenceName: Head] = [:]
  /// How many threads wait for what becomes of it.
  var waiters = 0

  init(number: Int, _ algorithm: HashAlgorithm) {
    self.number = number
    batch = ObjectBatch(algorithm)
  }

  var isEmpty: Bool { heads.isEmpty }

  /// Where the group takes a branch; nil when it leaves it where it is.
  func head(of name: ReferenceName) -> ObjectID? { heads[name]?.passes.last?.id }

  /// Takes in a commit that stands on where the branch is, or is going, by now.
  mutating func add(
    _ objects: ObjectBatch, _ step: ReflogStep, to name: ReferenceName, from expected: ObjectID?
  ) {
    batch.insert(contentsOf: objects)
    heads[name, default: Head(expected: expected, passes: [])].passes.append(step)
  }

  /// Leaves all branches where they are but those that `isKept` names. The objects stay.
  mutating func keepHeads(_ isKept: (ReferenceName) -> Bool) {
    heads = heads.filter { isKept($0.key) }
  }

  /// Takes in a group that gathered after this one.
  mutating func append(_ later: CommitGroup) {
    batch.insert(contentsOf: later.batch)
    for (name, head) in later.heads {
      let before = Head(expected: head.expected, passes: [])
      heads[name, default: before].passes += head.passes
    }
    waiters += later.waiters
  }
}
