public import PandoObjects

/// Decides what becomes of a file that both sides changed, or that one changed and one deleted.
public protocol ContentMerger: Sendable {
  /// Merges one file. Is not asked where a side did not change it, or where both changed it alike.
  func merge(_ request: ContentMergeRequest) throws(PandoError) -> ContentMergeResult
}

/// A file to merge.
public struct ContentMergeRequest: Sendable {
  /// A version of the file.
  public struct Version: Sendable, Hashable {
    /// Its name, mode and blob.
    public let entry: TreeEntry
    /// Its content.
    public let bytes: [UInt8]
  }

  /// Where it is.
  public let path: TreePath
  /// What both sides come from; nil when there was no file.
  public let base: Version?
  /// Our version; nil when we deleted it.
  public let ours: Version?
  /// Their version; nil when they deleted it.
  public let theirs: Version?
  /// Whether merge bases are being merged into one: nobody will see the result, and a conflict is
  /// part of the base of the merge that is wanted.
  public let isVirtual: Bool
  /// How a merge by lines would be done.
  public let textOptions: TextMerge.Options
}

/// What became of a file.
public enum ContentMergeResult: Sendable, Hashable {
  /// These bytes are what both sides mean.
  case merged([UInt8])
  /// Both sides mean that it goes.
  case removed
  /// They do not go together; the bytes stand in the tree until somebody decides.
  case conflict([UInt8], Conflict.Kind)
  /// Git's rule decides: merge text by lines, keep what was changed and not deleted, as a conflict.
  case undecided
}

/// Git's rule: text is merged by lines, other content is a conflict that shows our version.
public struct LineMerger: ContentMerger {
  /// Makes the rule.
  public init() {}

  public func merge(_ request: ContentMergeRequest) throws(PandoError) -> ContentMergeResult {
    guard let ours = request.ours, let theirs = request.theirs else { return .undecided }
    let base = request.base?.bytes ?? []
    let options = request.textOptions
    let versions = [base, ours.bytes, theirs.bytes]
    if versions.contains(where: { $0.count > TextMerge.bytesMax || TextMerge.isBinary($0) }) {
      if request.isVirtual { return .merged(base) }
      switch options.favor {
      case .ours: return .merged(ours.bytes)
      case .theirs: return .merged(theirs.bytes)
      case .neither, .union: return .conflict(ours.bytes, .binary)
      }
    }
    let merged = TextMerge.merge(
      base: base, ours: ours.bytes, theirs: theirs.bytes, options: options)
    guard merged.conflictCount > 0 else { return .merged(merged.bytes) }
    return .conflict(merged.bytes, request.base == nil ? .addAdd : .content)
  }
}
