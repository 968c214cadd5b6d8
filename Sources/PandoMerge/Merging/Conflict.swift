public import PandoObjects

/// A place where two histories changed one thing in ways that do not go together.
public struct Conflict: Hashable, Sendable {
  /// Why the changes do not go together.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Both changed the same lines.
    case content
    /// Both added something different.
    case addAdd
    /// One changed what the other deleted.
    case modifyDelete
    /// One has a directory where the other has a file.
    case fileDirectory
    /// A file, a symbolic link, a submodule: each has something of another type.
    case distinctTypes
    /// Each gave another permission.
    case mode
    /// Both changed what is not text.
    case binary
    /// Both changed where a symbolic link leads.
    case symbolicLink
    /// Both moved a submodule to another commit.
    case submodule
    /// Each renamed a file to another name.
    case renameRename
    /// One renamed what the other deleted.
    case renameDelete
    /// One put a file where the other renamed the directory: the file has moved along.
    case fileLocation
    /// A file should move along with its directory, and something is there already.
    case implicitRename
    /// A directory's files were renamed to several others, and none has most of them.
    case directoryRenameSplit
    /// A rule of the store's own says that the values do not go together.
    case value
  }

  /// Where the merged tree has what is left of it. Where two things cannot share a name, one is
  /// moved beside the other, to the name with `~` and its side's label.
  public var path: TreePath
  /// Where it was before it was moved; else as `path`.
  public var originalPath: TreePath
  /// Why the changes do not go together.
  public var kind: Kind
  /// What the base has, as Git's index has it in stage 1.
  public var base: TreeEntry?
  /// What our side has, as Git's index has it in stage 2.
  public var ours: TreeEntry?
  /// What their side has, as Git's index has it in stage 3.
  public var theirs: TreeEntry?

  /// Describes a conflict.
  public init(
    path: TreePath, originalPath: TreePath? = nil, kind: Kind, base: TreeEntry? = nil,
    ours: TreeEntry? = nil, theirs: TreeEntry? = nil
  ) {
    self.path = path
    self.originalPath = originalPath ?? path
    self.kind = kind
    self.base = base
    self.ours = ours
    self.theirs = theirs
  }
}
