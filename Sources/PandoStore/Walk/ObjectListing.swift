public import PandoObjects
internal import PandoStorage

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

  private var walk: ReachableTrees
  private var isInTree = false
  private var pending: [Item] = []
  private var nextPending = 0
  /// Where in `pending` the trees of a walk's commits are, by the commits' numbers, and for each of
  /// `pending` where the tree is that it is like; -1 for none.
  private var pendingTrees: [Int32] = []
  private var similar: [Int32] = []

  /// Whether a tree that is missing is listed, and what is below it left out; otherwise it is an
  /// error.
  public var toleratesMissingTrees: Bool {
    get { walk.toleratesMissing }
    set { walk.toleratesMissing = newValue }
  }

  /// Starts a listing. `filter` limits what is listed below the trees.
  public init(_ objects: any ObjectReader, filter: PathFilter? = nil) {
    walk = ReachableTrees(objects)
    guard let filter else { return }
    walk.filter = { path, isDirectory in
      switch filter.verdict(path, isDirectory: isDirectory, isRecursive: false) {
      case .none: .none
      case .below: .below
      case .all: .all
      }
    }
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

  /// Leaves out a tree and all below it. Trees are read once; what is missing, as in a shallow
  /// clone, is passed over.
  public mutating func exclude(tree id: ObjectID) throws(PandoError) { try walk.exclude(id) }

  /// Leaves out one object.
  public mutating func exclude(_ id: ObjectID) { _ = walk.met.insert(id) }

  /// The next object; nil at the end.
  public mutating func next() throws(PandoError) -> Item? {
    while true {
      if isInTree {
        if let entry = try walk.next() {
          return Item(id: entry.id, path: walk.path, kind: entry.kind)
        }
        isInTree = false
      }
      guard nextPending < pending.count else { return nil }
      if nextPending == 0 { walk.prepare(rootCount: pending.count) }
      let item = pending[nextPending]
      let similar = Int(similar[nextPending])
      nextPending += 1
      let (number, isNew) = walk.met.insert(item.id)
      guard isNew else { continue }
      if item.kind == .tree {
        isInTree = try walk.begin(
          item.id, number, path: item.path, similar: similar >= 0 ? pending[similar].id : nil)
      }
      return item
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
