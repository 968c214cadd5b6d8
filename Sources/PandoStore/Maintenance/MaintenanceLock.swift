internal import PandoBytes
internal import PandoFiles
public import PandoObjects
public import PandoStorage

/// What keeps two clean-ups of one repository apart: the file `gc.pid`, which Git knows too.
///
/// Dropping it gives it back. One that is held by a process that ended, or for longer than twelve
/// hours, counts for nothing. Source: git's `builtin/gc.c`, as observed.
public struct MaintenanceLock: ~Copyable {
  /// Who holds the lock.
  public struct Holder: Hashable, Sendable {
    /// The process's number.
    public let processID: Int
    /// The machine's name.
    public let host: String
  }

  private static let secondsMax: Int64 = 12 * 3600

  private let path: FilePath
  private let contents: [UInt8]
  private let files: any FileSystem

  private init(path: FilePath, contents: [UInt8], files: any FileSystem) {
    self.path = path
    self.contents = contents
    self.files = files
  }

  /// Takes the lock; nil when `holder` has it. Throws `.locked` when it is being taken this moment.
  ///
  /// - Parameter isForced: whether it is taken from whoever holds it.
  public static func acquire(
    _ repository: Repository, isForced: Bool = false, holder: inout Holder?
  ) throws(PandoError) -> MaintenanceLock? {
    try acquire(repository, file: gcFile, isForced: isForced, holder: &holder)
  }

  /// The same for a smaller work with a file of its own, which does not make a `git gc` fail that
  /// somebody starts meanwhile; nil also while one runs.
  static func acquire(
    _ repository: Repository, for work: RollUp
  ) throws(PandoError) -> MaintenanceLock? {
    var holder: Holder?
    guard let layout = repository.layout, let files = repository.fileSystem else { return nil }
    let path = layout.commonDirectory / gcFile
    do throws(FileError) {
      guard try self.holder(of: path, files, repository) == nil else { return nil }
    } catch {
      throw PandoError(.unreadable, "cannot read \(path)", cause: error)
    }
    return try acquire(repository, file: work.rawValue, isForced: false, holder: &holder)
  }

  /// Works that do not meddle with each other.
  enum RollUp: String {
    case smallPacks = "pando-roll-up.pid"
    case largePacks = "pando-roll-up-large.pid"
  }

  private static let gcFile = "gc.pid"

  private static func acquire(
    _ repository: Repository, file: String, isForced: Bool, holder: inout Holder?
  ) throws(PandoError) -> MaintenanceLock? {
    guard let layout = repository.layout, let files = repository.fileSystem else {
      throw PandoError(.unsupported, "only a repository on a disk is maintained")
    }
    let path = layout.commonDirectory / file
    let environment = repository.options.environment
    do throws(FileError) {
      let lock = try LockFile.acquire(path, in: files)
      if !isForced {
        holder = try self.holder(of: path, files, repository)
        if holder != nil {
          try lock.rollBack()
          return nil
        }
      }
      let contents = Array("\(environment.processID) \(environment.hostName)".utf8)
      try lock.write(contents)
      try lock.commit(.none)
      return MaintenanceLock(path: path, contents: contents, files: files)
    } catch {
      if error.isExists {
        throw PandoError(
          .locked, "unable to create '\(LockFile.lockPath(for: path))'", cause: error)
      }
      throw PandoError(.unreadable, "cannot write \(path)", cause: error)
    }
  }

  private static func holder(
    of path: FilePath, _ files: any FileSystem, _ repository: Repository
  ) throws(FileError) -> Holder? {
    let now = repository.options.clock.now().seconds
    guard let status = try files.status(of: path, followingLinks: true),
      now - status.modificationSeconds <= secondsMax,
      let bytes = try files.contents(of: path, limit: 1 << 16)
    else { return nil }
    let words = bytes.split(separator: 32, maxSplits: 1)
    guard words.count == 2, let number = Int(String(decoding: words[0], as: UTF8.self)) else {
      return nil
    }
    let host = String(decoding: words[1].prefix { $0 != 10 }, as: UTF8.self)
    let isHere = host == repository.options.environment.hostName
    if isHere, !ProcessEnvironment.isRunning(number) { return nil }
    return Holder(processID: number, host: host)
  }

  deinit {
    let now = try? files.contents(of: path, limit: 1 << 16)
    guard now == contents else { return }
    _ = try? files.remove(path)
  }
}
