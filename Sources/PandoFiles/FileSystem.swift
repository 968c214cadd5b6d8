/// The one door to a disk.
///
/// Every call blocks, names its path in the error it throws, and may be made from any thread.
/// Absence is not an error: reading calls answer nil, removing calls answer false. "Absent" covers
/// a path that leads through something that is not a directory. Paths are taken as they are; a
/// relative one starts at the process's current directory.
///
/// ``LocalFileSystem`` is the door on POSIX, ``MemoryFileSystem`` the door in memory.
public protocol FileSystem: Sendable {
  // MARK: Looking

  /// What stands at a path, or nil. A dangling symbolic link is absent when links are followed.
  func status(of path: FilePath, followingLinks: Bool) throws(FileError) -> FileStatus?

  /// The whole of a small file, or nil when absent.
  ///
  /// Throws ``FileError/isTooLarge`` above `limit` bytes, before memory is taken for them, and
  /// ``FileError/isDirectory`` for a directory.
  func contents(of path: FilePath, limit: Int) throws(FileError) -> [UInt8]?

  /// Opens a file for reads at any position, or nil when absent.
  func openForReading(_ path: FilePath) throws(FileError) -> (any ReadableFile)?

  /// Maps a whole file into memory, or nil when absent. See ``MappedFile`` for the hazard.
  func map(_ path: FilePath) throws(FileError) -> MappedFile?

  /// A directory's entries in byte order, without `.` and `..`; nil when no directory is there.
  func list(_ path: FilePath) throws(FileError) -> [DirectoryEntry]?

  /// Where a symbolic link leads, as written in it; nil when absent or not a link.
  func readLink(_ path: FilePath) throws(FileError) -> FilePath?

  // MARK: Making

  /// Makes a new file and opens it; throws ``FileError/isExists`` when the name is taken, be it
  /// by a dangling link. This is what a lock rests on.
  ///
  /// - Parameter permissions: the bits before the process's mask is taken off.
  func createExclusively(
    _ path: FilePath, permissions: UInt16
  ) throws(FileError) -> any WritableFile

  /// Opens a file so that every write lands at its end, making it when absent.
  func openForAppending(
    _ path: FilePath, permissions: UInt16
  ) throws(FileError) -> any WritableFile

  /// Makes one directory; throws ``FileError/isExists`` when the name is taken.
  func createDirectory(_ path: FilePath, permissions: UInt16) throws(FileError)

  /// Makes a symbolic link that says `target`.
  func createSymbolicLink(_ path: FilePath, target: FilePath) throws(FileError)

  /// Gives a file a second name; throws ``FileError/isExists`` when that name is taken.
  func link(_ path: FilePath, to target: FilePath) throws(FileError)

  // MARK: Changing

  /// Gives a file or directory another name in one step, taking the place of a file, or of an
  /// empty directory, that has it.
  func rename(_ path: FilePath, to target: FilePath) throws(FileError)

  /// Sets the permission bits as they are given.
  func setPermissions(of path: FilePath, to permissions: UInt16) throws(FileError)

  /// Sets the time of the last change, nil meaning now; false when absent.
  @discardableResult
  func setModificationTime(
    of path: FilePath, to time: (seconds: Int64, nanoseconds: Int32)?
  ) throws(FileError) -> Bool

  /// Removes a file's or symbolic link's name; false when absent.
  @discardableResult
  func remove(_ path: FilePath) throws(FileError) -> Bool

  /// Removes an empty directory; false when absent. Throws ``FileError/isNotEmpty``.
  @discardableResult
  func removeDirectory(_ path: FilePath) throws(FileError) -> Bool

  // MARK: Telling who lives

  /// Holds a file, made when absent, until the answer is dropped or this process ends, however it
  /// ends; nil while another holds it. Unlike a ``LockFile`` it is never left behind.
  func hold(_ path: FilePath, permissions: UInt16) throws(FileError) -> (any HeldFile)?

  /// A watch of no directory yet.
  func watch() throws(FileError) -> any DirectoryWatch

  // MARK: Surviving power loss

  /// Returns once the bytes of a file that somebody else wrote survive power loss.
  func synchronizeFile(_ path: FilePath) throws(FileError)

  /// Returns once the names in a directory, and the lack of removed ones, survive power loss.
  func synchronizeDirectory(_ path: FilePath) throws(FileError)
}
