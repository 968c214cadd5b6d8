public import PandoMerge
public import PandoObjects

/// Walks history from some commits, leaving out what others lead to, in the orders and with the
/// simplification of git-rev-list. Commits come exactly as git gives them, equal dates included.
///
/// Without topological order, exclusion or such, commits are read as they are asked for; otherwise
/// the first one waits for the whole walk. Memory grows with the commits seen.
public struct RevisionWalk {
  /// The order of commits.
  public enum Order: Hashable, Sendable {
    /// By the committers' dates, as far as seen: a parent may come before a child whose clock is
    /// off.
    case date
    /// No parent before its children, lines of history together.
    case topological
    /// No parent before its children, otherwise by the committers' dates.
    case dateTopological
    /// No parent before its children, otherwise by the authors' dates.
    case authorDateTopological
  }

  /// What is walked and what is shown.
  public struct Options: Sendable {
    /// The order.
    public var order = Order.date
    /// Whether only first parents are followed.
    public var followsFirstParentOnly = false
    /// Commits before this moment, in seconds since 1970, end the walk.
    public var since: Int64?
    /// Commits after this moment, in seconds since 1970, are left out.
    public var until: Int64?
    /// Commits with fewer parents are left out.
    public var parentsMin = 0
    /// Commits with more parents are left out.
    public var parentsMax: Int?
    /// How many commits are passed over at the start.
    public var skip = 0
    /// How many commits are shown at most.
    public var limit: Int?
    /// Whether the commits come in the opposite order, after `limit`.
    public var isReversed = false
    /// Commits that do not change these paths are left out.
    public var paths: PathFilter?
    /// Whether all of history is searched for changes of `paths`, not only what explains them.
    public var keepsFullHistory = false
    /// Whether parents that are left out are replaced by what they lead to.
    public var rewritesParents = false
    /// Whether the children of each commit are told, which waits for the whole walk.
    public var tellsChildren = false
    /// Whether the excluded commits at the edge come at the end.
    public var showsBoundary = false
    /// Whether commits are shown without their parents being followed.
    public var isSinglyNamed = false
    /// Whether `isSinglyNamed` keeps the order of the arguments.
    public var isUnsorted = false
    /// The side of `A...B` whose commits alone are shown.
    public var onlySide: Mark?
    /// Parents to believe instead of those that commits name.
    public var grafts = Grafts.none
    /// Whether commits carry their bodies.
    public var keepsBodies = false
    /// Which commits are shown, by their bodies.
    public var accepts: (@Sendable (ObjectID, [UInt8]) -> Bool)?

    /// Everything, by date.
    public init() {}
  }

  /// On which side of `A...B`, or where else, a commit is.
  public enum Mark: Hashable, Sendable {
    case left, right, boundary
  }

  /// A commit that the walk shows.
  public struct Item: Sendable {
    /// The commit.
    public let id: ObjectID
    /// Its tree.
    public let tree: ObjectID
    /// Its parents, after simplification.
    public let parents: [ObjectID]
    /// Its children among those shown, with `tellsChildren`.
    public let children: [ObjectID]
    /// Its side.
    public let mark: Mark
    /// Its body, with `keepsBodies`.
    public let body: [UInt8]?
  }

  let options: Options
  var graph: CommitGraph
  /// What is still to be walked, or to be shown when the walk is done beforehand.
  var queue = CommitQueue()
  private var prepared: [Int] = []
  private var nextPrepared = 0
  let isLimited: Bool
  private var remaining: Int?
  private var toSkip: Int
  private var boundary: [Int] = []
  private var isShowingBoundary = false
  private var reversed: [Item]?
  private var children: [Int: [ObjectID]] = [:]
  /// The commits that the walk starts from after limiting, for those who look for its edges.
  private(set) var frontier: [Int] = []

  /// Prepares a walk. `starts` are commits; excluded ones are left out with all they lead to.
  public init(
    _ objects: any ObjectReader, from starts: [RevisionTerm], _ options: Options = Options()
  ) throws(PandoError) {
    self.options = options
    remaining = options.limit
    toSkip = options.skip
    graph = CommitGraph(objects, options)
    isLimited =
      starts.contains { $0.isExcluded } || options.order != .date || options.tellsChildren
      || options.onlySide != nil
    try insertStarts(starts)
    guard isLimited, !options.isSinglyNamed else { return }
    prepared = try limited()
    frontier = prepared
    if options.order != .date { prepared = graph.topologically(prepared, options.order) }
    if options.tellsChildren { collectChildren() }
  }

  private mutating func insertStarts(_ starts: [RevisionTerm]) throws(PandoError) {
    var nodes: [Int] = []
    for start in starts {
      let node = graph.node(start.id)
      try graph.load(node)
      if start.isExcluded {
        graph.flags[node].formUnion([.uninteresting, .bottom])
        graph.markParentsUninteresting(node)
      } else if start.isLeft {
        graph.flags[node].insert(.left)
      }
      guard !graph.flags[node].contains(.seen) else { continue }
      graph.flags[node].insert(.seen)
      nodes.append(node)
    }
    if options.isUnsorted {
      prepared = nodes
    } else {
      for node in nodes { queue.insert(Int32(node), date: graph.seconds[node]) }
      frontier = nodes
    }
  }

  /// The next commit; nil at the end.
  public mutating func next() throws(PandoError) -> Item? {
    guard options.isReversed else { return try nextForward() }
    if reversed == nil {
      var all: [Item] = []
      while let item = try nextForward() { all.append(item) }
      reversed = all
    }
    return reversed?.popLast()
  }

  private mutating func nextForward() throws(PandoError) -> Item? {
    if isShowingBoundary { return nextBoundary() }
    var found: Int?
    if remaining != 0 {
      found = try nextShown()
      while found != nil, toSkip > 0 {
        toSkip -= 1
        found = try nextShown()
      }
      if let left = remaining { remaining = left - 1 }
    }
    guard let found else {
      guard options.showsBoundary else { return nil }
      prepareBoundary()
      return nextBoundary()
    }
    graph.flags[found].insert(.shown)
    if options.showsBoundary {
      for parent in graph.parents[found]
      where graph.flags[parent].isDisjoint(with: [.childShown, .shown]) {
        graph.flags[parent].insert(.childShown)
        boundary.append(parent)
      }
    }
    return item(found, graph.flags[found].contains(.left) ? .left : .right)
  }

  private mutating func item(_ node: Int, _ mark: Mark) -> Item {
    defer { graph.bodies[node] = nil }
    return Item(
      id: graph.ids[node], tree: graph.trees[node],
      parents: graph.parents[node].map { graph.ids[$0] }, children: children[node] ?? [],
      mark: mark, body: graph.bodies[node])
  }

  // MARK: The edge

  private mutating func prepareBoundary() {
    isShowingBoundary = true
    var nodes: [Int] = []
    for node in boundary where graph.flags[node].isDisjoint(with: [.shown, .boundary]) {
      graph.flags[node].insert(.boundary)
      nodes.append(node)
    }
    let order = options.order == .date ? Order.topological : options.order
    prepared = graph.topologically(nodes.reversed(), order)
    nextPrepared = 0
  }

  private mutating func nextBoundary() -> Item? {
    guard nextPrepared < prepared.count else { return nil }
    defer { nextPrepared += 1 }
    return item(prepared[nextPrepared], .boundary)
  }

  // MARK: One commit after the other

  private mutating func nextShown() throws(PandoError) -> Int? {
    while let node = try nextWalked() {
      guard try graph.isShown(node) else { continue }
      if options.rewritesParents || options.tellsChildren, options.paths != nil {
        try rewriteParents(of: node)
      }
      return node
    }
    return nil
  }

  private mutating func nextWalked() throws(PandoError) -> Int? {
    if options.isUnsorted || isLimited && !options.isSinglyNamed {
      guard nextPrepared < prepared.count else { return nil }
      defer { nextPrepared += 1 }
      return prepared[nextPrepared]
    }
    while let node = queue.removeNext().map(Int.init) {
      if let since = options.since, graph.seconds[node] < since { continue }
      for parent in try graph.processParents(node) {
        queue.insert(Int32(parent), date: graph.seconds[parent])
      }
      return node
    }
    return nil
  }

  /// Walks everything, and keeps what is not excluded, in the order it came.
  private mutating func limited() throws(PandoError) -> [Int] {
    var slop = Self.slop
    var kept: [Int] = []
    var lastKeptDate = Int64.max
    while let node = queue.removeNext().map(Int.init) {
      if let since = options.since, graph.seconds[node] < since {
        graph.flags[node].insert(.uninteresting)
      }
      for parent in try graph.processParents(node) {
        queue.insert(Int32(parent), date: graph.seconds[parent])
      }
      if graph.flags[node].contains(.uninteresting) {
        graph.markParentsUninteresting(node)
        slop = slopLeft(slop, lastKeptDate)
        if slop == 0 { break }
        continue
      }
      if let until = options.until, graph.seconds[node] > until { continue }
      lastKeptDate = graph.seconds[node]
      kept.append(node)
    }
    if options.paths != nil, options.keepsFullHistory, !options.followsFirstParentOnly {
      for node in kept where graph.flags[node].isDisjoint(with: [.uninteresting, .sameTree]) {
        graph.updateSameTree(node)
      }
    }
    return kept
  }

  /// How many more excluded commits are looked at once all that is left is excluded: clocks that
  /// are off may still hide an interesting one.
  private static let slop = 5

  private func slopLeft(_ slop: Int, _ lastKeptDate: Int64) -> Int {
    guard let nextDate = queue.nextDate else { return 0 }
    if lastKeptDate <= nextDate { return Self.slop }
    if queue.contains(where: { !graph.flags[Int($0)].contains(.uninteresting) }) {
      return Self.slop
    }
    return slop - 1
  }

  // MARK: Parents that are left out

  /// Replaces parents that are not shown by what they lead to.
  private mutating func rewriteParents(of node: Int) throws(PandoError) {
    var kept: [Int] = []
    for parent in graph.parents[node] {
      var found = CommitQueue()
      let rewritten = try rewritten(parent, &found)
      while let next = found.removeNext() {
        queue.insert(next, date: graph.seconds[Int(next)])
      }
      if let rewritten, !kept.contains(rewritten) { kept.append(rewritten) }
    }
    graph.parents[node] = kept
  }

  private mutating func rewritten(
    _ parent: Int, _ found: inout CommitQueue
  ) throws(PandoError) -> Int? {
    var current = parent
    while true {
      if !isLimited {
        for next in try graph.processParents(current) {
          found.insert(Int32(next), date: graph.seconds[next])
        }
      }
      let flags = graph.flags[current]
      if flags.contains(.uninteresting) || !flags.contains(.sameTree) { return current }
      let parents = graph.parents[current]
      guard let first = parents.first else { return nil }
      if options.followsFirstParentOnly || parents.count == 1 {
        current = first
        continue
      }
      let relevant = parents.filter { graph.isRelevant($0) }
      guard relevant.count == 1 else { return current }
      current = relevant[0]
    }
  }

  private mutating func collectChildren() {
    for node in prepared {
      for parent in graph.parents[node] { children[parent, default: []].append(graph.ids[node]) }
    }
    for (parent, ids) in children { children[parent] = ids.reversed() }
  }
}
