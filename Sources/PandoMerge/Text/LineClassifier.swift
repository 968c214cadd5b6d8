internal import PandoBytes

/// Numbers lines so that two lines have one number exactly when they are equal.
struct LineClassifier {
  /// All different lines one after the other, and where each is.
  private var distinct: [UInt8] = []
  private var ranges: [Range<Int>] = []
  private var hashes: [UInt64] = []
  private var slots = [Int32](repeating: -1, count: 256)
  private let seed = UInt64(bitPattern: Int64(Hasher().finalize())) | 1

  /// Which white space keeps lines from being equal.
  private let whiteSpace: LineDiff.WhiteSpace
  private var scratch: [UInt8] = []

  init(whiteSpace: LineDiff.WhiteSpace = .all) { self.whiteSpace = whiteSpace }

  /// The number of different lines seen.
  var count: Int { ranges.count }

  /// Numbers the lines of a file. O(bytes).
  mutating func classes(of lines: Lines) -> [Int32] {
    var classes: [Int32] = []
    classes.reserveCapacity(lines.count)
    appendClasses(of: 0..<lines.count, in: lines, to: &classes)
    return classes
  }

  /// Numbers the lines of a file that is much like one whose lines are numbered: what both begin
  /// and end with is compared at the speed of memory.
  mutating func classes(
    of lines: Lines, like other: Lines, _ otherClasses: [Int32]
  ) -> [Int32] {
    let (first, last) = lines.sharedEdges(with: other)
    var classes: [Int32] = []
    classes.reserveCapacity(lines.count)
    classes += otherClasses[..<first]
    appendClasses(of: first..<lines.count - last, in: lines, to: &classes)
    classes += otherClasses[(otherClasses.count - last)...]
    return classes
  }

  private mutating func appendClasses(
    of range: Range<Int>, in lines: Lines, to classes: inout [Int32]
  ) {
    let bytes = lines.bytes
    let span = bytes.span
    guard whiteSpace != .all else {
      for line in range { classes.append(number(of: lines.range(line), in: span)) }
      return
    }
    for line in range {
      var compared = scratch
      scratch = []
      whiteSpace.reduce(span.extracting(lines.range(line)), into: &compared)
      classes.append(number(of: 0..<compared.count, in: compared.span))
      scratch = compared
    }
  }

  private mutating func number(of range: Range<Int>, in text: Span<UInt8>) -> Int32 {
    let bytes = text.extracting(range)
    let hash = Self.hash(bytes, seed)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let known = Int(slots[slot])
      if hashes[known] == hash, isSame(known, bytes) { return slots[slot] }
      slot = (slot + 1) & (slots.count - 1)
    }
    slots[slot] = Int32(ranges.count)
    ranges.append(distinct.count..<distinct.count + bytes.count)
    distinct.append(copying: bytes)
    hashes.append(hash)
    if ranges.count * 2 > slots.count { grow() }
    return Int32(ranges.count - 1)
  }

  private func isSame(_ known: Int, _ line: Span<UInt8>) -> Bool {
    let range = ranges[known]
    return range.count == line.count
      && distinct.span.extracting(range).hasSameBytes(as: line)
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    for (number, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(number)
    }
  }

  /// Mixes eight bytes at a time; the seed keeps others from choosing lines that collide.
  private static func hash(_ bytes: Span<UInt8>, _ seed: UInt64) -> UInt64 {
    var hash = seed ^ UInt64(bytes.count)
    guard bytes.count >= 8 else {
      var value: UInt64 = 0
      for index in bytes.indices { value = value << 8 | UInt64(bytes[index]) }
      return mix(hash ^ value, seed)
    }
    var position = 0
    while position + 8 <= bytes.count {
      hash = mix(hash ^ bytes.bigEndianUInt64(at: position), seed)
      position += 8
    }
    // The last bytes, some of them again.
    return mix(hash ^ bytes.bigEndianUInt64(at: bytes.count - 8), seed)
  }

  private static func mix(_ value: UInt64, _ seed: UInt64) -> UInt64 {
    let product = (value ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: seed | 1 << 62)
    return product.high ^ product.low
  }
}
