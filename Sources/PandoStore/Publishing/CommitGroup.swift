internal import PandoBytes
internal import PandoObjects
internal import PandoStorage

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
    move(name, from: expected, by: [step])
  }

  private mutating func move(
    _ name: ReferenceName, from expected: ObjectID?, by passes: [ReflogStep]
  ) {
    heads[name, default: Head(expected: expected, passes: [])].passes += passes
  }

  /// Takes in what a journal has.
  mutating func add(_ objects: ObjectBatch, _ moves: [JournalRecord.Move]) {
    batch.insert(contentsOf: objects)
    for step in moves { move(step.name, from: step.expected, by: step.passes) }
  }

  /// Leaves out the commits of a branch up to the one that it is at already, if it is at one.
  mutating func keepPasses(of name: ReferenceName, behind id: ObjectID?) {
    guard let passes = heads[name]?.passes, let last = passes.lastIndex(where: { $0.id == id })
    else { return }
    let rest = Array(passes[(last + 1)...])
    heads[name] = rest.isEmpty ? nil : Head(expected: id, passes: rest)
  }

  /// Leaves all branches where they are but those that `isKept` names. The objects stay.
  mutating func keepHeads(_ isKept: (ReferenceName) -> Bool) {
    heads = heads.filter { isKept($0.key) }
  }

  /// Takes in a group that gathered after this one.
  mutating func append(_ later: CommitGroup) {
    batch.insert(contentsOf: later.batch)
    for (name, head) in later.heads { move(name, from: head.expected, by: head.passes) }
    waiters += later.waiters
  }
}
