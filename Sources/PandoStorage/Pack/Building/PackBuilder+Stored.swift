internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// What the packs tell of their objects: kinds, sizes, and which deltas can be copied.
extension PackBuilder {
  /// Fills in all rows. Packs are read once from start to end, headers only.
  mutating func examine() throws(PandoError) {
    if count > 0 { options.progress?.begin("Counting objects", total: count) }
    var byPack = [[Int32]](repeating: [], count: packs.count)
    for number in rows.indices {
      let pack = rows[number].pack
      if pack >= 0 {
        byPack[Int(pack)].append(Int32(number))
      } else {
        try examineLoose(number)
      }
    }
    for (number, members) in byPack.enumerated() where !members.isEmpty {
      byPack[number] = []
      try examine(members, of: packs[number])
    }
    try breakChains()
    options.progress?.update(count)
    options.progress?.end()
  }

  private mutating func examineLoose(_ number: Int) throws(PandoError) {
    let id = numbers.ids[number]
    guard let header = try objects.header(of: id) else { throw .missing(id) }
    rows[number].kind = header.kind
    rows[number].size = header.size
  }

  private mutating func examine(_ members: [Int32], of reader: PackReader) throws(PandoError) {
    guard let pack = try reader.packFile() else {
      // It was removed: what it had is somewhere else, or missing.
      for number in members {
        rows[Int(number)].pack = PackRow.none
        try examineLoose(Int(number))
      }
      return
    }
    let traversal = try PackTraversal(reader, pack)
    var rowOfPosition = [Int32](repeating: PackRow.none, count: reader.index.count)
    for number in members { rowOfPosition[Int(rows[Int(number)].position)] = number }
    var workspace = PackWorkspace()
    workspace.window.isSequential = members.count * 8 > traversal.count
    for entryNumber in 0..<traversal.count {
      let number = rowOfPosition[traversal.position(of: entryNumber)]
      guard number >= 0 else { continue }
      let offset = traversal.offset(of: entryNumber)
      let isLast = entryNumber + 1 == traversal.count
      let end = isLast ? pack.end : traversal.offset(of: entryNumber + 1)
      let entry = try reader.entry(at: offset, in: pack, &workspace.window)
      var row = rows[Int(number)]
      row.entryBytes = UInt32(exactly: end - offset) ?? 0
      switch try reader.origin(of: entry, in: pack) {
      case .whole(let kind):
        row.kind = kind
        row.size = entry.size
      case .delta(let offset):
        row.isStoredDelta = true
        try examine(
          &row, entry, base: offset, traversal, &workspace, rowOfPosition)
      }
      rows[Int(number)] = row
    }
  }

  /// Fills in the row of an entry that is a delta on the entry at `offset`.
  private func examine(
    _ row: inout PackRow, _ entry: PackEntry, base offset: Int, _ traversal: PackTraversal,
    _ workspace: inout PackWorkspace, _ rowOfPosition: [Int32]
  ) throws(PandoError) {
    let (reader, pack) = (traversal.reader, traversal.pack)
    guard let baseEntry = traversal.entry(at: offset) else {
      throw pack.corrupt("is a delta on what is no entry", at: entry.offset)
    }
    let basePosition = traversal.position(of: baseEntry)
    let base = rowOfPosition[basePosition]
    // Bases by name may lie behind.
    if base >= 0, offset < entry.offset {
      row.kind = rows[Int(base)].kind
    } else if let header = try reader.header(atOffset: offset) {
      row.kind = header.kind
    }
    if options.reusesDeltas, options.reusesObjects, row.entryBytes > 0, !row.isPreferredBase {
      // The base may be sent from another pack.
      let sent = base >= 0 ? Int(base) : numbers.number(of: reader.index.id(at: basePosition))
      if let sent {
        row.base = Int32(sent)
        row.reusesDelta = true
        row.size = entry.size
        return
      }
    }
    row.size = try reader.resultSize(entry, in: pack, &workspace.inflater, &workspace.window)
  }

  /// Gives up deltas that form a ring, as those of several packs can, or chains that are too long.
  private mutating func breakChains() throws(PandoError) {
    var depths = [Int32](repeating: -1, count: rows.count)
    var way: [Int] = []
    var isOnWay = [Bool](repeating: false, count: rows.count)
    for start in rows.indices where depths[start] < 0 {
      var current = start
      while depths[current] < 0, rows[current].reusesDelta, !isOnWay[current] {
        isOnWay[current] = true
        way.append(current)
        current = Int(rows[current].base)
      }
      if isOnWay[current] { try giveUpDelta(current) }
      if depths[current] < 0 { depths[current] = 0 }
      while let step = way.popLast() {
        isOnWay[step] = false
        guard rows[step].reusesDelta else { continue }
        let depth = depths[Int(rows[step].base)] + 1
        if depth > options.depth {
          try giveUpDelta(step)
          depths[step] = 0
        } else {
          depths[step] = depth
        }
      }
    }
    // What a chain of copied deltas stands on must not get too deep itself.
    for number in rows.indices where rows[number].reusesDelta {
      var below = Int(rows[number].base)
      while rows[below].reusesDelta { below = Int(rows[below].base) }
      rows[below].depth = max(rows[below].depth, UInt16(clamping: depths[number]))
    }
  }

  private mutating func giveUpDelta(_ number: Int) throws(PandoError) {
    rows[number].reusesDelta = false
    rows[number].base = PackRow.none
    // Its entry is a delta, which is not copied any more; how many bytes the object has is read
    // anew.
    let id = numbers.ids[number]
    guard let header = try objects.header(of: id) else { throw .missing(id) }
    rows[number].size = header.size
  }
}
