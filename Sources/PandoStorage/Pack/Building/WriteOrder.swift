internal import PandoObjects

/// The order of objects in a pack: commits, tags and trees by age, since walks read them so, then
/// blobs, those of one family of deltas together. A base always comes before what is based on it.
struct WriteOrder {
  /// The row numbers in order.
  private(set) var numbers: [Int32] = []
  private var isPlaced: [Bool]
  private let rows: [PackRow]

  init(_ rows: [PackRow]) {
    self.rows = rows
    isPlaced = [Bool](repeating: false, count: rows.count)
    numbers.reserveCapacity(rows.count)
    var way: [Int32] = []
    for kind in [ObjectKind.commit, .tag, .tree] {
      for number in rows.indices where rows[number].kind == kind { place(number, &way) }
    }
    placeFamilies()
  }

  /// Places an object behind its bases.
  private mutating func place(_ number: Int, _ way: inout [Int32]) {
    var current = number
    while !isPlaced[current], !rows[current].isPreferredBase {
      isPlaced[current] = true
      way.append(Int32(current))
      guard rows[current].base >= 0 else { break }
      current = Int(rows[current].base)
    }
    while let step = way.popLast() { numbers.append(step) }
  }

  private mutating func placeFamilies() {
    var children = [Int32](repeating: PackRow.none, count: rows.count)
    var siblings = [Int32](repeating: PackRow.none, count: rows.count)
    for number in rows.indices.reversed() where rows[number].kind == .blob {
      let base = Int(rows[number].base)
      guard base >= 0, !rows[base].isPreferredBase else { continue }
      siblings[number] = children[base]
      children[base] = Int32(number)
    }
    var pending: [Int32] = []
    for number in rows.indices where rows[number].kind == .blob {
      guard !isPlaced[number], !rows[number].isPreferredBase else { continue }
      var root = number
      while rows[root].base >= 0, !rows[Int(rows[root].base)].isPreferredBase {
        root = Int(rows[root].base)
      }
      pending.append(Int32(root))
      while let next = pending.popLast() {
        isPlaced[Int(next)] = true
        numbers.append(next)
        let start = pending.count
        var child = children[Int(next)]
        while child >= 0 {
          pending.append(child)
          child = siblings[Int(child)]
        }
        // The first child is taken from the end.
        pending[start...].reverse()
      }
    }
  }
}
