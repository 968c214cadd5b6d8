/// A file under a unique name beside its destination, published in one step or removed.
///
/// The way to make files that nobody rewrites: a reader finds the whole file or none. Dropping it
/// unpublished removes it. Git's own clean-up knows the prefixes `tmp_obj_`, `tmp_pack_` and
/// `tmp_idx_` and removes what a dead process left.
public struct TemporaryFile: ~Copyable, Sendable {
  /// What became of a file.
  public enum Publication: Hashable, Sendable {
    /// It has its final name.
    case published
    /// A file of that name was there and was left alone.
    case alreadyPresent
  }

  private enum State: Sendable {
    case writing
    case written
    case finished
  }

  private static let letters = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)
  private static let attemptsMax = 100

  /// The unique name.
  public let path: FilePath
  private let fileSystem: any FileSystem
  private let file: any WritableFile
  private var state = State.writing

  private init(path: FilePath, fileSystem: any FileSystem, file: any WritableFile) {
    self.path = path
    self.fileSystem = fileSystem
    self.file = file
  }

  /// Makes an empty file with a name that nobody else uses.
  ///
  /// - Parameters:
  ///   - directory: an existing directory, on the disk of the destination.
  ///   - prefix: what the name starts with; six random letters or digits follow.
  ///   - permissions: the bits that the published file has, before the process's mask.
  public static func create(
    in directory: FilePath, prefix: String, permissions: UInt16 = 0o444,
    fileSystem: any FileSystem, random: any RandomSource = SystemRandom()
  ) throws(FileError) -> TemporaryFile {
    var attempts = 0
    while true {
      var number = random.next()
      var name = Array(prefix.utf8)
      for _ in 0..<6 {
        let (rest, digit) = number.quotientAndRemainder(dividingBy: UInt64(letters.count))
        name.append(letters[Int(digit)])
        number = rest
      }
      let path = directory.appending(bytes: name)
      do {
        let file = try fileSystem.createExclusively(path, permissions: permissions)
        return TemporaryFile(path: path, fileSystem: fileSystem, file: file)
      } catch let error where error.isExists && attempts < attemptsMax {
        attempts += 1
      }
    }
  }

  /// Writes after what was written before.
  public func write(_ bytes: Span<UInt8>) throws(FileError) {
    try file.write(bytes)
  }

  /// Writes after what was written before.
  public func write(_ bytes: [UInt8]) throws(FileError) {
    try file.write(bytes)
  }

  /// The file itself, for those who write to it while this value is passed on.
  public var writer: any WritableFile { file }

  /// Opens the file for reads of what was written to it, which go on when it has lost its name.
  public func reader() throws(FileError) -> any ReadableFile {
    guard let reader = try fileSystem.openForReading(path) else {
      throw FileError(call: "open", path: path, errno: FileErrorNumber.notFound)
    }
    return reader
  }

  /// Overwrites at a position; the next plain write goes where it would have gone.
  public func write(_ bytes: Span<UInt8>, at offset: Int) throws(FileError) {
    try file.write(bytes, at: offset)
  }

  /// Cuts the file to a size.
  public func truncate(to size: Int) throws(FileError) {
    try file.truncate(to: size)
  }

  /// Ends writing: syncs as the policy says, and closes. The file keeps its unique name.
  public mutating func finishWriting(_ durability: Durability) throws(FileError) {
    guard case .writing = state else { return }
    if durability.synchronizesFiles { try file.synchronize() }
    try file.close()
    state = .written
  }

  /// Gives the file its final name unless a file has it, which is then left alone.
  ///
  /// By a hard link, so that nothing is ever overwritten; on disks without hard links by a rename
  /// after a look, which can overwrite a file made in between with, as names here stand for
  /// contents, the same contents. The unique name is gone afterwards, errors included.
  public consuming func publish(
    to destination: FilePath, durability: Durability
  ) throws(FileError) -> Publication {
    try finishWriting(durability)
    let publication = try settle(at: destination)
    // Whoever put a file there first may not have synced its bytes nor, below, its name.
    if publication == .alreadyPresent, durability.synchronizesFiles {
      try fileSystem.synchronizeFile(destination)
    }
    if durability.synchronizesDirectories {
      try fileSystem.synchronizeDirectory(destination.parent)
    }
    return publication
  }

  private mutating func settle(at destination: FilePath) throws(FileError) -> Publication {
    do {
      try fileSystem.link(path, to: destination)
      return .published
    } catch let error where error.isExists {
      return .alreadyPresent
    } catch let error where error.refusesHardLinks {
      if try fileSystem.status(of: destination, followingLinks: false) != nil {
        return .alreadyPresent
      }
      try fileSystem.rename(path, to: destination)
      state = .finished
      return .published
    }
  }

  /// Puts the file in the place of whatever has the name.
  public consuming func replace(
    _ destination: FilePath, durability: Durability
  ) throws(FileError) {
    try finishWriting(durability)
    try fileSystem.rename(path, to: destination)
    state = .finished
    if durability.synchronizesDirectories {
      try fileSystem.synchronizeDirectory(destination.parent)
    }
  }

  deinit {
    if case .finished = state { return }
    try? file.close()
    _ = try? fileSystem.remove(path)
  }
}
