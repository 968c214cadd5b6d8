package import PandoBytes
internal import PandoFiles
package import PandoObjects
internal import PandoStorage

/// What all values made from one store share, whatever the type of its values: objects, references,
/// the cache, the clock.
package final class StoreEngine: Sendable {
  /// The stored objects, and those of commits on their way.
  package let objects: any ObjectWriter
  /// References as readers see them.
  package let references: any ReferenceStore
  /// References as they are stored.
  let storedReferences: any ReferenceStore
  let queue: PublishQueue
  let turns = BranchTurns()
  /// The commits that readers of this process see before others do; nil when there are none.
  let unpublished: (any UnpublishedCommits)?
  let watcher: BranchWatcher
  private let rollUp: PackRollUp?
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

  init(
    objects: any ObjectWriter, references: any ReferenceStore, options: StoreOptions,
    rollUp: PackRollUp? = nil, journaled: JournaledCommits? = nil, signer: @escaping Signer
  ) {
    let isDeferred = options.repository.durability.publishing == .deferred
    var sink: any CommitSink = RepositorySink(
      objects: objects, references: references, looksFirst: !isDeferred)
    var below = objects
    var seen = references
    if let journaled {
      sink = journaled
      below = QueuedObjects(queue: journaled, base: objects)
      seen = DeferredReferences(queue: journaled, base: references)
    }
    queue = PublishQueue(into: sink, seen, objects.hashAlgorithm, isDeferred: isDeferred)
    if isDeferred { seen = DeferredReferences(queue: queue, base: references) }
    watcher = BranchWatcher(
      seen, references as? FileReferences, milliseconds: options.watchMilliseconds)
    unpublished = isDeferred ? queue : journaled
    self.objects = QueuedObjects(queue: queue, base: below)
    self.references = seen
    storedReferences = references
    self.rollUp = rollUp
    self.options = options
    self.signer = signer
    loader = TreeLoader(
      objects: self.objects, cache: TreeCache(bytesMax: options.treeCacheBytesMax),
      lifetime: StoreLifetime())
  }

  package var hashAlgorithm: HashAlgorithm { objects.hashAlgorithm }

  /// How a change keeps its values out of memory; nil where commits wait in memory themselves.
  var spooling: TreeOverlay.Spooling? {
    guard !queue.isDeferred, let writer = objects as? any SpoolingWriter else { return nil }
    return TreeOverlay.Spooling(writer: writer, bytesMax: options.changeBytesMax)
  }
}

// MARK: Ending

extension StoreEngine {
  /// Publishes what is not yet, and ends the lifetime.
  func close() throws(PandoError) {
    try unpublished?.close()
    loader.lifetime.end()
    watcher.end()
    rollUp?.wait()
  }
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
  /// Where a writer finds a head: at a commit of this process that is still on its way, or else as
  /// it is stored.
  func writableHead(of head: BranchHead) throws(PandoError) -> ObjectID? {
    try loader.lifetime.check()
    guard case .named(let name) = head else { return try id(of: head) }
    let (last, stored) = try references.resolve(name)
    return queue.head(of: last) ?? stored
  }

  /// The same when no commit of this process is on its way there: what is read at it is true.
  func settledHead(of head: BranchHead) throws(PandoError) -> ObjectID? {
    while true {
      let id = try writableHead(of: head)
      if try isSettled(head, at: id) { return id }
    }
  }

  /// Whether what was read at a writable head is true: that commit may have been on its way, and
  /// then this waits for what becomes of it.
  func isSettled(_ head: BranchHead, at id: ObjectID?) throws(PandoError) -> Bool {
    guard case .named(let name) = head, let id else { return true }
    let (last, stored) = try references.resolve(name)
    if stored == id { return true }
    return try queue.settle(last, at: id)
  }

  /// Runs `body`, which reads at a writable head. What it throws may be the fault of a commit that
  /// was never published: then this is nil, and the change is to be made anew.
  func settled<R>(
    _ head: BranchHead, at id: ObjectID?, _ body: () throws -> R
  ) throws -> R? {
    do { return try body() } catch {
      if try isSettled(head, at: id) { throw error }
      return nil
    }
  }

  /// Makes a commit of what it needs, to move the head from `expected` to it. It is lost when the
  /// head is no longer `expected`.
  func join(
    _ plan: CommitPlan, _ built: BuiltTree, on head: BranchHead, expecting expected: ObjectID?
  ) throws(PandoError) -> (id: ObjectID, entry: PublishQueue.Entry) {
    try join(
      try commit(plan), built, plan.reflogMessage, on: head, expecting: expected)
  }

  /// The commit of a plan, signed by whom it names or else by whoever is configured.
  func commit(_ plan: CommitPlan) throws(PandoError) -> Commit {
    let time = plan.info.date ?? now()
    return Commit(
      tree: plan.tree, parents: plan.parents,
      author: try signature(.author, given: plan.info.author, at: time),
      committer: try signature(.committer, given: plan.info.committer, at: time),
      extraHeaders: plan.info.extraHeaders, message: try plan.info.messageBytes())
  }

  /// Keeps a commit with what it needs, to move the head from `expected` to it.
  func join(
    _ commit: Commit, _ built: BuiltTree, _ reflogMessage: String, on head: BranchHead,
    expecting expected: ObjectID?
  ) throws(PandoError) -> (id: ObjectID, entry: PublishQueue.Entry) {
    guard let committer = commit.committer else {
      throw PandoError(.invalidInput, "a commit is made by nobody")
    }
    var batch = built.batch
    if commit.tree == loader.emptyTree { try batch.insert(.tree, []) }
    let id = try batch.insert(.commit, commit.serialized)
    let note = ReflogNote(signature: committer, message: reflogMessage)
    let entry = try join(batch, at: id, note, on: head, expecting: expected)
    // The trees of a commit that is lost nobody reads, and those before it are wanted still.
    if case .over(.lostHere) = entry { return (id, entry) }
    for (id, tree, base) in built.trees { loader.cache.insert(tree, id: id, replacing: base) }
    return (id, entry)
  }

  /// Keeps objects, to move the head from `expected` to the commit `id`, which is among them or
  /// there already.
  func join(
    _ batch: ObjectBatch, at id: ObjectID, _ note: ReflogNote, on head: BranchHead,
    expecting expected: ObjectID?
  ) throws(PandoError) -> PublishQueue.Entry {
    switch head {
    case .detached(let head):
      try objects.write(batch)
      return .over(head.move(to: id, expecting: expected) ? .done : .lostHere)
    case .named(let name):
      let last = try references.resolve(name).name
      return try queue.join(batch, ReflogStep(id: id, note: note), to: last, from: expected)
    }
  }

  /// Waits until a commit is as durable as the store promises.
  func outcome(of entry: PublishQueue.Entry) throws(PandoError) -> CommitOutcome {
    let outcome = try queue.outcome(of: entry)
    if case .done = outcome {
      watcher.wake()
      rollUp?.didPublish()
    }
    return outcome
  }

  /// The tree that a commit has; the empty one where there is no commit.
  func tree(of commit: ObjectID?) throws(PandoError) -> ObjectID {
    try loader.lifetime.check()
    guard let commit else { return loader.emptyTree }
    return try objects.commitLinks(commit).tree
  }
}
