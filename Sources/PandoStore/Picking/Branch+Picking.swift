internal import PandoBytes
internal import PandoMerge
public import PandoObjects

extension Branch {
  /// Makes the change that a commit made to its parent once more, on top of this branch: `git
  /// cherry-pick`.
  ///
  /// The new commit has the author and the message of the old one. It is merged as branches are,
  /// the old commit's parent being the common ancestor. A change that the branch has already is
  /// `.upToDate`. With conflicts nothing is changed, unless `resolving` settles them. When others
  /// moved the branch meanwhile, it is made again.
  ///
  /// - Parameter mainline: of a merge, the number of the parent, from 1, to which the change is
  ///   meant.
  ///
  /// Cost: the directories that the change and the branch have both changed. Throws `.notFound` for
  /// a missing commit, `.invalidInput` for a merge without `mainline`.
  @discardableResult
  public func cherryPick(
    _ commit: ObjectID, mainline: Int? = nil, resolving: Resolver? = nil
  ) throws -> MergeResult<Value> {
    let change = try ReplayedChange(of: commit, mainline: mainline, isReverted: false, engine)
    return try replay(change, resolving) { root, head throws(PandoError) in
      try engine.commit(replaying: change, as: root, on: head)
    } reflog: {
      "cherry-pick: \(change.commit.subject)"
    }
  }

  /// Takes back the change that a commit made to its parent: `git revert`.
  ///
  /// The message names the commit, unless `info` is given. Otherwise as `cherryPick`.
  @discardableResult
  public func revert(
    _ commit: ObjectID, _ info: CommitInfo? = nil, mainline: Int? = nil,
    resolving: Resolver? = nil
  ) throws -> MergeResult<Value> {
    let change = try ReplayedChange(of: commit, mainline: mainline, isReverted: true, engine)
    let info = info ?? CommitInfo(Self.revertMessage(change, mainline))
    return try replay(change, resolving) { root, head throws(PandoError) in
      let plan = CommitPlan(
        tree: root, parents: head.map { [$0] } ?? [], info: info, reflogMessage: "")
      return try engine.commit(plan)
    } reflog: {
      "revert: \(info.subject)"
    }
  }

  private static func revertMessage(_ change: ReplayedChange, _ mainline: Int?) -> String {
    var message = "Revert \"\(change.commit.subject)\"\n\nThis reverts commit \(change.id)"
    if let mainline, change.commit.parents.count > 1 {
      message += ", reversing\nchanges made to \(change.commit.parents[mainline - 1])"
    }
    return message + ".\n"
  }

  private func replay(
    _ change: ReplayedChange, _ resolving: Resolver?,
    making commit: (_ root: ObjectID, _ head: ObjectID?) throws(PandoError) -> Commit,
    reflog: () -> String
  ) throws -> MergeResult<Value> {
    var attempts = UpdateAttempts(engine, on: place)
    while true {
      let head = try engine.settledHead(of: place)
      let root = try engine.tree(of: head)
      let merger = RuleMerger<Value>()
      var batch = ObjectBatch(engine.hashAlgorithm)
      let merged = try change.merge(into: root, engine.objects, merger, &batch)
      let state = MergedState(merged, batch, merger, engine.loader)
      guard let built = try state.built(resolving) else { return .conflicted(state.conflicts) }
      if built.root == root { return .upToDate }
      let (id, entry) = try engine.join(
        try commit(built.root, head), built, reflog(), on: place, expecting: head)
      if try attempts.isOver(engine.outcome(of: entry)) { return .merged(id) }
    }
  }
}

extension StoreEngine {
  /// A commit with the author and message of another, on another parent.
  func commit(
    replaying change: ReplayedChange, as root: ObjectID, on head: ObjectID?
  ) throws(PandoError) -> Commit {
    let old = change.commit
    var author = old.author
    if author == nil { author = try signature(.author) }
    let committer = try signature(.committer)
    return Commit(
      tree: root, parents: head.map { [$0] } ?? [],
      author: author ?? committer, committer: committer,
      encoding: old.encoding?.text, message: old.message)
  }
}
