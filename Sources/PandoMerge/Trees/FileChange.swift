public import PandoObjects

/// A difference between two trees in which a file may have got another name.
public struct FileChange: Hashable, Sendable {
  /// A file on one side.
  public struct Side: Hashable, Sendable {
    /// Where it is.
    public var path: TreePath
    /// What it is.
    public var mode: TreeEntry.Mode
    /// What it holds.
    public var id: ObjectID

    /// Describes a file.
    public init(path: TreePath, mode: TreeEntry.Mode, id: ObjectID) {
      self.path = path
      self.mode = mode
      self.id = id
    }
  }

  /// What happened. The raw value is Git's status letter.
  public enum Kind: Character, Sendable, Hashable {
    case added = "A"
    case deleted = "D"
    /// Content or permission changed.
    case modified = "M"
    /// A file became a symbolic link or a submodule, or the other way round.
    case typeChanged = "T"
    /// It has another name, and may have changed as well.
    case renamed = "R"
    /// It began as a copy of another file.
    case copied = "C"
  }

  /// What was there; nil when nothing was.
  public var old: Side?
  /// What is there now; nil when nothing is.
  public var new: Side?
  /// What happened.
  public var kind: Kind
  /// Of a renamed or copied file, how much of it is the old one: up to `Similarity.all`.
  public var similarity = 0

  /// A difference in which the file keeps its name.
  public init(_ change: TreeChange) {
    old = change.old.map { Side(path: change.path, mode: $0.mode, id: $0.id) }
    new = change.new.map { Side(path: change.path, mode: $0.mode, id: $0.id) }
    switch change.kind {
    case .added: kind = .added
    case .deleted: kind = .deleted
    case .modified: kind = .modified
    case .typeChanged: kind = .typeChanged
    }
  }

  /// A file that came or went, or two that were not found in trees.
  package init(old: Side?, new: Side?, kind: Kind) {
    self.old = old
    self.new = new
    self.kind = kind
  }

  /// A file with a new name, or a copy.
  init(_ kind: Kind, from old: Side, to new: Side, similarity: Int) {
    self.old = old
    self.new = new
    self.kind = kind
    self.similarity = similarity
  }

  /// Where the file is now, or was.
  public var path: TreePath { (new ?? old)?.path ?? .root }
}
