internal import PandoBytes
internal import PandoFiles
internal import PandoMerge
internal import PandoObjects
internal import PandoStorage
internal import PandoStore

/// Names of objects on the command line.
extension CommandContext {
  /// The reader of revisions, whose warnings go to standard error.
  func revisionParser() throws -> RevisionParser {
    let errors = errors
    return RevisionParser(try RepositoryRevisions(self)) { note in
      // A stream that fails now has nobody left to tell.
      try? errors.write(note.line + "\n")
    }
  }

  /// The object that a revision names, or nil.
  func findObject(_ name: ByteString) throws -> ObjectID? {
    try revisionParser().find(name)?.id
  }

  /// The object that a revision names; throws git's complaint when there is none.
  func requireObject(_ name: ByteString) throws -> ObjectID {
    guard let id = try findObject(name) else {
      throw CommandFailure.fatal("Not a valid object name \(name)")
    }
    return id
  }

  /// The shortest start of a name, of at least `digits`, that no other object shares.
  func abbreviation(of id: ObjectID, digits: Int?) throws -> String {
    try revisionParser().abbreviation(of: id, digits: digits)
  }
}

extension RevisionParser.Note {
  /// As git prints it.
  fileprivate var line: String {
    switch self {
    case .warning(let text): "warning: \(text)"
    case .error(let text): "error: \(text)"
    case .hint(let text):
      text.split(separator: "\n", omittingEmptySubsequences: false)
        .map { "hint: \($0)" }.joined(separator: "\n")
    case .plain(let text): text
    }
  }
}

/// A repository on disk as revisions see it.
struct RepositoryRevisions: RevisionSource {
  private let repository: Repository
  private let database: ObjectDatabase
  private let fileSystem: any FileSystem
  private let directory: FilePath
  let prefix: [UInt8]?
  let localTime: LocalTime
  private let grafts: Grafts
  private let indexFile: FilePath?

  init(_ context: CommandContext) throws {
    repository = try context.repository()
    database = try context.objectDatabase()
    fileSystem = context.fileSystem
    directory = context.currentDirectory
    prefix = try context.prefix()
    grafts = try context.grafts()
    indexFile =
      context.environment["GIT_INDEX_FILE"]
      .map { FilePath($0).resolved(against: context.currentDirectory) }
      ?? repository.layout?.indexFile
    let clock = context.clock
    localTime = LocalTime(now: clock.now().seconds) { clock.utcOffsetMinutes(at: $0) }
  }

  var objects: any ObjectReader { database }
  var references: any ReferenceStore { repository.references }

  func ids(matching prefix: ObjectIDPrefix) throws(PandoError) -> [ObjectID] {
    try database.rememberedIDs(matching: prefix)
  }

  func objectCountEstimate() throws(PandoError) -> Int {
    // Git counts packed objects only.
    try database.packs().reduce(0) { $0 + $1.index.count }
  }

  func configurationValues(_ key: String) throws(PandoError) -> [String] {
    repository.configuration.all(key).compactMap { $0.value?.text }
  }

  func remoteNames() throws(PandoError) -> [String] {
    repository.configuration.subsections(of: "remote").map(\.text)
  }

  /// The most that is read of an index, in bytes.
  private static let indexBytesMax = 1 << 31

  func stagedEntries() throws(PandoError) -> [IndexEntry] {
    guard let path = indexFile else { return [] }
    let bytes: [UInt8]?
    do {
      bytes = try fileSystem.contents(of: path, limit: Self.indexBytesMax)
    } catch {
      throw PandoError(.unreadable, "cannot read index \(path)", cause: error)
    }
    guard let bytes else { return [] }
    do {
      return try IndexFile.entries(parsing: bytes.span, algorithm: repository.hashAlgorithm)
    } catch {
      throw .corrupt("index \(path)", error)
    }
  }

  func parents(of commit: ObjectID) throws(PandoError) -> [ObjectID]? {
    if let believed = grafts.parents[commit] { return believed }
    guard try objects.contains(commit) else { return nil }
    return try objects.commitLinks(commit).parents
  }

  var workTreeRoot: String? { repository.workTree?.string }

  func existsOnDisk(_ path: [UInt8]) throws(PandoError) -> Bool {
    do {
      // Git's commands work from the root of the work tree they are in.
      let base = prefix == nil ? directory : repository.workTree ?? directory
      let path = FilePath(bytes: path).resolved(against: base)
      return try fileSystem.status(of: path, followingLinks: false) != nil
    } catch {
      return false
    }
  }

  func mergeBases(_ a: ObjectID, _ b: ObjectID) throws(PandoError) -> [ObjectID] {
    var bases = MergeBases(database, grafts: grafts)
    return try bases.all(a, b)
  }
}
