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
    let tree: Tree
    let base: [UInt8]
    let isAllWanted: Bool
    var next = 0
  }

  private let objects: any ObjectReader
  private let filter: PathFilter?
  private var seen = ObjectNumbers()
  private var pending: [Item] = []
  private var nextPending = 0
  private var levels: [Level] = []

  /// Starts a listing. `filter` limits what is listed below the trees.
  public init(_ objects: any ObjectReader, filter: PathFilter? = nil) {
    self.objects = objects
    self.filter = filter
  }

  /// Adds a tag, tree or blob to list; a commit's tree has the empty path.
  public mutating func add(_ id: ObjectID, _ kind: ObjectKind, path: [UInt8] = []) {
    pending.append(Item(id: id, path: path, kind: kind))
  }

  /// Leaves out a tree and all below it. Trees are read once.
  public mutating func exclude(tree id: ObjectID) throws(PandoError) {
    var trees = [id]
    while let next = trees.popLast() {
      guard seen.insert(next).isNew else { continue }
      // What was left out may be missing, as in a shallow clone.
      guard let object = try objects.read(next), object.kind == .tree else { continue }
      let tree: Tree
      do {
        tree = try Tree(parsing: object.body, algorithm: objects.hashAlgorithm)
      } catch {
        throw .corrupt("object \(next)", error)
      }
      for index in tree.indices {
        let mode = tree.mode(at: index)
        if mode.isDirectory {
          trees.append(tree.id(at: index))
        } else if !mode.isSubmodule {
          _ = seen.insert(tree.id(at: index))
        }
      }
    }
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
      nextPending += 1
      guard seen.insert(item.id).isNew else { continue }
      if item.kind == .tree { try enter(item.id, item.path, isAllWanted: filter == nil) }
      return item
    }
  }

  private mutating func enter(
    _ id: ObjectID, _ path: [UInt8], isAllWanted: Bool
  ) throws(PandoError) {
    guard levels.count < Limits.treeDepth else {
      throw PandoError(.limitExceeded, "tree \(id) is deeper than \(Limits.treeDepth) levels")
    }
    let tree: Tree
    do throws(PandoError) {
      tree = try objects.tree(id)
    } catch {
      throw PandoError(error.code, "bad tree object \(id)")
    }
    let base = path.isEmpty ? [] : path + [UInt8(ascii: "/")]
    levels.append(Level(tree: tree, base: base, isAllWanted: isAllWanted))
  }

  /// The next object of the innermost tree; nil at that tree's end, which is then left.
  private mutating func nextInTree() throws(PandoError) -> Item? {
    let depth = levels.count - 1
    let level = levels[depth]
    let tree = level.tree
    for index in level.next..<tree.count {
      let mode = tree.mode(at: index)
      if mode.isSubmodule { continue }
      let id = tree.id(at: index)
      // Most entries were seen in an earlier commit's tree: no path is made for those.
      if level.isAllWanted, !seen.insert(id).isNew { continue }
      var path = level.base
      tree.withName(at: index) { path.append(copying: $0) }
      var isAllWanted = level.isAllWanted
      if !isAllWanted, let filter {
        switch filter.verdict(path, isDirectory: mode.isDirectory) {
        case .none: continue
        case .below: break
        case .all: isAllWanted = true
        }
        guard seen.insert(id).isNew else { continue }
      }
      levels[depth].next = index + 1
      if mode.isDirectory { try enter(id, path, isAllWanted: isAllWanted) }
      return Item(id: id, path: path, kind: mode.isDirectory ? .tree : .blob)
    }
    levels.removeLast()
    return nil
  }
}

extension RevisionWalk {
  /// Leaves out of a listing what the excluded commits at the walk's edge have, as git does before
  /// it lists objects: the trees of excluded starts, and of excluded parents of what is shown.
  public func excludeEdges(from listing: inout ObjectListing) throws(PandoError) {
    for node in frontier {
      if graph.flags[node].contains(.uninteresting) {
        try listing.exclude(tree: graph.trees[node])
        continue
      }
      for parent in graph.parents[node] where graph.flags[parent].contains(.uninteresting) {
        guard graph.flags[parent].contains(.loaded) else { continue }
        try listing.exclude(tree: graph.trees[parent])
      }
    }
  }
}
