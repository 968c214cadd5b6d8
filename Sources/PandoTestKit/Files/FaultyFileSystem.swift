public import PandoFiles
internal import Synchronization

/// A file system that counts its calls and fails some of them.
///
/// To test a write path: run it once to learn ``callCount``, then once for each call with that
/// call failing, and once for each with all calls failing from there on, as when a disk dies.
/// A failing write first writes half of its bytes; a failing close closes. Calls on open files
/// count like all others, one count for all copies and open files.
public struct FaultyFileSystem: FileSystem {
  /// Which calls fail, counted from 0.
  public enum Fault: Hashable, Sendable {
    /// None; to count.
    case never
    /// One.
    case call(Int)
    /// One and all after it.
    case from(Int)

    func covers(_ call: Int) -> Bool {
      switch self {
      case .never: false
      case .call(let number): call == number
      case .from(let number): call >= number
      }
    }
  }

  private let base: any FileSystem
  private let plan: FaultPlan

  /// Wraps a file system.
  ///
  /// - Parameter errno: the reason that failing calls give, see ``FileErrorNumber``.
  public init(
    _ base: any FileSystem, failing fault: Fault = .never,
    errno: Int32 = FileErrorNumber.inputOutput
  ) {
    self.base = base
    plan = FaultPlan(fault: fault, errno: errno)
  }

  /// Calls made so far.
  public var callCount: Int { plan.calls.withLock { $0.count } }

  /// The calls made so far as verb and path, for messages of failed tests.
  public var calls: [String] { plan.calls.withLock { $0 } }

  // MARK: Looking

  /// Counts and passes on.
  public func status(
    of path: FilePath, followingLinks: Bool
  ) throws(FileError) -> FileStatus? {
    try plan.count("stat", path)
    return try base.status(of: path, followingLinks: followingLinks)
  }

  /// Counts and passes on.
  public func contents(of path: FilePath, limit: Int) throws(FileError) -> [UInt8]? {
    try plan.count("read", path)
    return try base.contents(of: path, limit: limit)
  }

  /// Counts and passes on.
  public func openForReading(_ path: FilePath) throws(FileError) -> (any ReadableFile)? {
    try plan.count("open", path)
    return try base.openForReading(path).map { FaultyReadableFile($0, plan) }
  }

  /// Counts and passes on.
  public func map(_ path: FilePath) throws(FileError) -> MappedFile? {
    try plan.count("map", path)
    return try base.map(path)
  }

  /// Counts and passes on.
  public func list(_ path: FilePath) throws(FileError) -> [DirectoryEntry]? {
    try plan.count("list", path)
    return try base.list(path)
  }

  /// Counts and passes on.
  public func readLink(_ path: FilePath) throws(FileError) -> FilePath? {
    try plan.count("readlink", path)
    return try base.readLink(path)
  }

  // MARK: Making

  /// Counts and passes on.
  public func createExclusively(
    _ path: FilePath, permissions: UInt16
  ) throws(FileError) -> any WritableFile {
    try plan.count("create", path)
    let file = try base.createExclusively(path, permissions: permissions)
    return FaultyWritableFile(file, plan)
  }

  /// Counts and passes on.
  public func openForAppending(
    _ path: FilePath, permissions: UInt16
  ) throws(FileError) -> any WritableFile {
    try plan.count("open", path)
    let file = try base.openForAppending(path, permissions: permissions)
    return FaultyWritableFile(file, plan)
  }

  /// Counts and passes on.
  public func createDirectory(_ path: FilePath, permissions: UInt16) throws(FileError) {
    try plan.count("mkdir", path)
    try base.createDirectory(path, permissions: permissions)
  }

  /// Counts and passes on.
  public func createSymbolicLink(_ path: FilePath, target: FilePath) throws(FileError) {
    try plan.count("symlink", path)
    try base.createSymbolicLink(path, target: target)
  }

  /// Counts and passes on.
  public func link(_ path: FilePath, to target: FilePath) throws(FileError) {
    try plan.count("link", path, target)
    try base.link(path, to: target)
  }

  // MARK: Changing

  /// Counts and passes on.
  public func rename(_ path: FilePath, to target: FilePath) throws(FileError) {
    try plan.count("rename", path, target)
    try base.rename(path, to: target)
  }

  /// Counts and passes on.
  public func setPermissions(of path: FilePath, to permissions: UInt16) throws(FileError) {
    try plan.count("chmod", path)
    try base.setPermissions(of: path, to: permissions)
  }

  /// Counts and passes on.
  @discardableResult
  public func setModificationTime(
    of path: FilePath, to time: (seconds: Int64, nanoseconds: Int32)?
  ) throws(FileError) -> Bool {
    try plan.count("utimes", path)
    return try base.setModificationTime(of: path, to: time)
  }

  /// Counts and passes on.
  @discardableResult
  public func remove(_ path: FilePath) throws(FileError) -> Bool {
    try plan.count("unlink", path)
    return try base.remove(path)
  }

  /// Counts and passes on.
  @discardableResult
  public func removeDirectory(_ path: FilePath) throws(FileError) -> Bool {
    try plan.count("rmdir", path)
    return try base.removeDirectory(path)
  }

  /// Counts and passes on.
  public func hold(
    _ path: FilePath, permissions: UInt16
  ) throws(FileError) -> (any HeldFile)? {
    try plan.count("hold", path)
    return try base.hold(path, permissions: permissions)
  }

  /// Counts and passes on.
  public func watch() throws(FileError) -> any DirectoryWatch {
    try plan.count("watch", "")
    return try base.watch()
  }

  /// Counts and passes on.
  public func synchronizeFile(_ path: FilePath) throws(FileError) {
    try plan.count("sync", path)
    try base.synchronizeFile(path)
  }

  /// Counts and passes on.
  public func synchronizeDirectory(_ path: FilePath) throws(FileError) {
    try plan.count("sync", path)
    try base.synchronizeDirectory(path)
  }
}

/// The count of calls and the verdict on each.
final class FaultPlan: Sendable {
  let calls = Mutex<[String]>([])
  private let fault: FaultyFileSystem.Fault
  private let errno: Int32

  init(fault: FaultyFileSystem.Fault, errno: Int32) {
    self.fault = fault
    self.errno = errno
  }

  /// Counts a call, and throws when it is to fail.
  func count(_ call: String, _ path: FilePath, _ target: FilePath? = nil) throws(FileError) {
    let number = calls.withLock { calls in
      calls.append(target.map { "\(call) \(path) to \($0)" } ?? "\(call) \(path)")
      return calls.count - 1
    }
    if fault.covers(number) {
      throw FileError(call: call, path: path, target: target, errno: errno)
    }
  }
}
