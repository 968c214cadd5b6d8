package import PandoFiles
package import PandoObjects

/// A file that locks of references are other names of, so that they say whose they are from the
/// moment that they are there, and are taken over by whoever goes on with what their owner left.
package struct LockMark: Hashable, Sendable {
  /// The file, which is durable, on the disk of the references.
  package var path: FilePath
  /// What it has, which no other such file has.
  package var text: [UInt8]
}

/// Locks of references that are kept from one change to later ones, so that nobody else moves the
/// reference meanwhile.
extension FileReferences {
  /// Locks a reference, and leaves it locked until the lock is given back; takes over a lock of the
  /// same mark. When this returns the lock survives power loss.
  ///
  /// Throws `.locked` when somebody else holds it for longer than the time that they are given.
  package func keepLock(of name: ReferenceName, _ mark: LockMark) throws(PandoError) {
    guard let path = paths.loose(name) else { throw ReferenceProblem.badName(name) }
    if try !isMarked(LockFile.lockPath(for: path), mark) {
      _ = try locking(name, asked: name) { path, patience throws(FileError) in
        try LockFile.leave(mark.path, asLockOf: path, in: fileSystem, patience: patience)
      }
    }
    try PandoError.wrapping("cannot sync \(path.parent)") { () throws(FileError) in
      try fileSystem.synchronizeDirectory(path.parent)
    }
  }

  private func isMarked(_ lockPath: FilePath, _ mark: LockMark) throws(PandoError) -> Bool {
    try PandoError.wrapping("cannot read \(lockPath)") { () throws(FileError) in
      let status = try fileSystem.status(of: lockPath, followingLinks: false)
      guard status?.kind == .file, status?.size == mark.text.count else { return false }
      return try fileSystem.contents(of: lockPath, limit: mark.text.count) == mark.text
    }
  }

  /// Gives back a lock that was kept; one that somebody broke, and took, is theirs.
  package func releaseKeptLock(of name: ReferenceName, _ mark: LockMark) throws(PandoError) {
    guard let path = paths.loose(name) else { throw ReferenceProblem.badName(name) }
    let lockPath = LockFile.lockPath(for: path)
    guard try isMarked(lockPath, mark) else { return }
    try PandoError.wrapping("cannot unlock '\(name)'") { () throws(FileError) in
      _ = try fileSystem.remove(lockPath)
    }
  }

  /// Gives back all locks of `HEAD` and of branches that have a mark. O(files below `refs/heads`).
  package func releaseKeptLocks(_ mark: LockMark) throws(PandoError) {
    var pending = [paths.commonDirectory / "refs" / "heads"]
    var locks = [paths.gitDirectory, paths.commonDirectory].map { $0 / "HEAD.lock" }
    while let directory = pending.popLast() {
      let entries = try PandoError.wrapping("cannot list \(directory)") { () throws(FileError) in
        try fileSystem.list(directory) ?? []
      }
      for entry in entries {
        let path = directory.appending(bytes: entry.nameBytes)
        if entry.name.hasSuffix(".lock") {
          locks.append(path)
        } else if try kind(of: entry, directory) == .directory {
          pending.append(path)
        }
      }
    }
    for path in locks where try isMarked(path, mark) {
      try PandoError.wrapping("cannot remove \(path)") { () throws(FileError) in
        _ = try fileSystem.remove(path)
      }
    }
  }

  /// Applies edits as ``apply(_:note:)`` does, to references of which some are locked already by
  /// locks of `mark`; they stay so.
  package func apply(
    _ edits: [ReferenceEdit], note: ReflogNote?, keeping kept: Set<ReferenceName>, _ mark: LockMark
  ) throws(PandoError) {
    var locked: Set<ReferenceName> = []
    for name in edits.map(\.name) where kept.contains(name) {
      guard let path = paths.loose(name) else { throw ReferenceProblem.badName(name) }
      // One that somebody broke is to be taken like any other.
      if try isMarked(LockFile.lockPath(for: path), mark) { locked.insert(name) }
    }
    // `HEAD` is locked too when its log tells of a branch. A lock of another kind that is left of a
    // process that ends here would keep the next one from going on.
    guard case .symbolic(let name)? = try? read(.head), edits.contains(where: { $0.name == name })
    else { return try prepare(edits, note: note, keeping: locked).commit() }
    try keepLock(of: .head, mark)
    do throws(PandoError) {
      try prepare(edits, note: note, keeping: locked.union([.head])).commit()
    } catch {
      try releaseKeptLock(of: .head, mark)
      throw error
    }
    try releaseKeptLock(of: .head, mark)
  }
}
