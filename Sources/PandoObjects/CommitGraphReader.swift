public import PandoBytes

/// The parents, dates and generations of many commits, in tables that answer without inflating or
/// parsing a commit.
///
/// A graph is closed: with a commit it has all ancestors. Every commit has a position in
/// `0..<count`, which holds while the reader lives; a position that is none traps. Opening proves
/// the tables, so reading them is cheap: a look-up by name is a binary search, all else takes
/// constant time. Any thread may ask. Source: gitformat-commit-graph.
public protocol CommitGraphReader: Sendable {
  /// The algorithm that names the commits.
  var hashAlgorithm: HashAlgorithm { get }

  /// The number of commits.
  var count: Int { get }

  /// Whether ``generation(at:)`` gives corrected committer dates; otherwise topological levels.
  var hasCorrectedDates: Bool { get }

  /// Where a commit is, or nil when the graph does not have it. O(log n).
  func position(of id: ObjectID) -> Int?

  /// The name of a commit.
  func id(at position: Int) -> ObjectID

  /// The root directory of a commit.
  func tree(at position: Int) -> ObjectID

  /// When it was committed, in seconds since 1970. A graph keeps 34 bits: the date of a commit
  /// after the year 2514 reads as an earlier one, as it does in Git.
  func seconds(at position: Int) -> Int64

  /// A number above those of all ancestors: the committer date, moved behind the ancestors' where
  /// it lies before them, or else the length of the longest way to a root, counted from 1. Levels
  /// stop at `2^30 - 1`, where equal ones say nothing.
  func generation(at position: Int) -> UInt64

  /// Gives the positions of the parents to `body`, first parent first.
  /// Throws `.corrupt` when a parent is none of the graph's commits.
  func parents(at position: Int, _ body: (Int) -> Void) throws(PandoError)

  /// What is most asked of a commit, at the price of one look.
  /// Throws `.corrupt` when a parent is none of the graph's commits.
  func row(at position: Int) throws(PandoError) -> CommitGraphRow

  /// How many commits those at `starts` lead to, themselves counted, by all parents or the first
  /// ones only. O(n), a bit and a few nanoseconds a commit.
  /// Throws `.corrupt` when a parent is none of the graph's commits.
  func reachableCount(from starts: [Int], byFirstParents: Bool) throws(PandoError) -> Int

  /// Whether a commit may differ at a path from its first parent; a root, from the empty tree.
  /// False is certain, true is not; nil when the graph does not tell.
  func mayHaveChanged(_ keys: BloomKeys, at position: Int) -> Bool?
}

extension CommitGraphReader {
  /// What a walk needs of a commit. Throws `.corrupt` when a parent is none of the graph's commits.
  public func links(at position: Int) throws(PandoError) -> CommitLinks {
    var ids: [ObjectID] = []
    try parents(at: position) { ids.append(id(at: $0)) }
    return CommitLinks(
      tree: tree(at: position), parents: ids, committerSeconds: seconds(at: position))
  }
}

/// A commit's date and parents, as ``CommitGraphReader/row(at:)`` gives them.
@frozen
public struct CommitGraphRow: Hashable, Sendable {
  /// When it was committed, in seconds since 1970.
  public let seconds: Int64
  /// The position of the first parent; nil for a root.
  public let firstParent: Int?
  /// The position of the second parent of two; nil when there are fewer, or more.
  public let secondParent: Int?
  /// Whether there are three parents or more, which ``CommitGraphReader/parents(at:_:)`` tells.
  public let hasMoreParents: Bool

  /// Makes a row.
  @inlinable
  public init(
    seconds: Int64, firstParent: Int?, secondParent: Int?, hasMoreParents: Bool
  ) {
    self.seconds = seconds
    self.firstParent = firstParent
    self.secondParent = secondParent
    self.hasMoreParents = hasMoreParents
  }
}
