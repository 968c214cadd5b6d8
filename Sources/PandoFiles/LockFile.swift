/// A held `<path>.lock`: Git's way to change a file, safe beside any other Git.
///
/// The new contents are written to the lock file, which is then renamed over the file. Whoever
/// drops a lock without committing it gives it back and changes nothing. A lock left behind by a
/// process that died is never broken here; a person removes the file.
public struct LockFile: ~Copyable {
  /// How long to wait for a lock that somebody else holds.
  public struct Patience: Sendable {
    /// The sum of all waits, in milliseconds.
    public var milliseconds: Int
    /// Who waits.
    public var clock: any WallClock
    /// What keeps two waiters from trying in step.
    public var random: any RandomSource

    /// Makes a patience.
    public init(
      milliseconds: Int, clock: any WallClock = SystemClock(),
      random: any RandomSource = SystemRandom()
    ) {
      self.milliseconds = milliseconds
      self.clock = clock
      self.random = random
    }

    /// Does not wait.
    public static let none = Patience(milliseconds: 0)
  }

  private enum State {
    case writing
    case written
    case finished
  }

  /// The file that is locked.
  public let path: FilePath
  /// The lock itself.
  public let lockPath: FilePath
  private let fileSystem: any FileSystem
  private let file: any WritableFile
  private var state = State.writing

  private init(
    path: FilePath, lockPath: FilePath, fileSystem: any FileSystem, file: any WritableFile
  ) {
    self.path = path
    self.lockPath = lockPath
    self.fileSystem = fileSystem
    self.file = file
  }

  /// The name of the lock of a file.
  public static func lockPath(for path: FilePath) -> FilePath {
    path.adding(suffix: ".lock")
  }

  /// Takes the lock of a file, which need not exist; its directory must.
  ///
  /// Throws ``FileError/isExists`` on the lock's path when the lock is held and stays held for as
  /// long as the patience lasts. Tries are 1, 4, 9, 16 … milliseconds apart, up to a second, give
  /// or take a quarter. Costs one system call when nobody else holds it.
  public static func acquire(
    _ path: FilePath, in fileSystem: any FileSystem, permissions: UInt16 = 0o666,
    patience: Patience = .none
  ) throws(FileError) -> LockFile {
    let lockPath = lockPath(for: path)
    let file = try waiting(for: lockPath, patience) { () throws(FileError) in
      try fileSystem.createExclusively(lockPath, permissions: permissions)
    }
    return LockFile(path: path, lockPath: lockPath, fileSystem: fileSystem, file: file)
  }

  /// Takes the lock of a file by giving it to `mark`, a file whose other name the lock becomes: it
  /// is there with its contents or not at all, and stays when this process ends. Throws as
  /// ``acquire(_:in:permissions:patience:)`` does. To give the lock back, remove it.
  public static func leave(
    _ mark: FilePath, asLockOf path: FilePath, in fileSystem: any FileSystem,
    patience: Patience = .none
  ) throws(FileError) {
    let lockPath = lockPath(for: path)
    try waiting(for: lockPath, patience) { () throws(FileError) in
      try fileSystem.link(mark, to: lockPath)
    }
  }

  /// Makes a lock as soon as nobody else has it.
  private static func waiting<Value>(
    for lockPath: FilePath, _ patience: Patience, _ make: () throws(FileError) -> Value
  ) throws(FileError) -> Value {
    var left = patience.milliseconds
    var attempt = 1
    while true {
      do {
        return try make()
      } catch let error where error.isExists {
        guard left > 0 else { throw held(lockPath, error) }
        let step = min(attempt * attempt, 1000)
        let jitter = Int(patience.random.next() % UInt64(step / 2 + 1)) - step / 4
        let wait = min(max(step + jitter, 1), left)
        patience.clock.sleep(milliseconds: wait)
        left -= wait
        attempt = min(attempt + 1, 32)
      }
    }
  }

  private static func held(_ lockPath: FilePath, _ error: FileError) -> FileError {
    FileError(
      call: error.call, path: lockPath, errno: error.errno,
      advice: "another process holds the lock, or one died with it: then remove the file")
  }

  /// Adds to the new contents.
  public func write(_ bytes: Span<UInt8>) throws(FileError) {
    try file.write(bytes)
  }

  /// Adds to the new contents.
  public func write(_ bytes: [UInt8]) throws(FileError) {
    try file.write(bytes)
  }

  /// Ends writing: syncs as the policy says, and closes. The lock stays held.
  ///
  /// For changes of several files: write and finish all, then commit all.
  public mutating func finishWriting(_ durability: Durability) throws(FileError) {
    guard case .writing = state else { return }
    if durability.synchronizesFiles { try file.synchronize() }
    try file.close()
    state = .written
  }

  /// Puts the new contents in the file's place in one step, and gives the lock back.
  ///
  /// On an error before the rename the file is untouched and the lock is given back; when the
  /// directory's sync fails, the new contents are there but may not survive power loss.
  public consuming func commit(_ durability: Durability) throws(FileError) {
    try finishWriting(durability)
    try fileSystem.rename(lockPath, to: path)
    state = .finished
    if durability.synchronizesDirectories { try fileSystem.synchronizeDirectory(path.parent) }
  }

  /// Gives the lock back and leaves the file alone; dropping the lock does the same but tells
  /// nobody of a failure.
  public consuming func rollBack() throws(FileError) {
    state = .finished
    try? file.close()
    try fileSystem.remove(lockPath)
  }

  deinit {
    if case .finished = state { return }
    try? file.close()
    _ = try? fileSystem.remove(lockPath)
  }
}
