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

  /// Loads the sixteen words at `block` and expands them to eighty.
  @inline(__always)
  static func expand(_ block: UnsafePointer<UInt8>, into words: inout Words) {
    for step in 0..<16 {
      unsafe words[unchecked: step] = UInt32(
        bigEndian: UnsafeRawPointer(block).loadUnaligned(
          fromByteOffset: step &* 4, as: UInt32.self))
    }
    for step in 16..<80 {
      unsafe words[unchecked: step] = rotate(
        words[unchecked: step &- 3] ^ words[unchecked: step &- 8]
          ^ words[unchecked: step &- 14] ^ words[unchecked: step &- 16], 1)
    }
  }

  /// What step `step` adds besides the rotated `a` and the message word.
  @inline(__always)
  private static func mixed(
    _ step: Int, _ b: UInt32, _ c: UInt32, _ d: UInt32, _ e: UInt32
  ) -> UInt32 {
    switch step {
    case ..<20: (d ^ (b & (c ^ d))) &+ e &+ 0x5A82_7999
    case ..<40: (b ^ c ^ d) &+ e &+ 0x6ED9_EBA1
    case ..<60: ((b & c) | (d & (b | c))) &+ e &+ 0x8F1B_BCDC
    default: (b ^ c ^ d) &+ e &+ 0xCA62_C1D6
    }
  }

  /// Does the steps `steps`, which lie in one of the four rounds.
  @inline(__always)
  private static func advance(
    _ registers: inout Registers, _ words: borrowing Words, _ steps: Range<Int>
  ) {
    var (a, b, c, d, e) = (registers.a, registers.b, registers.c, registers.d, registers.e)
    for step in steps {
      let next = unsafe rotate(a, 5) &+ mixed(step, b, c, d, e) &+ words[unchecked: step]
      (a, b, c, d, e) = (next, a, rotate(b, 30), c, d)
    }
    registers.a = a
    registers.b = b
    registers.c = c
    registers.d = d
    registers.e = e
  }

  /// Does steps `from..<to`.
  @inline(__always)
  static func run(
    _ registers: inout Registers, _ words: borrowing Words, from: Int, to: Int
  ) {
    advance(&registers, words, min(from, 20)..<min(to, 20))
    advance(&registers, words, min(max(from, 20), 40)..<min(max(to, 20), 40))
    advance(&registers, words, min(max(from, 40), 60)..<min(max(to, 40), 60))
    advance(&registers, words, max(from, 60)..<max(to, 60))
  }

  /// Undoes the steps below `from`, giving the registers the block began with.
  @inline(__always)
  static func runBack(_ registers: inout Registers, _ words: borrowing Words, from: Int) {
    var (a, b, c, d, e) = (registers.a, registers.b, registers.c, registers.d, registers.e)
    for step in stride(from: from &- 1, through: 0, by: -1) {
      let before = (a: b, b: rotate(c, 2), c: d, d: e)
      let word = unsafe words[unchecked: step]
      e = a &- rotate(before.a, 5) &- word &- mixed(step, before.b, before.c, before.d, 0)
      (a, b, c, d) = before
    }
    registers.a = a
    registers.b = b
    registers.c = c
    registers.d = d
    registers.e = e
  }

  /// Takes `count` blocks at `blocks` into `state`.
  static func compress(_ state: inout HashState, _ blocks: UnsafePointer<UInt8>, count: Int) {
    var words = Words(repeating: 0)
    for index in 0..<count {
      unsafe expand(blocks + index &* 64, into: &words)
      var registers = Registers(state)
      run(&registers, words, from: 0, to: 80)
      state = registers.added(to: state)
    }
  }
}
