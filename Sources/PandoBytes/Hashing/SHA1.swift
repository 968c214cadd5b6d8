/// SHA-1 (FIPS 180-4) in Swift: the path for CPUs without SHA instructions, and the reference the
/// kernels are tested against.
enum SHA1 {
  /// The message words of one block, expanded.
  typealias Words = InlineArray<80, UInt32>

  static let initial: HashState = [
    0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0, 0, 0, 0,
  ]

  /// The five working variables before or after a step, or a chaining value.
  struct Registers: Equatable {
    var a: UInt32
    var b: UInt32
    var c: UInt32
    var d: UInt32
    var e: UInt32

    @inline(__always)
    init(a: UInt32, b: UInt32, c: UInt32, d: UInt32, e: UInt32) {
      self.a = a
      self.b = b
      self.c = c
      self.d = d
      self.e = e
    }

    @inline(__always)
    init(_ state: HashState) {
      a = state[0]
      b = state[1]
      c = state[2]
      d = state[3]
      e = state[4]
    }

    /// The registers in the five words at `words`.
    @inline(__always)
    init(_ words: UnsafePointer<UInt32>) {
      unsafe a = words[0]
      unsafe b = words[1]
      unsafe c = words[2]
      unsafe d = words[3]
      unsafe e = words[4]
    }

    @inline(__always)
    func store(_ words: UnsafeMutablePointer<UInt32>) {
      unsafe words[0] = a
      unsafe words[1] = b
      unsafe words[2] = c
      unsafe words[3] = d
      unsafe words[4] = e
    }

    /// The chaining value after a block that began with `state` and ended with these registers.
    @inline(__always)
    func added(to state: HashState) -> HashState {
      [state[0] &+ a, state[1] &+ b, state[2] &+ c, state[3] &+ d, state[4] &+ e, 0, 0, 0]
    }

    @inline(__always)
    func added(to start: Registers) -> Registers {
      var sum = start
      sum.a &+= a
      sum.b &+= b
      sum.c &+= c
      sum.d &+= d
      sum.e &+= e
      return sum
    }
  }

  @inline(__always)
  static func rotate(_ value: UInt32, _ count: UInt32) -> UInt32 {
    value &<< count | value &>> (32 &- count)
  }

  /// Expands the block at `block` to the eighty words at `words`.
  @inline(__always)
  static func expand(_ block: UnsafePointer<UInt8>, into words: UnsafeMutablePointer<UInt32>) {
    for step in 0..<16 {
      unsafe words[step] = UInt32(
        bigEndian: UnsafeRawPointer(block).loadUnaligned(
          fromByteOffset: step &* 4, as: UInt32.self))
    }
    for step in 16..<80 {
      unsafe words[step] = rotate(
        words[step &- 3] ^ words[step &- 8] ^ words[step &- 14] ^ words[step &- 16], 1)
    }
  }

  /// The Boolean function and constant of one of the four rounds of twenty steps.
  private struct Round {
    let steps: Range<Int>
    let constant: UInt32
    let mix: (_ b: UInt32, _ c: UInt32, _ d: UInt32) -> UInt32

    @inline(__always)
    static func choice() -> Round {
      Round(steps: 0..<20, constant: 0x5A82_7999) { b, c, d in d ^ (b & (c ^ d)) }
    }

    @inline(__always)
    static func parity() -> Round {
      Round(steps: 20..<40, constant: 0x6ED9_EBA1) { b, c, d in b ^ c ^ d }
    }

    @inline(__always)
    static func majority() -> Round {
      Round(steps: 40..<60, constant: 0x8F1B_BCDC) { b, c, d in (b & c) | (d & (b | c)) }
    }

    @inline(__always)
    static func lastParity() -> Round {
      Round(steps: 60..<80, constant: 0xCA62_C1D6) { b, c, d in b ^ c ^ d }
    }

    /// Does those of the steps `range` that are in the round.
    @inline(__always)
    func run(_ registers: inout Registers, _ words: UnsafePointer<UInt32>, _ range: Range<Int>) {
      var (a, b, c, d, e) = (registers.a, registers.b, registers.c, registers.d, registers.e)
      for step in range.clamped(to: steps) {
        let next = unsafe rotate(a, 5) &+ mix(b, c, d) &+ e &+ constant &+ words[step]
        (a, b, c, d, e) = (next, a, rotate(b, 30), c, d)
      }
      registers = Registers(a: a, b: b, c: c, d: d, e: e)
    }

    /// Undoes those of the steps `range` that are in the round.
    @inline(__always)
    func undo(_ registers: inout Registers, _ words: UnsafePointer<UInt32>, _ range: Range<Int>) {
      var (a, b, c, d, e) = (registers.a, registers.b, registers.c, registers.d, registers.e)
      let mine = range.clamped(to: steps)
      var step = mine.upperBound
      while step > mine.lowerBound {
        step &-= 1
        let old = rotate(c, 2)
        let last = unsafe a &- rotate(b, 5) &- mix(old, d, e) &- constant &- words[step]
        (a, b, c, d, e) = (b, old, d, e, last)
      }
      registers = Registers(a: a, b: b, c: c, d: d, e: e)
    }
  }

  /// Does the steps `range`.
  @inline(__always)
  static func run(
    _ registers: inout Registers, _ words: UnsafePointer<UInt32>, _ range: Range<Int>
  ) {
    unsafe Round.choice().run(&registers, words, range)
    unsafe Round.parity().run(&registers, words, range)
    unsafe Round.majority().run(&registers, words, range)
    unsafe Round.lastParity().run(&registers, words, range)
  }

  /// Undoes the steps `range`, giving the registers before them.
  @inline(__always)
  static func undo(
    _ registers: inout Registers, _ words: UnsafePointer<UInt32>, _ range: Range<Int>
  ) {
    unsafe Round.lastParity().undo(&registers, words, range)
    unsafe Round.majority().undo(&registers, words, range)
    unsafe Round.parity().undo(&registers, words, range)
    unsafe Round.choice().undo(&registers, words, range)
  }

  /// Takes `count` blocks at `blocks` into `state`.
  static func compress(_ state: inout HashState, _ blocks: UnsafePointer<UInt8>, count: Int) {
    unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 80) { buffer in
      guard let words = buffer.baseAddress else { return }
      for index in 0..<count {
        unsafe expand(blocks + index &* 64, into: words)
        var registers = Registers(state)
        unsafe run(&registers, words, 0..<80)
        state = registers.added(to: state)
      }
    }
  }
}
