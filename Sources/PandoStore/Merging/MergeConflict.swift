public import PandoMerge
public import PandoObjects

/// A path that a merge could not settle: what the last common ancestor has there, and both sides.
/// Values are read when asked for.
public struct MergeConflict<Value: Contents>: Sendable {
  /// The path.
  public let path: TreePath
  /// Where the merged tree of a preview has what stands for it: beside the path, where a file had
  /// to give its name to a directory or to something of another type.
  public let place: TreePath
  /// Why, as Git tells conflicts apart.
  public let kind: Conflict.Kind
  /// Why, in lower case without a full stop.
  public let reason: String
  /// The entry of the common ancestor; nil when it has none.
  public let base: TreeEntry?
  /// The entry of the branch that is merged into; nil when it has none.
  public let ours: TreeEntry?
  /// The entry of what is merged; nil when it has none.
  public let theirs: TreeEntry?
  private let loader: TreeLoader

  init(
    path: TreePath, place: TreePath, reason: String, kind: Conflict.Kind, base: TreeEntry?,
    ours: TreeEntry?, theirs: TreeEntry?, loader: TreeLoader
  ) {
    self.path = path
    self.place = place
    self.kind = kind
    self.reason = reason
    self.base = base
    self.ours = ours
    self.theirs = theirs
    self.loader = loader
  }

  /// The common ancestor's value; nil when it has none. Throws `.corrupt` where several common
  /// ancestors are in conflict themselves.
  public func baseValue() throws(PandoError) -> Value? { try value(base) }

  /// The value of the branch that is merged into; nil when it has none.
  public func oursValue() throws(PandoError) -> Value? { try value(ours) }

  /// The value of what is merged; nil when it has none.
  public func theirsValue() throws(PandoError) -> Value? { try value(theirs) }

  private func value(_ entry: TreeEntry?) throws(PandoError) -> Value? {
    guard let entry, entry.mode.kind == .blob else { return nil }
    return try Value.parse(try loader.blob(entry.id), at: path)
  }
}

extension MergeConflict: CustomStringConvertible {
  /// The path and the reason.
  public var description: String { "\(path): \(reason)" }
}
