public import PandoBytes
public import PandoFiles
public import PandoObjects
public import PandoStorage

/// Looks over a repository as `git fsck` does: every object by itself, whether what is needed is
/// there, references, reflogs, the index, commit-graphs and multi-pack-indexes.
///
/// `run` does all of it. Nothing is changed, and whoever reads and writes meanwhile is not
/// disturbed; what they remove while it runs may be told as missing. Every object is read once, on
/// as many threads as there are processors; takes 36 bytes for each object of the largest pack, and
/// 50 for each that is in none of the four largest.
///
/// ```swift
/// var verification = try Verification(repository) { print($0) }
/// let damage = try verification.run()
/// ```
public struct Verification {
  let repository: Repository
  let database: ObjectDatabase
  let files: any FileSystem
  let options: VerificationOptions
  let shown: (FilePath) -> String
  let progress: (any ProgressMeter)?
  var objects: ObjectVerification
  /// How many references lead to something.
  private var rootCount = 0

  /// Prepares to verify a repository on a disk.
  ///
  /// - Parameters:
  ///   - shown: makes text of the paths that are told.
  ///   - report: is told what is found, on the calling thread.
  public init(
    _ repository: Repository, options: VerificationOptions = VerificationOptions(),
    progress: (any ProgressMeter)? = nil, shown: @escaping (FilePath) -> String = { $0.string },
    report: @escaping (VerificationEvent) -> Void
  ) throws(PandoError) {
    guard let database = repository.objects as? ObjectDatabase, let files = repository.fileSystem
    else { throw PandoError(.unsupported, "only repositories on a disk can be verified") }
    self.repository = repository
    self.database = database
    self.files = files
    self.options = options
    self.shown = shown
    self.progress = progress
    objects = try ObjectVerification(
      database, options: options, progress: progress, shown: shown, report: report)
  }

  /// What is wrong so far.
  public var areas: VerificationArea { objects.areas }

  /// Verifies everything, with all references, reflogs and the index as roots.
  public mutating func run() throws(PandoError) -> VerificationArea {
    try checkObjects()
    try addDefaultRoots()
    if let index = repository.layout?.indexFile { try addIndex(at: index) }
    try connect()
    try checkTables()
    return areas
  }

  /// Looks at every object by itself.
  public mutating func checkObjects() throws(PandoError) { try objects.checkObjects() }

  /// Takes an object for a root; `name` is what it was called.
  public mutating func addRoot(_ id: ObjectID, name: ByteString) throws(PandoError) {
    guard try objects.addRoot(id, path: name, isListed: true) != nil else {
      return tell(.problem(.objects, "\(id): object missing"))
    }
  }

  /// Finds what is missing, and what is not needed.
  public mutating func connect() throws(PandoError) { try objects.connect() }

  /// Tells something, and remembers what is wrong.
  mutating func tell(_ event: VerificationEvent) { objects.tell(event) }

  mutating func step(_ text: String) {
    if options.tellsSteps { tell(.step(text)) }
  }
}

// MARK: References

extension Verification {
  /// Takes for roots what references, the heads of worktrees, and reflogs name.
  public mutating func addDefaultRoots() throws(PandoError) {
    try addReferences()
    for worktree in try worktrees() {
      try addHead(worktree)
      if options.includesReflogs { try addReflogs(of: worktree) }
    }
    if rootCount == 0 {
      tell(.notice("notice: No default references"))
      objects.forgetUnreachable()
    }
  }

  private mutating func addReferences() throws(PandoError) {
    let null = ObjectID.null(repository.hashAlgorithm)
    var targets: [(name: ReferenceName, id: ObjectID)] = []
    if let store = repository.references as? FileReferences {
      let (references, broken) = try store.scan(prefix: "refs/")
      for reference in references {
        let id = reference.target.id ?? (try? store.resolve(reference.name))?.id
        targets.append((reference.name, id ?? null))
      }
      targets += broken.map { ($0.name, null) }
      targets.sort { $0.name < $1.name }
    }
    for (name, id) in targets { try addReference(name, id) }
  }

  private mutating func addReference(
    _ name: ReferenceName, _ id: ObjectID
  ) throws(PandoError) {
    guard let kind = try objects.addRoot(id, path: name.bytes) else {
      return tell(.problem(.reachability, "\(name): invalid sha1 pointer \(id)"))
    }
    if kind != .commit, name.branchName != nil || name == .head {
      tell(.problem(.references, "\(name): not a commit"))
    }
    rootCount += 1
  }

  /// A worktree: where it is, and what its own references are called from here.
  private struct Worktree {
    let directory: FilePath
    /// `worktrees/name/`, or nothing for this one.
    let prefix: [UInt8]
  }

  /// All worktrees, the main one first.
  private func worktrees() throws(PandoError) -> [Worktree] {
    guard let layout = repository.layout else { return [] }
    let common = layout.commonDirectory
    let mainPrefix = layout.isLinkedWorktree ? Array("main-worktree/".utf8) : []
    var found = [Worktree(directory: common, prefix: mainPrefix)]
    for name in try names(in: common / "worktrees") {
      let directory = (common / "worktrees").appending(bytes: name)
      guard (try? files.exists(directory / "gitdir")) == true else { continue }
      let isOwn = directory == layout.gitDirectory
      let prefix = isOwn ? [] : Array("worktrees/".utf8) + name + [UInt8(ascii: "/")]
      found.append(Worktree(directory: directory, prefix: prefix))
    }
    return found
  }

  private func names(in directory: FilePath) throws(PandoError) -> [[UInt8]] {
    do { return (try files.list(directory) ?? []).map(\.nameBytes) } catch {
      throw PandoError(.unreadable, "cannot list \(directory)", cause: error)
    }
  }

  private mutating func addHead(_ worktree: Worktree) throws(PandoError) {
    guard let head = ReferenceName(ByteString(worktree.prefix + Array("HEAD".utf8))) else {
      return
    }
    step("Checking \(head) link")
    let target: (name: ReferenceName, id: ObjectID?)
    do throws(PandoError) {
      guard try repository.references.read(head) != nil else {
        return tell(.problem(.references, "invalid \(head)"))
      }
      target = try repository.references.resolve(head)
    } catch {
      return tell(.problem(.references, "invalid \(head)"))
    }
    if target.name != head, target.name.branchName == nil {
      return tell(
        .problem(.references, "\(head) points to something strange (\(target.name))"))
    }
    guard let id = target.id, !id.isNull else {
      if target.name == head {
        return tell(.problem(.references, "\(head): detached HEAD points at nothing"))
      }
      let branch = target.name.branchName ?? ""
      return tell(.notice("notice: \(head) points to an unborn branch (\(branch))"))
    }
    try addReference(head, id)
  }
}

// MARK: Reflogs

extension Verification {
  /// A worktree's own logs, and those of all.
  private mutating func addReflogs(of worktree: Worktree) throws(PandoError) {
    guard let common = repository.layout?.commonDirectory else { return }
    var logs = try logNames(in: worktree.directory / "logs", prefix: worktree.prefix)
    if worktree.directory != common {
      logs += try logNames(in: common / "logs", prefix: []).filter { $0 != .head }
    } else if !worktree.prefix.isEmpty {
      // Only the main worktree's head is its own.
      logs = try logNames(in: common / "logs", prefix: []).filter { $0 != .head }
      if let head = ReferenceName("main-worktree/HEAD") { logs.insert(head, at: 0) }
    }
    for log in logs { try addReflog(log) }
  }

  /// The logs below a directory, each directory in byte order.
  private func logNames(
    in root: FilePath, prefix: [UInt8]
  ) throws(PandoError) -> [ReferenceName] {
    var found: [ReferenceName] = []
    var pending: [[UInt8]] = [[]]
    while let directory = pending.popLast() {
      let path = directory.isEmpty ? root : root.appending(bytes: directory)
      let entries: [DirectoryEntry]
      do { entries = try files.list(path) ?? [] } catch {
        throw PandoError(.unreadable, "cannot list \(path)", cause: error)
      }
      for entry in entries {
        let name = directory + (directory.isEmpty ? [] : [UInt8(ascii: "/")]) + entry.nameBytes
        let status = try? files.status(of: root.appending(bytes: name), followingLinks: false)
        if status?.kind == .directory {
          pending.append(name)
        } else if let reference = ReferenceName(ByteString(prefix + name)) {
          found.append(reference)
        }
      }
    }
    return found.sorted()
  }

  private mutating func addReflog(_ name: ReferenceName) throws(PandoError) {
    for entry in try repository.references.reflog(of: name) ?? [] {
      step("Checking reflog \(entry.old)->\(entry.new)")
      try addLogged(entry.old, name, seconds: nil)
      try addLogged(entry.new, name, seconds: entry.signature.time?.seconds)
    }
  }

  private mutating func addLogged(
    _ id: ObjectID, _ name: ReferenceName, seconds: Int64?
  ) throws(PandoError) {
    guard !id.isNull else { return }
    let path = seconds.flatMap { $0 == 0 ? nil : ByteString("\(name)@{\($0)}") }
    guard try objects.addRoot(id, path: path, isListed: true) == nil else { return }
    tell(.problem(.reachability, "\(name): invalid reflog entry \(id)"))
  }
}

// MARK: Index

extension Verification {
  /// The most that is read of an index, in bytes.
  private static let indexBytesMax = 1 << 31
  /// A header and a checksum.
  private static func indexBytesMin(_ algorithm: HashAlgorithm) -> Int { 12 + algorithm.byteCount }

  /// Takes for roots what an index names. Throws `.corrupt` in Git's words for one that cannot be
  /// read; one that is not there names nothing.
  public mutating func addIndex(at path: FilePath) throws(PandoError) {
    let bytes: [UInt8]?
    do { bytes = try files.contents(of: path, limit: Self.indexBytesMax) } catch {
      throw PandoError(.unreadable, "\(shown(path)): index file open failed", cause: error)
    }
    guard let bytes else { return }
    guard bytes.count >= Self.indexBytesMin(repository.hashAlgorithm) else {
      throw PandoError(.corrupt, "\(shown(path)): index file smaller than expected")
    }
    let entries: [IndexEntry]
    let extensions: IndexExtensions
    do throws(ParseError) {
      entries = try IndexFile.entries(parsing: bytes.span, algorithm: repository.hashAlgorithm)
      extensions = try IndexExtensions(
        parsing: bytes.span, algorithm: repository.hashAlgorithm)
    } catch {
      throw PandoError(.corrupt, "index file corrupt", cause: error)
    }
    for entry in entries where !entry.mode.isSubmodule {
      objects.addNeeded(entry.id, .blob, path: ByteString(Array(":".utf8) + entry.path.bytes))
    }
    for _ in 0..<extensions.cachedTreeCount { step("Checking cache tree") }
    for id in extensions.cachedTrees {
      guard let kind = try objects.addRoot(id, path: ":") else {
        tell(.problem(.references, "\(id): invalid sha1 pointer in cache-tree"))
        break
      }
      if kind != .tree { tell(.objectProblem(kind, id, "non-tree in cache-tree")) }
    }
    for id in extensions.resolvedFiles where try objects.addRoot(id, path: nil) == nil {
      tell(.problem(.references, "\(id): invalid sha1 pointer in resolve-undo"))
    }
  }
}
