/// What can be said with the calls of ``FileSystem``.
extension FileSystem {
  /// Whether anything stands at a path, a symbolic link leading somewhere included.
  public func exists(_ path: FilePath) throws(FileError) -> Bool {
    try status(of: path, followingLinks: true) != nil
  }

  /// Whether a directory stands at a path, or a link to one.
  public func isDirectory(_ path: FilePath) throws(FileError) -> Bool {
    try status(of: path, followingLinks: true)?.kind == .directory
  }

  /// Makes a directory and those above it that are missing; one that exists is left alone.
  ///
  /// With a durability that synchronizes directories, each parent that got a new entry is synced.
  public func createDirectories(
    _ path: FilePath, permissions: UInt16 = 0o777, durability: Durability = .asGit
  ) throws(FileError) {
    var missing = [path]
    // Each part fails, waits for its parent and is tried again; the rest is for other processes
    // that remove empty directories meanwhile, and ends the loop on paths that never come to be.
    var attemptsLeft = 4 * path.components.count + 4
    while let next = missing.last {
      attemptsLeft -= 1
      do throws(FileError) {
        try createDirectory(next, permissions: permissions)
        if durability.synchronizesDirectories { try synchronizeDirectory(next.parent) }
        missing.removeLast()
      } catch let error where error.isNotFound && next.parent != next && attemptsLeft > 0 {
        missing.append(next.parent)
      } catch let error where error.isExists {
        // Made meanwhile by another process, or there all along; but it may be a file.
        guard try isDirectory(next) else { throw error }
        missing.removeLast()
      }
    }
  }

  /// Removes whatever stands at a path, with all that is below it; links are not followed.
  ///
  /// Entries that another process removes meanwhile are no error.
  public func removeTree(_ path: FilePath) throws(FileError) {
    guard let status = try status(of: path, followingLinks: false) else { return }
    guard status.kind == .directory else {
      try remove(path)
      return
    }
    // A stack in place of recursion: a directory is removed when met the second time.
    var pending = [(path: path, isEmptied: false)]
    while let next = pending.popLast() {
      if next.isEmptied {
        try removeDirectory(next.path)
        continue
      }
      pending.append((next.path, true))
      for entry in try list(next.path) ?? [] {
        let child = next.path.appending(bytes: entry.nameBytes)
        var kind = entry.kind
        if kind == nil { kind = try self.status(of: child, followingLinks: false)?.kind }
        if kind == .directory {
          pending.append((child, false))
        } else {
          try remove(child)
        }
      }
    }
  }

  /// The path that a chain of up to five symbolic links leads to, itself when it is none.
  ///
  /// Only the last component is looked at, as Git does before it locks a configuration file.
  public func followingLinks(_ path: FilePath) throws(FileError) -> FilePath {
    var path = path
    for _ in 0..<5 {
      guard let target = try readLink(path) else { break }
      path = target.resolved(against: path.parent)
    }
    return path
  }

  /// Replaces or makes a file in one step, by way of its lock file.
  public func replaceContents(
    of path: FilePath, with bytes: [UInt8], durability: Durability
  ) throws(FileError) {
    let lock = try LockFile.acquire(path, in: self)
    try lock.write(bytes)
    try lock.commit(durability)
  }
}
