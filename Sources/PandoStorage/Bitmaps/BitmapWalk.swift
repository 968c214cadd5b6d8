internal import PandoBytes
internal import PandoObjects

/// Walks from commits, tags, trees and blobs to all they need, and takes a set from the bitmap file
/// in place of a walk wherever it has one.
struct BitmapWalk {
  /// Objects that have no bit of their own; their bits follow those of the file.
  struct Extras {
    private(set) var all: [(id: ObjectID, kind: ObjectKind)] = []
    private var numbers: [ObjectID: Int] = [:]

    mutating func number(of id: ObjectID, _ kind: ObjectKind) -> Int {
      if let number = numbers[id] { return number }
      numbers[id] = all.count
      all.append((id, kind))
      return all.count - 1
    }
  }

  private let bitmaps: ReachabilityBitmaps
  private let followsTrees: Bool
  private let usesSets: Bool
  private var memory: BitMemory
  private(set) var extras = Extras()
  private var queue = CommitHeap()
  private var trees: [ObjectID] = []

  init(_ bitmaps: ReachabilityBitmaps, followsTrees: Bool, usesSets: Bool = true) {
    self.bitmaps = bitmaps
    self.followsTrees = followsTrees
    self.usesSets = usesSets
    memory = BitMemory(bitmaps.subject)
  }

  private mutating func bit(of id: ObjectID, _ kind: ObjectKind) -> Int {
    memory.bit(of: id) ?? bitmaps.count + extras.number(of: id, kind)
  }

  /// All that `roots` need, without what only `excluded` objects lead to.
  mutating func reach(
    _ roots: [ObjectID], excluding excluded: Bitmap?
  ) throws(PandoError) -> Bitmap {
    var found = Bitmap(capacity: bitmaps.count)
    for root in roots { try enter(root, &found, excluded) }
    while let (commit, links) = queue.pop() {
      try visit(commit, links, &found, excluded)
    }
    while let tree = trees.popLast() { try visit(tree: tree, &found, excluded) }
    return found
  }

  private func isKnown(_ bit: Int, _ found: Bitmap, _ excluded: Bitmap?) -> Bool {
    found.contains(bit) || excluded?.contains(bit) ?? false
  }

  private mutating func enter(
    _ root: ObjectID, _ found: inout Bitmap, _ excluded: Bitmap?
  ) throws(PandoError) {
    var id = root
    for _ in 0...Limits.tagDepth {
      guard let header = try bitmaps.database.header(of: id) else { throw .missing(id) }
      switch header.kind {
      case .commit: return try enter(commit: id, &found, excluded)
      case .tree:
        trees.append(id)
        return
      case .blob:
        found.insert(bit(of: id, .blob))
        return
      case .tag:
        found.insert(bit(of: id, .tag))
        id = try bitmaps.database.annotatedTag(id).target
      }
    }
    throw PandoError(.limitExceeded, "tag \(root) is nested deeper than \(Limits.tagDepth) levels")
  }

  /// Takes a commit's set, or puts it in the queue.
  private mutating func enter(
    commit id: ObjectID, _ found: inout Bitmap, _ excluded: Bitmap?
  ) throws(PandoError) {
    let bit = bit(of: id, .commit)
    if isKnown(bit, found, excluded) { return }
    if usesSets, bit < bitmaps.count,
      let set = try bitmaps.compressedSet(at: Int(bitmaps.subject.positions[bit]))
    {
      found.formUnion(set)
      return
    }
    queue.push(id, try bitmaps.database.commitLinks(id))
  }

  private mutating func visit(
    _ id: ObjectID, _ links: CommitLinks, _ found: inout Bitmap, _ excluded: Bitmap?
  ) throws(PandoError) {
    // A set that was taken meanwhile may have it.
    let bit = bit(of: id, .commit)
    if isKnown(bit, found, excluded) { return }
    found.insert(bit)
    if followsTrees { trees.append(links.tree) }
    for parent in links.parents { try enter(commit: parent, &found, excluded) }
  }

  private mutating func visit(
    tree root: ObjectID, _ found: inout Bitmap, _ excluded: Bitmap?
  ) throws(PandoError) {
    var pending = [root]
    while let id = pending.popLast() {
      let bit = bit(of: id, .tree)
      if isKnown(bit, found, excluded) { continue }
      found.insert(bit)
      let tree = try bitmaps.database.tree(id)
      for index in tree.indices {
        let mode = tree.mode(at: index)
        if mode.isDirectory {
          pending.append(tree.id(at: index))
        } else if !mode.isSubmodule {
          let bit = self.bit(of: tree.id(at: index), .blob)
          if !isKnown(bit, found, excluded) { found.insert(bit) }
        }
      }
    }
  }
}

/// Commits that wait for their turn, the youngest first.
struct CommitHeap {
  private var items: [(seconds: Int64, id: ObjectID, links: CommitLinks)] = []

  mutating func push(_ id: ObjectID, _ links: CommitLinks) {
    items.append((links.committerSeconds, id, links))
    var child = items.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard items[parent].seconds < items[child].seconds else { break }
      items.swapAt(parent, child)
      child = parent
    }
  }

  mutating func pop() -> (id: ObjectID, links: CommitLinks)? {
    guard let first = items.first else { return nil }
    let last = items.removeLast()
    if items.isEmpty { return (first.id, first.links) }
    items[0] = last
    var parent = 0
    while true {
      var child = parent * 2 + 1
      if child >= items.count { break }
      if child + 1 < items.count, items[child + 1].seconds > items[child].seconds { child += 1 }
      guard items[child].seconds > items[parent].seconds else { break }
      items.swapAt(parent, child)
      parent = child
    }
    return (first.id, first.links)
  }
}
