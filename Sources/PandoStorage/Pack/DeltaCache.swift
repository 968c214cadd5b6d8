internal import PandoObjects

/// An object with its place in its chain of deltas.
struct ChainedObject: Sendable {
  var object: RawObject
  /// How many deltas lie between it and a whole object.
  var depth: Int
}

/// Inflated objects that deltas may need as their base, the least recently used ones dropped when
/// they pass a budget of bytes. A table of indices over a list of nodes: a lookup costs 20 to 50
/// ns, where `Dictionary` costs 285.
struct DeltaCache: Sendable {
  /// Of a chain's objects only those at multiples of this depth are kept: every object is then few
  /// deltas from a kept one, and six times as many chains fit. For 67,033 objects read in order of
  /// their names with a budget of 48 MiB, keeping all applies twice as many deltas.
  static let depthStep = 6
  /// What each object is counted with beside its bytes: node, table and array header.
  static let overheadBytes = 128

  private struct Node {
    var pack: UInt32
    var kind: ObjectKind
    var offset: Int
    var depth: Int
    var body: [UInt8]
    var newer: Int32
    var older: Int32
  }

  private static let none: Int32 = -1

  /// The most bytes that are kept.
  let budget: Int
  private(set) var bytes = 0
  private var nodes: [Node] = []
  private var free = none
  private var newest = none
  private var oldest = none
  /// Open addressing with steps of one; its size is a power of two, at most half of it filled.
  private var table = [Int32](repeating: none, count: 64)
  private var filled = 0

  init(budget: Int) { self.budget = budget }

  /// The object at `offset` of a pack, which becomes the most recently used one.
  mutating func object(pack: UInt32, offset: Int) -> ChainedObject? {
    let slot = slot(pack, offset)
    let index = table[slot]
    guard index != Self.none else { return nil }
    if newest != index {
      unlink(index)
      link(index)
    }
    let node = nodes[Int(index)]
    return ChainedObject(
      object: RawObject(kind: node.kind, body: node.body), depth: node.depth)
  }

  /// Keeps an object, unless it alone would take half of the budget.
  mutating func insert(_ chained: ChainedObject, pack: UInt32, offset: Int) {
    let object = chained.object
    let cost = object.body.count + Self.overheadBytes
    guard cost <= budget / 2 else { return }
    var slot = slot(pack, offset)
    guard table[slot] == Self.none else { return }
    while bytes + cost > budget, oldest != Self.none { drop(oldest) }
    if (filled + 1) * 2 > table.count { grow() }
    slot = self.slot(pack, offset)
    let node = Node(
      pack: pack, kind: object.kind, offset: offset, depth: chained.depth, body: object.body,
      newer: Self.none, older: Self.none)
    let index: Int32
    if free != Self.none {
      index = free
      free = nodes[Int(index)].older
      nodes[Int(index)] = node
    } else {
      index = Int32(nodes.count)
      nodes.append(node)
    }
    table[slot] = index
    filled += 1
    bytes += cost
    link(index)
  }

  /// Forgets the object at `offset` of a pack.
  mutating func remove(pack: UInt32, offset: Int) {
    let index = table[slot(pack, offset)]
    if index != Self.none { drop(index) }
  }

  // MARK: The list

  private mutating func link(_ index: Int32) {
    nodes[Int(index)].older = newest
    nodes[Int(index)].newer = Self.none
    if newest != Self.none { nodes[Int(newest)].newer = index } else { oldest = index }
    newest = index
  }

  private mutating func unlink(_ index: Int32) {
    let newer = nodes[Int(index)].newer
    let older = nodes[Int(index)].older
    if newer != Self.none { nodes[Int(newer)].older = older } else { newest = older }
    if older != Self.none { nodes[Int(older)].newer = newer } else { oldest = newer }
  }

  private mutating func drop(_ index: Int32) {
    unlink(index)
    vacate(slot(nodes[Int(index)].pack, nodes[Int(index)].offset))
    bytes -= nodes[Int(index)].body.count + Self.overheadBytes
    filled -= 1
    nodes[Int(index)].body = []
    nodes[Int(index)].older = free
    free = index
  }

  // MARK: The table

  private func home(_ pack: UInt32, _ offset: Int) -> Int {
    let mixed = (UInt64(bitPattern: Int64(offset)) ^ UInt64(pack) << 44) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed >> 20) & (table.count - 1)
  }

  /// The slot that has the key, or the empty one where it would be put.
  private func slot(_ pack: UInt32, _ offset: Int) -> Int {
    var slot = home(pack, offset)
    while true {
      let index = table[slot]
      if index == Self.none { return slot }
      if nodes[Int(index)].offset == offset, nodes[Int(index)].pack == pack { return slot }
      slot = (slot + 1) & (table.count - 1)
    }
  }

  /// Empties a slot and moves back those behind it that would not be found any more.
  private mutating func vacate(_ slot: Int) {
    var hole = slot
    var next = slot
    let mask = table.count - 1
    while true {
      next = (next + 1) & mask
      let index = table[next]
      if index == Self.none { break }
      let home = home(nodes[Int(index)].pack, nodes[Int(index)].offset)
      if (next - home) & mask >= (next - hole) & mask {
        table[hole] = index
        hole = next
      }
    }
    table[hole] = Self.none
  }

  private mutating func grow() {
    let old = table
    table = [Int32](repeating: Self.none, count: old.count * 2)
    for index in old where index != Self.none {
      table[slot(nodes[Int(index)].pack, nodes[Int(index)].offset)] = index
    }
  }
}
