internal import PandoBytes
internal import PandoObjects

/// What edits come to: the name of the root, and the objects that are new.
struct BuiltTree {
  let root: ObjectID
  var batch: ObjectBatch
  /// The new directories, parsed, and those that they take the place of: the next read wants the
  /// former and hardly the latter.
  var trees: [(id: ObjectID, tree: Tree, base: ObjectID)]
}

extension TreeOverlay {
  /// Names everything. Only directories with edits are made anew, deepest first; what comes out as
  /// it was adds nothing. O(edits, and the width of the directories they are in). The edits are
  /// gone afterwards, so that they take no memory beside what they come to.
  mutating func build() throws(PandoError) -> BuiltTree {
    var built = BuiltTree(root: nodes[0].baseID, batch: imported, trees: [])
    var names = [ObjectID?](repeating: nil, count: nodes.count)
    for index in reachableNodes().reversed() {
      names[index] = try build(takeNode(index), names, into: &built)
    }
    return BuiltTree(root: names[0] ?? built.root, batch: built.batch, trees: built.trees)
  }

  /// The nodes that the root still leads to, each before those below it.
  private func reachableNodes() -> [Int] {
    var order = [0]
    var position = 0
    while position < order.count {
      for case .node(let child)?? in nodes[order[position]].changes.values { order.append(child) }
      position += 1
    }
    return order
  }

  private func build(
    _ node: Node, _ names: [ObjectID?], into built: inout BuiltTree
  ) throws(PandoError) -> ObjectID {
    if node.changes.isEmpty { return node.baseID }
    var entries: [TreeEntry] = []
    for case (let name, let item?) in node.changes {
      switch item {
      case .contents(let mode, let bytes):
        let blob = RawObject(kind: .blob, body: bytes)
        let id = try blob.id(loader.hashAlgorithm)
        entries.append(TreeEntry(name: name, mode: mode, id: id))
        if node.base[name]?.id != id { built.batch.insert(blob, named: id) }
      case .object(let mode, let id):
        entries.append(TreeEntry(name: name, mode: mode, id: id))
      case .node(let index):
        let id = names[index] ?? loader.emptyTree
        entries.append(TreeEntry(name: name, mode: .directory, id: id))
      }
    }
    let edited = try node.base.replacing(Array(node.changes.keys), by: entries)
    let tree = RawObject(kind: .tree, body: edited.tree.serialized)
    let id = try tree.id(loader.hashAlgorithm)
    guard id != node.baseID else { return id }
    built.batch.insert(
      tree, named: id, from: edited.delta.map { BatchDelta(base: node.baseID, bytes: $0) })
    built.trees.append((id, edited.tree, node.baseID))
    return id
  }
}
