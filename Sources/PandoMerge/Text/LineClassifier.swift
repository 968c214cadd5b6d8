internal import PandoBytes

/// Numbers lines so that two lines have one number exactly when they are equal.
struct LineClassifier {
  private var files: [Lines] = []
  /// A line that stands for each class, and its hash.
  private var samples: [(file: Int, line: Int)] = []
  private var hashes: [UInt64] = []
  private var slots = [Int32](repeating: -1, count: 256)
  private let seed = UInt64(bitPattern: Int64(Hasher().finalize())) | 1

  /// The number of different lines seen.
  var count: Int { samples.count }

  /// Numbers the lines of a file. O(bytes).
  mutating func classes(of lines: Lines) -> [Int32] {
    files.append(lines)
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
    files.append(lines)
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
    for line in range {
      classes.append(number(span.extracting(lines.range(line)), file: files.count - 1, line: line))
    }
  }

  private mutating func number(_ bytes: Span<UInt8>, file: Int, line: Int) -> Int32 {
    let hash = Self.hash(bytes, seed)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let known = Int(slots[slot])
      if hashes[known] == hash, isSame(known, bytes) { return slots[slot] }
      slot = (slot + 1) & (slots.count - 1)
    }
    slots[slot] = Int32(samples.count)
    samples.append((file, line))
    hashes.append(hash)
    if samples.count * 2 > slots.count { grow() }
    return Int32(samples.count - 1)
  }

  private func isSame(_ known: Int, _ line: Span<UInt8>) -> Bool {
    let sample = samples[known]
    let range = files[sample.file].range(sample.line)
    guard range.count == line.count else { return false }
    let bytes = files[sample.file].bytes
    return bytes.span.extracting(range).hasSameBytes(as: line)
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
    var position = 0
    while position + 8 <= bytes.count {
      hash = mix(hash ^ bytes.bigEndianUInt64(at: position), seed)
      position += 8
    }
    var tail: UInt64 = 0
    while position < bytes.count {
      tail = tail << 8 | UInt64(bytes[position])
      position += 1
    }
    return mix(hash ^ tail, seed)
  }

  private static func mix(_ value: UInt64, _ seed: UInt64) -> UInt64 {
    let product = (value ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: seed | 1 << 62)
    return product.high ^ product.low
  }
}
