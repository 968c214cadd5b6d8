internal import PandoBytes
internal import PandoFiles
public import PandoObjects

extension FileReferences {
  /// How often a transaction starts anew because symbolic references move under it.
  static let attemptsMax = 16
  /// How often directories are made anew because others remove them while they are empty.
  static let directoryAttemptsMax = 16

  /// Applies all edits or none: locks every reference, checks every expectation, then changes.
  ///
  /// When it throws, no reference has changed, unless the disk failed while several changes were
  /// being put in place; each reference has its old or its new value then. Without a note no log is
  /// written. Costs about twenty system calls for each reference, and a sync of each new value and
  /// of each directory as the durability says.
  public func apply(_ edits: [ReferenceEdit], note: ReflogNote?) throws(PandoError) {
    try prepare(edits, note: note).commit()
  }

  // MARK: Locks

  private func patience(_ milliseconds: Int) -> LockFile.Patience {
    LockFile.Patience(
      milliseconds: milliseconds < 0 ? .max / 2 : milliseconds, clock: options.clock,
      random: options.random)
  }

  /// Locks a reference's file and makes the directories above it.
  func lock(_ name: ReferenceName, asked: ReferenceName) throws(PandoError) -> HeldReference {
    let (held, madeDirectories) = try locking(name, asked: asked) {
      path, patience throws(FileError) in
      HeldReference(name, path, try LockFile.acquire(path, in: fileSystem, patience: patience))
    }
    held.madeDirectories = madeDirectories
    return held
  }

  /// Runs `take`, which locks the file of a reference, as often as it takes to make the directories
  /// above it.
  func locking<Lock>(
    _ name: ReferenceName, asked: ReferenceName,
    _ take: (FilePath, LockFile.Patience) throws(FileError) -> Lock
  ) throws(PandoError) -> (lock: Lock, madeDirectories: Bool) {
    guard let path = paths.loose(name) else { throw ReferenceProblem.badName(name) }
    var attempts = 0
    while true {
      do throws(FileError) {
        let lock = try take(path, patience(options.lockTimeoutMilliseconds))
        return (lock, attempts > 0)
      } catch  where error.isNotFound && attempts < Self.directoryAttemptsMax {
        try makeDirectories(path.parent, for: name, asked: asked)
      } catch  where error.isNotDirectory {
        throw try blocked(name, asked: asked, error)
      } catch {
        throw ReferenceProblem.cannotLock(
          asked, ReferenceProblem.lockFailure(error), ReferenceProblem.lockCode(error))
      }
      attempts += 1
    }
  }

  private func makeDirectories(
    _ path: FilePath, for name: ReferenceName, asked: ReferenceName
  ) throws(PandoError) {
    do throws(FileError) {
      try fileSystem.createDirectories(path, durability: options.durability)
    } catch  where error.isNotFound {
      // Removed again by another process; the caller tries anew.
    } catch  where error.isNotDirectory || error.isExists {
      throw try blocked(name, asked: asked, error)
    } catch {
      throw ReferenceProblem.cannotLock(
        asked, "unable to create directory for \(path): \(error.reason)",
        ReferenceProblem.lockCode(error))
    }
  }

  /// What to say when a file stands where a directory of `name` should be.
  private func blocked(
    _ name: ReferenceName, asked: ReferenceName, _ error: FileError
  ) throws(PandoError) -> PandoError {
    let bytes = name.bytes.bytes
    for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "/") {
      if let prefix = ReferenceName(ByteString(Array(bytes[..<index]))),
        try read(prefix) != nil
      {
        return ReferenceProblem.exists(prefix, blocking: name)
      }
    }
    return ReferenceProblem.cannotLock(
      asked, "unable to resolve reference '\(name)': \(error.reason)", .invalidInput)
  }

  /// Locks the packed file, so that nobody packs some references that are about to be deleted, and
  /// writes it without them if it has any; nil when there are no references.
  func lockPacked(removing names: [ReferenceName]) throws(PandoError) -> HeldPackedReferences? {
    if names.isEmpty { return nil }
    let held = try lockPacked()
    let packed = try packedReferences()
    guard let bytes = try parsingPacked({ () throws(ParseError) in try packed.removing(names) })
    else { return held }
    try PandoError.wrapping("unable to write \(paths.packed)") { () throws(FileError) in
      try held.write(bytes, options.durability)
    }
    return held
  }

  func lockPacked() throws(PandoError) -> HeldPackedReferences {
    do throws(FileError) {
      let target = try fileSystem.followingLinks(paths.packed)
      let lock = try LockFile.acquire(
        paths.packed, in: fileSystem, patience: patience(options.packedLockTimeoutMilliseconds))
      return HeldPackedReferences(lock, target: target, in: fileSystem)
    } catch {
      throw PandoError(ReferenceProblem.lockCode(error), ReferenceProblem.lockFailure(error))
    }
  }

  // MARK: Directories

  /// A reference whose name begins with `name` and a slash, or nil. Empty directories below `name`
  /// are removed, so that a file can take their place.
  func firstBelow(_ name: ReferenceName) throws(PandoError) -> ReferenceName? {
    let directory = name.text + "/"
    let packed = try packedReferences()
    let found = try parsingPacked { () throws(ParseError) in
      try packed.contains(prefix: Array(directory.utf8))
    }
    if let found, paths.isPackable(name) { return ReferenceName(found) }
    guard let path = paths.loose(name) else { return nil }
    do throws(PandoError) {
      try clearDirectory(at: path, for: name)
    } catch {
      if let found = try scan(prefix: directory).references.first { return found.name }
      throw error
    }
    return nil
  }

  /// Removes the directories at `path` when there is nothing but directories.
  func clearDirectory(at path: FilePath, for name: ReferenceName) throws(PandoError) {
    do throws(FileError) {
      guard try fileSystem.status(of: path, followingLinks: false)?.kind == .directory else {
        return
      }
      try fileSystem.removeEmptyTree(path)
    } catch {
      throw ReferenceProblem.cannotLock(
        name, "there is a non-empty directory '\(path)' blocking reference '\(name)'",
        .invalidInput)
    }
  }

  /// Removes directories that a reference's file left empty, down to `refs/heads` and its like.
  func removeEmptyParents(of path: FilePath, _ name: ReferenceName) {
    let levels = name.bytes.bytes.count { $0 == UInt8(ascii: "/") }
    var directory = path.parent
    for _ in 0..<max(0, levels - 2) {
      guard (try? fileSystem.removeDirectory(directory)) == true else { return }
      directory = directory.parent
    }
  }
}
