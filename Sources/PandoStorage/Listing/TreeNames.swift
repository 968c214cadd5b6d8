internal import PandoBytes

/// The names that entries of trees have, most of them once.
struct TreeNames: Sendable {
  private static let slotCount = 1 << 13

  /// Each name with a zero behind it.
  private var bytes: [UInt8] = []
  /// Where names that were met lately are; one more than that, zero when free.
  private var slots = [UInt32](repeating: 0, count: Self.slotCount)

  /// How many bytes there are.
  var byteCount: Int { bytes.count }

  /// The place of a name, which is put there when it has none.
  mutating func place(of name: Span<UInt8>) -> Int {
    let slot = Self.slot(name)
    if slots[slot] > 0 {
      let place = Int(slots[slot]) - 1
      let end = place + name.count
      if end < bytes.count, bytes[end] == 0,
        bytes.span.extracting(place..<end).hasSameBytes(as: name)
      {
        return place
      }
    }
    let place = bytes.count
    bytes.append(copying: name)
    bytes.append(0)
    slots[slot] = UInt32(truncatingIfNeeded: place + 1)
    return place
  }

  /// Puts a name behind a path.
  func append(_ place: Int, to path: inout [UInt8]) {
    let end = bytes.span.firstIndex(of: 0, from: place) ?? bytes.count
    path.append(copying: bytes.span.extracting(place..<end))
  }

  private static func slot(_ name: Span<UInt8>) -> Int {
    var hash = UInt64(truncatingIfNeeded: name.count)
    var index = 0
    while index + 8 <= name.count {
      hash = (hash ^ name.bigEndianUInt64(at: index)) &* 0x9E37_79B9_7F4A_7C15
      index += 8
    }
    while index < name.count {
      hash = (hash ^ UInt64(name[index])) &* 0x9E37_79B9_7F4A_7C15
      index += 1
    }
    return Int(truncatingIfNeeded: hash >> 40) & (slotCount - 1)
  }
}
