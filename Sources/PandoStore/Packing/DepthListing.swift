internal import PandoBytes
internal import PandoObjects

/// Lists trees and blobs down to a depth below root trees. What is met again nearer to a root is
/// looked into again, since more of what is below it is near enough then.
struct DepthListing {
  private struct Level {
    let tree: Tree
    let path: [UInt8]
    let depth: Int
    /// The entries that are still to come.
    var rest: Range<Int>
  }

  private let objects: any ObjectReader
  private let depthMax: Int
  /// The least depth that each object was met at.
  private var depths: [ObjectID: Int] = [:]
  private var isExcluded: Set<ObjectID> = []

  init(_ objects: any ObjectReader, depthMax: Int) {
    self.objects = objects
    self.depthMax = depthMax
  }

  /// Leaves out a tree and all below it.
  mutating func exclude(tree id: ObjectID) throws(PandoError) {
    var trees = [id]
    while let next = trees.popLast() {
      guard isExcluded.insert(next).inserted else { continue }
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
          isExcluded.insert(tree.id(at: index))
        }
      }
    }
  }

  /// Leaves out one object.
  mutating func exclude(_ id: ObjectID) { isExcluded.insert(id) }

  /// Gives the objects of a root tree in the order of git: blobs that were not given before, and
  /// trees also when they are nearer to a root than before. As for git, a tree that was named
  /// itself does not count as a level.
  mutating func list(
    _ root: ObjectID, _ path: [UInt8], isNamed: Bool,
    _ body: (ObjectID, ObjectKind, [UInt8]) throws(PandoError) -> Void
  ) throws(PandoError) {
    var levels: [Level] = []
    try enter(root, path, isNamed ? -1 : 0, &levels, body)
    while var level = levels.popLast() {
      guard let index = level.rest.popFirst() else { continue }
      let (tree, depth) = (level.tree, level.depth + 1)
      let (mode, id) = (tree.mode(at: index), tree.id(at: index))
      var path = level.path
      if !path.isEmpty { path.append(UInt8(ascii: "/")) }
      tree.withName(at: index) { path.append(copying: $0) }
      levels.append(level)
      if mode.isDirectory {
        try enter(id, path, depth, &levels, body)
      } else if !mode.isSubmodule, !isExcluded.contains(id), depths[id] == nil {
        depths[id] = depth
        try body(id, .blob, path)
      }
    }
  }

  private mutating func enter(
    _ id: ObjectID, _ path: [UInt8], _ depth: Int, _ levels: inout [Level],
    _ body: (ObjectID, ObjectKind, [UInt8]) throws(PandoError) -> Void
  ) throws(PandoError) {
    guard depth < depthMax, !isExcluded.contains(id), depths[id].map({ depth < $0 }) ?? true
    else { return }
    depths[id] = depth
    try body(id, .tree, path)
    guard depth + 1 < depthMax else { return }
    let tree = try objects.tree(id)
    levels.append(Level(tree: tree, path: path, depth: depth, rest: 0..<tree.count))
  }
}
