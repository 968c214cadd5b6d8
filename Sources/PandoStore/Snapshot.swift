internal import PandoBytes
public import PandoObjects

/// The state of a store at one commit, or of a directory in it: immutable, cheap to copy, loaded as
/// it is read. Copies and later versions share what they have in common.
///
/// A read costs one binary search for each step of the path, in trees that are cached, and the read
/// of one blob. Absence is nil; an object that is missing or damaged throws.
public struct Snapshot<Value: Contents>: Sendable {
  let loader: TreeLoader
  /// The name of the root directory.
  public let id: ObjectID
  /// The commit that was looked at; nil for a directory inside one, and before the first commit.
  public let commit: ObjectID?

  init(loader: TreeLoader, id: ObjectID, commit: ObjectID? = nil) {
    self.loader = loader
    self.id = id
    self.commit = commit
  }

  /// Whether there are no entries at all.
  public var isEmpty: Bool { id == loader.emptyTree }
}

// MARK: Values

extension Snapshot {
  /// The value at `path`; nil when there is none, and for a directory or a submodule. Throws
  /// `.corrupt` when the bytes there are not a value.
  public subscript(path: TreePath) -> Value? {
    get throws(PandoError) { try value(at: path) }
  }

  /// The value at `path`; nil when there is none, and for a directory or a submodule. Throws
  /// `.corrupt` when the bytes there are not a value.
  public func value(at path: TreePath) throws(PandoError) -> Value? {
    guard let bytes = try bytes(at: path) else { return nil }
    return try Value.parse(bytes, at: path)
  }

  /// The bytes at `path`, as Git has them; nil when there is no file.
  public func bytes(at path: TreePath) throws(PandoError) -> [UInt8]? {
    try loader.blobID(at: path, in: id).map { id throws(PandoError) in try loader.blob(id) }
  }

  /// Whether there is a value at `path`; false for a directory.
  public func contains(_ path: TreePath) throws(PandoError) -> Bool {
    try kind(at: path) == .value
  }
}

// MARK: Structure

/// What a path leads to.
@frozen
public enum PathKind: Hashable, Sendable {
  /// A file, executable or not, or a symbolic link.
  case value
  /// A directory.
  case directory
  /// A commit of another repository.
  case submodule

  init(_ mode: TreeEntry.Mode) {
    self = mode.isDirectory ? .directory : mode.isSubmodule ? .submodule : .value
  }
}

extension Snapshot {
  /// The entry at `path`: its name, mode and object. The root is a directory without a name.
  public func entry(at path: TreePath) throws(PandoError) -> TreeEntry? {
    try loader.entry(at: path, in: id)
  }

  /// What is at `path`; nil when nothing is. The root is a directory.
  public func kind(at path: TreePath) throws(PandoError) -> PathKind? {
    try entry(at: path).map { PathKind($0.mode) }
  }

  /// The mode of what is at `path`; nil when nothing is.
  public func mode(at path: TreePath) throws(PandoError) -> TreeEntry.Mode? {
    try entry(at: path)?.mode
  }

  /// The entries of the directory at `path` in Git's order, of which the first `offset` are left
  /// out and at most `limit` returned. Empty when there is no directory. O(offset + limit) once
  /// loaded.
  public func list(
    _ path: TreePath = .root, offset: Int = 0, limit: Int = .max
  ) throws(PandoError) -> [TreeEntry] {
    guard let tree = try directory(at: path) else { return [] }
    return Array(tree.dropFirst(max(0, offset)).prefix(max(0, limit)))
  }

  /// The number of entries of the directory at `path`; nil when there is no directory. O(1) once
  /// loaded.
  public func count(at path: TreePath = .root) throws(PandoError) -> Int? {
    try directory(at: path)?.count
  }

  /// The directory at `path` as a snapshot of its own; nil when there is none.
  public func subtree(at path: TreePath) throws(PandoError) -> Snapshot? {
    guard let entry = try entry(at: path), entry.mode.isDirectory else { return nil }
    return Snapshot(loader: loader, id: entry.id, commit: path.isRoot ? commit : nil)
  }

  private func directory(at path: TreePath) throws(PandoError) -> Tree? {
    guard let entry = try entry(at: path), entry.mode.isDirectory else { return nil }
    return try loader.tree(entry.id)
  }
}

/// Snapshots are equal when their trees are: same names, modes and bytes all the way down.
extension Snapshot: Hashable {
  public static func == (a: Snapshot, b: Snapshot) -> Bool { a.id == b.id }
  public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
