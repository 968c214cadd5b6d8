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
    /// Whether merges that come to nothing when others are left out are left out too. Needs
    /// `keepsFullHistory`, `rewritesParents` and a topological order.
    public var simplifiesMerges = false
    /// Commits that do not change `paths` are left out, or where there are none all others, unless
    /// they are among these; nil for none.
    public var keepsOnly: Set<ObjectID>?
    /// Whether it is told which parents commits had before those were replaced, merges simplified.
    public var tellsOriginalParents = false
    /// Whether parents that are left out are replaced by what they lead to.
    public var rewritesParents = false
    /// Whether commits carry their parents' names, which costs what their making costs.
    public var tellsParents = true
    /// Whether it is told which parents are going to be shown too, or are at the edge.
    public var tellsShownParents = false
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
    /// Which commits between the ends count; nil for all.
    public var ancestryPath: AncestryPath?
    /// What becomes of commits of one side of `A...B` that change what one of the other side does.
    public var twins = Twins.shown
    /// Parents to believe instead of those that commits name.
    public var grafts = Grafts.none
    /// Whether commits carry their bodies.
    public var keepsBodies = false
    /// Which commits are shown, by their bodies.
    public var accepts: (@Sendable (ObjectID, [UInt8]) -> Bool)?

    /// Whether commits are left out for what they change.
    var leavesOut: Bool { paths != nil || keepsOnly != nil }

    /// Everything, by date.
    public init() {}
  }

  /// The commits that a walk is limited to: those on the ways between its ends.
  public struct AncestryPath: Hashable, Sendable {
    /// Whether the ways lead to the excluded starts.
    public var leadsToExcluded = false
    /// Commits that ways lead through: what they lead to is shown too.
    public var through: [ObjectID] = []
    /// Other commits that ways lead to.
    public var ends: [ObjectID] = []

    /// A path that leads nowhere yet.
    public init() {}
  }

  /// What becomes of commits that are the same change as one of the other side.
  public enum Twins: Hashable, Sendable {
    case shown, marked, hidden
  }

  /// On which side of `A...B`, or where else, a commit is; of which it is the same, when twins are
  /// marked, the side does not matter.
  public enum Mark: Hashable, Sendable {
    case left, right, boundary, twin
  }

  /// A commit that the walk shows.
  public struct Item: Sendable {
    /// The commit.
    public let id: ObjectID
    /// Its tree.
    public let tree: ObjectID
    /// Its parents, after simplification, with `tellsParents`.
    public let parents: [ObjectID]
    /// Its parents before they were replaced, with `tellsOriginalParents`.
    public let originalParents: [ObjectID]
    /// Those of its parents that come too, with `tellsShownParents`.
    public let shownParents: [ObjectID]
    /// Its children among those shown, with `tellsChildren`.
    public let children: [ObjectID]
    /// Its side.
    public let mark: Mark
    /// Its body, with `keepsBodies`.
    public let body: [UInt8]?
    /// Its number in the walk, and that of the commit that led to it or a negative one.
    let node: Int32
    let child: Int32
  }

  /// A commit that is shown next.
  private struct Step {
    let node: Int
    let mark: Mark
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
  private var reversed: [Step]?
  private var hasBegun = false
  private var children: [Int: [ObjectID]] = [:]
  /// The parents of commits whose parents were replaced.
  private var originalParents: [Int: [Int]] = [:]
  /// Where the ways end that the walk is limited to.
  private var bottoms: [Int] = []
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
      || options.onlySide != nil || options.ancestryPath != nil || options.twins != .shown
      || options.simplifiesMerges
    try insertStarts(starts)
    guard isLimited, !options.isSinglyNamed else { return }
    prepared = try limited()
    frontier = prepared
    if options.order != .date { prepared = graph.topologically(prepared, options.order) }
    if options.simplifiesMerges, options.leavesOut {
      prepared = try graph.simplifyMerges(prepared)
    }
    if options.tellsChildren { collectChildren() }
  }

  private mutating func insertStarts(_ starts: [RevisionTerm]) throws(PandoError) {
    for id in options.ancestryPath?.through ?? [] {
      let node = graph.node(id)
      try graph.load(node)
      graph.flags[node].insert(.onPath)
      bottoms.append(node)
    }
    for id in options.ancestryPath?.ends ?? [] { bottoms.append(graph.node(id)) }
    var nodes: [Int] = []
    for start in starts {
      let node = graph.node(start.id)
      try graph.load(node)
      if start.isExcluded {
        graph.flags[node].formUnion([.uninteresting, .bottom])
        if options.ancestryPath?.leadsToExcluded == true { bottoms.append(node) }
        graph.markParentsUninteresting(node)
      } else if start.isLeft {
        graph.flags[node].insert(.left)
      }
      guard !graph.flags[node].contains(.seen) else { continue }
      graph.flags[node].insert(.seen)
      nodes.append(node)
    }
    if options.ancestryPath?.leadsToExcluded == true, bottoms.isEmpty {
      throw PandoError(.invalidInput, "--ancestry-path given but there are no bottom commits")
    }
    if options.isUnsorted {
      prepared = nodes
    } else {
      for node in nodes { queue.insert(Int32(node), date: graph.seconds(of: node)) }
      frontier = nodes
    }
  }

  /// The next commit; nil at the end.
  public mutating func next() throws(PandoError) -> Item? {
    guard let step = try nextStep() else { return nil }
    return try item(step.node, step.mark)
  }

  /// The name of the next commit; nil at the end. For those who want no more: it costs half.
  public mutating func nextID() throws(PandoError) -> ObjectID? {
    try nextStep().map { graph.id(of: $0.node) }
  }

  private mutating func nextStep() throws(PandoError) -> Step? {
    hasBegun = true
    guard options.isReversed else { return try nextForward() }
    if reversed == nil {
      var all: [Step] = []
      while let step = try nextForward() { all.append(step) }
      reversed = all
    }
    return reversed?.popLast()
  }

  /// Counts the commits that are left, those of the left side and twins apart. Cheaper than as many
  /// calls of ``next()``: where the order makes no difference there is none.
  public mutating func count() throws(PandoError) -> (left: Int, other: Int, twins: Int) {
    if isPlain { return (0, try countReachable(), 0) }
    var (left, other, twins) = (0, 0, 0)
    while let step = try nextStep() {
      switch step.mark {
      case .left: left += 1
      case .twin: twins += 1
      case .right, .boundary: other += 1
      }
    }
    return (left, other, twins)
  }

  /// Whether everything reachable is shown.
  private var isPlain: Bool {
    !isLimited && !options.isSinglyNamed && !options.isUnsorted && options.since == nil
      && options.until == nil && options.parentsMin == 0 && options.parentsMax == nil
      && options.skip == 0 && options.limit == nil && !options.leavesOut
      && !options.showsBoundary && options.accepts == nil && !hasBegun
  }

  private mutating func countReachable() throws(PandoError) -> Int {
    if let count = try graph.reachableCount(from: frontier) { return count }
    var count = 0
    // Not in any order: commits lie in packs about in the order of dates.
    while let node = queue.removeNext().map(Int.init) {
      try graph.processParents(node, into: &queue)
      count += 1
    }
    return count
  }

  private mutating func nextForward() throws(PandoError) -> Step? {
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
      for parent in graph.parents(of: found)
      where graph.flags[parent].isDisjoint(with: [.childShown, .shown]) {
        graph.flags[parent].insert(.childShown)
        boundary.append(parent)
      }
    }
    let flags = graph.flags[found]
    let mark: Mark = flags.contains(.left) ? .left : .right
    return Step(node: found, mark: flags.contains(.hasTwin) ? .twin : mark)
  }

  private mutating func item(_ node: Int, _ mark: Mark) throws(PandoError) -> Item {
    Item(
      id: graph.id(of: node), tree: graph.tree(of: node),
      parents: options.tellsParents
        ? graph.parentRange(node).map { graph.id(of: graph.parent(at: $0)) } : [],
      originalParents: options.tellsOriginalParents
        ? (originalParents[node] ?? graph.parents(of: node)).map { graph.id(of: $0) } : [],
      shownParents: options.tellsShownParents ? try shownParents(of: node) : [],
      children: children.isEmpty ? [] : children[node] ?? [], mark: mark,
      body: try graph.takeBody(of: node), node: Int32(truncatingIfNeeded: node),
      child: graph.child(of: node))
  }

  private mutating func shownParents(of node: Int) throws(PandoError) -> [ObjectID] {
    var shown: [ObjectID] = []
    for parent in graph.parents(of: node) {
      let isAtEdge = options.showsBoundary && graph.flags[parent].contains(.childShown)
      let isShown = isAtEdge ? true : try graph.isShown(parent)
      if isShown { shown.append(graph.id(of: parent)) }
      if options.followsFirstParentOnly { break }
    }
    return shown
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

  private mutating func nextBoundary() -> Step? {
    guard nextPrepared < prepared.count else { return nil }
    defer { nextPrepared += 1 }
    return Step(node: prepared[nextPrepared], mark: .boundary)
  }

  // MARK: One commit after the other

  private mutating func nextShown() throws(PandoError) -> Int? {
    while let node = try nextWalked() {
      guard try graph.isShown(node) else { continue }
      if options.rewritesParents || options.tellsChildren, options.leavesOut {
        if options.tellsOriginalParents { originalParents[node] = graph.parents(of: node) }
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
      if let since = options.since, graph.seconds(of: node) < since { continue }
      try graph.processParents(node, into: &queue)
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
      if let since = options.since, graph.seconds(of: node) < since {
        graph.flags[node].insert(.uninteresting)
      }
      try graph.processParents(node, into: &queue)
      if graph.flags[node].contains(.uninteresting) {
        graph.markParentsUninteresting(node)
        slop = slopLeft(slop, lastKeptDate)
        if slop == 0 { break }
        continue
      }
      if let until = options.until, graph.seconds(of: node) > until { continue }
      lastKeptDate = graph.seconds(of: node)
      kept.append(node)
    }
    // What is hidden counts as shown before, so that it is no edge either.
    if options.twins != .shown {
      try graph.markTwins(kept, as: options.twins == .hidden ? .shown : .hasTwin)
    }
    if let side = options.onlySide {
      for node in kept where graph.flags[node].contains(.left) != (side == .left) {
        graph.flags[node].insert(.shown)
      }
    }
    if options.ancestryPath != nil { graph.limitToAncestryPath(kept, from: bottoms) }
    if options.leavesOut, options.keepsFullHistory, !options.followsFirstParentOnly {
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
    for parent in graph.parents(of: node) {
      var found = CommitQueue()
      let rewritten = try rewritten(parent, &found)
      while let next = found.removeNext() {
        queue.insert(next, date: graph.seconds(of: Int(next)))
      }
      if let rewritten, !kept.contains(rewritten) { kept.append(rewritten) }
    }
    graph.setParents(of: node, to: kept)
  }

  private mutating func rewritten(
    _ parent: Int, _ found: inout CommitQueue
  ) throws(PandoError) -> Int? {
    var current = parent
    while true {
      if !isLimited { try graph.processParents(current, into: &found) }
      let flags = graph.flags[current]
      if flags.contains(.uninteresting) || !flags.contains(.sameTree) { return current }
      let parents = graph.parents(of: current)
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
      let id = graph.id(of: node)
      for parent in graph.parents(of: node) { children[parent, default: []].append(id) }
    }
    for (parent, ids) in children { children[parent] = ids.reversed() }
  }
}
