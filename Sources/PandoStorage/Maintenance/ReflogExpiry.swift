internal import PandoBytes
internal import PandoFiles
public import PandoObjects

/// Gives up old entries of reference logs: the work of `git reflog expire`.
///
/// A log is written anew under the lock of its reference, so that no entry that somebody adds
/// meanwhile is lost.
public struct ReflogExpiry {
  /// When entries of one log are old.
  public struct Limits: Hashable, Sendable {
    /// Entries before this moment go, in seconds since 1970.
    public var total: Int64
    /// Entries before this moment go when the reference does not lead to what they name.
    public var unreachable: Int64

    /// Makes limits.
    public init(total: Int64, unreachable: Int64) {
      self.total = total
      self.unreachable = unreachable
    }
  }

  /// What becomes of an entry.
  public struct Verdict: Sendable {
    /// The entry.
    public let entry: ReflogEntry
    /// Whether it goes.
    public let isExpired: Bool
  }

  private let references: FileReferences
  private let objects: any ObjectReader
  /// Whether nothing is changed, only told.
  public var isDryRun = false
  /// Whether each entry is made to begin where the one before it that stays ends.
  public var rewrites = false
  /// Whether the reference is set to what the last entry says.
  public var updatesReference = false
  /// Whether entries that name objects go from which something is missing.
  public var fixesStale = false
  /// Told of each entry.
  public var onVerdict: (Verdict) throws(PandoError) -> Void = { (_: Verdict) throws(PandoError) in
  }

  /// Prepares to expire logs.
  public init(_ references: FileReferences, objects: any ObjectReader) {
    self.references = references
    self.objects = objects
  }

  /// Gives up the entries that the limits say. Returns false when there is no such log.
  @discardableResult
  public func expire(_ name: ReferenceName, _ limits: Limits) throws(PandoError) -> Bool {
    var judge = try Judge(name, limits, references, objects, fixesStale: fixesStale)
    return try filter(name) { (_, entry) throws(PandoError) in try judge.isExpired(entry) }
  }

  /// Gives up one entry, counted from the latest one, which is 0. Returns false when there is no
  /// such log.
  @discardableResult
  public func remove(_ name: ReferenceName, at number: Int) throws(PandoError) -> Bool {
    let count = try references.reflog(of: name)?.count ?? 0
    return try filter(name) { (index, _) throws(PandoError) in count - 1 - index == number }
  }

  /// Gives up the entries that `isExpired` says, numbered from the oldest one.
  private func filter(
    _ name: ReferenceName, _ isExpired: (Int, ReflogEntry) throws(PandoError) -> Bool
  ) throws(PandoError) -> Bool {
    let lock = try references.lock(name, asked: name)
    defer { lock.release() }
    guard let entries = try references.reflog(of: name) else { return false }
    var kept: [UInt8] = []
    var last = ObjectID.null(references.hashAlgorithm)
    var changed = false
    for (index, entry) in entries.enumerated() {
      let judged = rewrites ? entry.beginning(at: last) : entry
      let goes = try isExpired(index, judged)
      try onVerdict(Verdict(entry: entry, isExpired: goes))
      changed = changed || goes || judged != entry
      if goes { continue }
      kept += Reflog.serialize(judged)
      last = judged.new
    }
    guard !isDryRun else { return true }
    let target = try references.read(name)
    if updatesReference, !last.isNull, let old = target?.id, old != last {
      try lock.write(LooseReference.serialize(.direct(last)), references.options.durability)
      try write(kept, name)
      try lock.commit()
      return true
    }
    if changed { try write(kept, name) }
    return true
  }

  private func write(_ bytes: [UInt8], _ name: ReferenceName) throws(PandoError) {
    guard let path = references.paths.reflog(name) else { return }
    try PandoError.wrapping("cannot write the reflog of '\(name)'") { () throws(FileError) in
      try references.fileSystem.replaceContents(
        of: path, with: bytes, durability: references.options.durability)
    }
  }
}

extension ReflogEntry {
  /// The same entry with another old object.
  fileprivate func beginning(at old: ObjectID) -> ReflogEntry {
    ReflogEntry(old: old, new: new, signature: signature, message: message)
  }
}

extension ReflogExpiry {
  /// Tells of one log's entries which go.
  private struct Judge {
    private let limits: Limits
    private let objects: any ObjectReader
    private let fixesStale: Bool
    /// The commits that the reference leads to; nil when every old entry goes.
    private var reachable: Set<ObjectID>?
    private var complete: [ObjectID: Bool] = [:]

    init(
      _ name: ReferenceName, _ limits: Limits, _ references: FileReferences,
      _ objects: any ObjectReader, fixesStale: Bool
    ) throws(PandoError) {
      self.limits = limits
      self.objects = objects
      self.fixesStale = fixesStale
      guard limits.unreachable > limits.total else { return }
      var tips: [ObjectID] = []
      if name == .head || name.bytes.hasSuffix("/HEAD") && !name.bytes.hasPrefix("refs/") {
        for reference in try references.references(withPrefix: "refs/") {
          if let id = try references.id(of: reference.name) { tips.append(id) }
        }
        if let id = try references.id(of: name) { tips.append(id) }
      } else if let id = try references.id(of: name) {
        tips.append(id)
      }
      let commits = tips.compactMap { id in (try? objects.peelToCommit(id)) ?? nil }
      guard !commits.isEmpty || name == .head else { return }
      reachable = Self.ancestors(of: commits, objects)
    }

    /// What can be read of the ancestors of commits, themselves included.
    private static func ancestors(
      of commits: [ObjectID], _ objects: any ObjectReader
    ) -> Set<ObjectID> {
      var found = Set(commits)
      var pending = commits
      while let id = pending.popLast() {
        guard let links = try? objects.commitLinks(id) else { continue }
        for parent in links.parents where found.insert(parent).inserted { pending.append(parent) }
      }
      return found
    }

    mutating func isExpired(_ entry: ReflogEntry) throws(PandoError) -> Bool {
      let seconds = entry.signature.time?.seconds ?? 0
      if seconds < limits.total { return true }
      if fixesStale, !isComplete(entry.old) || !isComplete(entry.new) { return true }
      guard seconds < limits.unreachable else { return false }
      guard let reachable else { return true }
      return [entry.old, entry.new].contains { id in
        guard !id.isNull, let commit = (try? objects.peelToCommit(id)) ?? nil else { return false }
        return !reachable.contains(commit)
      }
    }

    /// Whether all that a commit leads to is there.
    private mutating func isComplete(_ id: ObjectID) -> Bool {
      if id.isNull { return true }
      if let known = complete[id] { return known }
      var walk = ReachableObjects(objects)
      var isWhole = true
      do throws(PandoError) {
        try walk.add(id)
        let objects = objects
        try walk.mark { (item) throws(PandoError) in
          if item.kind == .blob, try !objects.contains(item.id) { throw .missing(item.id) }
        }
      } catch {
        isWhole = false
      }
      complete[id] = isWhole
      return isWhole
    }
  }
}

extension FileReferences {
  /// The names of all reference logs of this worktree, in order.
  public func reflogNames() throws(PandoError) -> [ReferenceName] {
    var directories = [paths.commonDirectory / "logs"]
    if paths.isLinked { directories.append(paths.gitDirectory / "logs") }
    var names: Set<ReferenceName> = []
    for directory in directories {
      for path in try MaintenanceRoots.filesBelow(directory, in: fileSystem) {
        guard let rest = path.relative(to: directory),
          let name = ReferenceName(ByteString(rest.bytes)), paths.reflog(name) == path
        else { continue }
        names.insert(name)
      }
    }
    return names.sorted()
  }
}

extension ReflogExpiry {
  /// All logs of a repository, each with the references of the worktree that it belongs to.
  public static func logs(
    of repository: Repository
  ) throws(PandoError) -> [(references: FileReferences, name: ReferenceName)] {
    guard let layout = repository.layout, let files = repository.fileSystem,
      let own = repository.references as? FileReferences
    else { throw PandoError(.unsupported, "only a repository on a disk is maintained") }
    var found: [(references: FileReferences, name: ReferenceName)] = []
    for directory in try WorktreeDirectories.all(layout, in: files) {
      let references = FileReferences(
        gitDirectory: directory, commonDirectory: layout.commonDirectory,
        hashAlgorithm: repository.hashAlgorithm, in: files, options: own.options)
      for name in try references.reflogNames() {
        // What worktrees share is met once.
        let isShared = references.paths.reflog(name)?.relative(to: layout.commonDirectory / "logs")
        if directory != layout.commonDirectory, isShared != nil { continue }
        found.append((references, name))
      }
    }
    return found
  }
}
