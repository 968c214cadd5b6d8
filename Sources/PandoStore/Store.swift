public import PandoBytes
public import PandoObjects

/// Values at paths, in branches, with all their history: a typed view of a Git repository.
///
/// Every value is a blob, every directory a tree, every change a commit and every branch a
/// reference, which any Git can read at any moment and change beside us. In a repository with a
/// working tree, branches move and the working tree is left alone, as after a push to it.
///
/// A store is cheap to copy; copies share the repository, and closing one closes all.
public struct Store<Value: Contents>: Sendable {
  let engine: StoreEngine

  init(engine: StoreEngine) { self.engine = engine }

  /// Makes a store of places for objects and references, such as a back end of one's own.
  public init(
    objects: any ObjectWriter, references: any ReferenceStore,
    options: StoreOptions = StoreOptions()
  ) {
    engine = StoreEngine(
      objects: objects, references: references, options: options,
      signer: { (_, _) throws(PandoError) in nil })
  }

  /// The same repository seen as values of another type: raw bytes beside parsed ones, say.
  public func viewed<Other: Contents>(as type: Other.Type) -> Store<Other> {
    Store<Other>(engine: engine)
  }

  /// The algorithm that names objects.
  public var hashAlgorithm: HashAlgorithm { engine.hashAlgorithm }

  /// Publishes what is deferred or journaled; returns when it is durable and every Git sees it.
  /// Where commits are published at once there is nothing to do.
  ///
  /// Costs what one commit costs, however many there are. Throws `.conflictingUpdate` when others
  /// moved a branch meanwhile: the commits that were for it are written and no longer deferred, and
  /// the branch is where the others moved it. What cannot be written is kept for the next time.
  public func flush() throws(PandoError) {
    try engine.loader.lifetime.check()
    try engine.unpublished?.flush()
  }

  /// Ends the use of this store and of everything made from it: later calls throw `.closed`.
  /// Closing again does nothing. What was committed is not touched; what is deferred or journaled
  /// is published, and the store stays open when that throws. Waits for packs that are being rolled
  /// up.
  public func close() throws(PandoError) { try engine.close() }
}

// MARK: Branches

extension Store {
  /// The branch of that name, which need not exist. Throws `.invalidInput` for a name that
  /// `git check-ref-format --branch` refuses.
  public func branch(_ name: String) throws(PandoError) -> Branch<Value> {
    try engine.loader.lifetime.check()
    return Branch(engine: engine, place: .named(try ReferenceName.branch(name)))
  }

  /// The branch that HEAD names, which need not exist; detached when HEAD is.
  public var defaultBranch: Branch<Value> {
    get throws(PandoError) {
      try engine.loader.lifetime.check()
      switch try engine.references.read(.head) {
      case .symbolic(let name)?: return Branch(engine: engine, place: .named(name))
      case .direct(let id)?: return try detached(at: id)
      case nil: throw PandoError(.notFound, "the repository has no HEAD")
      }
    }
  }

  /// All branches that exist, in the order of their names.
  public func branches() throws(PandoError) -> [Branch<Value>] {
    try engine.loader.lifetime.check()
    return try engine.references.references(withPrefix: "refs/heads/").map {
      Branch(engine: engine, place: .named($0.name))
    }
  }

  /// A branch without a name at `commit`, or before any commit. Changes move it in memory only, for
  /// this value and its copies; `fork` gives it a name.
  public func detached(at commit: ObjectID? = nil) throws(PandoError) -> Branch<Value> {
    try engine.loader.lifetime.check()
    if let commit { try engine.requireCommit(commit) }
    return Branch(engine: engine, place: .detached(DetachedHead(commit)))
  }
}

// MARK: Commits

extension Store {
  /// The state at a commit. Throws `.notFound` when there is no such commit.
  public func snapshot(of commit: ObjectID) throws(PandoError) -> Snapshot<Value> {
    Snapshot(loader: engine.loader, id: try engine.tree(of: commit), commit: commit)
  }

  /// The commit itself: its parents, who made it, when and why.
  public func commit(_ id: ObjectID) throws(PandoError) -> Commit {
    try engine.loader.lifetime.check()
    return try engine.objects.commit(id)
  }

  /// The tree without entries.
  public var emptySnapshot: Snapshot<Value> {
    Snapshot(loader: engine.loader, id: engine.loader.emptyTree)
  }

  /// The tag of that name: the commit that it leads to, nil when there is no such tag.
  public func tag(_ name: String) throws(PandoError) -> ObjectID? {
    try engine.loader.lifetime.check()
    guard let id = try engine.references.id(of: try ReferenceName.tag(name)) else { return nil }
    return try engine.objects.peelToCommit(id)
  }

  /// Names `commit` for good: a tag that is only a reference. Throws `.conflictingUpdate` when the
  /// tag exists already, unless it names that commit.
  public func tag(_ name: String, at commit: ObjectID) throws(PandoError) {
    try engine.requireCommit(commit)
    let reference = try ReferenceName.tag(name)
    if try engine.references.id(of: reference) == commit { return }
    guard try engine.move(.named(reference), to: commit, expecting: nil, nil) else {
      throw PandoError(.conflictingUpdate, "tag '\(name)' exists already")
    }
  }
}
