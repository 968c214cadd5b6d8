internal import PandoBytes
internal import PandoMerge
public import PandoObjects

/// What moving a branch's own commits onto another came to.
public enum RebaseResult<Value: Contents>: Sendable {
  /// The branch stands on the other already.
  case upToDate
  /// The branch is at `tip` now. `commits` are its own, each as it was and as it is; nil for one
  /// whose change was there already.
  case rebased(tip: ObjectID, commits: [(old: ObjectID, new: ObjectID?)])
  /// Somebody has to decide about the change of this commit. Nothing was changed.
  case conflicted(commit: ObjectID, [MergeConflict<Value>])
}

extension Branch {
  /// Settles conflicts of one commit by editing the merged tree; returns whether all are settled.
  public typealias CommitResolver = (
    _ commit: ObjectID, _ conflicts: [MergeConflict<Value>], _ tree: inout TreeEditor<Value>
  ) throws -> Bool

  /// Makes the changes that this branch alone has once more on top of another, and moves the branch
  /// there: `git rebase`.
  ///
  /// Commits keep author and message; merges are left out, and so are commits whose change the
  /// other branch has already. All lands at once, or nothing when there are conflicts that
  /// `resolving` does not settle. When others moved the branch meanwhile, it is made again.
  ///
  /// Cost: that of a merge for each commit. Throws `.invalidInput` when a side has no commit.
  @discardableResult
  public func rebase(
    onto other: Branch, resolving: CommitResolver? = nil
  ) throws -> RebaseResult<Value> {
    guard let onto = try other.head else {
      throw PandoError(.invalidInput, "branch \(other.description) has no commit to rebase onto")
    }
    return try rebase(onto: onto, resolving: resolving)
  }

  /// Makes the changes that this branch alone has once more on top of a commit; see the rebase onto
  /// a branch.
  @discardableResult
  public func rebase(
    onto: ObjectID, resolving: CommitResolver? = nil
  ) throws -> RebaseResult<Value> {
    try engine.requireCommit(onto)
    var attempts = UpdateAttempts(engine, on: place)
    while true {
      guard let head = try engine.settledHead(of: place) else {
        throw PandoError(.invalidInput, "branch \(description) has no commits to rebase")
      }
      var bases = MergeBases(engine.objects)
      if try bases.isAncestor(onto, of: head), try isLine(from: onto, to: head) {
        return .upToDate
      }
      var replay = CommitReplay<Value>(engine, at: onto)
      for commit in try ownCommits(of: head, over: onto) {
        if let conflicts = try replay.add(commit, resolving) {
          return .conflicted(commit: commit, conflicts)
        }
      }
      let note = ReflogNote(
        signature: try engine.signature(.committer),
        message: "rebase (finish): \(description) onto \(onto)")
      let entry = try engine.join(replay.batch, at: replay.tip, note, on: place, expecting: head)
      if try attempts.isOver(engine.outcome(of: entry)) {
        return .rebased(tip: replay.tip, commits: replay.commits)
      }
    }
  }

  /// The commits that `head` has and `onto` has not, without merges, parents first.
  private func ownCommits(
    of head: ObjectID, over onto: ObjectID
  ) throws(PandoError) -> [ObjectID] {
    var options = RevisionWalk.Options()
    options.order = .topological
    options.parentsMax = 1
    var walk = try RevisionWalk(
      engine.objects,
      from: [
        RevisionTerm(id: head, name: head.hex),
        RevisionTerm(id: onto, name: onto.hex, isExcluded: true),
      ], options)
    var commits: [ObjectID] = []
    while let item = try walk.next() { commits.append(item.id) }
    return commits.reversed()
  }

  /// Whether only commits with one parent lie between two.
  private func isLine(from old: ObjectID, to new: ObjectID) throws(PandoError) -> Bool {
    var current = new
    while current != old {
      let parents = try engine.objects.commitLinks(current).parents
      guard parents.count == 1 else { return false }
      current = parents[0]
    }
    return true
  }
}

/// Commits that are made once more, one upon the other.
private struct CommitReplay<Value: Contents> {
  private let engine: StoreEngine
  private(set) var tip: ObjectID
  private(set) var batch: ObjectBatch
  private(set) var commits: [(old: ObjectID, new: ObjectID?)] = []

  init(_ engine: StoreEngine, at tip: ObjectID) {
    self.engine = engine
    self.tip = tip
    batch = ObjectBatch(engine.hashAlgorithm)
  }

  /// Makes the change of a commit on top; returns the conflicts that are left, if any.
  mutating func add(
    _ id: ObjectID, _ resolving: Branch<Value>.CommitResolver?
  ) throws -> [MergeConflict<Value>]? {
    let change = try ReplayedChange(of: id, mainline: nil, isReverted: false, engine)
    if change.commit.parents == [tip] {
      // It stands where it should.
      commits.append((id, id))
      tip = id
      return nil
    }
    let root = try BatchedReader(batch, over: engine.objects).commitLinks(tip).tree
    let merger = RuleMerger<Value>()
    let merged = try change.merge(into: root, engine.objects, merger, &batch)
    let state = MergedState(merged, batch, merger, engine.loader)
    let settling = resolving.map { resolve in
      { (conflicts: [MergeConflict<Value>], tree: inout TreeEditor<Value>) in
        try resolve(id, conflicts, &tree)
      }
    }
    guard let built = try state.built(settling) else { return state.conflicts }
    batch = built.batch
    if built.root == root, !change.isEmpty {
      commits.append((id, nil))
      return nil
    }
    let commit = try engine.commit(replaying: change, as: built.root, on: tip)
    tip = try batch.insert(.commit, commit.serialized)
    commits.append((id, tip))
    return nil
  }
}
