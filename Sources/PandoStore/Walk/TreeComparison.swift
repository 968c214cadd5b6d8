internal import PandoBytes
internal import PandoObjects

/// Tells whether two trees are the same at the paths of a filter. Equal subtrees are not read.
struct TreeComparison {
  private let objects: any ObjectReader
  private let filter: PathFilter
  /// The root trees read last: each is compared as a parent and as a child.
  private var recent: [(id: ObjectID, tree: Tree)] = []
  private static let recentMax = 8

  init(_ objects: any ObjectReader, _ filter: PathFilter) {
    self.objects = objects
    self.filter = filter
  }

  private mutating func tree(_ id: ObjectID?) throws(PandoError) -> Tree {
    guard let id else { return Tree.empty(objects.hashAlgorithm) }
    if let found = recent.last(where: { $0.id == id }) { return found.tree }
    let tree = try objects.tree(id)
    if recent.count >= Self.recentMax { recent.removeFirst() }
    recent.append((id, tree))
    return tree
  }

  /// Whether nothing that the filter lets through differs; nil stands for the empty tree.
  mutating func isSame(_ old: ObjectID?, _ new: ObjectID?) throws(PandoError) -> Bool {
    var pending: [(old: ObjectID?, new: ObjectID?, base: [UInt8])] = [(old, new, [])]
    while let (old, new, base) = pending.popLast() {
      if old == new { continue }
      let (a, b) = (try tree(old), try tree(new))
      var (i, j) = (0, 0)
      while i < a.count || j < b.count {
        let order = Self.order(a, i, b, j)
        if order == 0, a.id(at: i) == b.id(at: j), a.mode(at: i) == b.mode(at: j) {
          // The usual case: nothing is allocated for it.
          i += 1
          j += 1
          continue
        }
        let left = order <= 0 ? a[i] : nil
        let right = order >= 0 ? b[j] : nil
        if left != nil { i += 1 }
        if right != nil { j += 1 }
        if left == right { continue }
        for case let entry? in left?.mode.isDirectory == right?.mode.isDirectory
          ? [left ?? right] : [left, right]
        {
          let path = base + entry.name.bytes
          switch filter.verdict(path, isDirectory: entry.mode.isDirectory) {
          case .none: continue
          case .all:
            // A directory that nothing is in makes no difference, but Git writes none.
            return false
          case .below:
            let isBoth = left?.mode.isDirectory == right?.mode.isDirectory
            let one = isBoth ? left?.id : left.flatMap { $0 == entry ? $0.id : nil }
            let two = isBoth ? right?.id : right.flatMap { $0 == entry ? $0.id : nil }
            pending.append((one, two, path + [UInt8(ascii: "/")]))
          }
        }
      }
    }
    return true
  }

  /// Which of two entries comes first in the order of trees; the end comes last.
  private static func order(_ a: Tree, _ i: Int, _ b: Tree, _ j: Int) -> Int {
    guard i < a.count else { return 1 }
    guard j < b.count else { return -1 }
    return a.withName(at: i) { left in
      b.withName(at: j) { right in
        TreeOrder.compare(
          left, isDirectory: a.mode(at: i).isDirectory,
          right, isDirectory: b.mode(at: j).isDirectory)
      }
    }
  }
}
