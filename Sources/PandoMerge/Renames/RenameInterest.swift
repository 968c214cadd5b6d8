internal import PandoBytes

/// What a merge wants to know of the renames of one side.
struct RenameInterest {
  /// Why it matters where a file that the side took away has gone.
  enum Reason {
    /// The other side changed it.
    case content
    /// It tells where its directory has gone.
    case location
  }

  /// Why it matters where a directory that the side took away has gone.
  enum Need {
    /// It does not.
    case none
    /// A directory above it matters.
    case forAncestor
    /// The other side added something to it.
    case forItself
  }

  /// The files that are to be found elsewhere.
  var sources: [ByteString: Reason] = [:]
  /// The directories that the side no longer has, and some that matter beside.
  var removedDirectories: [ByteString: Need] = [:]
}
