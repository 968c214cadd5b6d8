public import PandoBytes
public import PandoObjects

/// A name in a directory under edit.
@frozen
public struct StagedEntry: Hashable, Sendable {
  /// The name, one step of a path.
  public let name: ByteString
  /// What kind of thing it is.
  public let mode: TreeEntry.Mode

  /// What the name leads to.
  public var kind: PathKind { PathKind(mode) }
}

/// The state of a branch, open for changes: what `Branch.update` lends to its closure.
///
/// Reads see the edits made so far. Nothing is hashed or written before the closure returns but
/// values of which there are many bytes (`StoreOptions.changeBytesMax`), and then only the
/// directories along changed paths are made anew. A method that throws leaves the
/// editor as it was. Names that `git fsck --strict` refuses (`..`, `.git` in all its spellings, and
/// their like) are refused with `.invalidInput`.
public struct TreeEditor<Value: Contents>: ~Copyable {
  var overlay: TreeOverlay

  init(_ overlay: TreeOverlay) { self.overlay = overlay }
}

// MARK: Reading

extension TreeEditor {
  /// The value at `path` with the edits made so far; nil when there is none.
  public func get(_ path: TreePath) throws(PandoError) -> Value? {
    guard let bytes = try overlay.bytes(at: path) else { return nil }
    return try Value.parse(bytes, at: path)
  }

  /// Whether there is a value at `path`; false for a directory.
  public func contains(_ path: TreePath) throws(PandoError) -> Bool {
    try kind(at: path) == .value
  }

  /// What is at `path`; nil when nothing is.
  public func kind(at path: TreePath) throws(PandoError) -> PathKind? {
    try mode(at: path).map(PathKind.init)
  }

  /// The mode of what is at `path`; nil when nothing is.
  public func mode(at path: TreePath) throws(PandoError) -> TreeEntry.Mode? {
    try overlay.item(at: path)?.mode
  }

  /// The names in the directory at `path` in Git's order; empty when there is no directory.
  public func list(_ path: TreePath = .root) throws(PandoError) -> [StagedEntry] {
    try overlay.list(path).map { StagedEntry(name: $0.name, mode: $0.mode) }
  }
}

// MARK: Changing

extension TreeEditor {
  /// Puts a value at `path`. A file there keeps its executable bit; anything else there is
  /// replaced, a whole directory too. A file on the way gives place to a directory. Throws
  /// `.invalidInput` for the root, for a forbidden name and below a submodule.
  public mutating func set(_ value: Value, at path: TreePath) throws(PandoError) {
    try overlay.set(try value.bytes(at: path), at: path, mode: nil)
  }

  /// Puts a value at `path` with the mode of a plain or executable file.
  public mutating func set(
    _ value: Value, at path: TreePath, executable: Bool
  ) throws(PandoError) {
    try overlay.set(try value.bytes(at: path), at: path, mode: executable ? .executable : .file)
  }

  /// Removes what is at `path`, a directory with all that is in it, and the directories that this
  /// leaves empty. Nothing there is no error: tells whether something was. The root becomes empty.
  @discardableResult
  public mutating func remove(at path: TreePath) throws(PandoError) -> Bool {
    try overlay.remove(at: path)
  }

  /// Moves what is at `source`, a directory with all that is in it, to `destination`, in place of
  /// what was there. Throws `.notFound` when there is nothing, and `.invalidInput` for a move into
  /// itself.
  public mutating func move(
    from source: TreePath, to destination: TreePath
  ) throws(PandoError) {
    try overlay.move(from: source, to: destination)
  }

  /// Makes the value at `path` executable or not. Throws `.notFound` when there is no regular file.
  public mutating func setExecutable(
    _ isExecutable: Bool, at path: TreePath
  ) throws(PandoError) {
    let mode: TreeEntry.Mode = isExecutable ? .executable : .file
    switch try overlay.item(at: path) {
    case .contents(let old, let bytes)? where !old.isSymbolicLink:
      try overlay.put(.contents(mode, bytes), at: path)
    case .object(let old, let id)? where old.kind == .blob && !old.isSymbolicLink:
      try overlay.put(.object(mode, id), at: path)
    default: throw PandoError(.notFound, "there is no file at '\(path)'")
    }
  }

  /// Puts a symbolic link at `path`. Reading it gives the text of the link.
  public mutating func setSymbolicLink(
    to target: String, at path: TreePath
  ) throws(PandoError) {
    try overlay.put(.contents(.symbolicLink, Array(target.utf8)), at: path)
  }

  /// Puts a submodule, a commit of another repository, at `path`.
  public mutating func setSubmodule(_ commit: ObjectID, at path: TreePath) throws(PandoError) {
    guard commit.algorithm == overlay.loader.hashAlgorithm, !commit.isNull else {
      throw PandoError(.invalidInput, "\(commit) cannot be a submodule's commit here")
    }
    try overlay.put(.object(.submodule, commit), at: path)
  }

  /// Puts the directory of a snapshot at `path`, in place of what was there; an empty one removes
  /// it. O(1), unless the snapshot comes from another store: then its objects are copied.
  public mutating func setTree(
    _ snapshot: Snapshot<Value>, at path: TreePath
  ) throws(PandoError) {
    try overlay.graft(snapshot.id, from: snapshot.loader, at: path)
  }
}
