public import PandoObjects

/// What a change came to.
public struct Update<Result> {
  /// The commit that was made; nil when there was nothing to change.
  public let commit: ObjectID?
  /// What the closure returned.
  public let value: Result
}

extension Update: Sendable where Result: Sendable {}

/// How a change is committed.
public struct UpdateOptions: Hashable, Sendable {
  /// Whether a commit is made although the tree did not change.
  public var allowsEmpty: Bool
  /// The commit's parents, first parent first; nil means the commit the branch was at. The branch
  /// moves to the new commit all the same.
  public var parents: [ObjectID]?

  /// Describes how a change is committed.
  public init(allowsEmpty: Bool = false, parents: [ObjectID]? = nil) {
    self.allowsEmpty = allowsEmpty
    self.parents = parents
  }
}

extension Branch {
  /// Changes the branch: lends its state to `body`, and commits what `body` made of it.
  ///
  /// All of it lands as one commit, or nothing when `body` throws. When others moved the branch
  /// meanwhile, `body` runs again on what they left, so it must not have effects outside; after
  /// `StoreOptions.updateAttemptsMax` attempts, with growing waits between, `.conflictingUpdate` is
  /// thrown. A change that changes nothing makes no commit unless it is allowed to be empty.
  ///
  /// When it returns, the objects and then the reference are as durable as the repository makes
  /// them. Changes that threads make at the same time are published together, on one branch as on
  /// several; each is a commit of its own. Cost: the bytes of new values, and the width of each
  /// directory along a changed path.
  @discardableResult
  public func update<Result>(
    _ info: CommitInfo, options: UpdateOptions = UpdateOptions(),
    _ body: (inout TreeEditor<Value>) throws -> Result
  ) throws -> Update<Result> {
    for parent in options.parents ?? [] { try engine.requireCommit(parent) }
    var attempts = UpdateAttempts(engine, on: place)
    while true {
      let made = try engine.turns.take(place) { () throws -> Attempt<Result> in
        try attempt(info, options, body)
      }
      let isOver = try attempts.isOver(engine.outcome(of: made.entry))
      if isOver, let update = made.update { return update }
    }
  }

  /// What one attempt came to: nil before it is known what was changed.
  private typealias Attempt<Result> = (update: Update<Result>?, entry: PublishQueue.Entry)

  /// Makes the change once.
  private func attempt<Result>(
    _ info: CommitInfo, _ options: UpdateOptions, _ body: (inout TreeEditor<Value>) throws -> Result
  ) throws -> Attempt<Result> {
    let lost = PublishQueue.Entry.over(.lostHere)
    let head = try engine.writableHead(of: place)
    let made = try engine.settled(place, at: head) {
      let root = try engine.tree(of: head)
      var editor = TreeEditor<Value>(
        try TreeOverlay(loader: engine.loader, root: root, spooling: engine.spooling))
      let value = try body(&editor)
      return (root: root, value: value, built: try editor.overlay.build())
    }
    guard let (root, value, built) = made else { return (nil, lost) }
    if built.root == root, !options.allowsEmpty {
      let isTrue = try engine.isSettled(place, at: head)
      return (Update(commit: nil, value: value), isTrue ? .over(.done) : lost)
    }
    let plan = CommitPlan(
      tree: built.root, parents: options.parents ?? head.map { [$0] } ?? [], info: info,
      reflogMessage: "commit\(head == nil ? " (initial)" : ""): \(info.subject)")
    let (commit, entry) = try engine.join(plan, built, on: place, expecting: head)
    return (Update(commit: commit, value: value), entry)
  }

  /// Puts one value; see `update`. Returns the commit; nil when the value was there already.
  @discardableResult
  public func set(
    _ value: Value, at path: TreePath, _ info: CommitInfo
  ) throws -> ObjectID? {
    try update(info) { tree in try tree.set(value, at: path) }.commit
  }

  /// Removes what is at `path`; see `update`. Returns the commit; nil when nothing was there.
  @discardableResult
  public func remove(at path: TreePath, _ info: CommitInfo) throws -> ObjectID? {
    try update(info) { tree in try tree.remove(at: path) }.commit
  }

  /// Puts or removes the value at `path` if it is `expected` now, nil meaning that there is none;
  /// tells whether it was. The expectation is tested first, also when the new value is there
  /// already.
  ///
  /// A directory at `path` is not absence: it matches no expectation.
  public func compareAndSet(
    _ new: Value?, at path: TreePath, expecting expected: Value?, _ info: CommitInfo
  ) throws -> Bool {
    try update(info) { tree in
      guard try tree.get(path) == expected else { return false }
      if expected == nil, try tree.kind(at: path) != nil { return false }
      if let new { try tree.set(new, at: path) } else { try tree.remove(at: path) }
      return true
    }.value
  }
}
