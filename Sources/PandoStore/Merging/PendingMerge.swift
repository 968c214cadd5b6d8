internal import PandoBytes
internal import PandoMerge
public import PandoObjects

/// A merge that is settled step by step and committed in the end: what `Branch.beginMerge` gives.
///
///     var merge = try main.beginMerge(draft)
///     for conflict in merge.conflicts { try merge.resolve(conflict.path, taking: .theirs) }
///     try merge.commit("Take the draft")
///
/// Nothing is written before the commit; a value that is dropped leaves no trace.
public struct PendingMerge<Value: Contents>: ~Copyable {
  /// A version of what is in conflict.
  @frozen
  public enum Version: Hashable, Sendable {
    /// What both sides come from.
    case base
    /// What the branch that is merged into has.
    case ours
    /// What is merged.
    case theirs
  }

  /// What has still to be decided, in the order of paths.
  public private(set) var conflicts: [MergeConflict<Value>]
  /// The merged tree, which may be edited. Where there are conflicts it is as Git leaves it.
  public var tree: TreeEditor<Value>
  private let branch: Branch<Value>
  private let ours: ObjectID?
  private let theirs: ObjectID
  private let name: String

  init(
    _ state: MergedState<Value>, into branch: Branch<Value>, at ours: ObjectID?,
    of theirs: ObjectID, named name: String
  ) throws(PandoError) {
    conflicts = state.conflicts
    tree = TreeEditor(
      try TreeOverlay(loader: state.loader, root: state.root, imported: state.batch))
    self.branch = branch
    self.ours = ours
    self.theirs = theirs
    self.name = name
  }

  /// Settles the conflicts at `path` by taking one version; where it has nothing, nothing stays.
  /// Throws `.notFound` when nothing is in conflict there.
  public mutating func resolve(
    _ path: TreePath, taking version: Version
  ) throws(PandoError) {
    let taken = try take(path)
    var entry: TreeEntry?
    for conflict in taken {
      switch version {
      case .base: entry = entry ?? conflict.base
      case .ours: entry = entry ?? conflict.ours
      case .theirs: entry = entry ?? conflict.theirs
      }
      if conflict.place != path { try tree.overlay.remove(at: conflict.place) }
    }
    if let entry {
      try tree.overlay.put(.object(entry.mode, entry.id), at: path)
    } else {
      try tree.overlay.remove(at: path)
    }
  }

  /// Settles the conflicts at `path` by putting a value there, nil to have none. Throws `.notFound`
  /// when nothing is in conflict there.
  public mutating func resolve(_ path: TreePath, with value: Value?) throws(PandoError) {
    for conflict in try take(path) where conflict.place != path {
      try tree.overlay.remove(at: conflict.place)
    }
    if let value { try tree.set(value, at: path) } else { try tree.remove(at: path) }
  }

  /// Settles the conflicts at `path` by what `tree` has there. Throws `.notFound` when nothing is
  /// in conflict there.
  public mutating func accept(_ path: TreePath) throws(PandoError) { _ = try take(path) }

  private mutating func take(_ path: TreePath) throws(PandoError) -> [MergeConflict<Value>] {
    let taken = conflicts.filter { $0.path == path }
    guard !taken.isEmpty else {
      throw PandoError(.notFound, "nothing is in conflict at '\(path)'")
    }
    conflicts.removeAll { $0.path == path }
    return taken
  }

  /// Commits the merge, with both sides for parents. Throws `.invalidInput` while there are
  /// conflicts, and `.conflictingUpdate` when somebody moved the branch since the merge began: it
  /// is to begin anew then.
  @discardableResult
  public consuming func commit(_ info: CommitInfo) throws(PandoError) -> ObjectID {
    guard conflicts.isEmpty else {
      let paths = conflicts.map { "'\($0.path)'" }.joined(separator: ", ")
      throw PandoError(.invalidInput, "there are conflicts to be resolved at \(paths)")
    }
    let engine = branch.engine
    let built = try tree.overlay.build()
    let plan = CommitPlan(
      tree: built.root, parents: [ours, theirs].compactMap { $0 }, info: info,
      reflogMessage: "merge \(name): Merge made by Pando.")
    let (id, entry) = try engine.join(plan, built, on: branch.place, expecting: ours)
    switch try engine.outcome(of: entry) {
    case .done: return id
    case .failed(let error): throw error
    case .lostHere, .lostToOthers:
      throw PandoError(
        .conflictingUpdate,
        "branch \(branch.description) was moved since the merge began: begin it anew")
    }
  }
}

extension Branch {
  /// Begins to merge `other` into this branch, for conflicts to be resolved one by one; nil when
  /// there is nothing to merge. A merge that could fast-forward gives a commit all the same.
  ///
  /// Cost: that of a merge. Throws what a merge throws.
  public func beginMerge(
    _ other: Branch, options: MergeOptions = MergeOptions()
  ) throws(PandoError) -> PendingMerge<Value>? {
    let (ours, theirs) = (try engine.settledHead(of: place), try other.head)
    let name = other.name ?? theirs?.hex ?? ""
    let preview = try preview(of: theirs, named: name, into: ours, options)
    guard preview.kind != .upToDate, let theirs else { return nil }
    return try PendingMerge(
      MergedState(preview), into: self, at: ours, of: theirs, named: name)
  }
}
