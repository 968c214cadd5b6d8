public import PandoBytes

/// What a merge has to tell of a path: a conflict, or something that was done.
public struct MergeMessage: Hashable, Sendable {
  /// What it is about. The raw value is Git's name of it, which `merge-tree -z` prints.
  public enum Kind: String, Sendable, Hashable {
    case autoMerging = "Auto-merging"
    case contents = "CONFLICT (contents)"
    case binary = "CONFLICT (binary)"
    case fileDirectory = "CONFLICT (file/directory)"
    case distinctTypes = "CONFLICT (distinct modes)"
    case modifyDelete = "CONFLICT (modify/delete)"
    case renameRename = "CONFLICT (rename/rename)"
    case renameCollides = "CONFLICT (rename involved in collision)"
    case renameDelete = "CONFLICT (rename/delete)"
    case directoryRenameSuggested = "CONFLICT (directory rename suggested)"
    case directoryRenameApplied = "Path updated due to directory rename"
    case directoryRenameSkipped =
      "Directory rename skipped since directory was renamed on both sides"
    case directoryRenameInWay = "CONFLICT (file in way of directory rename)"
    case directoryRenameCollision = "CONFLICT(directory rename collision)"
    case directoryRenameSplit = "CONFLICT(directory rename unclear split)"
    case submoduleNotInitialized = "CONFLICT (submodule not initialized)"
    case submoduleWithoutBase = "CONFLICT (submodule lacks merge base)"
  }

  /// What it is about.
  public let kind: Kind
  /// The paths it is about; messages are sorted by the first.
  public let paths: [ByteString]
  /// What Git says, without a line end.
  public let text: ByteString
}
