internal import PandoBytes
internal import PandoObjects

/// Lists trees and blobs down to a depth below root trees. What is met again nearer to a root is
/// looked into again, since more of what is below it is near enough then.
struct DepthListing {
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

  /// Gives the objects of a root tree that were not given before. As for git, a tree that was named
  /// itself does not count as a level.
  mutating func list(
    _ root: ObjectID, _ path: [UInt8], isNamed: Bool,
    _ body: (ObjectID, ObjectKind, [UInt8]) throws(PandoError) -> Void
  ) throws(PandoError) {
    var pending = [(id: root, path: path, depth: isNamed ? -1 : 0)]
    while let next = pending.popLast() {
      let known = depths[next.id]
      guard !isExcluded.contains(next.id), known.map({ next.depth < $0 }) ?? true else { continue }
      guard next.depth < depthMax else { continue }
      depths[next.id] = next.depth
      if known == nil { try body(next.id, .tree, next.path) }
      guard next.depth + 1 < depthMax else { continue }
      let tree = try objects.tree(next.id)
      let base = next.path.isEmpty ? [] : next.path + [UInt8(ascii: "/")]
      for index in tree.indices {
        let mode = tree.mode(at: index)
        let id = tree.id(at: index)
        if mode.isSubmodule || isExcluded.contains(id) { continue }
        guard mode.isDirectory || depths[id] == nil else { continue }
        var path = base
        tree.withName(at: index) { path.append(copying: $0) }
        if mode.isDirectory {
          pending.append((id, path, next.depth + 1))
        } else {
          depths[id] = next.depth + 1
          try body(id, .blob, path)
        }
      }
    }
  }
}
