internal import PandoBytes
public import PandoFiles
public import PandoObjects

/// Whatever in a repository keeps objects alive.
///
/// References with replacements and the like, the `HEAD` and the own references of all worktrees,
/// reference logs, index files, and operations that wait to be continued. Git 2.39 gives up what
/// only a waiting operation names; here it is kept, as later versions do in part.
public struct MaintenanceRoots: Sendable {
  /// The repository.
  private let repository: Repository
  private let layout: RepositoryLayout
  private let files: any FileSystem
  /// Index files besides those of the worktrees.
  public var indexFiles: [FilePath] = []
  /// Whether entries of reference logs are roots.
  public var includesReflogs = true

  /// Files of a Git directory whose lines begin with the names of objects.
  private static let stateFiles = [
    "MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD", "BISECT_HEAD", "AUTO_MERGE",
    "MERGE_AUTOSTASH", "rebase-merge/orig-head", "rebase-merge/onto", "rebase-merge/autostash",
    "rebase-apply/orig-head", "rebase-apply/onto", "rebase-apply/autostash",
  ]
  private static let stateBytesMax = 1 << 20
  private static let indexBytesMax = 1 << 31
  private static let shallowBytesMax = 1 << 28

  /// Throws `.unsupported` when the repository is not on a disk.
  public init(_ repository: Repository) throws(PandoError) {
    guard let layout = repository.layout, let files = repository.fileSystem else {
      throw PandoError(.unsupported, "only a repository on a disk is maintained")
    }
    self.repository = repository
    self.layout = layout
    self.files = files
  }

  /// The repository's time, in seconds since 1970.
  var now: Int64 { repository.options.clock.now().seconds }

  /// Adds all roots. O(references + reference logs + index files). Throws when a reference is
  /// broken or leads to a missing object: then nobody knows what is needed.
  public func add(to reachable: inout ReachableObjects) throws(PandoError) {
    try addBorders(to: &reachable)
    for directory in try WorktreeDirectories.all(layout, in: files) {
      try addIndexes(directory, to: &reachable)
      try addReferences(directory, to: &reachable)
      for name in Self.stateFiles { try addLines(of: directory / name, to: &reachable) }
      if includesReflogs { try addReflogs(directory / "logs", to: &reachable) }
    }
    for path in indexFiles { try addIndex(path, to: &reachable) }
  }

  // MARK: References

  private func addReferences(
    _ directory: FilePath, to reachable: inout ReachableObjects
  ) throws(PandoError) {
    let references = FileReferences(
      gitDirectory: directory, commonDirectory: layout.commonDirectory,
      hashAlgorithm: repository.hashAlgorithm, in: files)
    let (found, broken) = try references.scan(prefix: "refs/")
    if let first = broken.first { throw first.error }
    for reference in found {
      switch reference.target {
      case .direct(let id): try reachable.add(id, name: reference.name.text)
      case .symbolic:
        // One that leads nowhere keeps nothing.
        if let id = try references.id(of: reference.name) {
          try reachable.add(id, name: reference.name.text)
        }
      }
    }
    // A directory of a worktree that is half made has no HEAD.
    if let id = try references.id(of: .head) { try reachable.add(id, name: "HEAD") }
  }

  private func addReflogs(
    _ directory: FilePath, to reachable: inout ReachableObjects
  ) throws(PandoError) {
    for path in try Self.filesBelow(directory, in: files) {
      let bytes = try PandoError.wrapping("cannot read \(path)") { () throws(FileError) in
        try files.contents(of: path, limit: Reflog.bytesMax) ?? []
      }
      for entry in Reflog.parse(bytes, algorithm: repository.hashAlgorithm) {
        try reachable.add(entry.old, mustExist: false)
        try reachable.add(entry.new, mustExist: false)
      }
    }
  }

  /// All files below a directory, in no order.
  static func filesBelow(
    _ directory: FilePath, in files: any FileSystem
  ) throws(PandoError) -> [FilePath] {
    var found: [FilePath] = []
    var pending = [directory]
    while let next = pending.popLast() {
      try PandoError.wrapping("cannot list \(next)") { () throws(FileError) in
        for entry in try files.list(next) ?? [] {
          let path = next.appending(bytes: entry.nameBytes)
          var kind = entry.kind
          if kind == nil { kind = try files.status(of: path, followingLinks: false)?.kind }
          if kind == .directory {
            pending.append(path)
          } else if !path.bytes.ends(with: ".lock") {
            found.append(path)
          }
        }
      }
    }
    return found
  }

  // MARK: Index files

  private func addIndexes(
    _ directory: FilePath, to reachable: inout ReachableObjects
  ) throws(PandoError) {
    try addIndex(directory / "index", to: &reachable)
    // Of an index that is split, the part that others share.
    let entries = try PandoError.wrapping("cannot list \(directory)") { () throws(FileError) in
      try files.list(directory) ?? []
    }
    for entry in entries where entry.nameBytes.starts(with: "sharedindex.".utf8) {
      try addIndex(directory.appending(bytes: entry.nameBytes), to: &reachable)
    }
  }

  private func addIndex(
    _ path: FilePath, to reachable: inout ReachableObjects
  ) throws(PandoError) {
    let bytes = try PandoError.wrapping("cannot read index \(path)") { () throws(FileError) in
      try files.contents(of: path, limit: Self.indexBytesMax)
    }
    guard let bytes, !bytes.isEmpty else { return }
    let ids: [ObjectID]
    do {
      ids = try IndexRoots.ids(parsing: bytes.span, algorithm: repository.hashAlgorithm)
    } catch {
      throw .corrupt("index \(path)", error)
    }
    // What is staged may be missing, as in a partial clone; Git passes that over too.
    for id in ids { try reachable.add(id, mustExist: false) }
  }

  // MARK: Other files

  private func addLines(
    of path: FilePath, to reachable: inout ReachableObjects
  ) throws(PandoError) {
    for id in try lines(of: path, limit: Self.stateBytesMax) {
      try reachable.add(id, mustExist: false)
    }
  }

  private func lines(of path: FilePath, limit: Int) throws(PandoError) -> [ObjectID] {
    let bytes = try PandoError.wrapping("cannot read \(path)") { () throws(FileError) in
      try files.contents(of: path, limit: limit)
    }
    let width = repository.hashAlgorithm.hexCount
    return (bytes ?? []).split(separator: 10).compactMap { line in
      guard line.count >= width else { return nil }
      return ObjectID(hexBytes: Array(line.prefix(width)).span)
    }
  }

  /// Commits whose parents need not be there; what a graft names is kept beside true parents.
  private func addBorders(to reachable: inout ReachableObjects) throws(PandoError) {
    reachable.borders = Set(
      try lines(of: layout.commonDirectory / "shallow", limit: Self.shallowBytesMax))
    let path = layout.commonDirectory / "info/grafts"
    let bytes = try PandoError.wrapping("cannot read \(path)") { () throws(FileError) in
      try files.contents(of: path, limit: Self.shallowBytesMax)
    }
    for line in (bytes ?? []).split(separator: 10) {
      let ids = line.split(separator: 32).compactMap { ObjectID(hexBytes: Array($0).span) }
      if let first = ids.first { reachable.borders.insert(first) }
      for id in ids.dropFirst() { try reachable.add(id, mustExist: false) }
    }
  }
}
