/// Writes a delta from its parts, for one who knows what changed. Source: gitformat-pack,
/// "Deltified representation".
public struct DeltaBuilder: Sendable {
  /// The delta so far.
  public private(set) var bytes: [UInt8] = []

  /// Starts a delta that makes `result` bytes of `base` bytes.
  public init(base: Int, result: Int) {
    bytes.append(deltaSize: base)
    bytes.append(deltaSize: result)
  }

  /// Goes on with the bytes of the base in `range`. O(1) for each 64 KiB.
  public mutating func copy(_ range: Range<Int>) {
    var start = range.lowerBound
    while start < range.upperBound {
      let count = min(range.upperBound - start, DeltaIndex.copyMax)
      copy(from: start, count == DeltaIndex.copyMax ? 0 : count)
      start += count
    }
  }

  private mutating func copy(from start: Int, _ size: Int) {
    let opcode = bytes.count
    bytes.append(0x80)
    for (number, value) in [(0, start), (4, size)] {
      var (rest, flag) = (value, UInt8(1) << UInt8(number))
      while rest != 0 {
        if rest & 0xFF != 0 {
          bytes[opcode] |= flag
          bytes.append(UInt8(truncatingIfNeeded: rest))
        }
        rest >>= 8
        flag <<= 1
      }
    }
  }

  /// Goes on with `new` bytes. O(n).
  public mutating func insert(_ new: [UInt8]) {
    var start = 0
    while start < new.count {
      let end = min(new.count, start + DeltaIndex.insertMax)
      bytes.append(UInt8(end - start))
      bytes.append(contentsOf: new[start..<end])
      start = end
    }
  }
}
