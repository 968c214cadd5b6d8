internal import PandoFiles
internal import PandoObjects
internal import PandoStorage

/// Publishes what journals have: at a checkpoint, and when a store is opened after its last user
/// ended in the middle.
enum JournalRecovery {
  /// Publishes the commits of all journals whose owners have ended.
  ///
  /// Each step can be cut short and done again: a branch that is where a commit of the journal took
  /// it already goes on from there. Throws `.locked` when somebody else holds a branch that is
  /// waited for, and `.corrupt` for a journal that cannot be read; nothing is given up then.
  static func run(_ repository: Repository) throws(PandoError) -> PandoError? {
    guard let references = repository.references as? FileReferences else { return nil }
    var loss: PandoError?
    for left in try repository.leftJournals() {
      let journal = left.journal
      loss = try publish(left, repository, references) ?? loss
      try journal.remove(left.segments)
      try references.releaseKeptLocks(journal.mark)
      try journal.end()
    }
    return loss
  }

  private static func publish(
    _ left: LeftJournal, _ repository: Repository, _ references: FileReferences
  ) throws(PandoError) -> PandoError? {
    let read = try repository.readJournal(left.segments)
    var group = CommitGroup(number: 0, repository.hashAlgorithm)
    group.add(read.batch, read.moves)
    for name in group.heads.keys {
      try references.keepLock(of: name, left.journal.mark)
      group.keepPasses(of: name, behind: try references.id(of: name))
    }
    guard !group.isEmpty else { return nil }
    let sink = sink(
      repository, references, keeping: Set(group.heads.keys), left.journal.mark)
    let (failures, loss) = save(sink.publish(group), of: group, in: references)
    if let failure = failures.values.first { throw failure }
    return loss
  }

  /// Publishes to references that are locked already.
  static func sink(
    _ repository: Repository, _ references: FileReferences, keeping kept: Set<ReferenceName>,
    _ mark: LockMark
  ) -> RepositorySink {
    let locked = LockedReferences(base: references, kept: kept, mark: mark)
    return RepositorySink(objects: repository.objects, references: locked)
  }

  /// Looks at what became of a group. What could not be added to a branch, since somebody broke its
  /// lock and moved it, gets a reference of its own, so that no clean-up takes it; the error that
  /// tells of it is to be thrown when all else is done.
  static func save(
    _ outcomes: [ReferenceName: CommitOutcome], of group: CommitGroup,
    in references: any ReferenceStore
  ) -> (failures: [ReferenceName: PandoError], loss: PandoError?) {
    var failures: [ReferenceName: PandoError] = [:]
    var loss: PandoError?
    for (name, outcome) in outcomes {
      switch outcome {
      case .done: continue
      case .failed(let error): failures[name] = error
      case .lostHere, .lostToOthers:
        guard let id = group.head(of: name) else { continue }
        do throws(PandoError) { loss = try save(id, of: name, in: references) } catch {
          failures[name] = error
        }
      }
    }
    return (failures, loss)
  }

  private static func save(
    _ id: ObjectID, of name: ReferenceName, in references: any ReferenceStore
  ) throws(PandoError) -> PandoError {
    let saved = try ReferenceName(checking: "refs/pando/recovered/\(id)")
    try references.apply([ReferenceEdit(saved, .set(.direct(id)), expected: .any)], note: nil)
    return PandoError(
      .conflictingUpdate,
      "'\(name)' was moved by others although it was locked, so that commits could not be added to "
        + "it; they are kept as '\(saved)': merge that")
  }
}

/// References of which some are locked by this process for longer than a change takes.
private struct LockedReferences: ReferenceStore {
  let base: FileReferences
  let kept: Set<ReferenceName>
  let mark: LockMark

  func read(_ name: ReferenceName) throws(PandoError) -> ReferenceTarget? { try base.read(name) }

  func references(withPrefix prefix: String) throws(PandoError) -> [Reference] {
    try base.references(withPrefix: prefix)
  }

  func apply(_ edits: [ReferenceEdit], note: ReflogNote?) throws(PandoError) {
    try base.apply(edits, note: note, keeping: kept, mark)
  }

  func reflog(of name: ReferenceName) throws(PandoError) -> [ReflogEntry]? {
    try base.reflog(of: name)
  }
}
