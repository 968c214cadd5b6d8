public import PandoObjects

/// Finds the names that describe commits: those on the commits that a commit leads to, the nearest
/// first, as git-describe has it.
///
/// A search reads commits by date from the one described until the names found cannot be bettered,
/// and on to the end of the best name's history, which tells how far away it is. O(n log n) for n
/// commits read, with about 40 bytes a commit; no recursion.
public struct CommitDescriber {
  /// A name on a commit that describes those that lead to it.
  public struct Match: Hashable, Sendable {
    /// The commit with the name.
    public let commit: ObjectID
    /// How many commits the described one leads to that this one does not, itself included.
    public internal(set) var depth: Int
    /// Which of the names this was in the order they were found, as one bit.
    let flag: UInt32
  }

  /// What a search has found.
  public struct Search: Sendable {
    /// The names, the best first.
    public internal(set) var matches: [Match] = []
    /// Whether a name was met that is ranked ``Rank/passedOver``.
    public internal(set) var hasPassedOver = false
    /// How many commits were looked at.
    public internal(set) var commitsSeen = 0
    /// The commit at which the search was over before history was, as nothing better could come.
    public internal(set) var finishedAt: ObjectID?
    /// The commit with a name at which as many had been found as were wanted.
    public internal(set) var gaveUpAt: ObjectID?
  }

  /// How good a name is.
  public enum Rank: Hashable, Sendable {
    /// It is not taken when it is met, and is told of in ``Search/hasPassedOver``.
    case passedOver
    /// It is taken.
    case usable
    /// It is taken, and once one such is found the search may end early.
    case preferred
  }

  /// The most names that one search keeps.
  public static let candidatesMax = 27

  /// How many names a search keeps, at most ``candidatesMax``.
  public var candidates = 10
  /// Whether only first parents are followed.
  public var followsFirstParentOnly = false

  private var table: CommitTable
  /// How good the names of commits are, by the commits' numbers; nil for those without.
  private var ranks: [Rank?] = []

  /// Describes commits that `reader` has by the names that `ranks` knows.
  public init(
    _ reader: any ObjectReader, grafts: Grafts = .none, ranks: [ObjectID: Rank]
  ) {
    table = CommitTable(reader, grafts: grafts)
    for (commit, rank) in ranks {
      let index = Int(table.index(of: commit))
      self.ranks += repeatElement(nil, count: max(0, index + 1 - self.ranks.count))
      self.ranks[index] = rank
    }
  }

  /// Searches for the names nearest to a commit. Throws `.notFound` when a commit is missing.
  public mutating func search(from commit: ObjectID) throws(PandoError) -> Search {
    let most = min(candidates, Self.candidatesMax)
    var run = DescribingSearch(
      ranks: ranks, candidatesMax: most, followsFirstParentOnly: followsFirstParentOnly)
    return try run.search(from: commit, in: &table)
  }
}

/// One search of a ``CommitDescriber``.
private struct DescribingSearch {
  let ranks: [CommitDescriber.Rank?]
  let candidatesMax: Int
  let followsFirstParentOnly: Bool

  private var queue = CommitQueue()
  private var waiting = 0
  /// Which of the names each commit is reached from, or is.
  private var flags: [UInt32] = []
  private var states: [State] = []
  private var result = CommitDescriber.Search()
  private var preferredCount = 0

  private enum State { case unseen, waiting, done }

  init(ranks: [CommitDescriber.Rank?], candidatesMax: Int, followsFirstParentOnly: Bool) {
    self.ranks = ranks
    self.candidatesMax = candidatesMax
    self.followsFirstParentOnly = followsFirstParentOnly
  }

  mutating func search(
    from commit: ObjectID, in table: inout CommitTable
  ) throws(PandoError) -> CommitDescriber.Search {
    try meet(table.index(of: commit), &table)
    while let node = take() {
      guard judge(node, table) else {
        // It is looked at again when the best name's depth is counted to the end.
        result.gaveUpAt = table.id(of: node)
        wait(node, table)
        break
      }
      result.commitsSeen += 1
      let reached = flags[Int(node)]
      for number in result.matches.indices where reached & result.matches[number].flag == 0 {
        result.matches[number].depth += 1
      }
      if preferredCount > 0, waiting == 0 {
        let best = bestFlags
        if reached & best == best {
          result.finishedAt = table.id(of: node)
          break
        }
      }
      try meetParents(of: node, &table, firstOnly: followsFirstParentOnly)
    }
    result.matches.sort { a, b in a.depth != b.depth ? a.depth < b.depth : a.flag < b.flag }
    if !result.matches.isEmpty { try finishDepth(&table) }
    return result
  }

  /// Takes the name that a commit may have; false when there are enough already.
  private mutating func judge(_ node: CommitTable.Index, _ table: CommitTable) -> Bool {
    guard Int(node) < ranks.count, let rank = ranks[Int(node)] else { return true }
    if rank == .passedOver {
      result.hasPassedOver = true
      return true
    }
    let number = result.matches.count
    guard number < candidatesMax else { return false }
    let flag = UInt32(1) << UInt32(number)
    flags[Int(node)] |= flag
    result.matches.append(
      CommitDescriber.Match(commit: table.id(of: node), depth: result.commitsSeen, flag: flag))
    if rank == .preferred { preferredCount += 1 }
    return true
  }

  /// The flags of the names that are nearest so far.
  private var bestFlags: UInt32 {
    let least = result.matches.map(\.depth).min()
    return result.matches.reduce(0) { $1.depth == least ? $0 | $1.flag : $0 }
  }

  /// Goes on until all that waits is reached from the best name, counting what is not.
  private mutating func finishDepth(_ table: inout CommitTable) throws(PandoError) {
    let flag = result.matches[0].flag
    // How many wait that the best name does not lead to.
    var outside = 0
    for node in states.indices where states[node] == .waiting && flags[node] & flag == 0 {
      outside += 1
    }
    while let node = take() {
      result.commitsSeen += 1
      if flags[Int(node)] & flag != 0 {
        if outside == 0 { break }
      } else {
        outside -= 1
        result.matches[0].depth += 1
      }
      outside += try meetParents(of: node, &table, firstOnly: false, outside: flag)
    }
  }

  private mutating func take() -> CommitTable.Index? {
    guard let node = queue.removeNext() else { return nil }
    waiting -= 1
    states[Int(node)] = .done
    return node
  }

  private mutating func wait(_ node: CommitTable.Index, _ table: CommitTable) {
    states[Int(node)] = .waiting
    waiting += 1
    queue.insert(node, date: table.date(of: node))
  }

  private mutating func meet(
    _ node: CommitTable.Index, _ table: inout CommitTable
  ) throws(PandoError) {
    try table.read(node)
    if flags.count < table.count {
      flags += repeatElement(0, count: table.count - flags.count)
      states += repeatElement(.unseen, count: table.count - states.count)
    }
    if states[Int(node)] == .unseen { wait(node, table) }
  }

  /// Has a commit's parents wait and inherit its flags. Tells by how many the commits that wait
  /// without the flag `outside` have become more.
  @discardableResult
  private mutating func meetParents(
    of node: CommitTable.Index, _ table: inout CommitTable, firstOnly: Bool, outside: UInt32 = 0
  ) throws(PandoError) -> Int {
    var change = 0
    for place in table.parentRange(node) {
      let parent = table.parent(at: place)
      let number = Int(parent)
      change -= isWaiting(number, without: outside) ? 1 : 0
      try meet(parent, &table)
      flags[number] |= flags[Int(node)]
      change += isWaiting(number, without: outside) ? 1 : 0
      if firstOnly { break }
    }
    return change
  }

  private func isWaiting(_ number: Int, without flag: UInt32) -> Bool {
    number < states.count && states[number] == .waiting && flags[number] & flag == 0
  }
}
