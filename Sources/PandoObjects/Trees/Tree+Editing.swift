package import PandoBytes

/// A tree that was made from another one, and the delta from that.
package struct EditedTree: Sendable {
  package let tree: Tree
  /// Nil when it is of no use, half of the tree or more being new, and when the other tree was out
  /// of order, which this one is not.
  package let delta: [UInt8]?
}

extension Tree {
  /// An entry that goes, or a new one that comes before what is at its position.
  private struct Edit {
    let position: Int
    let entry: TreeEntry?
  }

  /// This tree without the entries of `names` and with `entries`, whose names are among `names`.
  /// Entries that stay are copied as they are, byte for byte. O(changes · log n), and one copy of
  /// the body and of what is known of its entries.
  package func replacing(
    _ names: [ByteString], by entries: [TreeEntry]
  ) throws(PandoError) -> EditedTree {
    guard isSorted else { return try replacingUnsorted(Set(names), by: entries) }
    var edits: [Edit] = []
    for name in names {
      for isDirectory in [false, true] {
        let position = insertionPosition(of: name, isDirectory: isDirectory)
        guard position < count, mode(at: position).isDirectory == isDirectory else { continue }
        let isNamed = withName(at: position) { $0.hasSameBytes(as: name.bytes.span) }
        if isNamed { edits.append(Edit(position: position, entry: nil)) }
      }
    }
    for entry in entries {
      let position = insertionPosition(of: entry.name, isDirectory: entry.mode.isDirectory)
      edits.append(Edit(position: position, entry: entry))
    }
    edits.sort { a, b in
      guard a.position == b.position else { return a.position < b.position }
      guard let first = a.entry, let second = b.entry else {
        return a.entry != nil && b.entry == nil
      }
      return TreeEntry.precedes(first, second)
    }
    return try applying(edits)
  }

  private func applying(_ edits: [Edit]) throws(PandoError) -> EditedTree {
    let bytes = edits.reduce(0) { $0 + ($1.entry?.byteCountMax ?? 0) }
    var made = TreeCopy(of: self, room: edits.count, bytes: bytes)
    for edit in edits {
      made.keep(upTo: edit.position)
      if let entry = edit.entry { made.insert(entry) } else { made.skip() }
    }
    made.keep(upTo: count)
    return try made.finished()
  }

  /// A tree of history that breaks the order is put in order when it is edited.
  private func replacingUnsorted(
    _ names: Set<ByteString>, by entries: [TreeEntry]
  ) throws(PandoError) -> EditedTree {
    let kept = filter { !names.contains($0.name) }
    var body: [UInt8] = []
    for entry in (kept + entries).sorted(by: TreeEntry.precedes) { entry.append(to: &body) }
    do throws(ParseError) {
      return EditedTree(tree: try Tree(parsing: body, algorithm: algorithm), delta: nil)
    } catch {
      throw .corrupt("tree", error)
    }
  }
}

/// A tree in the making, of ranges of another one and of new entries.
private struct TreeCopy {
  private let base: Tree
  private var body: [UInt8] = []
  private var slots: [Tree.Slot] = []
  /// The next position of the base.
  private var position = 0
  /// What is taken from the base, and what comes behind it.
  private var pieces: [(kept: Range<Int>, new: Range<Int>)] = []

  /// - Parameters:
  ///   - room: how many entries come at most.
  ///   - bytes: how many bytes they have at most.
  init(of base: Tree, room: Int, bytes: Int) {
    self.base = base
    body.reserveCapacity(base.serialized.count + bytes)
    slots.reserveCapacity(base.count + room)
  }

  /// Takes over the entries before a position.
  mutating func keep(upTo end: Int) {
    guard end > position else { return }
    let range = base.byteOffset(of: position)..<base.byteOffset(of: end)
    let distance = body.count - range.lowerBound
    body.append(contentsOf: base.serialized[range])
    let kept = base.slots[position..<end]
    if distance == 0 { slots += kept } else { slots += kept.map { $0.moved(by: distance) } }
    pieces.append((range, body.count..<body.count))
    position = end
  }

  /// Leaves out the next entry of the base.
  mutating func skip() { position += 1 }

  mutating func insert(_ entry: TreeEntry) {
    let start = body.count
    entry.append(to: &body)
    let end = body.count - 1 - entry.id.algorithm.byteCount
    slots.append(Tree.Slot(mode: entry.mode, name: end - entry.name.bytes.count..<end))
    if pieces.last?.new.upperBound == start, let last = pieces.popLast() {
      pieces.append((last.kept, last.new.lowerBound..<body.count))
    } else {
      pieces.append((0..<0, start..<body.count))
    }
  }

  func finished() throws(PandoError) -> EditedTree {
    guard body.count <= Tree.bodyBytesMax else {
      throw PandoError(.limitExceeded, "a tree cannot be larger than \(Tree.bodyBytesMax) bytes")
    }
    let newBytes = pieces.reduce(0) { $0 + $1.new.count }
    guard newBytes < body.count / 2 else {
      return EditedTree(tree: Tree(serialized: body, slots: slots, base.algorithm), delta: nil)
    }
    var delta = DeltaBuilder(base: base.serialized.count, result: body.count)
    for (kept, new) in pieces {
      if !kept.isEmpty { delta.copy(kept) }
      if !new.isEmpty { delta.insert(Array(body[new])) }
    }
    return EditedTree(
      tree: Tree(serialized: body, slots: slots, base.algorithm), delta: delta.bytes)
  }
}
