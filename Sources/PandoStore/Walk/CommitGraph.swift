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
    static let loaded = Flags(rawValue: 512)
  }

  private let objects: any ObjectReader
  private let options: RevisionWalk.Options
  private var numbers = ObjectNumbers()
  private(set) var trees: [ObjectID] = []
  private(set) var seconds: [Int64] = []
  private(set) var authorSeconds: [Int64] = []
  var parents: [[Int]] = []
  var flags: [Flags] = []
  var bodies: [[UInt8]?] = []
  /// For merges under full history: to which parents they are the same.
  private var sameAsParent: [Int: [Bool]] = [:]
  private var comparison: TreeComparison?

  init(_ objects: any ObjectReader, _ options: RevisionWalk.Options) {
    self.objects = objects
    self.options = options
    comparison = options.paths.map { TreeComparison(objects, $0) }
  }

  /// The commits, each at its number.
  var ids: [ObjectID] { numbers.ids }

  private var keepsBodies: Bool { options.keepsBodies || options.accepts != nil }

  mutating func node(_ id: ObjectID) -> Int {
    let (number, isNew) = numbers.insert(id)
    guard isNew else { return number }
    trees.append(id)
    seconds.append(0)
    parents.append([])
    flags.append([])
    bodies.append(nil)
    if options.order == .authorDateTopological { authorSeconds.append(0) }
    return number
  }

  /// Reads the commit unless it was read before.
  mutating func load(_ node: Int) throws(PandoError) {
    guard !flags[node].contains(.loaded) else { return }
    let body = try objects.body(of: ids[node], .commit)
    let links: CommitLinks
    do {
      links = try CommitLinks(parsing: body.span, algorithm: objects.hashAlgorithm)
    } catch {
      throw .corrupt("object \(ids[node])", error)
    }
    flags[node].insert(.loaded)
    trees[node] = links.tree
    seconds[node] = links.committerSeconds
    let named = options.grafts.parents[ids[node]] ?? links.parents
    parents[node] = named.map { self.node($0) }
    if keepsBodies { bodies[node] = body }
    if options.order == .authorDateTopological {
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
    var pending = parents[node]
    while let next = pending.popLast() {
      guard !flags[next].contains(.uninteresting) else { continue }
      flags[next].insert(.uninteresting)
      pending.append(contentsOf: parents[next])
    }
  }

  /// Looks at a commit's parents and returns those that were not seen before.
  mutating func processParents(_ node: Int) throws(PandoError) -> [Int] {
    guard !flags[node].contains(.added) else { return [] }
    flags[node].insert(.added)
    var found: [Int] = []
    if flags[node].contains(.uninteresting) {
      for parent in parents[node] {
        flags[parent].insert(.uninteresting)
        // What lies behind an excluded commit may be missing, as in a shallow clone's borders.
        guard try loadIfPresent(parent) else { continue }
        markParentsUninteresting(parent)
        if flags[parent].contains(.seen) { continue }
        flags[parent].insert(.seen)
        found.append(parent)
      }
      return found
    }
    try simplify(node)
    if options.isSinglyNamed { return [] }
    for parent in parents[node] {
      do throws(PandoError) {
        try load(parent)
      } catch {
        throw PandoError(
          .corrupt, "Failed to traverse parents of commit \(ids[node])", cause: error)
      }
      if flags[node].contains(.left) { flags[parent].insert(.left) }
      if !flags[parent].contains(.seen) {
        flags[parent].insert(.seen)
        found.append(parent)
      }
      if options.followsFirstParentOnly { break }
    }
    return found
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
    guard comparison != nil else { return }
    let all = parents[node]
    if all.isEmpty {
      if try isSame(nil, trees[node]) { flags[node].insert(.sameTree) }
      return
    }
    var relevantParents = 0
    var (relevantChange, irrelevantChange) = (false, false)
    var same: [Bool] = []
    for (number, parent) in all.enumerated() {
      if isRelevant(parent) { relevantParents += 1 }
      if number == 1, options.followsFirstParentOnly { break }
      try load(parent)
      let isSame = try isSame(trees[parent], trees[node])
      same.append(isSame)
      if isSame {
        guard options.keepsFullHistory || !isRelevant(parent) else {
          parents[node] = [parent]
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

  private mutating func isSame(_ old: ObjectID?, _ new: ObjectID) throws(PandoError) -> Bool {
    try comparison?.isSame(old, new) ?? true
  }

  /// Looks again at a merge some of whose parents have been excluded meanwhile.
  mutating func updateSameTree(_ node: Int) {
    guard parents[node].count > 1, let same = sameAsParent[node] else { return }
    var relevantParents = 0
    var (relevantChange, irrelevantChange) = (false, false)
    for (parent, isSame) in zip(parents[node], same) {
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

  func isShown(_ node: Int) throws(PandoError) -> Bool {
    let flags = flags[node]
    guard flags.isDisjoint(with: [.shown, .uninteresting]) else { return false }
    if let until = options.until, seconds[node] > until { return false }
    if let side = options.onlySide, flags.contains(.left) != (side == .left) { return false }
    let count = parents[node].count
    if count < options.parentsMin || count > options.parentsMax ?? .max { return false }
    if let accepts = options.accepts {
      guard let body = bodies[node], accepts(ids[node], body) else { return false }
    }
    guard options.paths != nil, flags.contains(.sameTree) else { return true }
    guard options.rewritesParents || options.tellsChildren else { return false }
    return parents[node].count { isRelevant($0) } >= 2
  }

  // MARK: Order

  /// Sorts commits so that none comes before its children among them.
  func topologically(_ nodes: [Int], _ order: RevisionWalk.Order) -> [Int] {
    var degrees = [Int](repeating: 0, count: ids.count)
    for node in nodes { degrees[node] = 1 }
    for node in nodes {
      for parent in parents[node] where degrees[parent] > 0 { degrees[parent] += 1 }
    }
    var sorted: [Int] = []
    sorted.reserveCapacity(nodes.count)
    var stack: [Int] = []
    var queue = CommitQueue()
    func push(_ node: Int) {
      switch order {
      case .date, .topological: stack.append(node)
      case .dateTopological: queue.insert(Int32(node), date: seconds[node])
      case .authorDateTopological: queue.insert(Int32(node), date: authorSeconds[node])
      }
    }
    for node in nodes where degrees[node] == 1 { push(node) }
    stack.reverse()
    while let node = stack.popLast() ?? queue.removeNext().map(Int.init) {
      for parent in parents[node] where degrees[parent] > 0 {
        degrees[parent] -= 1
        if degrees[parent] == 1 { push(parent) }
      }
      degrees[node] = 0
      sorted.append(node)
    }
    return sorted
  }
}
