/// SHA-256 (FIPS 180-4) in Swift: the path for CPUs without SHA instructions, and the reference the
/// kernels are tested against.
enum SHA256 {
  static let initial: HashState = [
    0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A,
    0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19,
  ]

  /// The fractional parts of the cube roots of the first 64 primes.
  private static let constants: InlineArray<64, UInt32> = [
    0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1, 0x923F_82A4,
    0xAB1C_5ED5, 0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3, 0x72BE_5D74, 0x80DE_B1FE,
    0x9BDC_06A7, 0xC19B_F174, 0xE49B_69C1, 0xEFBE_4786, 0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F,
    0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA, 0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7,
    0xC6E0_0BF3, 0xD5A7_9147, 0x06CA_6351, 0x1429_2967, 0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC,
    0x5338_0D13, 0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85, 0xA2BF_E8A1, 0xA81A_664B,
    0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070, 0x19A4_C116,
    0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A, 0x5B9C_CA4F, 0x682E_6FF3,
    0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208, 0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7,
    0xC671_78F2,
  ]

  @inline(__always)
  private static func rotate(_ value: UInt32, _ count: UInt32) -> UInt32 {
    value &>> count | value &<< (32 &- count)
  }

  /// The sixty-four words of the block at `block`.
  @inline(__always)
  private static func expand(
    _ block: UnsafePointer<UInt8>, into words: UnsafeMutablePointer<UInt32>
  ) {
    for step in 0..<16 {
      unsafe words[step] = UInt32(
        bigEndian: UnsafeRawPointer(block).loadUnaligned(
          fromByteOffset: step &* 4, as: UInt32.self))
    }
    for step in 16..<64 {
      let near = unsafe words[step &- 2]
      let far = unsafe words[step &- 15]
      let sum = unsafe words[step &- 16] &+ words[step &- 7]
      unsafe words[step] =
        sum &+ (rotate(far, 7) ^ rotate(far, 18) ^ far &>> 3)
        &+ (rotate(near, 17) ^ rotate(near, 19) ^ near &>> 10)
    }
  }

  /// Takes `count` blocks at `blocks` into `state`.
  static func compress(_ state: inout HashState, _ blocks: UnsafePointer<UInt8>, count: Int) {
    unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { buffer in
      guard let words = buffer.baseAddress else { return }
      // One copy of the constants for all blocks: reading the static's elements copies it each
      // time.
      let constants = constants
      for index in 0..<count {
        unsafe expand(blocks + index &* 64, into: words)
        for step in 0..<64 { unsafe words[step] &+= constants[unchecked: step] }
        unsafe mix(&state, words)
      }
    }
  }

  /// Does the steps of a block whose words, with the constants added, are at `words`.
  @inline(__always)
  private static func mix(_ state: inout HashState, _ words: UnsafePointer<UInt32>) {
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    for step in 0..<64 {
      let wide = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
      let choice = g ^ (e & (f ^ g))
      let first = unsafe h &+ wide &+ choice &+ words[step]
      let narrow = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
      let majority = (a & b) | (c & (a | b))
      (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ narrow &+ majority)
    }
    state = [
      state[0] &+ a, state[1] &+ b, state[2] &+ c, state[3] &+ d,
      state[4] &+ e, state[5] &+ f, state[6] &+ g, state[7] &+ h,
    ]
  }
}
