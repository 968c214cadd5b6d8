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

  init(_ context: CommandContext) throws {
    repository = try context.repository()
    database = try context.objectDatabase()
    fileSystem = context.fileSystem
    directory = context.currentDirectory
    prefix = try context.prefix()
    let clock = context.clock
    localTime = LocalTime(now: clock.now().seconds) { clock.utcOffsetMinutes(at: $0) }
  }

  var objects: any ObjectReader { database }
  var references: any ReferenceStore { repository.references }

  func ids(matching prefix: ObjectIDPrefix) throws(PandoError) -> [ObjectID] {
    try database.ids(matching: prefix)
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

  func stagedEntries() throws(PandoError) -> [IndexEntry] { [] }

  func existsOnDisk(_ path: [UInt8]) throws(PandoError) -> Bool {
    do {
      let path = FilePath(bytes: path).resolved(against: directory)
      return try fileSystem.status(of: path, followingLinks: false) != nil
    } catch {
      return false
    }
  }

  func mergeBases(_ a: ObjectID, _ b: ObjectID) throws(PandoError) -> [ObjectID] {
    var bases = MergeBases(database)
    return try bases.all(a, b)
  }
}
