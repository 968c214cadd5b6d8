/// Decodes the first bytes of zlib streams in less time than zlib takes, which is what a walk reads
/// of commits. What that gains, and why whole streams are zlib's: Docs/Decisions/0007.
///
/// It only ever says yes or "ask ``Inflater``": for a stream that is damaged, cut short or unusual
/// it gives up, and no error comes from here. Memory is bounded and taken once: 12 KiB.
/// Source: RFC 1950 and 1951.
@safe public struct HeadInflater: ~Copyable, @unchecked Sendable {
  /// The most bytes that it decodes.
  public static let bytesMax = 8 << 10
  /// The longest match: output may go this far beyond what is wanted.
  private static let matchMax = 258
  /// Matches are copied in words, which may write this far beyond their end.
  private static let copySlack = 8

  private enum Block {
    case none
    case stored(left: Int)
    case coded
  }

  // The only owner of the memory is this value, which is why it may move between threads.
  private let output: UnsafeMutablePointer<UInt8>
  /// The lengths of the words of a block's symbols, and the symbols that have one.
  private let lengths: UnsafeMutablePointer<UInt8>
  private let symbols: UnsafeMutablePointer<UInt16>
  private var literals = PrefixCode(symbolsMax: 288, bits: 10)
  private var distances = PrefixCode(symbolsMax: 32, bits: 8)
  private var lengthCode = PrefixCode(symbolsMax: 19, bits: 7)

  private var position = 0
  private var bits: UInt64 = 0
  /// How many of `bits` are there; below zero when the input was too short.
  private var bitCount = 0
  private var block = Block.none
  private var isLastBlock = false
  /// Whether `literals` and `distances` are the code that deflate fixes.
  private var hasFixedCode = false

  /// How many bytes have been decoded.
  public private(set) var count = 0
  /// Whether the last block has been decoded; its checksum has not been looked at.
  public private(set) var isAtEnd = false

  /// Makes a decoder.
  public init() {
    unsafe output = .allocate(capacity: Self.bytesMax + Self.matchMax + Self.copySlack)
    unsafe lengths = .allocate(capacity: 288 + 32)
    unsafe symbols = .allocate(capacity: 288 + 32)
  }

  deinit {
    unsafe output.deallocate()
    unsafe lengths.deallocate()
    unsafe symbols.deallocate()
  }

  /// How many bytes of input have been used, the last one perhaps in part.
  public var consumed: Int { position - bitCount >> 3 }

  /// The bytes decoded, lent to `body`.
  public func withBytes<R, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
    try body(unsafe Span(_unsafeStart: output, count: count))
  }

  /// Begins with the stream that `input` begins with; false when it gives up.
  public mutating func start(_ input: Span<UInt8>) -> Bool {
    count = 0
    isAtEnd = false
    isLastBlock = false
    block = .none
    bits = 0
    bitCount = 0
    position = 2
    guard input.count >= 2 else { return false }
    let (method, flags) = (input[0], input[1])
    return method & 15 == 8 && method >> 4 <= 7 && flags & 0x20 == 0
      && (UInt16(method) << 8 | UInt16(flags)) % 31 == 0
  }

  /// Goes on until there are at least `wanted` bytes, at most `bytesMax`, or the stream ends; false
  /// when it gives up. `input` is the same as at the start.
  public mutating func extend(_ input: Span<UInt8>, to wanted: Int) -> Bool {
    guard wanted <= Self.bytesMax else { return false }
    while count < wanted, !isAtEnd { guard decodeSome(input, until: wanted) else { return false } }
    return true
  }

  private mutating func decodeSome(_ input: Span<UInt8>, until wanted: Int) -> Bool {
    switch block {
    case .coded: return decode(input, until: wanted)
    case .stored(let left): return copyStored(input, left, until: wanted)
    case .none: break
    }
    if isLastBlock {
      isAtEnd = true
      return true
    }
    return beginBlock(input)
  }

  // MARK: Bits

  private mutating func refill(_ input: Span<UInt8>) {
    if input.count - position >= 8 {
      let word = unsafe input.bytes.unsafeLoadUnaligned(
        fromByteOffset: position, as: UInt64.self)
      bits |= UInt64(littleEndian: word) << UInt64(bitCount)
      position += (63 - bitCount) >> 3
      bitCount |= 56
      return
    }
    while bitCount < 56, position < input.count {
      bits |= UInt64(input[position]) << UInt64(bitCount)
      position += 1
      bitCount += 8
    }
  }

  /// Takes bits that were refilled; `bitCount` below zero tells that they were not there.
  private mutating func take(_ count: Int) -> Int {
    let value = Int(truncatingIfNeeded: bits & (1 << UInt64(count) &- 1))
    bits >>= UInt64(count)
    bitCount -= count
    return value
  }

  // MARK: Blocks

  private mutating func beginBlock(_ input: Span<UInt8>) -> Bool {
    refill(input)
    isLastBlock = take(1) == 1
    let kind = take(2)
    guard bitCount >= 0 else { return false }
    switch kind {
    case 0: return beginStored(input)
    case 1: return buildFixed()
    case 2: return buildDynamic(input)
    default: return false
    }
  }

  private mutating func beginStored(_ input: Span<UInt8>) -> Bool {
    // Bits of whole bytes are given back; the rest up to the byte's end is skipped.
    position -= bitCount >> 3
    bits = 0
    bitCount = 0
    guard input.count - position >= 4 else { return false }
    let size = Int(input[position]) | Int(input[position + 1]) << 8
    let check = Int(input[position + 2]) | Int(input[position + 3]) << 8
    guard size == check ^ 0xFFFF else { return false }
    position += 4
    block = size == 0 ? .none : .stored(left: size)
    return true
  }

  private mutating func copyStored(_ input: Span<UInt8>, _ left: Int, until wanted: Int) -> Bool {
    let taken = min(left, wanted - count)
    guard input.count - position >= taken, taken > 0 else { return false }
    unsafe input.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return }
      // Both ranges were checked: `wanted` is at most `bytesMax` and one.
      unsafe (output + count).update(from: base + position, count: taken)
    }
    position += taken
    count += taken
    block = left == taken ? .none : .stored(left: left - taken)
    return true
  }

  private mutating func buildFixed() -> Bool {
    block = .coded
    // Small deltas are coded so, one after the other.
    if hasFixedCode { return true }
    for symbol in 0..<288 {
      unsafe lengths[symbol] = symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8
    }
    for symbol in 0..<320 { unsafe symbols[symbol] = UInt16(truncatingIfNeeded: symbol) }
    for symbol in 288..<320 { unsafe lengths[symbol] = 5 }
    guard unsafe literals.build(symbols, 288, lengths, 0),
      unsafe distances.build(symbols + 288, 32, lengths, 288)
    else { return false }
    hasFixedCode = true
    return true
  }

  private mutating func buildDynamic(_ input: Span<UInt8>) -> Bool {
    hasFixedCode = false
    let literalCount = take(5) + 257
    let distanceCount = take(5) + 1
    let lengthCount = take(4) + 4
    guard bitCount >= 0, literalCount <= 286, distanceCount <= 30 else { return false }
    let order: InlineArray<19, UInt8> = [
      16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
    ]
    for symbol in 0..<19 { unsafe lengths[symbol] = 0 }
    for index in 0..<lengthCount {
      if bitCount < 3 { refill(input) }
      unsafe lengths[Int(order[index])] = UInt8(truncatingIfNeeded: take(3))
    }
    var used = 0
    for symbol in 0..<19 where unsafe lengths[symbol] != 0 {
      unsafe symbols[used] = UInt16(truncatingIfNeeded: symbol)
      used += 1
    }
    guard bitCount >= 0, unsafe lengthCode.build(symbols, used, lengths, 0), lengthCode.isComplete,
      let found = readLengths(input, literalCount, literalCount + distanceCount)
    else { return false }
    // Symbol 256 ends the block: there is no other way to its end.
    guard found.hasEnd, unsafe literals.build(symbols, found.literals, lengths, 0),
      unsafe distances.build(
        symbols + found.literals, found.all - found.literals, lengths, literalCount)
    else { return false }
    block = .coded
    return true
  }

  /// Reads the lengths of a block's words and lists the symbols that have one; nil when it gives
  /// up. Only the lengths of those symbols are written.
  private mutating func readLengths(
    _ input: Span<UInt8>, _ literalCount: Int, _ total: Int
  ) -> (literals: Int, all: Int, hasEnd: Bool)? {
    unsafe input.withUnsafeBytes { source in
      var reader = unsafe BitReader(source, position, bits, bitCount)
      defer { (position, bits, bitCount) = (reader.position, reader.bits, reader.bitCount) }
      var (index, used, literals, last) = (0, 0, 0, UInt8(0))
      var hasEnd = false
      while index < total {
        reader.refill()
        let found = lengthCode.symbol(reader.bits)
        guard found.length > 0 else { return nil }
        reader.skip(found.length)
        var run = 1
        switch found.symbol {
        case 16:
          guard index > 0 else { return nil }
          run = reader.take(2) + 3
        case 17:
          last = 0
          run = reader.take(3) + 3
        case 18:
          last = 0
          run = reader.take(7) + 11
        default: last = UInt8(truncatingIfNeeded: found.symbol)
        }
        guard run <= total - index else { return nil }
        if last != 0 {
          for symbol in index..<index + run {
            unsafe lengths[symbol] = last
            unsafe symbols[used] = UInt16(truncatingIfNeeded: symbol)
            used += 1
            if symbol < literalCount { literals = used }
            if symbol == 256 { hasEnd = true }
          }
        }
        index += run
      }
      return reader.bitCount >= 0 ? (literals, used, hasEnd) : nil
    }
  }

  // MARK: Symbols

  private mutating func decode(_ input: Span<UInt8>, until wanted: Int) -> Bool {
    unsafe input.withUnsafeBytes { source in
      // Copies of what changes: kept in registers only when nothing else can see them.
      var reader = unsafe BitReader(source, position, bits, bitCount)
      var made = count
      defer {
        (position, bits, bitCount) = (reader.position, reader.bits, reader.bitCount)
        count = made
      }
      while made < wanted {
        // A literal takes at most 15 bits, a match 48.
        reader.refill()
        var entry = literals.entry(reader.bits)
        if entry &- 1 < PrefixCode.literalEnd {
          // Two at once: the second one is within the slack behind what is wanted.
          unsafe output[made] = UInt8(truncatingIfNeeded: entry >> 4)
          made += 1
          reader.skip(Int(entry & 15))
          entry = literals.entry(reader.bits)
          if entry &- 1 < PrefixCode.literalEnd {
            unsafe output[made] = UInt8(truncatingIfNeeded: entry >> 4)
            made += 1
            reader.skip(Int(entry & 15))
            guard reader.bitCount >= 0 else { return false }
            continue
          }
          reader.refill()
        }
        let (symbol, length) =
          entry != 0
          ? (Int(entry >> 4), Int(entry & 15)) : literals.longSymbol(reader.bits)
        guard length > 0 else { return false }
        reader.skip(length)
        if symbol < 256 {
          unsafe output[made] = UInt8(truncatingIfNeeded: symbol)
          made += 1
          continue
        }
        guard reader.bitCount >= 0 else { return false }
        if symbol == 256 {
          block = .none
          return true
        }
        let matchLength = Self.length(symbol - 257, &reader)
        let second = distances.symbol(reader.bits)
        guard second.length > 0 else { return false }
        reader.skip(second.length)
        let distance = Self.distance(second.symbol, &reader)
        guard reader.bitCount >= 0, matchLength > 0, distance > 0, distance <= made else {
          return false
        }
        unsafe Self.copy(output + made, distance, matchLength)
        made += matchLength
      }
      return reader.bitCount >= 0
    }
  }

  /// The length of a match; zero for a code that stands for none.
  private static func length(_ code: Int, _ reader: inout BitReader) -> Int {
    if code < 8 { return code + 3 }
    if code >= 28 { return code == 28 ? matchMax : 0 }
    let extra = code >> 2 - 1
    return 3 + (4 + code & 3) << extra + reader.take(extra)
  }

  /// How far back a match begins; zero for a code that stands for none.
  private static func distance(_ code: Int, _ reader: inout BitReader) -> Int {
    if code < 4 { return code + 1 }
    guard code < 30 else { return 0 }
    let extra = code >> 1 - 1
    return 1 + (2 + code & 1) << extra + reader.take(extra)
  }

  /// Copies `length` bytes from `distance` before `target`, which may overlap.
  private static func copy(
    _ target: UnsafeMutablePointer<UInt8>, _ distance: Int, _ length: Int
  ) {
    let source = unsafe UnsafeRawPointer(target - distance)
    let goal = UnsafeMutableRawPointer(target)
    if distance >= 8 {
      // Up to seven bytes too many: the buffer has room for them, and the next symbol overwrites.
      for offset in stride(from: 0, to: length, by: 8) {
        let word = unsafe source.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        unsafe goal.storeBytes(of: word, toByteOffset: offset, as: UInt64.self)
      }
      return
    }
    for index in 0..<length { unsafe target[index] = target[index - distance] }
  }
}

/// A place in the bits of a stream, the first bit lowest.
@safe private struct BitReader {
  private let source: UnsafeRawBufferPointer
  var position: Int
  var bits: UInt64
  /// How many of `bits` are there; below zero when more were taken than there are.
  var bitCount: Int

  init(_ source: UnsafeRawBufferPointer, _ position: Int, _ bits: UInt64, _ bitCount: Int) {
    unsafe self.source = source
    self.position = position
    self.bits = bits
    self.bitCount = bitCount
  }

  /// Sees to it that at least 48 bits are there, or all that the input has.
  @inline(__always)  // In the loop over symbols: 3 ns of 6.
  mutating func refill() {
    if bitCount >= 48 { return }
    if unsafe source.count - position >= 8 {
      let word = unsafe source.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      bits |= UInt64(littleEndian: word) &<< UInt64(truncatingIfNeeded: bitCount)
      position += (63 - bitCount) >> 3
      bitCount |= 56
    } else {
      refillSlowly()
    }
  }

  private mutating func refillSlowly() {
    while bitCount >= 0, bitCount < 56, unsafe position < source.count {
      bits |= UInt64(unsafe source[position]) << UInt64(bitCount)
      position += 1
      bitCount += 8
    }
  }

  /// Steps over at most 15 bits.
  @inline(__always)  // As above.
  mutating func skip(_ count: Int) {
    bits &>>= UInt64(truncatingIfNeeded: count)
    bitCount &-= count
  }

  mutating func take(_ count: Int) -> Int {
    let value = Int(truncatingIfNeeded: bits) & (1 &<< count &- 1)
    skip(count)
    return value
  }
}

/// A prefix code as deflate has it: a table for short codes, the canonical order for longer ones.
@safe private struct PrefixCode: ~Copyable {
  private let bits: Int
  private let table: UnsafeMutablePointer<UInt16>
  private let sorted: UnsafeMutablePointer<UInt16>
  private var counts = InlineArray<16, UInt16>(repeating: 0)
  /// Whether every sequence of bits begins with a word.
  private(set) var isComplete = false

  init(symbolsMax: Int, bits: Int) {
    self.bits = bits
    unsafe table = .allocate(capacity: 1 << bits)
    unsafe sorted = .allocate(capacity: symbolsMax)
  }

  deinit {
    unsafe table.deallocate()
    unsafe sorted.deallocate()
  }

  /// Takes over a code: `count` symbols in ascending order, `base` too high, and the lengths of
  /// their words, from 1 to 15. False when zlib takes them for no code: one of no word, or of one
  /// word of one bit, alone may leave words unused.
  mutating func build(
    _ symbols: UnsafeMutablePointer<UInt16>, _ count: Int,
    _ lengths: UnsafeMutablePointer<UInt8>, _ base: Int
  ) -> Bool {
    var counts = InlineArray<16, UInt16>(repeating: 0)
    for index in 0..<count { unsafe counts[Int(lengths[Int(symbols[index])]) & 15] += 1 }
    var starts = InlineArray<16, UInt16>(repeating: 0)
    var free = 1
    for length in 1..<16 {
      free = free << 1 - Int(counts[length])
      guard free >= 0 else { return false }
      starts[length] = starts[length - 1] + counts[length - 1]
    }
    isComplete = free == 0
    guard counts[0] == 0, isComplete || count == Int(counts[1]) && count <= 1 else { return false }
    for index in 0..<count {
      let symbol = unsafe symbols[index]
      let length = unsafe Int(lengths[Int(symbol)]) & 15
      unsafe sorted[Int(starts[length])] = symbol &- UInt16(truncatingIfNeeded: base)
      starts[length] += 1
    }
    self.counts = counts
    fill()
    return true
  }

  /// Doubles the table for each length, so that every entry is written about twice. Codes stand in
  /// it with their first bit lowest.
  private mutating func fill() {
    unsafe table[0] = 0
    var code = 0
    var next = 0
    for length in 1...bits {
      let half = 1 << (length - 1)
      unsafe (table + half).update(from: table, count: half)
      for _ in 0..<Int(counts[length]) {
        unsafe table[code] = sorted[next] << 4 | UInt16(truncatingIfNeeded: length)
        next += 1
        var bit = half
        while code & bit != 0 {
          code ^= bit
          bit >>= 1
        }
        code |= bit
      }
    }
  }

  /// Entries from one up to this one, less one, are literals.
  static let literalEnd = UInt16(256 << 4 - 1)

  /// What the table has for `bits`: symbol and length; zero when it takes more.
  func entry(_ bits: UInt64) -> UInt16 {
    unsafe table[Int(truncatingIfNeeded: bits) & (1 << self.bits - 1)]
  }

  /// The symbol that `bits` begin with, and the length of its word; length zero when there is none.
  func symbol(_ bits: UInt64) -> (symbol: Int, length: Int) {
    let entry = entry(bits)
    if entry != 0 { return (Int(entry >> 4), Int(entry & 15)) }
    return longSymbol(bits)
  }

  func longSymbol(_ bits: UInt64) -> (symbol: Int, length: Int) {
    var code = 0
    var first = 0
    var index = 0
    for length in 1..<16 {
      code |= Int(truncatingIfNeeded: bits >> UInt64(length - 1)) & 1
      let count = Int(counts[length])
      if code - first < count { return (unsafe Int(sorted[index + code - first]), length) }
      index += count
      first = (first + count) << 1
      code <<= 1
    }
    return (0, 0)
  }
}
