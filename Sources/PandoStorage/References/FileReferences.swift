public import PandoBytes
public import PandoFiles
public import PandoObjects
internal import Synchronization

/// The references of a Git directory: one file each, and many in `packed-refs`.
///
/// Safe beside any other Git process: a reference's own file counts before its packed value, and
/// the packed file is looked at again after every miss, so that a racing `git pack-refs` never
/// hides a reference. Reading one costs five system calls when it has a file, two when not, and
/// the packed file is read anew only after it has changed.
public final class FileReferences: ReferenceStore {
  /// How a repository treats its references.
  public struct Options: Sendable {
    /// Which references get a log without asking.
    public var logging: ReflogPolicy
    /// How long to wait for a reference's lock, in milliseconds; negative waits for ever.
    public var lockTimeoutMilliseconds: Int
    /// How long to wait for the lock of `packed-refs`, in milliseconds; negative waits for ever.
    public var packedLockTimeoutMilliseconds: Int
    /// When files are synced.
    public var durability: Durability
    /// What measures the waits.
    public var clock: any WallClock
    /// What spreads the waits.
    public var random: any RandomSource

    /// Makes options; the defaults are Git's, but for the durability.
    public init(
      logging: ReflogPolicy = .branches, lockTimeoutMilliseconds: Int = 100,
      packedLockTimeoutMilliseconds: Int = 1000, durability: Durability = .everyCommit,
      clock: any WallClock = SystemClock(), random: any RandomSource = SystemRandom()
    ) {
      self.logging = logging
      self.lockTimeoutMilliseconds = lockTimeoutMilliseconds
      self.packedLockTimeoutMilliseconds = packedLockTimeoutMilliseconds
      self.durability = durability
      self.clock = clock
      self.random = random
    }
  }

  /// How this repository treats its references.
  public let options: Options
  let fileSystem: any FileSystem
  let paths: ReferencePaths
  let hashAlgorithm: HashAlgorithm
  /// Tells whether what a reference is to point at exists; nil believes callers.
  let objects: (any ObjectReader)?
  private let packedCache = Mutex<PackedCache?>(nil)

  /// A version of the packed file. Holding the file open keeps its inode number from being given
  /// to a newer version, so that an equal status proves an equal file.
  private struct PackedCache {
    let references: PackedReferences
    let status: FileStatus
    let file: any ReadableFile
  }

  /// More than any repository has: references of some ten million branches.
  static let packedBytesMax = 1 << 30

  /// Opens the references of a Git directory.
  ///
  /// - Parameters:
  ///   - commonDirectory: what linked worktrees share; the Git directory itself for others.
  ///   - objects: where to look whether an object exists before a reference points at it.
  public init(
    gitDirectory: FilePath, commonDirectory: FilePath, hashAlgorithm: HashAlgorithm,
    in fileSystem: any FileSystem, objects: (any ObjectReader)? = nil, options: Options = Options()
  ) {
    self.fileSystem = fileSystem
    self.hashAlgorithm = hashAlgorithm
    self.objects = objects
    self.options = options
    paths = ReferencePaths(gitDirectory: gitDirectory, commonDirectory: commonDirectory)
  }

  // MARK: Reading one

  /// Reads one reference without following it; nil when it does not exist.
  public func read(_ name: ReferenceName) throws(PandoError) -> ReferenceTarget? {
    guard let path = paths.loose(name) else { return nil }
    if let target = try readLoose(name, path, kind: nil) { return target }
    guard paths.isPackable(name) else { return nil }
    return try packedRecord(name).map { .direct($0.id) }
  }

  /// What the reference's own file says; nil when there is none.
  ///
  /// - Parameter kind: what the caller knows to stand there.
  func readLoose(
    _ name: ReferenceName, _ path: FilePath, kind: FileStatus.Kind?
  ) throws(PandoError) -> ReferenceTarget? {
    let bytes = try PandoError.wrapping("unable to resolve reference '\(name)'") {
      () throws(FileError) -> [UInt8]? in
      var kind = kind
      if kind == nil { kind = try fileSystem.status(of: path, followingLinks: false)?.kind }
      switch kind {
      case nil, .directory: return nil
      case .symbolicLink:
        // Git's oldest form of a symbolic reference.
        if let target = try fileSystem.readLink(path), target.bytes.starts(with: "refs/".utf8),
          ReferenceName.isWellFormed(target.bytes)
        {
          return Array("ref: ".utf8) + target.bytes
        }
      case .file, .other: break
      }
      do throws(FileError) {
        return try fileSystem.contents(of: path, limit: LooseReference.bytesMax)
      } catch  where error.isDirectory {
        // Between the two calls a directory took the file's place.
        return nil
      }
    }
    guard let bytes else { return nil }
    do throws(ParseError) {
      return try LooseReference.parse(bytes, algorithm: hashAlgorithm)
    } catch {
      throw PandoError(
        .corrupt, "unable to resolve reference '\(name)': reference broken", cause: error)
    }
  }

  func packedRecord(_ name: ReferenceName) throws(PandoError) -> PackedReferences.Record? {
    let packed = try packedReferences()
    return try parsingPacked { () throws(ParseError) in try packed.find(name) }
  }

  func parsingPacked<Value>(
    _ body: () throws(ParseError) -> Value
  ) throws(PandoError) -> Value {
    do throws(ParseError) { return try body() } catch {
      throw .corrupt(paths.packed.string, error)
    }
  }

  /// The packed file as it is now: read again when its status has changed.
  func packedReferences() throws(PandoError) -> PackedReferences {
    try packedCache.withLock { cache throws(PandoError) in
      let path = paths.packed
      let status = try PandoError.wrapping("cannot read \(path)") { () throws(FileError) in
        try fileSystem.status(of: path, followingLinks: true)
      }
      if let status, let cache, cache.status == status { return cache.references }
      cache = status == nil ? nil : try loadPacked(path)
      return cache?.references ?? PackedReferences(algorithm: hashAlgorithm)
    }
  }

  private func loadPacked(_ path: FilePath) throws(PandoError) -> PackedCache? {
    let loaded = try PandoError.wrapping("cannot read \(path)") {
      () throws(FileError) -> (any ReadableFile, FileStatus, [UInt8])? in
      guard let file = try fileSystem.openForReading(path) else { return nil }
      let status = try file.status()
      guard status.size <= Self.packedBytesMax else {
        throw FileError(call: "read", path: path, errno: FileErrorNumber.tooLarge)
      }
      return (file, status, try file.read(at: 0, count: status.size))
    }
    guard let (file, status, bytes) = loaded else { return nil }
    let references = try parsingPacked { () throws(ParseError) in
      try PackedReferences(parsing: bytes, algorithm: hashAlgorithm)
    }
    return PackedCache(references: references, status: status, file: file)
  }
}
