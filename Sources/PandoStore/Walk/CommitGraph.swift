internal import PandoBytes
internal import PandoMerge
internal import PandoObjects

/// The commits that a walk has seen, each under a small number.
struct CommitGraph {
  /// What a walk knows of a commit.
  struct Flags: OptionSet {
    let rawValue: UInt16

    static let seen = Flags(rawValue: 1)
    static let added = Flags(rawValue: 2)
    static let shown = Flags(rawValue: 4)
    static let uninteresting = Flags(rawValue: 8)
    static let bottom = Flags(rawValue: 16)
    /// It has the wanted paths as its parents have them.
    static let sameTree = Flags(rawValue: 32)
    static let left = Flags(rawValue: 64)
    static let childShown = Flags(rawValue: 128)
    static let boundary = Flags(rawValue: 256)
    /// It is what an ancestry path leads through, or comes after that.
    static let onPath = Flags(rawValue: 512)
    /// A commit of the other side makes the same change.
    static let hasTwin = Flags(rawValue: 1024)
  }

  let objects: any ObjectReader
  let options: RevisionWalk.Options
  private var table: CommitTable
  private var authorSeconds: [Int64] = []
  var flags: [Flags] = []
  private var bodies: [[UInt8]?] = []
  /// The commit that led to each first, or -1: the trees of the two are much alike.
  private var children: [Int32] = []
  /// For merges under full history: to which parents they are the same.
  var sameAsParent: [Int: [Bool]] = [:]
  private var comparison: TreeComparison?
  /// What asks the graph's filters for the wanted paths; nil when they cannot be asked.
  private let bloomKeys: [BloomKeys]?

  /// Which paths count; nil for all.
  var filter: PathFilter? { options.paths }

  init(_ objects: any ObjectReader, _ options: RevisionWalk.Options) {
    self.objects = objects
    self.options = options
    table = CommitTable(objects, grafts: options.grafts)
    comparison = options.paths.map { TreeComparison(objects, $0) }
    bloomKeys =
      table.hasGraph ? options.paths?.plainPaths?.map { BloomKeys(path: $0) } : nil
  }

  /// The number of commits seen.
  var count: Int { flags.count }

  private var keepsBodies: Bool { options.keepsBodies || options.accepts != nil }
  private var keepsAuthorDates: Bool { options.order == .authorDateTopological }

  // MARK: Commits

  mutating func node(_ id: ObjectID) -> Int {
    let node = Int(table.index(of: id))
    makeRoom()
    return node
  }

  private mutating func makeRoom() {
    while flags.count < table.count {
      flags.append([])
      children.append(-1)
      if keepsBodies { bodies.append(nil) }
      if keepsAuthorDates { authorSeconds.append(0) }
    }
  }

  func child(of node: Int) -> Int32 { children[node] }

  /// Whether the commit has been read.
  func isLoaded(_ node: Int) -> Bool { table.isRead(Int32(truncatingIfNeeded: node)) }

  func id(of node: Int) -> ObjectID { table.id(of: Int32(truncatingIfNeeded: node)) }

  func tree(of node: Int) -> ObjectID { table.tree(of: Int32(truncatingIfNeeded: node)) }

  func seconds(of node: Int) -> Int64 { table.date(of: Int32(truncatingIfNeeded: node)) }

  func parentRange(_ node: Int) -> Range<Int> {
    table.parentRange(Int32(truncatingIfNeeded: node))
  }

  func parent(at place: Int) -> Int { Int(table.parent(at: place)) }

  func parents(of node: Int) -> [Int] { parentRange(node).map { parent(at: $0) } }

  mutating func setParents(of node: Int, to parents: [Int]) {
    table.setParents(
      of: Int32(truncatingIfNeeded: node), to: parents.map { Int32(truncatingIfNeeded: $0) })
  }

  /// The body of a commit that was read, which is given away.
  mutating func takeBody(of node: Int) throws(PandoError) -> [UInt8]? {
    guard keepsBodies else { return nil }
    let body = try body(of: node)
    bodies[node] = nil
    return body
  }

  /// What the graph has was read without its body.
  private mutating func body(of node: Int) throws(PandoError) -> [UInt8] {
    if let body = bodies[node] { return body }
    let body = try objects.body(of: id(of: node), .commit)
    bodies[node] = body
    return body
  }

  /// Reads the commit unless it was read before.
  mutating func load(_ node: Int) throws(PandoError) {
    let index = Int32(truncatingIfNeeded: node)
    guard !table.isRead(index) else { return }
    if keepsAuthorDates || keepsBodies && !table.isInGraph(index) {
      try loadBody(node)
    } else {
      try table.read(index)
      makeRoom()
    }
  }

  private mutating func loadBody(_ node: Int) throws(PandoError) {
    let index = Int32(truncatingIfNeeded: node)
    let id = table.id(of: index)
    let body = try objects.body(of: id, .commit)
    if table.isInGraph(index) {
      try table.read(index)
    } else {
      let links: CommitLinks
      do {
        links = try CommitLinks(parsing: body.span, algorithm: objects.hashAlgorithm)
      } catch {
        throw .corrupt("object \(id)", error)
      }
      table.fill(index, links)
    }
    makeRoom()
    if keepsBodies { bodies[node] = body }
    if keepsAuthorDates {
      let text = HeaderedText(splitting: body.span)
      let author = text.value(of: "author").flatMap { Signature(bytes: $0).time }
      authorSeconds[node] = author?.seconds ?? 0
    }
  }

  func isRelevant(_ node: Int) -> Bool {
    flags[node].intersection([.uninteresting, .bottom]) != .uninteresting
  }

  /// Marks all that is known to lie behind a commit as excluded.
  mutating func markParentsUninteresting(_ node: Int) {
    guard !parentRange(node).isEmpty else { return }
    var pending = [node]
    while let next = pending.popLast() {
      for place in parentRange(next) {
        let parent = parent(at: place)
        if flags[parent].contains(.uninteresting) { continue }
        flags[parent].insert(.uninteresting)
        pending.append(parent)
      }
    }
  }

  /// Looks at a commit's parents and puts those that were not seen before into `queue`.
  mutating func processParents(
    _ node: Int, into queue: inout CommitQueue
  ) throws(PandoError) {
    guard !flags[node].contains(.added) else { return }
    flags[node].insert(.added)
    if flags[node].contains(.uninteresting) {
      return try processExcludedParents(node, into: &queue)
    }
    if options.leavesOut { try simplify(node) }
    if options.isSinglyNamed { return }
    let inherited = flags[node].intersection([.left, .onPath])
    for place in parentRange(node) {
      let parent = parent(at: place)
      if !isLoaded(parent) { try loadParent(parent, of: node) }
      flags[parent].formUnion(inherited)
      if !flags[parent].contains(.seen) {
        flags[parent].insert(.seen)
        children[parent] = Int32(truncatingIfNeeded: node)
        queue.insert(Int32(truncatingIfNeeded: parent), date: seconds(of: parent))
      }
      if options.followsFirstParentOnly { break }
    }
  }

  /// How many commits `nodes` lead to, where nothing is excluded: in no order, what the graph has
  /// by its tables alone. Nil without a graph.
  mutating func reachableCount(from nodes: [Int]) throws(PandoError) -> Int? {
    guard let graph = table.commitGraph else { return nil }
    var count = 0
    var starts: [Int] = []
    var pending = nodes
    while let node = pending.popLast() {
      if let position = table.position(of: Int32(truncatingIfNeeded: node)) {
        starts.append(position)
        continue
      }
      count += 1
      for place in parentRange(node).prefix(options.followsFirstParentOnly ? 1 : .max) {
        let parent = parent(at: place)
        guard !flags[parent].contains(.seen) else { continue }
        flags[parent].insert(.seen)
        if table.position(of: Int32(truncatingIfNeeded: parent)) == nil {
          try loadParent(parent, of: node)
        }
        pending.append(parent)
      }
    }
    return try count
      + graph.reachableCount(from: starts, byFirstParents: options.followsFirstParentOnly)
  }

  private mutating func loadParent(_ parent: Int, of node: Int) throws(PandoError) {
    do throws(PandoError) {
      try load(parent)
    } catch {
      throw PandoError(
        .corrupt, "Failed to traverse parents of commit \(id(of: node))", cause: error)
    }
  }

  private mutating func processExcludedParents(
    _ node: Int, into queue: inout CommitQueue
  ) throws(PandoError) {
    for parent in parents(of: node) {
      flags[parent].insert(.uninteresting)
      // What lies behind an excluded commit may be missing, as in a shallow clone's borders.
      guard try loadIfPresent(parent) else { continue }
      markParentsUninteresting(parent)
      if flags[parent].contains(.seen) { continue }
      flags[parent].insert(.seen)
      queue.insert(Int32(truncatingIfNeeded: parent), date: seconds(of: parent))
    }
  }

  private mutating func loadIfPresent(_ node: Int) throws(PandoError) -> Bool {
    do throws(PandoError) {
      try load(node)
      return true
    } catch  where error.code == .notFound {
      return false
    }
  }

  // MARK: Paths

  /// Finds out whether a commit changes the wanted paths; with simple history, one that has them
  /// from a parent keeps only that parent.
  private mutating func simplify(_ node: Int) throws(PandoError) {
    let all = parents(of: node)
    if all.isEmpty {
      if try isSame(nil, tree(of: node)) { flags[node].insert(.sameTree) }
      return
    }
    var relevantParents = 0
    var (relevantChange, irrelevantChange) = (false, false)
    var same: [Bool] = []
    for (number, parent) in all.enumerated() {
      if isRelevant(parent) { relevantParents += 1 }
      if number == 1, options.followsFirstParentOnly { break }
      try load(parent)
      let isSame = try isIdle(node, since: parent, isFirst: number == 0)
      same.append(isSame)
      if isSame {
        guard options.keepsFullHistory || !isRelevant(parent) else {
          setParents(of: node, to: [parent])
          flags[node].insert(.sameTree)
          return
        }
      } else if isRelevant(parent) {
        relevantChange = true
      } else {
        irrelevantChange = true
      }
    }
    if all.count > 1, options.keepsFullHistory { sameAsParent[node] = same }
    if relevantParents > 0 ? !relevantChange : !irrelevantChange { flags[node].insert(.sameTree) }
  }

  /// Whether a commit does not matter beside one of its parents.
  private mutating func isIdle(
    _ node: Int, since parent: Int, isFirst: Bool
  ) throws(PandoError) -> Bool {
    if let named = options.keepsOnly {
      if named.contains(id(of: node)) { return false }
      if options.paths == nil { return true }
    }
    if isFirst, isCertainlyUnchanged(node) { return true }
    return try isSame(tree(of: parent), tree(of: node))
  }

  /// Whether the graph knows that the wanted paths are as the first parent has them.
  private func isCertainlyUnchanged(_ node: Int) -> Bool {
    guard let bloomKeys else { return false }
    let index = Int32(truncatingIfNeeded: node)
    return bloomKeys.allSatisfy { table.mayHaveChanged($0, index) == false }
  }

  mutating func isSame(_ old: ObjectID?, _ new: ObjectID) throws(PandoError) -> Bool {
    try comparison?.isSame(old, new) ?? ((old ?? Tree.emptyID(objects.hashAlgorithm)) == new)
  }

  /// Looks again at a merge some of whose parents have been excluded meanwhile.
  mutating func updateSameTree(_ node: Int) {
    guard parentRange(node).count > 1, let same = sameAsParent[node] else { return }
    var relevantParents = 0
    var (relevantChange, irrelevantChange) = (false, false)
    for (parent, isSame) in zip(parents(of: node), same) {
      if isRelevant(parent) {
        relevantParents += 1
        if !isSame { relevantChange = true }
      } else if !isSame {
        irrelevantChange = true
      }
    }
    if relevantParents > 0 ? relevantChange : irrelevantChange {
      flags[node].remove(.sameTree)
    } else {
      flags[node].insert(.sameTree)
    }
  }

  // MARK: Showing

  mutating func isShown(_ node: Int) throws(PandoError) -> Bool {
    let flags = flags[node]
    guard flags.isDisjoint(with: [.shown, .uninteresting]) else { return false }
    if let until = options.until, seconds(of: node) > until { return false }
    if let side = options.onlySide, flags.contains(.left) != (side == .left) { return false }
    let count = parentRange(node).count
    if count < options.parentsMin || count > options.parentsMax ?? .max { return false }
    if let accepts = options.accepts {
      guard accepts(id(of: node), try body(of: node)) else { return false }
    }
    guard options.leavesOut, flags.contains(.sameTree) else { return true }
    guard options.rewritesParents || options.tellsChildren else { return false }
    return parents(of: node).count { isRelevant($0) } >= 2
  }

  // MARK: Order

  /// Sorts commits so that none comes before its children among them.
  func topologically(_ nodes: [Int], _ order: RevisionWalk.Order) -> [Int] {
    var degrees = [Int](repeating: 0, count: count)
    for node in nodes { degrees[node] = 1 }
    for node in nodes {
      for place in parentRange(node) {
        let parent = parent(at: place)
        if degrees[parent] > 0 { degrees[parent] += 1 }
      }
    }
    var sorted: [Int] = []
    sorted.reserveCapacity(nodes.count)
    var stack: [Int] = []
    var queue = CommitQueue()
    func push(_ node: Int) {
      switch order {
      case .date, .topological: stack.append(node)
      case .dateTopological: queue.insert(Int32(node), date: seconds(of: node))
      case .authorDateTopological: queue.insert(Int32(node), date: authorSeconds[node])
      }
    }
    for node in nodes where degrees[node] == 1 { push(node) }
    stack.reverse()
    while let node = stack.popLast() ?? queue.removeNext().map(Int.init) {
      for place in parentRange(node) {
        let parent = parent(at: place)
        guard degrees[parent] > 0 else { continue }
        degrees[parent] -= 1
        if degrees[parent] == 1 { push(parent) }
      }
      degrees[node] = 0
      sorted.append(node)
    }
    return sorted
  }
}
