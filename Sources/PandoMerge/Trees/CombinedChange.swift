public import PandoObjects

/// A file of a merge that differs from the file in every parent.
public struct CombinedChange: Hashable, Sendable {
  /// Where the file is, or was.
  public let path: TreePath
  /// What is there now; nil when nothing is.
  public let new: FileChange.Side?
  /// The difference from each parent.
  public let parents: [FileChange]

  /// What differs from all parents, given the differences from each, in the order of the first
  /// ones. O(n log n).
  public static func combining(_ changes: [[FileChange]]) -> [CombinedChange] {
    guard let first = changes.first else { return [] }
    let others = changes.dropFirst().map { list in
      Dictionary(list.map { ($0.path, $0) }) { first, _ in first }
    }
    return first.compactMap { change in
      let found = others.compactMap { $0[change.path] }
      guard found.count == others.count else { return nil }
      return CombinedChange(path: change.path, new: change.new, parents: [change] + found)
    }
  }
}
