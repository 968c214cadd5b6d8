public import PandoObjects

/// A line of history in a store: a name and the store, cheap to copy. It need not exist; reads of a
/// branch before its first commit see an empty tree, and the first change makes it.
///
/// A branch is not a snapshot: two reads may see two commits. Take `snapshot()` for reads that
/// belong together. All calls block, and may come from any thread and from several processes at
/// once.
public struct Branch<Value: Contents>: Sendable {
  let engine: StoreEngine
  let place: BranchHead

  init(engine: StoreEngine, place: BranchHead) {
    self.engine = engine
    self.place = place
  }

  /// The name, without `refs/heads/`; nil for a detached branch.
  public var name: String? { place.name }

  /// The commit the branch is at; nil before the first one.
  public var head: ObjectID? {
    get throws(PandoError) { try engine.id(of: place) }
  }
}

// MARK: Reading

extension Branch {
  /// The state of the branch now, which later changes do not touch.
  public func snapshot() throws(PandoError) -> Snapshot<Value> {
    let head = try head
    return Snapshot(loader: engine.loader, id: try engine.tree(of: head), commit: head)
  }

  /// The value at `path` now; nil when there is none, and for a directory.
  public func get(_ path: TreePath) throws(PandoError) -> Value? {
    try snapshot().value(at: path)
  }

  /// Whether there is a value at `path` now; false for a directory.
  public func contains(_ path: TreePath) throws(PandoError) -> Bool {
    try snapshot().contains(path)
  }

  /// The entries of the directory at `path` now, in Git's order; empty when there is none.
  public func list(_ path: TreePath = .root) throws(PandoError) -> [TreeEntry] {
    try snapshot().list(path)
  }
}

// MARK: The branch itself

extension Branch {
  /// How the branch came to where it is, oldest first; empty where no log is kept, and for a
  /// detached branch.
  public func reflog() throws(PandoError) -> [ReflogEntry] {
    try engine.loader.lifetime.check()
    guard case .named(let name) = place else { return [] }
    return try engine.references.reflog(of: name) ?? []
  }
}

extension Branch {
  /// Moves the branch to `commit`, or removes it, if it is at `expected`; tells whether it was. The
  /// expectation is tested also when nothing would change. Throws `.notFound` when there is no such
  /// commit, and `.invalidInput` when the object is none.
  @discardableResult
  public func moveHead(
    to commit: ObjectID?, expecting expected: ObjectID?, message: String = "reset: moving branch"
  ) throws(PandoError) -> Bool {
    if let commit { try engine.requireCommit(commit) }
    let note = ReflogNote(signature: try engine.signature(.committer), message: message)
    return try engine.move(place, to: commit, expecting: expected, note)
  }

  /// Makes the branch `name` at this one's commit. Throws `.conflictingUpdate` when it exists
  /// already, and `.notFound` when this branch has no commit yet.
  public func fork(_ name: String) throws(PandoError) -> Branch {
    let reference = try ReferenceName.branch(name)
    guard let head = try head else {
      throw PandoError(
        .notFound, "branch \(description) has no commit yet, so '\(name)' cannot start from it")
    }
    let fork = Branch(engine: engine, place: .named(reference))
    let note = ReflogNote(
      signature: try engine.signature(.committer),
      message: "branch: Created from \(self.name ?? head.hex)")
    guard try engine.move(fork.place, to: head, expecting: nil, note) else {
      throw PandoError(.conflictingUpdate, "branch '\(name)' exists already")
    }
    return fork
  }

  /// Removes the branch, whatever it is at; its commits stay until Git collects them. Tells whether
  /// it existed.
  @discardableResult
  public func delete() throws(PandoError) -> Bool {
    var attempts = UpdateAttempts(engine, on: place)
    while true {
      guard let head = try head else { return false }
      let isGone = try engine.move(place, to: nil, expecting: head, nil)
      if try attempts.isOver(isGone ? .done : .lostToOthers) { return true }
    }
  }
}

extension Branch: CustomStringConvertible {
  /// The name in quotes, or "(detached)".
  public var description: String { name.map { "'\($0)'" } ?? "(detached)" }
}

extension StoreEngine {
  /// Throws unless `id` is a commit that is present.
  func requireCommit(_ id: ObjectID) throws(PandoError) {
    try loader.lifetime.check()
    guard let header = try objects.header(of: id) else {
      throw PandoError(.notFound, "there is no commit \(id)")
    }
    guard header.kind == .commit else {
      throw PandoError(.invalidInput, "object \(id) is a \(header.kind), not a commit")
    }
  }

  /// What is thrown when a branch moved at every attempt.
  func tooManyAttempts(on place: BranchHead) -> PandoError {
    let name = place.name.map { "'\($0)'" } ?? "(detached)"
    return PandoError(
      .conflictingUpdate,
      "branch \(name) was moved by others in each of \(options.updateAttemptsMax) attempts")
  }
}
