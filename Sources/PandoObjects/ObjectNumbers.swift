internal import PandoBytes

/// Numbers for object names, given out in the order the names come; as a set, what was met before.
///
/// A name costs about 50 bytes: itself, and a slot of a hash table that is linear-probed and at
/// most two thirds full.
package struct ObjectNumbers: Sendable {
  /// The names, each at its number.
  package private(set) var ids: [ObjectID] = []
  private var slots: [Int32]
  private var slotMask: Int
  private let seed: UInt64

  /// No names.
  package init() {
    slots = [Int32](repeating: -1, count: 64)
    slotMask = 63
    // Names come from outside: without a secret, somebody could choose many that share a slot.
    seed = UInt64(bitPattern: Int64(Hasher().finalize())) | 1 << 63 | 1
  }

  /// How many numbers are given out.
  package var count: Int { ids.count }

  /// Whether a name has a number.
  package func contains(_ id: ObjectID) -> Bool { slots[slot(of: id)] >= 0 }

  /// The number of a name, and whether it is new.
  package mutating func insert(_ id: ObjectID) -> (number: Int, isNew: Bool) {
    let slot = slot(of: id)
    if slots[slot] >= 0 { return (Int(slots[slot]), false) }
    let number = ids.count
    ids.append(id)
    slots[slot] = Int32(number)
    if ids.count * 3 > slots.count * 2 { grow() }
    return (number, true)
  }

  /// The number of a name, or nil when it has none.
  package func number(of id: ObjectID) -> Int? {
    let number = slots[slot(of: id)]
    return number < 0 ? nil : Int(number)
  }

  /// Gives out a number that no name leads to; `id` stands at it.
  package mutating func insertUnnamed(_ id: ObjectID) -> Int {
    ids.append(id)
    return ids.count - 1
  }

  /// The slot that a name is in, or would go to.
  private func slot(of id: ObjectID) -> Int {
    var slot = firstSlot(id)
    while slots[slot] >= 0, ids[Int(slots[slot])] != id { slot = (slot + 1) & slotMask }
    return slot
  }

  private func firstSlot(_ id: ObjectID) -> Int {
    let word = id.digest.withBytes { $0.bigEndianUInt64(at: 0) ^ $0.bigEndianUInt64(at: 8) }
    let product = word.multipliedFullWidth(by: seed)
    return Int(truncatingIfNeeded: product.high ^ product.low) & slotMask
  }

  private mutating func grow() {
    let old = slots
    // Unnamed numbers take no slot, so that one doubling may be more than is needed.
    slots = [Int32](repeating: -1, count: old.count * 2)
    slotMask = slots.count - 1
    for number in old where number >= 0 {
      var slot = firstSlot(ids[Int(number)])
      while slots[slot] >= 0 { slot = (slot + 1) & slotMask }
      slots[slot] = number
    }
  }
}
