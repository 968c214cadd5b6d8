internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage
internal import Synchronization

/// Takes commits by appending them to a journal, and publishes them later, many at once.
///
/// A branch stays locked from its first commit in the journal until all of its commits are
/// published, so that nobody else moves it meanwhile. A checkpoint publishes what is in the journal
/// while commits go on into another segment of it. What does not gain by the journal, such as large
/// values and branches that are made, is published at once.
final class JournaledCommits: CommitSink {
  /// The bytes of a segment at which a checkpoint begins.
  private static let segmentBytesMax = 4 << 20
  /// The bytes of unpublished commits in memory at which writers wait for a checkpoint.
  private static let memoryBytesMax = 64 << 20
  /// The bytes of a group that is published at once.
  private static let groupBytesMax = 1 << 20

  private struct State: Sendable {
    var commits: PendingCommits
    /// Whether a thread waits to make a checkpoint.
    var isTimed = false
  }

  /// What writers of the journal have, one at a time.
  private struct Writing: Sendable {
    var journal: Journal?
    /// The branches that are locked.
    var kept: Set<ReferenceName> = []
  }

  private let repository: Repository
  private let references: FileReferences
  private let options: StoreOptions
  private let didPublish: @Sendable () -> Void
  // Taken in this order.
  private let checkpointing = Monitor<Void>(())
  private let writing = Monitor(Writing())
  private let state: Monitor<State>
  /// Whether all is published; so that readers need no lock.
  private let isIdle = Atomic(true)
  private let work = BackgroundWork()

  /// Nil where there is no disk for a journal.
  init?(
    _ repository: Repository, _ options: StoreOptions, didPublish: @escaping @Sendable () -> Void
  ) {
    guard repository.layout != nil, let references = repository.references as? FileReferences
    else { return nil }
    self.repository = repository
    self.references = references
    self.options = options
    self.didPublish = didPublish
    state = Monitor(State(commits: PendingCommits(repository.hashAlgorithm)))
  }

  private func withState<R>(_ body: (inout State) -> R) -> R {
    state.withLock { state in
      defer { isIdle.store(state.commits.isEmpty, ordering: .sequentiallyConsistent) }
      return body(&state)
    }
  }
}

// MARK: Looking

extension JournaledCommits: UnpublishedCommits {
  func look<R>(_ body: (PendingCommits) -> R) -> R? {
    if isIdle.load(ordering: .sequentiallyConsistent) { return nil }
    return state.withLock { body($0.commits) }
  }
}

// MARK: Taking commits

extension JournaledCommits {
  func publish(_ group: CommitGroup) -> [ReferenceName: CommitOutcome] {
    do throws(PandoError) {
      guard isJournaled(group) else {
        let target = RepositorySink(
          objects: repository.objects, references: references, looksFirst: true)
        return try alone { () throws(PandoError) in target.publish(group) }
      }
      // What is locked for a commit that cannot be appended is unlocked by a checkpoint too.
      defer { startCheckpoints() }
      try makeRoom()
      return try append(group)
    } catch {
      return group.heads.mapValues { _ in .failed(error) }
    }
  }

  private func isJournaled(_ group: CommitGroup) -> Bool {
    guard group.batch.spools.isEmpty else { return false }
    let isKnown = group.heads.allSatisfy { name, head in
      head.expected != nil && name.bytes.hasPrefix("refs/heads/")
    }
    var bytes = 0
    for id in group.batch.ids {
      bytes += group.batch.origin(of: id)?.bytes.count ?? group.batch.header(of: id)?.size ?? 0
    }
    return isKnown && bytes <= Self.groupBytesMax
  }

  /// Publishes before more is appended, where too much waits or an append has failed.
  private func makeRoom() throws(PandoError) {
    let isFull = state.withLock { $0.commits.byteCount } > Self.memoryBytesMax
    if isFull || writing.withLock({ $0.journal?.isBroken == true }) { try flush() }
  }

  private func append(
    _ group: CommitGroup
  ) throws(PandoError) -> [ReferenceName: CommitOutcome] {
    try writing.withLock { writing throws(PandoError) in
      var journal: Journal
      if let started = writing.journal {
        journal = started
      } else {
        journal = try repository.startJournal()
      }
      defer { writing.journal = journal }
      var outcomes: [ReferenceName: CommitOutcome] = [:]
      var taken = group
      taken.keepHeads { name in
        outcomes[name] = lock(name, for: group, journal.mark, &writing.kept)
        return outcomes[name] == nil
      }
      guard !taken.isEmpty else { return outcomes }
      let moves = taken.heads.map { name, head in
        JournalRecord.Move(name: name, expected: head.expected, passes: head.passes)
      }
      try journal.append(JournalRecord(taken.batch, moves))
      withState { $0.commits.gather { $0.append(taken) } }
      return outcomes
    }
  }

  /// Locks a branch for the commits of a group, unless it is locked already; what went wrong, if
  /// anything did.
  private func lock(
    _ name: ReferenceName, for group: CommitGroup, _ mark: LockMark,
    _ kept: inout Set<ReferenceName>
  ) -> CommitOutcome? {
    let expected = group.heads[name]?.expected
    if let head = head(of: name) { return head == expected ? nil : .lostHere }
    do throws(PandoError) {
      if !kept.contains(name) { try references.keepLock(of: name, mark) }
      kept.insert(name)
      if try references.id(of: name) == expected { return nil }
      try references.releaseKeptLock(of: name, mark)
      kept.remove(name)
      return .lostToOthers
    } catch {
      return .failed(error)
    }
  }
}

// MARK: Checkpoints

extension JournaledCommits {
  /// What a checkpoint publishes.
  private struct Sealed {
    var group: CommitGroup
    /// The segments that it is in, and earlier ones.
    var segments: [FilePath]
    var kept: Set<ReferenceName>
    var journal: Journal
  }

  func flush() throws(PandoError) {
    let loss = try checkpointing.withLock { _ throws(PandoError) in
      let sealed = try writing.withLock { writing throws(PandoError) in try seal(&writing) }
      let loss = try publish(sealed)
      try writing.withLock { writing throws(PandoError) in try unlock(&writing) }
      return loss
    }
    if let loss { throw loss }
  }

  func alone<R>(_ body: () throws(PandoError) -> R) throws(PandoError) -> R {
    try stopped { _ throws(PandoError) in try body() }
  }

  /// Publishes everything and removes the journal.
  func close() throws(PandoError) {
    try stopped { writing throws(PandoError) in
      try writing.journal?.end()
      writing.journal = nil
    }
  }

  /// Publishes everything, gives all locks back and runs `body`, while no commit is taken.
  private func stopped<R>(
    _ body: (inout Writing) throws(PandoError) -> R
  ) throws(PandoError) -> R {
    try checkpointing.withLock { _ throws(PandoError) in
      try writing.withLock { writing throws(PandoError) in
        let loss = try publish(try seal(&writing))
        try unlock(&writing)
        if let loss { throw loss }
        return try body(&writing)
      }
    }
  }

  private func seal(_ writing: inout Writing) throws(PandoError) -> Sealed? {
    guard var journal = writing.journal else { return nil }
    journal.endSegment()
    writing.journal = journal
    let segments = try journal.endedSegments()
    guard let group = withState({ $0.commits.seal() }) else { return nil }
    return Sealed(group: group, segments: segments, kept: writing.kept, journal: journal)
  }

  /// Publishes what was sealed, and then removes it from the journal. What is lost since somebody
  /// broke a lock is saved under another name, and told of.
  private func publish(_ sealed: Sealed?) throws(PandoError) -> PandoError? {
    guard let sealed else { return nil }
    let (group, journal) = (sealed.group, sealed.journal)
    let sink = JournalRecovery.sink(repository, references, keeping: sealed.kept, journal.mark)
    let outcomes = group.isEmpty ? [:] : sink.publish(group)
    let (failures, loss) = JournalRecovery.save(outcomes, of: group, in: references)
    _ = withState { $0.commits.end { failures[$0] != nil } }
    if let failure = failures.values.first { throw failure }
    try journal.remove(sealed.segments)
    didPublish()
    return loss
  }

  /// Gives back the locks of branches all of whose commits are published.
  private func unlock(_ writing: inout Writing) throws(PandoError) {
    guard let mark = writing.journal?.mark else { return }
    for name in writing.kept where head(of: name) == nil {
      try references.releaseKeptLock(of: name, mark)
      writing.kept.remove(name)
    }
  }

  /// Sees to it that what was appended is published soon.
  private func startCheckpoints() {
    if writing.withLock({ $0.journal?.segmentBytes ?? 0 }) > Self.segmentBytesMax {
      work.start { [self] in
        do throws(PandoError) { try flush() } catch { options.maintenanceFailed?(error) }
      }
    }
    guard let wait = options.checkpointMilliseconds, beginsTimer() else { return }
    let isStarted = BackgroundWork().start { [self] in
      repeat { options.repository.clock.sleep(milliseconds: wait) } while !isCheckpointMade()
    }
    // The next append tries again.
    if !isStarted { withState { $0.isTimed = false } }
  }

  /// Whether no thread waited to make a checkpoint; one does then.
  private func beginsTimer() -> Bool {
    withState { state in
      defer { state.isTimed = true }
      return !state.isTimed
    }
  }

  /// Makes a checkpoint at the end of the time for one. False when there is to be another attempt
  /// after the same time.
  private func isCheckpointMade() -> Bool {
    withState { $0.isTimed = false }
    do throws(PandoError) {
      try flush()
      return true
    } catch {
      options.maintenanceFailed?(error)
      return isIdle.load(ordering: .sequentiallyConsistent) || !beginsTimer()
    }
  }
}
