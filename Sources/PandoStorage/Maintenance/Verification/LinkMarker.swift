internal import PandoBytes
internal import PandoObjects

/// Collects what objects name, for one thread. Trees mostly name what the trees before them name:
/// what was named of late is known by its name's first half and looked up no more.
struct LinkMarker: Sendable {
  private static let slotBits = 14
  /// Names are handed over in lots of this many.
  static let lot = 4096

  private var recent = [UInt64](repeating: 0, count: 2 << Self.slotBits)
  /// Numbers of named objects, with the kind in the lowest three bits.
  private(set) var numbers: [UInt64] = []
  /// Named objects that no index has.
  private(set) var strangers: [(id: ObjectID, kind: ObjectKind)] = []

  /// Whether it is time to hand over.
  var isFull: Bool { numbers.count >= Self.lot || strangers.count >= Self.lot }

  mutating func note(_ raw: Span<UInt8>, _ kind: ObjectKind, _ names: IndexedNames) {
    let first = raw.bigEndianUInt64(at: 0)
    // The kind takes the place of three bits: 125 of the name are left.
    let second = raw.bigEndianUInt64(at: 8) & ~7 | UInt64(kind.rawValue)
    let slot = Int(truncatingIfNeeded: first & ((1 << UInt64(Self.slotBits)) - 1)) * 2
    if recent[slot] == first, recent[slot + 1] == second { return }
    recent[slot] = first
    recent[slot + 1] = second
    let algorithm: HashAlgorithm = raw.count == 20 ? .sha1 : .sha256
    guard let id = ObjectID(raw, algorithm: algorithm) else { return }
    if let number = names.number(of: id) {
      numbers.append(UInt64(number) << 3 | UInt64(kind.rawValue))
    } else {
      strangers.append((id, kind))
    }
  }

  /// Hands over what was collected.
  mutating func flush(into states: inout ObjectStates) {
    for word in numbers {
      guard let kind = ObjectKind(rawValue: UInt8(word & 7)) else { continue }
      states.noteUsed(Int(word >> 3), as: kind)
    }
    for (id, kind) in strangers { states.noteUsed(states.number(of: id), as: kind) }
    numbers.removeAll(keepingCapacity: true)
    strangers.removeAll(keepingCapacity: true)
  }
}
