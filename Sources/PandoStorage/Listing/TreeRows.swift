internal import PandoBytes
internal import PandoObjects

/// A tree with where each entry begins and the number of what it names.
struct TreeRows: Sendable {
  /// One entry.
  struct Row: Sendable {
    var start: UInt32
    var number: UInt32
  }

  /// Stands for an object that has no number.
  static let unknown = UInt32.max
  /// Stands for a commit of another repository.
  static let submodule = UInt32.max - 1

  var body: [UInt8]
  var rows: [Row] = []

  /// Where an entry begins; the body's end behind the last one.
  func start(_ row: Int) -> Int { row < rows.count ? Int(rows[row].start) : body.count }

  /// The bytes that it takes.
  var byteCount: Int { body.count + rows.count * MemoryLayout<Row>.stride }
}

/// Compares trees with those on which they are deltas.
struct TreeRowsComparison {
  private let index: PlaceIndex
  private let algorithm: HashAlgorithm
  /// What the tree has that the base has not, and the reverse.
  private(set) var added: [TreeChanges.Entry] = []
  private(set) var removed: [TreeChanges.Entry] = []
  /// Whether each of those has a number.
  private(set) var isComplete = true

  init(_ index: PlaceIndex, _ algorithm: HashAlgorithm) {
    self.index = index
    self.algorithm = algorithm
  }

  /// Finds what a tree adds and removes, whose names it puts into `names`, and returns it with its
  /// rows. Throws where the body is no tree.
  mutating func compare(
    _ body: [UInt8], with base: TreeRows, _ names: inout TreeNames
  ) throws(ParseError) -> TreeRows {
    added.removeAll(keepingCapacity: true)
    removed.removeAll(keepingCapacity: true)
    isComplete = true
    var tree = TreeRows(body: body)
    tree.rows.reserveCapacity(base.rows.count + 2)
    let bytes = body.span
    let others = base.body.span
    var position = 0
    var row = 0
    while true {
      Self.skipShared(&tree, base, &position, &row)
      guard position < bytes.count else { break }
      let entry = try RawTreeEntry(bytes, at: position, algorithm: algorithm)
      var order = -1
      if row < base.rows.count {
        let other = try RawTreeEntry(others, at: base.start(row), algorithm: algorithm)
        order = entry.order(in: bytes, before: other, in: others)
        if order >= 0 {
          remove(other, row, base, &names)
          row += 1
        }
      }
      if order > 0 { continue }
      add(entry, &tree, at: position, &names)
      position = entry.idStart + algorithm.byteCount
    }
    while row < base.rows.count {
      let other = try RawTreeEntry(others, at: base.start(row), algorithm: algorithm)
      remove(other, row, base, &names)
      row += 1
    }
    return tree
  }

  private mutating func add(
    _ entry: RawTreeEntry, _ tree: inout TreeRows, at position: Int, _ names: inout TreeNames
  ) {
    var number = TreeRows.submodule
    if !entry.mode.isSubmodule {
      let id = entry.id(in: tree.body.span, algorithm: algorithm)
      number = index.position(of: id).map { UInt32($0) } ?? TreeRows.unknown
    }
    let row = tree.rows.count
    tree.rows.append(TreeRows.Row(start: UInt32(position), number: number))
    added.append(change(entry, row, tree, &names))
  }

  private mutating func remove(
    _ entry: RawTreeEntry, _ row: Int, _ base: TreeRows, _ names: inout TreeNames
  ) {
    removed.append(change(entry, row, base, &names))
  }

  private mutating func change(
    _ entry: RawTreeEntry, _ row: Int, _ tree: TreeRows, _ names: inout TreeNames
  ) -> TreeChanges.Entry {
    let number = tree.rows[row].number
    if number == TreeRows.unknown { isComplete = false }
    return TreeChanges.Entry(
      number: number, row: row, name: names.place(of: tree.body.span.extracting(entry.name)),
      isDirectory: entry.mode.isDirectory)
  }

  /// Passes over the entries that both trees have from here on.
  private static func skipShared(
    _ tree: inout TreeRows, _ base: TreeRows, _ position: inout Int, _ row: inout Int
  ) {
    let from = base.start(row)
    let rest = base.body.span.extracting(from..<base.body.count)
    let shared = tree.body.span.extracting(position..<tree.body.count)
      .sharedPrefixCount(with: rest)
    // The last row that begins in what both have: an entry whose bytes are all there ends there.
    var low = row
    var high = base.rows.count
    while low < high {
      let middle = low + (high - low + 1) / 2
      if base.start(middle) <= from + shared { low = middle } else { high = middle - 1 }
    }
    guard low > row else { return }
    let shift = position - from
    if shift == 0 {
      tree.rows.append(contentsOf: base.rows[row..<low])
    } else {
      for shared in base.rows[row..<low] {
        let start = UInt32(Int(shared.start) + shift)
        tree.rows.append(TreeRows.Row(start: start, number: shared.number))
      }
    }
    position += base.start(low) - from
    row = low
  }
}
