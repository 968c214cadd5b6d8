internal import PandoBytes
internal import PandoObjects

extension TreeChanges {
  /// The bytes of trees that wait for deltas on them; trees for which there is no room are not
  /// known.
  private static let waitingBytesMax = 24 << 20

  /// Reads all trees of a pack in the order of their bytes, each once. What is damaged, and what
  /// stands on it, stays unknown. Nil when the pack cannot be read.
  init?(_ pack: PackReader, _ index: PlaceIndex) {
    guard let file = try? pack.packFile(),
      let trees = try? PackedTrees(PackTraversal(pack, file))
    else { return nil }
    self.init(count: index.count)
    var comparison = TreeRowsComparison(index, pack.hashAlgorithm)
    var waiting = WaitingTrees(trees.deltaCounts, bytesMax: Self.waitingBytesMax)
    var workspace = PackWorkspace()
    workspace.window.isSequential = true
    for entry in trees.deltaCounts.indices where trees.isTree[entry] {
      defer { workspace.deltas.removeAll(keepingCapacity: true) }
      let base = trees.bases[entry] == Self.none ? nil : Int(trees.bases[entry])
      guard let below = base.map({ waiting.take($0) }) ?? TreeRows(body: []),
        let body = try? trees.body(of: entry, on: below.body, &workspace),
        let tree = try? comparison.compare(body, with: below, &names)
      else { continue }
      waiting.keep(tree, entry)
      let number = trees.traversal.position(of: entry)
      let baseNumber = base.map(trees.traversal.position)
      guard comparison.isComplete, baseNumber.map(contains) ?? true else { continue }
      insert(number, base: baseNumber, added: comparison.added, removed: comparison.removed)
      if isFull { break }
    }
  }
}

/// Which entries of a pack are trees, and on what they are deltas.
private struct PackedTrees {
  let traversal: PackTraversal
  private(set) var isTree: [Bool]
  /// The entry on which one is a delta.
  private(set) var bases: [UInt32]
  /// How many trees are deltas on an entry.
  private(set) var deltaCounts: [UInt32]

  /// Packs have their trees together: behind so many entries that are none, no more are looked for.
  private static let gapMax = 8 << 10

  /// Reads headers up to the last tree.
  init(_ traversal: PackTraversal) throws(PandoError) {
    self.traversal = traversal
    isTree = [Bool](repeating: false, count: traversal.count)
    bases = [UInt32](repeating: TreeChanges.none, count: traversal.count)
    deltaCounts = [UInt32](repeating: 0, count: traversal.count)
    let (reader, pack) = (traversal.reader, traversal.pack)
    var window = PackWindow()
    window.isSequential = true
    var lastTree = Int.max
    for entry in isTree.indices where entry < lastTree || entry - lastTree < Self.gapMax {
      let header = try reader.entry(at: traversal.offset(of: entry), in: pack, &window)
      switch try reader.origin(of: header, in: pack) {
      case .whole(let kind): isTree[entry] = kind == .tree
      case .delta(let offset):
        // One that lies behind its delta is rare; such trees stay unknown.
        guard let base = traversal.entry(at: offset), base < entry, isTree[base] else { continue }
        isTree[entry] = true
        bases[entry] = UInt32(base)
        deltaCounts[base] += 1
      }
      if isTree[entry] { lastTree = entry }
    }
  }

  /// The body of a tree, made from that of the one on which it is a delta.
  func body(
    of entry: Int, on base: [UInt8], _ workspace: inout PackWorkspace
  ) throws -> [UInt8] {
    let (reader, pack) = (traversal.reader, traversal.pack)
    let header = try reader.entry(
      at: traversal.offset(of: entry), in: pack, &workspace.window)
    guard header.size <= Tree.bodyBytesMax else {
      throw pack.corrupt("is too large for a tree", at: header.offset)
    }
    try reader.inflate(
      header, in: pack, &workspace.inflater, &workspace.window, into: &workspace.deltas)
    if bases[entry] == TreeChanges.none { return Array(workspace.deltas) }
    return try DeltaReader.apply(
      workspace.deltas.span, to: base.span, limit: Tree.bodyBytesMax)
  }
}

/// Trees that are kept until the last delta on them was made.
private struct WaitingTrees {
  private let bytesMax: Int
  /// How many deltas on each entry are still to come.
  private var counts: [UInt32]
  /// Where in `trees` each entry's tree is, or `TreeChanges.none`.
  private var places: [UInt32]
  private var trees: [TreeRows] = []
  private var free: [UInt32] = []
  private var bytes = 0

  init(_ counts: [UInt32], bytesMax: Int) {
    self.counts = counts
    self.bytesMax = bytesMax
    places = [UInt32](repeating: TreeChanges.none, count: counts.count)
  }

  /// Keeps the tree of an entry, if there are deltas on it.
  mutating func keep(_ tree: TreeRows, _ entry: Int) {
    guard counts[entry] > 0, bytes + tree.byteCount <= bytesMax else { return }
    bytes += tree.byteCount
    if let place = free.popLast() {
      places[entry] = place
      trees[Int(place)] = tree
    } else {
      places[entry] = UInt32(trees.count)
      trees.append(tree)
    }
  }

  /// The tree of an entry, for one of its deltas.
  mutating func take(_ entry: Int) -> TreeRows? {
    counts[entry] -= 1
    let place = places[entry]
    guard place != TreeChanges.none else { return nil }
    let tree = trees[Int(place)]
    if counts[entry] == 0 {
      trees[Int(place)] = TreeRows(body: [])
      bytes -= tree.byteCount
      free.append(place)
    }
    return tree
  }
}
