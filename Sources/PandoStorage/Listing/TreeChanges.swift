internal import PandoBytes
internal import PandoObjects

/// What each tree of a pack has that the tree lacks on which it is a delta, and the reverse.
///
/// A walk that has met all entries of one of the two needs of the other only this: a tree of 420
/// entries is then two numbers. Costs 24 bytes a tree, 24 a change, 4 an object.
struct TreeChanges: Sendable {
  /// An entry of a tree.
  struct Entry: Sendable {
    /// The position of its object in the pack's index, or `TreeRows.submodule`.
    let number: UInt32
    private let row: UInt32
    private let name: UInt32

    init(number: UInt32, row: Int, name: Int, isDirectory: Bool) {
      self.number = number
      self.row = UInt32(truncatingIfNeeded: row) << 1 | (isDirectory ? 1 : 0)
      self.name = UInt32(truncatingIfNeeded: name)
    }

    /// Whether it is a directory.
    var isDirectory: Bool { row & 1 != 0 }
    /// Where its name is.
    var namePlace: Int { Int(name) }
    /// Its place in the tree that adds it, or that it is removed from.
    var place: Int { Int(row >> 1) }
  }

  private struct Record {
    /// The record of the tree on which it is a delta, or `none`.
    var base: UInt32
    /// Where in `entries` begins what it adds, what it removes, and what comes next.
    var added: Int
    var removed: Int
    var end: Int
    var isWalked = false
    /// The record of a delta on it that was walked, or `none`.
    var walkedDelta = TreeChanges.none
  }

  /// What of a tree need be looked at.
  enum Rest {
    /// Some of `entries`.
    case changes(Range<Int>)
    /// All of the tree.
    case all([Entry])
  }

  static let none = UInt32.max
  /// What changes and names may take; trees for which there is no room stay unknown.
  private static let bytesMax = 192 << 20

  private var recordOfNumber: [UInt32]
  private var records: [Record] = []
  private(set) var entries: [Entry] = []
  /// The names of the entries.
  var names = TreeNames()

  /// Knows no tree of a pack of `count` objects.
  init(count: Int) { recordOfNumber = [UInt32](repeating: Self.none, count: count) }

  /// Notes a tree, whose base was noted before.
  mutating func insert(_ number: Int, base: Int?, added: [Entry], removed: [Entry]) {
    recordOfNumber[number] = UInt32(records.count)
    let start = entries.count
    entries += added
    entries += removed
    records.append(
      Record(
        base: base.map { recordOfNumber[$0] } ?? Self.none, added: start,
        removed: start + added.count, end: entries.count))
  }

  /// Whether there is no room for more.
  var isFull: Bool {
    entries.count * MemoryLayout<Entry>.stride + names.byteCount > Self.bytesMax
  }

  /// Whether a tree is known.
  func contains(_ number: Int) -> Bool {
    number < recordOfNumber.count && recordOfNumber[number] != Self.none
  }

  // MARK: Walking

  /// What of a tree was not met with those walked; nil when nothing is known of the tree.
  func rest(of number: Int) -> Rest? {
    guard contains(number) else { return nil }
    let record = records[Int(recordOfNumber[number])]
    if record.walkedDelta != Self.none {
      let delta = records[Int(record.walkedDelta)]
      return .changes(delta.removed..<delta.end)
    }
    if record.base == Self.none || records[Int(record.base)].isWalked {
      return .changes(record.added..<record.removed)
    }
    return .all(all(recordOfNumber[number]))
  }

  /// Notes that all entries of a tree have been met.
  mutating func noteWalked(_ number: Int) {
    guard contains(number) else { return }
    let record = recordOfNumber[number]
    records[Int(record)].isWalked = true
    let base = records[Int(record)].base
    if base != Self.none { records[Int(base)].walkedDelta = record }
  }

  /// All entries of a tree, made from those of the whole tree below it.
  private func all(_ record: UInt32) -> [Entry] {
    var chain: [UInt32] = []
    var root = record
    while records[Int(root)].base != Self.none {
      chain.append(root)
      root = records[Int(root)].base
    }
    var all = Array(entries[records[Int(root)].added..<records[Int(root)].removed])
    while let next = chain.popLast() { all = apply(records[Int(next)], to: all) }
    return all
  }

  private func apply(_ record: Record, to base: [Entry]) -> [Entry] {
    var result: [Entry] = []
    result.reserveCapacity(base.count + record.removed - record.added)
    var added = record.added
    var removed = record.removed
    for (place, entry) in base.enumerated() {
      if removed < record.end, entries[removed].place == place {
        removed += 1
        continue
      }
      while added < record.removed, entries[added].place == result.count {
        result.append(entries[added])
        added += 1
      }
      result.append(entry)
    }
    result += entries[added..<record.removed]
    return result
  }
}
