internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// One attempt to apply edits to the files of references.
///
/// Order: every lock, in name order; every check under its lock; new values written to the locks
/// and synced; the packed file without the deleted references written to its lock. Up to here all
/// can be taken back. Then logs, renames of new values, the packed file, and only then the files of
/// deleted references: a deleted reference never shows its older packed value.
final class FileTransaction {
  /// How changes are made.
  enum Way {
    /// By a rename for each reference.
    case renames
    /// By one rename, of the packed file.
    case oneFile
  }

  /// What became of an attempt to take the locks.
  enum Preparation {
    case ready
    /// A symbolic reference was pointed elsewhere meanwhile.
    case outdated
  }

  let store: FileReferences
  private let note: ReflogNote?
  /// References that are locked already and stay so.
  private let kept: Set<ReferenceName>
  private(set) var plan: ReferencePlan
  /// How the changes are made.
  private let way: Way
  private(set) var locks: [any ReferenceLock] = []
  private var packed: HeldPackedReferences?
  /// Directories in which names changed.
  private var changedDirectories: Set<FilePath> = []

  init(
    _ store: FileReferences, _ edits: [ReferenceEdit], note: ReflogNote?,
    keeping kept: Set<ReferenceName>, _ way: Way
  ) throws(PandoError) {
    self.store = store
    self.note = note
    self.kept = kept
    self.way = way
    plan = try ReferencePlan(edits, algorithm: store.hashAlgorithm, read: store.read)
  }

  // MARK: Preparing

  func prepare() throws(PandoError) -> Preparation {
    do throws(PandoError) {
      for index in plan.steps.indices {
        let (name, asked) = (plan.steps[index].name, plan.steps[index].asked)
        let lock: any ReferenceLock
        if kept.contains(name) {
          guard let path = store.paths.loose(name) else { throw ReferenceProblem.badName(name) }
          lock = KeptReference(name, path, in: store.fileSystem)
        } else {
          lock = try store.lock(name, asked: asked)
        }
        locks.append(lock)
        let current = try ReferenceProblem.reading(for: asked) { () throws(PandoError) in
          try store.read(name)
        }
        guard plan.confirm(index, current) else {
          release()
          return .outdated
        }
        try check(plan.steps[index], lock)
      }
      if case .renames = way { packed = try store.lockPacked(removing: deleted) }
      return .ready
    } catch {
      release()
      throw error
    }
  }

  private func check(
    _ step: ReferencePlan.Step, _ lock: any ReferenceLock
  ) throws(PandoError) {
    if case .set = step.change, step.current == nil {
      try plan.checkAvailability(step) { name throws(PandoError) in
        try store.read(name) != nil
      } anyBelow: { name throws(PandoError) in
        try store.firstBelow(name)
      }
    }
    try plan.checkExpectation(step, currentID: try resolve(step.current))
    guard step.writes, case .set(let target) = step.change else {
      try lock.finish()
      return
    }
    if let objects = store.objects { try ReferencePlan.checkObject(step, in: objects) }
    switch way {
    case .renames: try lock.write(LooseReference.serialize(target), store.options.durability)
    case .oneFile: try lock.finish()
    }
  }

  /// The references that are there and go.
  var deleted: [ReferenceName] {
    plan.steps.filter { $0.change == .delete && $0.current != nil }.map(\.name)
  }

  private func resolve(_ target: ReferenceTarget?) throws(PandoError) -> ObjectID? {
    switch target {
    case nil: nil
    case .direct(let id): id
    case .symbolic(let name): try store.id(of: name)
    }
  }

  // MARK: Committing

  func commit() throws(PandoError) {
    defer { release() }
    var undo: [ReferenceName: ReflogUndo] = [:]
    do throws(PandoError) {
      let lines = try plan.logLines(note) { target throws(PandoError) in
        try self.resolve(target)
      }
      for lines in lines { undo[lines.name] = try store.append(lines) }
      switch way {
      case .oneFile: try changeOneFile()
      case .renames: try rename(&undo)
      }
    } catch {
      for step in undo.values { store.undo(step) }
      throw error
    }
    if case .renames = way { try delete() }
    try synchronize()
  }

  /// - Parameter undo: how to take back log lines, out of which those go that have come true.
  private func rename(_ undo: inout [ReferenceName: ReflogUndo]) throws(PandoError) {
    for (step, lock) in zip(plan.steps, locks) where step.writes {
      if step.current == nil { try store.clearDirectory(at: lock.path, for: step.name) }
      try lock.commit()
      changedDirectories.insert(lock.path.parent)
      undo[step.name] = nil
      undo[.head] = nil
    }
  }

  /// Removes the logs of references that are about to go, as git does: a name that is free must not
  /// be blocked by its log.
  func removeReflogs() throws(PandoError) {
    for step in plan.steps where step.change == .delete { try store.removeReflog(step.name) }
  }

  private func delete() throws(PandoError) {
    try removeReflogs()
    try packed?.commit(store.options.durability)
    for (step, lock) in zip(plan.steps, locks) where step.change == .delete {
      try PandoError.wrapping("cannot delete ref '\(step.name)'") { () throws(FileError) in
        // A directory in its place holds other references.
        let kind = try store.fileSystem.status(of: lock.path, followingLinks: false)?.kind
        if kind != nil, kind != .directory, try store.fileSystem.remove(lock.path) {
          changedDirectories.insert(lock.path.parent)
        }
      }
    }
  }

  private func synchronize() throws(PandoError) {
    guard store.options.durability.synchronizesDirectories else { return }
    for directory in changedDirectories.sorted() {
      try PandoError.wrapping("cannot sync \(directory)") { () throws(FileError) in
        try store.fileSystem.synchronizeDirectory(directory)
      }
    }
  }

  /// Gives back all locks that are still held, and removes directories that are empty then.
  func release() {
    packed?.release()
    packed = nil
    for lock in locks { lock.release() }
    for (step, lock) in zip(plan.steps, locks) {
      if step.change == .delete || lock.madeDirectories {
        store.removeEmptyParents(of: lock.path, step.name)
      }
    }
    locks = []
  }
}
