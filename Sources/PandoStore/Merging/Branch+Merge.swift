internal import PandoBytes
internal import PandoMerge
public import PandoObjects

extension Branch {
  /// Settles conflicts by editing the merged tree; returns whether all are settled.
  public typealias Resolver = (
    _ conflicts: [MergeConflict<Value>], _ tree: inout TreeEditor<Value>
  ) throws -> Bool

  /// Takes what `other` has into this branch.
  ///
  /// Values that both sides changed are merged by the rule of their type, everything else as Git
  /// does it; several best common ancestors are merged into a virtual one in memory. The result is
  /// one commit with both sides for parents, or a mere move when the branch has nothing of its own.
  /// With conflicts nothing is changed, unless `resolving` settles them: it is lent the merged
  /// tree, in which conflicts look as Git leaves them. When others moved the branch meanwhile, the
  /// merge is made again. A branch without commits has nothing to take.
  ///
  /// Cost: the commits between both sides and their common ancestors, and the directories that both
  /// sides changed. Throws `.conflictingUpdate` where only a fast-forward is allowed and none can
  /// be, and what `resolving` and the rule throw.
  @discardableResult
  public func merge(
    _ other: Branch, _ info: CommitInfo, options: MergeOptions = MergeOptions(),
    resolving: Resolver? = nil
  ) throws -> MergeResult<Value> {
    guard let theirs = try other.head else { return .upToDate }
    return try merge(theirs, named: other.name, info, options, resolving)
  }

  /// Takes what `commit` leads to into this branch; see the merge of a branch.
  @discardableResult
  public func merge(
    _ commit: ObjectID, _ info: CommitInfo, options: MergeOptions = MergeOptions(),
    resolving: Resolver? = nil
  ) throws -> MergeResult<Value> {
    try engine.requireCommit(commit)
    return try merge(commit, named: nil, info, options, resolving)
  }

  private func merge(
    _ theirs: ObjectID, named name: String?, _ info: CommitInfo, _ options: MergeOptions,
    _ resolving: Resolver?
  ) throws -> MergeResult<Value> {
    let name = name ?? theirs.hex
    var attempts = UpdateAttempts(engine, on: place)
    while true {
      let ours = try engine.settledHead(of: place)
      let preview = try preview(of: theirs, named: name, into: ours, options)
      switch preview.kind {
      case .upToDate: return .upToDate
      case .fastForward where options.fastForward != .never || ours == nil:
        let note = ReflogNote(
          signature: try engine.signature(.committer, given: info.committer, at: info.date),
          message: "merge \(name): Fast-forward")
        let isMoved = try engine.move(place, to: theirs, expecting: ours, note)
        if try attempts.isOver(isMoved ? .done : .lostToOthers) { return .fastForwarded(theirs) }
      case .fastForward, .merge:
        if options.fastForward == .only {
          throw PandoError(
            .conflictingUpdate,
            "branch \(description) has commits that '\(name)' has not: it cannot fast-forward")
        }
        guard let built = try MergedState(preview).built(resolving) else {
          return .conflicted(preview.conflicts)
        }
        let plan = CommitPlan(
          tree: built.root, parents: [ours, theirs].compactMap { $0 }, info: info,
          reflogMessage: "merge \(name): Merge made by Pando.")
        let (commit, entry) = try engine.join(plan, built, on: place, expecting: ours)
        if try attempts.isOver(engine.outcome(of: entry)) { return .merged(commit) }
      }
    }
  }
}

// MARK: Looking first

/// What a merge would come to: a dry run, of which nothing is written.
public struct MergePreview<Value: Contents>: Sendable {
  /// What a merge has to do.
  public enum Kind: Hashable, Sendable {
    /// Nothing.
    case upToDate
    /// Move the branch.
    case fastForward
    /// Make a commit.
    case merge
  }

  /// What the merge has to do.
  public let kind: Kind
  /// The commit of the branch that would be merged into; nil when it has none.
  public let ours: ObjectID?
  /// The commit that would be merged; nil when there is none.
  public let theirs: ObjectID?
  /// The merged tree. Where there are conflicts it is as Git leaves it: markers stand in text, our
  /// version stands for other values, and what cannot keep its name was moved beside it.
  public let snapshot: Snapshot<Value>
  /// What has to be decided, in the order of paths.
  public let conflicts: [MergeConflict<Value>]
  /// Objects of the merged tree that are not in the store.
  let batch: ObjectBatch

  /// Whether nothing has to be decided.
  public var isClean: Bool { conflicts.isEmpty }
}

extension Branch {
  /// Merges `other` into this branch without writing anything; see `merge`.
  public func previewMerge(
    _ other: Branch, options: MergeOptions = MergeOptions()
  ) throws(PandoError) -> MergePreview<Value> {
    let (ours, theirs) = (try head, try other.head)
    return try preview(of: theirs, named: other.name ?? theirs?.hex ?? "", into: ours, options)
  }

  func preview(
    of theirs: ObjectID?, named name: String, into ours: ObjectID?, _ options: MergeOptions
  ) throws(PandoError) -> MergePreview<Value> {
    guard let ours, let theirs else {
      let snapshot = Snapshot<Value>(
        loader: engine.loader, id: try engine.tree(of: theirs ?? ours), commit: theirs ?? ours)
      return MergePreview(
        kind: theirs == nil ? .upToDate : .fastForward, ours: ours, theirs: theirs,
        snapshot: snapshot, conflicts: [], batch: ObjectBatch(engine.hashAlgorithm))
    }
    let merger = RuleMerger<Value>()
    var tree = TreeMerge.Options()
    tree.oursLabel = ByteString(self.name ?? "HEAD")
    tree.theirsLabel = ByteString(name)
    tree.contentMerger = merger
    var merge = RecursiveMerge(
      engine.objects,
      options: .init(tree: tree, allowsUnrelated: options.allowsUnrelatedHistories))
    var batch = ObjectBatch(engine.hashAlgorithm)
    let outcome = try merge.merge(ours: ours, theirs: theirs, into: &batch)
    func result(
      _ kind: MergePreview<Value>.Kind, _ root: ObjectID, _ conflicts: [Conflict] = []
    ) -> MergePreview<Value> {
      let isStored = batch.isEmpty
      let loader = isStored ? engine.loader : engine.loader.layering(batch)
      let readable = engine.loader.layering(merge.virtualObjects).layering(batch)
      return MergePreview(
        kind: kind, ours: ours, theirs: theirs, snapshot: Snapshot(loader: loader, id: root),
        conflicts: conflicts.map { merger.conflict($0, readable) }, batch: batch)
    }
    switch outcome {
    case .upToDate: return result(.upToDate, try engine.tree(of: ours))
    case .fastForward: return result(.fastForward, try engine.tree(of: theirs))
    case .merged(let root, _): return result(.merge, root)
    case .conflicted(let root, let conflicts, _): return result(.merge, root, conflicts)
    }
  }

  /// The best common ancestors of this branch and `other`, the newest first; none when histories
  /// are unrelated or a side has no commit.
  public func mergeBases(with other: Branch) throws(PandoError) -> [ObjectID] {
    guard let ours = try head, let theirs = try other.head else { return [] }
    var bases = MergeBases(engine.objects)
    return try bases.all(ours, theirs)
  }
}
