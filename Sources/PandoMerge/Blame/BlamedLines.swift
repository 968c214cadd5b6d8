public import PandoObjects

/// Consecutive lines that came from one version of a file, where they stood together.
public struct BlamedLines: Hashable, Sendable {
  /// A file in a commit.
  public struct Version: Hashable, Sendable {
    /// The commit.
    public let commit: ObjectID
    /// The file's path in it.
    public let path: TreePath
  }

  /// The lines in the text that was asked about, numbered from 0.
  public internal(set) var lines: Range<Int>
  /// The number, from 0, of the first of them in the version that they come from.
  public let firstOriginalLine: Int
  /// The version that they come from.
  public let origin: Version
  /// The version before that, in the first parent that has one; nil when nothing was there before.
  public let previous: Version?
  /// Whether history was not searched further back: the lines may be older.
  public internal(set) var isBoundary: Bool

  /// Whether other lines go on where these end, in both texts.
  func isContinued(by other: BlamedLines) -> Bool {
    origin == other.origin && lines.upperBound == other.lines.lowerBound
      && firstOriginalLine + lines.count == other.firstOriginalLine
  }
}

extension [BlamedLines] {
  /// All lines in their order, those that stand together as one. O(n log n).
  public var joined: [BlamedLines] {
    var result: [BlamedLines] = []
    for next in sorted(by: { $0.lines.lowerBound < $1.lines.lowerBound }) {
      if let last = result.last, last.isContinued(by: next) {
        result[result.count - 1].lines = last.lines.lowerBound..<next.lines.upperBound
      } else {
        result.append(next)
      }
    }
    return result
  }
}
