/// The door to the disk on POSIX.
public struct LocalFileSystem: FileSystem {
  /// Makes the door; it holds nothing.
  public init() {}

  /// Turns the two errors that mean absence into nil.
  private func presence<Value>(
    _ body: () throws(FileError) -> Value
  ) throws(FileError) -> Value? {
    do {
      return try body()
    } catch let error where error.isNotFound || error.isNotDirectory {
      return nil
    }
  }

  // MARK: Looking

  /// `stat` or `lstat`.
  public func status(
    of path: FilePath, followingLinks: Bool
  ) throws(FileError) -> FileStatus? {
    try presence { () throws(FileError) in
      try SystemCalls.statusOfFile(path, followingLinks: followingLinks)
    }
  }

  /// `open`, `fstat`, `pread`, `close`.
  public func contents(of path: FilePath, limit: Int) throws(FileError) -> [UInt8]? {
    try openLocally(path)?.wholeContents(limit: limit)
  }

  /// `open` and `fstat`.
  public func openForReading(_ path: FilePath) throws(FileError) -> (any ReadableFile)? {
    try openLocally(path)
  }

  /// `open`, `fstat`, `mmap`, `close`.
  public func map(_ path: FilePath) throws(FileError) -> MappedFile? {
    try openLocally(path)?.map()
  }

  private func openLocally(_ path: FilePath) throws(FileError) -> LocalReadableFile? {
    try presence { () throws(FileError) in
      try LocalReadableFile(taking: SystemCalls.openFile(path, .read), path)
    }
  }

  /// `readdir`, sorted.
  public func list(_ path: FilePath) throws(FileError) -> [DirectoryEntry]? {
    let entries = try presence { () throws(FileError) in try SystemCalls.entries(of: path) }
    return entries?.sorted { $0.nameBytes.lexicographicallyPrecedes($1.nameBytes) }
  }

  /// `readlink`.
  public func readLink(_ path: FilePath) throws(FileError) -> FilePath? {
    do {
      return try SystemCalls.linkTarget(path)
    } catch let error where error.isNotFound || error.isNotDirectory || error.isInvalid {
      return nil
    }
  }

  // MARK: Making

  /// `open` with `O_EXCL`.
  public func createExclusively(
    _ path: FilePath, permissions: UInt16
  ) throws(FileError) -> any WritableFile {
    let descriptor = try SystemCalls.openFile(
      path, .createExclusively, permissions: permissions)
    return LocalWritableFile(taking: descriptor, path, appends: false)
  }

  /// `open` with `O_APPEND`.
  public func openForAppending(
    _ path: FilePath, permissions: UInt16
  ) throws(FileError) -> any WritableFile {
    let descriptor = try SystemCalls.openFile(path, .append, permissions: permissions)
    return LocalWritableFile(taking: descriptor, path, appends: true)
  }

  /// `mkdir`.
  public func createDirectory(_ path: FilePath, permissions: UInt16) throws(FileError) {
    try SystemCalls.makeDirectory(path, permissions: permissions)
  }

  /// `symlink`.
  public func createSymbolicLink(_ path: FilePath, target: FilePath) throws(FileError) {
    try SystemCalls.makeSymbolicLink(path, target: target)
  }

  /// `link`.
  public func link(_ path: FilePath, to target: FilePath) throws(FileError) {
    try SystemCalls.makeLink(path, to: target)
  }

  // MARK: Changing

  /// `rename`.
  public func rename(_ path: FilePath, to target: FilePath) throws(FileError) {
    try SystemCalls.move(path, to: target)
  }

  /// `chmod`.
  public func setPermissions(of path: FilePath, to permissions: UInt16) throws(FileError) {
    try SystemCalls.setMode(path, permissions)
  }

  /// `utimensat`, which sets the time of last access too.
  @discardableResult
  public func setModificationTime(
    of path: FilePath, to time: (seconds: Int64, nanoseconds: Int32)?
  ) throws(FileError) -> Bool {
    try presence { () throws(FileError) in try SystemCalls.setTimes(path, to: time) } != nil
  }

  /// `unlink`.
  @discardableResult
  public func remove(_ path: FilePath) throws(FileError) -> Bool {
    try presence { () throws(FileError) in try SystemCalls.removeFile(path) } != nil
  }

  /// `rmdir`.
  @discardableResult
  public func removeDirectory(_ path: FilePath) throws(FileError) -> Bool {
    do {
      try SystemCalls.removeEmptyDirectory(path)
      return true
    } catch let error where error.isNotFound {
      return false
    } catch let error where error.isNotDirectory {
      // Either the way there leads through a file, which is absence, or a file stands there.
      if try status(of: path, followingLinks: false) == nil { return false }
      throw error
    }
  }

  // MARK: Telling who lives

  /// `open` and `flock`; where the disk is a network's, as far as that knows such locks.
  public func hold(
    _ path: FilePath, permissions: UInt16
  ) throws(FileError) -> (any HeldFile)? {
    while true {
      let file = LocalHeldFile(
        taking: try SystemCalls.openFile(path, .append, permissions: permissions), path)
      guard try file.isTaken() else { return nil }
      // Who held it before may have removed its name, and then it holds nothing off.
      if try file.isNamed(by: status(of: path, followingLinks: true)) { return file }
    }
  }

  #if os(Linux)
  /// By `inotify`; as far as a network's disk, others' changes show only when one looks.
  public func watch() throws(FileError) -> any DirectoryWatch { try InotifyWatch() }
  #endif

  // MARK: Surviving power loss

  /// `open` and `fsync`.
  public func synchronizeFile(_ path: FilePath) throws(FileError) {
    let descriptor = try SystemCalls.openFile(path, .read)
    defer { SystemCalls.abandonFile(descriptor) }
    try SystemCalls.synchronizeFile(descriptor, path)
  }

  /// `open` and `fsync`; a disk that cannot sync directories is let off.
  public func synchronizeDirectory(_ path: FilePath) throws(FileError) {
    let descriptor = try SystemCalls.openFile(path, .directory)
    defer { SystemCalls.abandonFile(descriptor) }
    do {
      try SystemCalls.synchronizeFile(descriptor, path)
    } catch let error where error.isInvalid {
      // Some network disks say so; there is nothing more to do.
    }
  }
}
