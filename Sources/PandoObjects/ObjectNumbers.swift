internal import PandoBytes

/// Numbers for object names, given out in the order the names come; as a set, what was met before.
///
/// A name costs about 55 bytes: itself, and a slot of a hash table that is linear-probed and at
/// most two thirds full. A slot has bits of the name's hash, so that nearly every search for a name
/// that is new, and every step over another name, stays in the table.
package struct ObjectNumbers: Sendable {
  /// The names, each at its number.
  package private(set) var ids: [ObjectID] = []
  /// The hash in the upper half, the number and one in the lower; zero when free.
  private var slots: [UInt64]
  private var slotMask: Int
  private let seed: UInt64

  /// No names.
  package init() {
    slots = [UInt64](repeating: 0, count: 64)
    slotMask = 63
    // Names come from outside: without a secret, somebody could choose many that share a slot.
    seed = UInt64(bitPattern: Int64(Hasher().finalize())) | 1 << 63 | 1
  }

  /// How many numbers are given out.
  package var count: Int { ids.count }

  /// Whether a name has a number.
  package func contains(_ id: ObjectID) -> Bool { number(of: id) != nil }

  /// The number of a name, and whether it is new.
  package mutating func insert(_ id: ObjectID) -> (number: Int, isNew: Bool) {
    let hash = hash(of: id)
    var slot = Int(hash) & slotMask
    while true {
      let found = slots[slot]
      if found == 0 { break }
      if UInt32(truncatingIfNeeded: found >> 32) == hash {
        let number = Int(UInt32(truncatingIfNeeded: found)) - 1
        if ids[number] == id { return (number, false) }
      }
      slot = (slot + 1) & slotMask
    }
    let number = ids.count
    ids.append(id)
    slots[slot] = UInt64(hash) << 32 | UInt64(number + 1)
    if ids.count * 3 > slots.count * 2 { grow() }
    return (number, true)
  }

  /// The number of a name; nil when it has none.
  package func number(of id: ObjectID) -> Int? {
    let hash = hash(of: id)
    var slot = Int(hash) & slotMask
    while slots[slot] != 0 {
      if UInt32(truncatingIfNeeded: slots[slot] >> 32) == hash {
        let number = Int(UInt32(truncatingIfNeeded: slots[slot])) - 1
        if ids[number] == id { return number }
      }
      slot = (slot + 1) & slotMask
    }
    return nil
  }

  /// Gives out a number that no name leads to; `id` stands at it.
  package mutating func insertUnnamed(_ id: ObjectID) -> Int {
    ids.append(id)
    return ids.count - 1
  }

  private func hash(of id: ObjectID) -> UInt32 {
    let product = id.digest.leadingWord.multipliedFullWidth(by: seed)
    return UInt32(truncatingIfNeeded: product.high ^ product.low)
  }

  private mutating func grow() {
    let old = slots
    // Unnamed numbers take no slot, so that one doubling may be more than is needed.
    slots = [UInt64](repeating: 0, count: old.count * 2)
    slotMask = slots.count - 1
    for entry in old where entry != 0 {
      var slot = Int(entry >> 32) & slotMask
      while slots[slot] != 0 { slot = (slot + 1) & slotMask }
      slots[slot] = entry
    }
  }
}
