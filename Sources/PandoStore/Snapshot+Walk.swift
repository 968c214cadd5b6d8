internal import PandoBytes
public import PandoObjects

/// What a walk does after an entry.
@frozen
public enum WalkStep: Hashable, Sendable {
  /// Go on, into the entry if it is a directory.
  case next
  /// Go on, but not into this directory.
  case skip
  /// End the walk.
  case stop
}

/// Goes through everything below a directory in order, a directory before what is in it, without
/// recursion: a tree's depth is not the thread's.
struct TreeWalk {
  private struct Level {
    let tree: Tree
    let path: TreePath
    var position = 0
  }

  let loader: TreeLoader
  private var levels: [Level]

  init(loader: TreeLoader, root: ObjectID, path: TreePath) throws(PandoError) {
    self.loader = loader
    levels = [Level(tree: try loader.tree(root), path: path)]
  }

  /// The next entry; nil at the end.
  mutating func next() -> (path: TreePath, entry: TreeEntry)? {
    while let top = levels.indices.last {
      let position = levels[top].position
      if position < levels[top].tree.count {
        levels[top].position += 1
        let entry = levels[top].tree[position]
        return (levels[top].path.appending(entry.name), entry)
      }
      levels.removeLast()
    }
    return nil
  }

  /// Goes into a directory that `next` just gave. Throws `.limitExceeded` below `Limits.treeDepth`.
  mutating func descend(into entry: TreeEntry, at path: TreePath) throws(PandoError) {
    guard levels.count < Limits.treeDepth else {
      throw PandoError(
        .limitExceeded, "'\(path)' lies deeper than \(Limits.treeDepth) directories")
    }
    levels.append(Level(tree: try loader.tree(entry.id), path: path))
  }
}

extension Snapshot {
  /// Calls `body` with each entry below `directory`, in Git's order, a directory before what is in
  /// it. Nothing is read that `body` skips, and no value is read at all.
  public func forEachEntry(
    under directory: TreePath = .root,
    _ body: (_ path: TreePath, _ entry: TreeEntry) throws -> WalkStep
  ) throws {
    guard let root = try entry(at: directory), root.mode.isDirectory else { return }
    var walk = try TreeWalk(loader: loader, root: root.id, path: directory)
    while let (path, entry) = walk.next() {
      switch try body(path, entry) {
      case .next: if entry.mode.isDirectory { try walk.descend(into: entry, at: path) }
      case .skip: continue
      case .stop: return
      }
    }
  }

  /// Calls `body` with each value below `directory`, in Git's order.
  public func forEach(
    under directory: TreePath = .root, _ body: (_ path: TreePath, _ value: Value) throws -> Void
  ) throws {
    try forEachEntry(under: directory) { path, entry in
      if PathKind(entry.mode) == .value {
        try body(path, try Value.parse(try loader.blob(entry.id), at: path))
      }
      return .next
    }
  }

  /// Combines the values below `directory`, in Git's order.
  public func fold<Result>(
    into initial: Result, under directory: TreePath = .root,
    _ body: (_ result: inout Result, _ path: TreePath, _ value: Value) throws -> Void
  ) throws -> Result {
    var result = initial
    try forEach(under: directory) { path, value in try body(&result, path, value) }
    return result
  }

  /// The paths of all values below `directory`, in Git's order.
  public func paths(under directory: TreePath = .root) throws(PandoError) -> [TreePath] {
    guard let root = try entry(at: directory), root.mode.isDirectory else { return [] }
    var paths: [TreePath] = []
    var walk = try TreeWalk(loader: loader, root: root.id, path: directory)
    while let (path, entry) = walk.next() {
      switch PathKind(entry.mode) {
      case .value: paths.append(path)
      case .directory: try walk.descend(into: entry, at: path)
      case .submodule: continue
      }
    }
    return paths
  }
}
