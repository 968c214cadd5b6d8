package import PandoBytes
internal import PandoFiles
package import PandoObjects
internal import PandoStorage

/// What all values made from one store share, whatever the type of its values: objects, references,
/// the cache, the clock.
package final class StoreEngine: Sendable {
  package let objects: any ObjectWriter
  package let references: any ReferenceStore
  package let loader: TreeLoader
  package let options: StoreOptions
  private let signer: Signer

  /// Who signs when a commit does not say: nil where nobody is configured.
  package typealias Signer =
    @Sendable (_ role: Role, _ time: Signature.Time) throws(PandoError) ->
    Signature?

  /// The two who sign a commit.
  package enum Role: Sendable {
    case author, committer
  }

  package init(
    objects: any ObjectWriter, references: any ReferenceStore, options: StoreOptions,
    signer: @escaping Signer
  ) {
    self.objects = objects
    self.references = references
    self.options = options
    self.signer = signer
    loader = TreeLoader(
      objects: objects, cache: TreeCache(bytesMax: options.treeCacheBytesMax),
      lifetime: StoreLifetime())
  }

  package var hashAlgorithm: HashAlgorithm { objects.hashAlgorithm }
}

// MARK: Who and when

extension StoreEngine {
  package func now() -> Signature.Time {
    let seconds = options.repository.clock.now().seconds
    return Signature.Time(
      seconds: seconds, offsetMinutes: options.repository.clock.utcOffsetMinutes(at: seconds))
  }

  package func signature(
    _ role: Role, given: Signature? = nil, at time: Signature.Time? = nil
  ) throws(PandoError) -> Signature {
    if let given { return given }
    let time = time ?? now()
    if let configured = try signer(role, time) { return configured }
    let identity = options.fallbackIdentity
    return Signature(name: identity.name, email: identity.email, time: time)
  }

  /// Waits before the next attempt on something that others keep changing: twice as long each time,
  /// up to a bound, and by chance somewhere in the upper half, so that two do not meet again.
  package func backOff(beforeAttempt attempt: Int) {
    let longest = max(1, min(options.backOffMillisecondsMax, 1 << min(attempt - 1, 20)))
    let spread = Int(options.repository.random.next() % UInt64(longest / 2 + 1))
    options.repository.clock.sleep(milliseconds: longest - spread)
  }
}

// MARK: Committing

/// What the next commit is made of.
struct CommitPlan {
  var tree: ObjectID
  var parents: [ObjectID]
  var info: CommitInfo
  /// What a reflog says before the subject: "commit", "merge draft".
  var reflogMessage: String
}

extension StoreEngine {
  /// Writes the commit and whatever it needs, then moves the head from `expected` to it. Nil when
  /// the head is no longer `expected`; then nothing was written if that was to be seen beforehand.
  func publish(
    _ plan: CommitPlan, _ built: BuiltTree, on head: BranchHead, expecting expected: ObjectID?
  ) throws(PandoError) -> ObjectID? {
    let time = plan.info.date
    let author = try signature(.author, given: plan.info.author, at: time)
    let committer = try signature(.committer, given: plan.info.committer, at: time)
    let commit = Commit(
      tree: plan.tree, parents: plan.parents, author: author, committer: committer,
      extraHeaders: plan.info.extraHeaders, message: try plan.info.messageBytes())
    var batch = built.batch
    if plan.tree == loader.emptyTree { try batch.insert(.tree, []) }
    let id = try batch.insert(.commit, commit.serialized)
    // A race that is lost already need not leave objects behind.
    guard try self.id(of: head) == expected else { return nil }
    try objects.write(batch)
    for (id, tree) in built.trees { loader.cache.insert(tree, id: id) }
    let note = ReflogNote(signature: committer, message: plan.reflogMessage)
    return try move(head, to: id, expecting: expected, note) ? id : nil
  }

  /// The tree that a commit has; the empty one where there is no commit.
  func tree(of commit: ObjectID?) throws(PandoError) -> ObjectID {
    try loader.lifetime.check()
    guard let commit else { return loader.emptyTree }
    return try objects.commitLinks(commit).tree
  }
}
