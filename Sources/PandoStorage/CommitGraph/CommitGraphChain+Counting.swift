public import PandoObjects

extension CommitGraphChain {
  /// How many commits those at `starts` lead to. Each costs its row and a bit: 0.1 µs.
  public func reachableCount(
    from starts: [Int], byFirstParents: Bool
  ) throws(PandoError) -> Int {
    var walk = PositionWalk(count: count)
    for start in starts { walk.meet(start) }
    while let position = walk.next() {
      let (layer, place) = place(of: position)
      let row = layer.row(at: place)
      guard row.first != CommitGraphFile.noParent else { continue }
      if !byFirstParents {
        if row.hasEdges {
          try parents(at: position) { walk.meet($0) }
          continue
        }
        if row.second != CommitGraphFile.noParent { walk.meet(try checked(row.second, layer)) }
      }
      walk.meet(try checked(row.first, layer))
    }
    return walk.found
  }
}

/// Positions on the way, each of which is met once: a bit for every one there is.
private struct PositionWalk {
  private var seen: [UInt64]
  private var pending: [Int] = []
  /// How many were met.
  private(set) var found = 0

  init(count: Int) { seen = [UInt64](repeating: 0, count: count / 64 + 1) }

  mutating func meet(_ position: Int) {
    let bit = UInt64(1) << UInt64(position & 63)
    guard seen[position >> 6] & bit == 0 else { return }
    seen[position >> 6] |= bit
    found += 1
    pending.append(position)
  }

  mutating func next() -> Int? { pending.popLast() }
}
