public import PandoObjects

/// One difference between two trees.
public struct TreeChange: Hashable, Sendable {
  /// Where.
  public var path: TreePath
  /// What was there; nil when nothing was.
  public var old: TreeEntry?
  /// What is there now; nil when nothing is.
  public var new: TreeEntry?

  /// Describes a difference at `path`.
  public init(path: TreePath, old: TreeEntry?, new: TreeEntry?) {
    self.path = path
    self.old = old
    self.new = new
  }

  /// What happened.
  public enum Kind: Character, Sendable, Hashable {
    case added = "A"
    case deleted = "D"
    /// Content or permission changed.
    case modified = "M"
    /// A file became a symbolic link or a submodule, or the other way round.
    case typeChanged = "T"
  }

  /// What happened. The raw value is Git's status letter.
  public var kind: Kind {
    guard let old else { return .added }
    guard let new else { return .deleted }
    return old.mode.bits & 0o170000 == new.mode.bits & 0o170000 ? .modified : .typeChanged
  }
}
