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
  /// it was adds nothing. O(edits, and the width of the directories they are in).
  func build() throws(PandoError) -> BuiltTree {
    var built = BuiltTree(root: nodes[0].baseID, batch: imported, trees: [])
    var names = [ObjectID?](repeating: nil, count: nodes.count)
    for index in reachableNodes().reversed() {
      names[index] = try build(nodes[index], names, into: &built)
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
    let (body, delta) = node.base.replacing(Array(node.changes.keys), by: entries)
    let tree = RawObject(kind: .tree, body: body)
    let id = try tree.id(loader.hashAlgorithm)
    guard id != node.baseID else { return id }
    built.batch.insert(
      tree, named: id, from: delta.map { BatchDelta(base: node.baseID, bytes: $0) })
    do {
      let tree = try Tree(parsing: body, algorithm: loader.hashAlgorithm)
      built.trees.append((id, tree, node.baseID))
    } catch {
      throw .corrupt("tree \(id)", error)
    }
    return id
  }
}

extension Tree {
  /// The body of this tree without the entries of `names` and with `entries`, whose names are among
  /// `names`, and the delta from this one, in a tree that is in order. Entries that stay are copied
  /// as they are, byte for byte. O(changes · log n) and one copy of the body.
  func replacing(
    _ names: [ByteString], by entries: [TreeEntry]
  ) -> (body: [UInt8], delta: [UInt8]?) {
    guard isSorted else { return (replacingUnsorted(Set(names), by: entries), nil) }
    var edits: [(position: Int, entry: TreeEntry?)] = []
    for name in names {
      for isDirectory in [false, true] {
        let position = insertionPosition(of: name, isDirectory: isDirectory)
        guard position < count, mode(at: position).isDirectory == isDirectory else { continue }
        let isNamed = withName(at: position) { $0.hasSameBytes(as: name.bytes.span) }
        if isNamed { edits.append((position, nil)) }
      }
    }
    // Stable: entries for one gap stay in their order, and stand before the entry that goes.
    for entry in entries.sorted(by: TreeEntry.precedes) {
      let position = insertionPosition(of: entry.name, isDirectory: entry.mode.isDirectory)
      edits.append((position, entry))
    }
    edits.sort { a, b in
      guard a.position == b.position else { return a.position < b.position }
      guard let first = a.entry, let second = b.entry else {
        return a.entry != nil && b.entry == nil
      }
      return TreeEntry.precedes(first, second)
    }
    return applying(edits)
  }

  private func applying(
    _ edits: [(position: Int, entry: TreeEntry?)]
  ) -> (body: [UInt8], delta: [UInt8]) {
    var body: [UInt8] = []
    body.reserveCapacity(serialized.count + edits.count * 64)
    /// What is kept of this tree, and what comes behind it.
    var pieces: [(kept: Range<Int>, new: [UInt8])] = []
    var kept = 0
    for (position, entry) in edits {
      let range = byteOffset(of: kept)..<byteOffset(of: position)
      var new: [UInt8] = []
      kept = position
      if let entry { entry.append(to: &new) } else { kept = position + 1 }
      body.append(contentsOf: serialized[range])
      body.append(contentsOf: new)
      pieces.append((range, new))
    }
    let rest = byteOffset(of: kept)..<serialized.count
    body.append(contentsOf: serialized[rest])
    var delta = DeltaBuilder(base: serialized.count, result: body.count)
    for (range, new) in pieces {
      delta.copy(range)
      delta.insert(new)
    }
    delta.copy(rest)
    return (body, delta.bytes)
  }

  /// A tree of history that breaks the order is put in order when it is edited.
  private func replacingUnsorted(_ names: Set<ByteString>, by entries: [TreeEntry]) -> [UInt8] {
    let kept = filter { !names.contains($0.name) }
    var body: [UInt8] = []
    for entry in (kept + entries).sorted(by: TreeEntry.precedes) { entry.append(to: &body) }
    return body
  }
}
