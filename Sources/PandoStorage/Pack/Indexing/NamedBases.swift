internal import PandoBytes
internal import PandoObjects

/// The names that deltas have as their bases, each with the list of those deltas: 24 bytes a name
/// that SHA-1 makes. Threads share it; each list is taken by one of them.
struct NamedBases: Sendable {
  private let algorithm: HashAlgorithm
  private let stride: Int
  private let words: SharedWords
  /// The number of names.
  let count: Int
  /// How many of a name's leading bits tell its slot.
  private let slotBits: Int
  /// Where the names of each slot begin.
  private let slots: [UInt32]

  /// Groups `deltas`, whose records in `table` hold the names of their bases, and links those on
  /// the same base in the order of the entries.
  init(_ deltas: [UInt32], in table: PackTable) {
    algorithm = table.algorithm
    stride = algorithm.byteCount / 4 + 1
    let sorted = deltas.sorted { table.isOrdered(Int($0), Int($1)) }
    var heads: [Int] = []
    for index in sorted.indices
    where index == 0 || table.id(Int(sorted[index])) != table.id(Int(sorted[index - 1])) {
      heads.append(index)
    }
    count = heads.count
    words = SharedWords(count: heads.count * stride)
    slotBits = max(0, Int.bitWidth - heads.count.leadingZeroBitCount - 1)
    var slots = [UInt32](repeating: 0, count: 1 << slotBits + 1)
    for (group, head) in heads.enumerated() {
      let base = table.id(Int(sorted[head]))
      words.setDigest(base.digest, at: group * stride)
      words[group * stride + stride - 1] = sorted[head] + 1
      slots[Self.slot(base, slotBits) + 1] += 1
    }
    for index in 1..<slots.count { slots[index] += slots[index - 1] }
    self.slots = slots
    // Only now are the names of the bases not needed any more.
    for (group, head) in heads.enumerated() {
      let end = group + 1 < heads.count ? heads[group + 1] : sorted.count
      for index in head..<end {
        table.setNext(Int(sorted[index]), index + 1 < end ? sorted[index + 1] + 1 : 0)
      }
    }
  }

  private static func slot(_ id: ObjectID, _ bits: Int) -> Int {
    bits == 0 ? 0 : Int(id.digest.leadingWord >> UInt64(64 - bits))
  }

  /// The name of a base.
  func base(_ group: Int) -> ObjectID { ObjectID(words.digest(at: group * stride, algorithm)) }

  /// The first of the deltas on a base; zero when the list is taken.
  func first(_ group: Int) -> UInt32 { words[group * stride + stride - 1] }

  /// Takes the list of deltas on the object of that name; zero for none.
  func takeDeltas(on id: ObjectID) -> UInt32 {
    let slot = Self.slot(id, slotBits)
    for group in Int(slots[slot])..<Int(slots[slot + 1]) where base(group) == id {
      return words.exchange(group * stride + stride - 1, with: 0)
    }
    return 0
  }
}
