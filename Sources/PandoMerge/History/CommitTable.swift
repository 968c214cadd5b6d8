internal import PandoBytes
internal import PandoObjects

/// The commits that a walk has met, numbered in the order it met them, with their parents and
/// dates.
///
/// A commit costs about 70 bytes: its name, a date, where its parents are, a byte of flags, and a
/// slot of the hash table, which is linear-probed and at most two thirds full.
struct CommitTable {
  /// A commit's number in its table.
  typealias Index = Int32

  let reader: any ObjectReader
  let grafts: Grafts
  private(set) var ids: [ObjectID] = []
  /// Committer dates; meaningful once the commit is read.
  private(set) var dates: [Int64] = []
  /// Marks of whoever walks.
  var marks: [Marks] = []
  private var parentStarts: [Int32] = []
  private var parentCounts: [Int32] = []
  private var parentList: [Index] = []
  private var slots: [Index]
  private var slotMask: Int
  private let seed: UInt64

  /// A set of one-bit marks.
  struct Marks: OptionSet {
    let rawValue: UInt8
  }

  init(_ reader: any ObjectReader, grafts: Grafts) {
    self.reader = reader
    self.grafts = grafts
    slots = [Index](repeating: -1, count: 64)
    slotMask = 63
    // Names come from outside: without a secret, somebody could choose many that share a slot.
    seed = UInt64(bitPattern: Int64(Hasher().finalize())) | 1 << 63 | 1
  }

  /// The number of commits met.
  var count: Int { ids.count }

  /// The number of the commit of that name, which is new when it was not met yet.
  mutating func index(of id: ObjectID) -> Index {
    var slot = firstSlot(id)
    while slots[slot] >= 0 {
      let candidate = slots[slot]
      if ids[Int(candidate)] == id { return candidate }
      slot = (slot + 1) & slotMask
    }
    let index = append(id)
    slots[slot] = index
    if ids.count * 3 > slots.count * 2 { grow() }
    return index
  }

  /// The number of the commit of that name, or nil when it was not met.
  func knownIndex(of id: ObjectID) -> Index? {
    var slot = firstSlot(id)
    while slots[slot] >= 0 {
      if ids[Int(slots[slot])] == id { return slots[slot] }
      slot = (slot + 1) & slotMask
    }
    return nil
  }

  /// Adds a commit that no name leads to, for merges of merge bases.
  mutating func appendVirtual(parents: [Index]) -> Index {
    let index = append(.null(reader.hashAlgorithm))
    parentStarts[Int(index)] = Int32(parentList.count)
    parentCounts[Int(index)] = Int32(parents.count)
    parentList.append(contentsOf: parents)
    return index
  }

  private mutating func append(_ id: ObjectID) -> Index {
    let index = Index(ids.count)
    ids.append(id)
    dates.append(0)
    marks.append([])
    parentStarts.append(0)
    parentCounts.append(-1)
    return index
  }

  private func firstSlot(_ id: ObjectID) -> Int {
    let word = id.digest.withBytes { $0.bigEndianUInt64(at: 0) ^ $0.bigEndianUInt64(at: 8) }
    let product = word.multipliedFullWidth(by: seed)
    return Int(truncatingIfNeeded: product.high ^ product.low) & slotMask
  }

  private mutating func grow() {
    slots = [Index](repeating: -1, count: slots.count * 2)
    slotMask = slots.count - 1
    for index in ids.indices where !ids[index].isNull {
      var slot = firstSlot(ids[index])
      while slots[slot] >= 0 { slot = (slot + 1) & slotMask }
      slots[slot] = Index(index)
    }
  }

  /// Whether the commit's parents are known.
  func isRead(_ index: Index) -> Bool { parentCounts[Int(index)] >= 0 }

  /// Reads the commit's links, once. Throws `.notFound` when the commit is missing.
  mutating func read(_ index: Index) throws(PandoError) {
    guard !isRead(index) else { return }
    let id = ids[Int(index)]
    let links = try reader.commitLinks(id)
    dates[Int(index)] = links.committerSeconds
    let parents = grafts.parents.isEmpty ? links.parents : grafts.parents[id] ?? links.parents
    let start = Int32(parentList.count)
    for parent in parents { parentList.append(self.index(of: parent)) }
    parentStarts[Int(index)] = start
    parentCounts[Int(index)] = Int32(parents.count)
  }

  /// Where the parents of a commit that was read are, for `parent(at:)`; empty when it was not.
  func parentRange(_ index: Index) -> Range<Int> {
    let start = Int(parentStarts[Int(index)])
    return start..<start + Int(max(0, parentCounts[Int(index)]))
  }

  /// One parent.
  func parent(at position: Int) -> Index { parentList[position] }

  /// The parents' names, of a commit that was read.
  func parentIDs(_ index: Index) -> [ObjectID] {
    parentRange(index).map { ids[Int(parentList[$0])] }
  }
}
