internal import PandoBytes
public import PandoObjects

/// All objects that a walk's commits lead to, as `git rev-list --objects` lists them: commits
/// first, then tags, trees and blobs in the order of the commits, each with the path by which it
/// was first reached. What the excluded commits at the edge have is left out.
public struct ObjectListing {
  /// An object that is no commit.
  public struct Item: Hashable, Sendable {
    /// The object.
    public let id: ObjectID
    /// The path from the root tree, or a tag's name.
    public let path: [UInt8]
    /// The kind.
    public let kind: ObjectKind
  }

  private struct Level {
    /// The tree's number among the objects met.
    let number: Int
    let base: [UInt8]
    let isAllWanted: Bool
    var scan: TreeScan
  }

  private let objects: any ObjectReader
  private let filter: PathFilter?
  private var seen = ObjectNumbers()
  private var pending: [Item] = []
  private var nextPending = 0
  /// Where in `pending` the trees of a walk's commits are, by the commits' numbers, and for each of
  /// `pending` where the tree is that it is like; -1 for none.
  private var pendingTrees: [Int32] = []
  private var similar: [Int32] = []
  private var levels: [Level] = []
  private var known = KnownTrees()
  /// The root that was read last: the next one is like it.
  private var lastRoot: KnownTree?

  /// Whether a tree that is missing is listed, and what is below it left out; otherwise it is an
  /// error.
  public var toleratesMissingTrees = false

  /// Starts a listing. `filter` limits what is listed below the trees.
  public init(_ objects: any ObjectReader, filter: PathFilter? = nil) {
    self.objects = objects
    self.filter = filter
  }

  /// Adds a tag, tree or blob to list; a commit's tree has the empty path.
  public mutating func add(_ id: ObjectID, _ kind: ObjectKind, path: [UInt8] = []) {
    pending.append(Item(id: id, path: path, kind: kind))
    similar.append(-1)
  }

  /// Adds the tree of a commit that a walk has come to.
  public mutating func add(_ item: RevisionWalk.Item) {
    add(item.tree, .tree)
    let node = Int(item.node)
    if node >= pendingTrees.count {
      let missing = node + 1 - pendingTrees.count
      pendingTrees.append(contentsOf: repeatElement(-1, count: missing))
    }
    pendingTrees[node] = Int32(truncatingIfNeeded: pending.count - 1)
    if item.child >= 0, item.child < pendingTrees.count {
      similar[pending.count - 1] = pendingTrees[Int(item.child)]
    }
  }

  /// Leaves out a tree and all below it. Trees are read once.
  public mutating func exclude(tree id: ObjectID) throws(PandoError) {
    var trees: [(id: ObjectID, reference: KnownTree?, isRoot: Bool)] = [(id, lastRoot, true)]
    while let next = trees.popLast() {
      let (number, isNew) = seen.insert(next.id)
      guard isNew else { continue }
      // What was left out may be missing, as in a shallow clone.
      guard let object = try objects.read(next.id), object.kind == .tree else { continue }
      do throws(ParseError) {
        var scan = try TreeScan(
          object.body, algorithm: objects.hashAlgorithm, reference: next.reference)
        while let entry = try scan.next() {
          if entry.mode.isDirectory {
            trees.append((entry.id, entry.counterpart.flatMap(knownTree), false))
          } else if !entry.mode.isSubmodule {
            _ = seen.insert(entry.id)
          }
        }
        // What is below waits still, but nothing is listed before all of it has been met.
        known.insert(scan.known, number)
        if next.isRoot { lastRoot = scan.known }
      } catch {
        throw .corrupt("object \(next.id)", error)
      }
    }
  }

  private func knownTree(_ id: ObjectID) -> KnownTree? {
    seen.number(of: id).flatMap { known[$0] }
  }

  /// Leaves out one object.
  public mutating func exclude(_ id: ObjectID) { _ = seen.insert(id) }

  /// The next object; nil at the end.
  public mutating func next() throws(PandoError) -> Item? {
    while true {
      if !levels.isEmpty {
        if let item = try nextInTree() { return item }
        continue
      }
      guard nextPending < pending.count else { return nil }
      let item = pending[nextPending]
      let similar = Int(similar[nextPending])
      nextPending += 1
      let (number, isNew) = seen.insert(item.id)
      guard isNew else { continue }
      if item.kind == .tree {
        let reference = similar >= 0 ? knownTree(pending[similar].id) : nil
        try enter(
          item.id, number, item.path, isAllWanted: filter == nil,
          reference: reference ?? lastRoot)
      }
      return item
    }
  }

  private mutating func enter(
    _ id: ObjectID, _ number: Int, _ path: [UInt8], isAllWanted: Bool, reference: KnownTree?
  ) throws(PandoError) {
    guard levels.count < Limits.treeDepth else {
      throw PandoError(.limitExceeded, "tree \(id) is deeper than \(Limits.treeDepth) levels")
    }
    let algorithm = objects.hashAlgorithm
    let scan: TreeScan
    do {
      let body = id == Tree.emptyID(algorithm) ? [] : try objects.body(of: id, .tree)
      scan = try TreeScan(body, algorithm: algorithm, reference: isAllWanted ? reference : nil)
    } catch let error as PandoError {
      if toleratesMissingTrees, error.code == .notFound { return }
      throw PandoError(error.code, "bad tree object \(id)")
    } catch {
      throw PandoError(.corrupt, "bad tree object \(id)")
    }
    let base = path.isEmpty ? [] : path + [UInt8(ascii: "/")]
    levels.append(Level(number: number, base: base, isAllWanted: isAllWanted, scan: scan))
  }

  /// The next object of the innermost tree; nil at that tree's end, which is then left.
  private mutating func nextInTree() throws(PandoError) -> Item? {
    let depth = levels.count - 1
    while let entry = try nextEntry(depth) {
      if entry.mode.isSubmodule { continue }
      // Most entries were seen in an earlier commit's tree: no path is made for those.
      var number = 0
      var isAllWanted = levels[depth].isAllWanted
      if isAllWanted {
        let found = seen.insert(entry.id)
        guard found.isNew else { continue }
        number = found.number
      }
      var path = levels[depth].base
      let body = levels[depth].scan.body
      path.append(copying: body.span.extracting(entry.name))
      if !isAllWanted, let filter {
        let isDirectory = entry.mode.isDirectory
        switch filter.verdict(path, isDirectory: isDirectory, isRecursive: false) {
        case .none: continue
        case .below: break
        case .all: isAllWanted = true
        }
        let found = seen.insert(entry.id)
        guard found.isNew else { continue }
        number = found.number
      }
      if entry.mode.isDirectory {
        let reference = entry.counterpart.flatMap(knownTree)
        try enter(entry.id, number, path, isAllWanted: isAllWanted, reference: reference)
      }
      return Item(id: entry.id, path: path, kind: entry.mode.isDirectory ? .tree : .blob)
    }
    if levels[depth].isAllWanted {
      let tree = levels[depth].scan.known
      known.insert(tree, levels[depth].number)
      if depth == 0 { lastRoot = tree }
    }
    levels.removeLast()
    return nil
  }

  private mutating func nextEntry(_ depth: Int) throws(PandoError) -> TreeScan.Entry? {
    do { return try levels[depth].scan.next() } catch {
      throw .corrupt("tree", error)
    }
  }
}

extension RevisionWalk {
  /// Leaves out of a listing what the excluded commits at the walk's edge have, as git does before
  /// it lists objects: the trees of excluded starts, and of excluded parents of what is shown.
  public func excludeEdges(from listing: inout ObjectListing) throws(PandoError) {
    for node in frontier {
      if graph.flags[node].contains(.uninteresting) {
        try listing.exclude(tree: graph.tree(of: node))
        continue
      }
      for parent in graph.parents(of: node) where graph.flags[parent].contains(.uninteresting) {
        guard graph.isLoaded(parent) else { continue }
        try listing.exclude(tree: graph.tree(of: parent))
      }
    }
  }
}
