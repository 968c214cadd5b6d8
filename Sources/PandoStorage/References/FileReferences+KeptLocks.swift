internal import PandoFiles
package import PandoObjects

/// Locks of references that are kept from one change to later ones, so that nobody else moves the
/// reference meanwhile. They say whose they are, survive power loss, and are taken over by whoever
/// goes on with what their owner left.
extension FileReferences {
  /// Locks a reference and leaves the lock there, with `token` in it, until it is given back; takes
  /// over a lock that has the same token. When this returns the lock survives power loss.
  ///
  /// Throws `.locked` when somebody else holds it for longer than the time that they are given.
  package func keepLock(of name: ReferenceName, token: [UInt8]) throws(PandoError) {
    guard let path = paths.loose(name) else { throw ReferenceProblem.badName(name) }
    let lockPath = LockFile.lockPath(for: path)
    let isOurs = try PandoError.wrapping("cannot read \(lockPath)") { () throws(FileError) in
      try fileSystem.contents(of: lockPath, limit: LooseReference.bytesMax) == token
    }
    if !isOurs { try lock(name, asked: name).keep(token) }
    try PandoError.wrapping("cannot sync \(path.parent)") { () throws(FileError) in
      try fileSystem.synchronizeDirectory(path.parent)
    }
  }

  /// Gives back a lock that was kept.
  package func releaseKeptLock(of name: ReferenceName) throws(PandoError) {
    guard let path = paths.loose(name) else { throw ReferenceProblem.badName(name) }
    try PandoError.wrapping("cannot unlock '\(name)'") { () throws(FileError) in
      _ = try fileSystem.remove(LockFile.lockPath(for: path))
    }
  }

  /// Gives back all locks of branches that have `token` in them. O(files below `refs/heads`).
  package func releaseKeptLocks(token: [UInt8]) throws(PandoError) {
    var pending = [paths.commonDirectory / "refs" / "heads"]
    try PandoError.wrapping("cannot unlock references") { () throws(FileError) in
      while let directory = pending.popLast() {
        for entry in try fileSystem.list(directory) ?? [] {
          let path = directory.appending(bytes: entry.nameBytes)
          guard let status = try fileSystem.status(of: path, followingLinks: false) else { continue }
          if status.kind == .directory {
            pending.append(path)
          } else if entry.name.hasSuffix(".lock"), status.size == token.count,
            try fileSystem.contents(of: path, limit: LooseReference.bytesMax) == token
          {
            try fileSystem.remove(path)
          }
        }
      }
    }
  }

  /// A reference that is locked already, as a part of a transaction.
  func keptLock(_ name: ReferenceName) throws(PandoError) -> KeptReference {
    guard let path = paths.loose(name) else { throw ReferenceProblem.badName(name) }
    return KeptReference(name, path, in: fileSystem)
  }

  /// Applies edits as ``apply(_:note:)`` does, to references of which some are locked already; they
  /// stay so.
  package func apply(
    _ edits: [ReferenceEdit], note: ReflogNote?, keeping kept: Set<ReferenceName>
  ) throws(PandoError) {
    try prepare(edits, note: note, keeping: kept).commit()
  }
}
