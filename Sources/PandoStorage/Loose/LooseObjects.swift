public import PandoBytes
public import PandoFiles
public import PandoObjects
internal import Synchronization

/// The loose objects below one `objects` directory: one file an object, at `xx/` and the other
/// digits of its name.
///
/// A read opens one file. A write makes a file `tmp_obj_…` beside its destination and gives it its
/// name in one step, so that nobody sees half an object.
/// Source: gitformat-loose, gitrepository-layout.
public final class LooseObjects: Sendable {
  /// The level Git writes loose objects with unless `core.looseCompression` says otherwise.
  public static let levelDefault = 1
  /// How often a directory is made for an object: clean-ups remove empty ones.
  private static let attemptsMax = 100

  /// The `objects` directory.
  public let directory: FilePath
  /// The algorithm that names the objects.
  public let hashAlgorithm: HashAlgorithm
  let files: any FileSystem
  private let random: any RandomSource
  private let permissions: UInt16
  private let inflater = Mutex(Inflater())
  private let deflater: Mutex<Deflater>

  /// Finds loose objects below `directory`, which need not exist yet.
  ///
  /// - Parameters:
  ///   - level: the compression of written objects, as in `core.looseCompression`.
  ///   - permissions: those of written files, before the process's mask.
  public init(
    _ directory: FilePath, algorithm: HashAlgorithm, files: any FileSystem,
    level: Int = LooseObjects.levelDefault, permissions: UInt16 = 0o444,
    random: any RandomSource = SystemRandom()
  ) {
    self.directory = directory
    self.files = files
    self.random = random
    self.permissions = permissions
    hashAlgorithm = algorithm
    deflater = Mutex(Deflater(level: level))
  }

  /// Where the object of that name is, or would be.
  public func path(of id: ObjectID) -> FilePath {
    let hex = id.hex
    return directory / String(hex.prefix(2)) / String(hex.dropFirst(2))
  }
}

// MARK: Reading

extension LooseObjects: ObjectReader {
  public func read(_ id: ObjectID) throws(PandoError) -> RawObject? {
    let path = path(of: id)
    var bytes: [UInt8] = []
    var large: (any ReadableFile)?
    do throws(FileError) {
      guard let file = try files.openForReading(path) else { return nil }
      if file.size > Self.wholeBytesMax { large = file }
      if large == nil { bytes = try file.read(at: 0, count: file.size) }
    } catch {
      throw .refused("loose object \(path)", error)
    }
    if let large { return try inflateLarge(large, path) }
    let file = bytes
    return try parse(path) { (inflater) throws(ParseError) in
      try LooseObjectCoding.decode(file.span, &inflater)
    }
  }

  public func header(of id: ObjectID) throws(PandoError) -> ObjectHeader? {
    let path = path(of: id)
    guard let (start, isWhole) = try self.start(of: path) else { return nil }
    if !isWhole {
      // Nearly every stream gives its header from this much; one that does not may still be good.
      let header = try? parse(path) { (inflater) throws(ParseError) in
        try LooseObjectCoding.decodeHeader(start.span, &inflater)
      }
      if let header { return header }
    }
    guard let file = isWhole ? start : try contents(of: path) else { return nil }
    return try parse(path) { (inflater) throws(ParseError) in
      try LooseObjectCoding.decodeHeader(file.span, &inflater)
    }
  }

  /// The first bytes of a file, and whether they are all of it.
  private func start(of path: FilePath) throws(PandoError) -> (bytes: [UInt8], isWhole: Bool)? {
    let wanted = 256
    do throws(FileError) {
      guard let file = try files.openForReading(path) else { return nil }
      return (try file.read(at: 0, count: wanted), file.size <= wanted)
    } catch {
      throw .refused("loose object \(path)", error)
    }
  }

  public func contains(_ id: ObjectID) throws(PandoError) -> Bool {
    let path = path(of: id)
    do {
      return try files.status(of: path, followingLinks: true)?.kind == .file
    } catch {
      throw .refused("loose object \(path)", error)
    }
  }

  private func contents(of path: FilePath) throws(PandoError) -> [UInt8]? {
    do { return try files.contents(of: path, limit: Limits.objectBytes) } catch {
      throw .refused("loose object \(path)", error)
    }
  }

  func parse<Value: Sendable>(
    _ path: FilePath, _ body: (inout Inflater) throws(ParseError) -> Value
  ) throws(PandoError) -> Value {
    do {
      return try inflater.withLock { (inflater) throws(ParseError) in try body(&inflater) }
    } catch {
      throw .corrupt("loose object \(path)", error)
    }
  }
}

// MARK: Finding

extension LooseObjects {
  /// All names, sorted. Reads every directory, and no object.
  public func ids() throws(PandoError) -> [ObjectID] {
    var ids: [ObjectID] = []
    for first in UInt8.min...UInt8.max { try appendIDs(in: first, to: &ids) { _ in true } }
    return ids
  }

  /// The names that begin with `prefix`, sorted. Reads one directory.
  public func ids(matching prefix: ObjectIDPrefix) throws(PandoError) -> [ObjectID] {
    guard prefix.lowest.algorithm == hashAlgorithm else { return [] }
    var ids: [ObjectID] = []
    let first = UInt8(truncatingIfNeeded: prefix.lowest.digest.leadingWord >> 56)
    try appendIDs(in: first, to: &ids) { prefix.matches($0) }
    return ids
  }

  /// The names that begin with this byte, sorted. Reads one directory.
  func ids(startingWith first: UInt8) throws(PandoError) -> [ObjectID] {
    var ids: [ObjectID] = []
    try appendIDs(in: first, to: &ids) { _ in true }
    return ids
  }

  private func appendIDs(
    in first: UInt8, to ids: inout [ObjectID], where isWanted: (ObjectID) -> Bool
  ) throws(PandoError) {
    let name = Self.fanout(first)
    for entry in try list(directory / name) ?? [] {
      // Temporary files and strangers have no name of the right length.
      guard entry.nameBytes.count == hashAlgorithm.hexCount - 2 else { continue }
      let digits = Array(name.utf8) + entry.nameBytes
      guard let id = ObjectID(hexBytes: digits.span), isWanted(id) else { continue }
      ids.append(id)
    }
  }

  /// The name of the directory for objects whose name begins with this byte.
  static func fanout(_ byte: UInt8) -> String {
    String(decoding: [Hex.digit(byte >> 4), Hex.digit(byte)], as: UTF8.self)
  }

  private func list(_ path: FilePath) throws(PandoError) -> [DirectoryEntry]? {
    do { return try files.list(path) } catch { throw .refused("directory \(path)", error) }
  }
}

// MARK: Writing

extension LooseObjects {
  /// Writes an object unless it is there. When it returns, the object is as durable as `durability`
  /// says. `id` must be the object's name: it is not computed again.
  public func write(
    _ object: RawObject, as id: ObjectID, durability: Durability
  ) throws(PandoError) {
    if try freshen(id, durability: durability) { return }
    let path = path(of: id)
    var bytes: [UInt8] = []
    deflater.withLock { LooseObjectCoding.encode(object, &$0, into: &bytes) }
    do throws(FileError) {
      let isEmptied = try files.status(of: path, followingLinks: true)?.size == 0
      let file = try makeFile(in: path.parent, durability)
      try file.write(bytes)
      if isEmptied {
        try file.replace(path, durability: durability)
      } else {
        _ = try file.publish(to: path, durability: durability)
      }
    } catch {
      throw .refused("loose object \(path)", error)
    }
  }

  private func makeFile(
    in directory: FilePath, _ durability: Durability
  ) throws(FileError) -> TemporaryFile {
    var attemptsLeft = Self.attemptsMax
    while true {
      do throws(FileError) {
        return try TemporaryFile.create(
          in: directory, prefix: "tmp_obj_", permissions: permissions, fileSystem: files,
          random: random)
      } catch  where error.isNotFound && attemptsLeft > 0 {
        // Not made yet, or removed by a clean-up that found it empty.
        attemptsLeft -= 1
      }
      try files.createDirectories(directory, durability: durability)
    }
  }

  /// Sets the time of an object's file to now, so that no clean-up takes it for old; false when
  /// there is no such file. What another program wrote is first made as durable as `durability`
  /// says.
  public func freshen(_ id: ObjectID, durability: Durability) throws(PandoError) -> Bool {
    let path = path(of: id)
    do throws(FileError) {
      // An empty file is what power loss leaves of an object that was not synced.
      guard let status = try files.status(of: path, followingLinks: true), status.size > 0
      else { return false }
      if durability.synchronizesFiles { try files.synchronizeFile(path) }
      if durability.synchronizesDirectories { try files.synchronizeDirectory(path.parent) }
      return try files.setModificationTime(of: path, to: nil)
    } catch {
      // An object that is there and may not be touched is there all the same.
      if error.isPermission { return try contains(id) }
      if error.isNotFound { return false }
      throw .refused("loose object \(path)", error)
    }
  }
}
