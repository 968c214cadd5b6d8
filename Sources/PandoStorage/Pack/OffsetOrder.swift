internal import PandoBytes
internal import PandoObjects

/// The entries of a pack in the order of their bytes, by the offsets that its index has. 8 bytes an
/// entry.
struct OffsetOrder: Sendable {
  /// One entry a word, so that they sort fast: the offset above, the position in the index below.
  private var entries: [UInt64] = []
  private let positionBits: UInt64

  /// Sorts the entries of the pack of an index, unless `order` has their positions sorted already.
  /// O(n). Throws when offsets lie outside of `range`, and when the pack is too large: above 16 TiB
  /// with a million objects.
  init(
    _ index: PackIndex, in range: Range<Int> = 0..<Int.max, order: [UInt32]? = nil
  ) throws(ParseError) {
    let count = index.count
    positionBits = UInt64(max(1, Int.bitWidth - max(count - 1, 0).leadingZeroBitCount))
    entries.reserveCapacity(count)
    var isSorted = true
    var (last, highest) = (0, 0)
    for place in 0..<count {
      let offset = try index.offset(at: order.map { Int($0[place]) } ?? place)
      guard range.contains(offset) else {
        throw ParseError("pack entry", "lies outside the pack", at: offset)
      }
      if offset < last { isSorted = false }
      last = offset
      highest = max(highest, offset)
      entries.append(UInt64(offset))
    }
    guard UInt64(highest) >> (64 - positionBits) == 0 else {
      throw ParseError("pack", "is too large to be read in order", at: highest)
    }
    for place in 0..<count {
      let position = order.map { UInt64($0[place]) } ?? UInt64(place)
      entries[place] = entries[place] << positionBits | position
    }
    // An order that was read may be whole and yet wrong.
    if !isSorted { order == nil ? sort(upTo: highest) : entries.sort() }
  }

  /// Sorts entries whose positions ascend by their offsets, eleven bits at a time.
  private mutating func sort(upTo highest: Int) {
    let digitBits: UInt64 = 11
    let offsetBits = UInt64(Int.bitWidth - highest.leadingZeroBitCount)
    var others = [UInt64](repeating: 0, count: entries.count)
    for shift in stride(from: positionBits, to: positionBits + offsetBits, by: Int(digitBits)) {
      var starts = [Int](repeating: 0, count: 1 << digitBits + 1)
      let mask = UInt64(1) << digitBits - 1
      for entry in entries { starts[Int(entry >> shift & mask) + 1] += 1 }
      for digit in 1..<starts.count { starts[digit] += starts[digit - 1] }
      for entry in entries {
        let digit = Int(entry >> shift & mask)
        others[starts[digit]] = entry
        starts[digit] += 1
      }
      swap(&entries, &others)
    }
  }

  /// The number of entries.
  var count: Int { entries.count }

  /// The positions in the index, in this order.
  var positions: [UInt32] {
    let mask = UInt64(1) << positionBits - 1
    return entries.map { UInt32(truncatingIfNeeded: $0 & mask) }
  }

  /// The position in the index of an entry.
  func position(of entry: Int) -> Int { Int(entries[entry] & (1 << positionBits - 1)) }

  /// Where an entry begins.
  func offset(of entry: Int) -> Int { Int(entries[entry] >> positionBits) }

  /// The number of the entry at `offset`, or nil.
  func entry(at offset: Int) -> Int? {
    let key = UInt64(offset) << positionBits
    var low = 0
    var high = entries.count
    while low < high {
      let middle = low + (high - low) / 2
      if entries[middle] < key { low = middle + 1 } else { high = middle }
    }
    return low < entries.count && self.offset(of: low) == offset ? low : nil
  }
}
