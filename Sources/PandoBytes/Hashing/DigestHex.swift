/// The number that eight hexadecimal digits of either case stand for, the first digit's text in the
/// lowest byte; nil when one is no digit.
private func hexValue(_ text: UInt64) -> UInt32? {
  let letters = text >> 6 & 0x0101_0101_0101_0101
  let digits = (text & 0x0F0F_0F0F_0F0F_0F0F &+ letters &* 9).byteSwapped
  var packed = (digits | digits >> 4) & 0x00FF_00FF_00FF_00FF
  packed = (packed | packed >> 8) & 0x0000_FFFF_0000_FFFF
  packed |= packed >> 16
  let value = UInt32(truncatingIfNeeded: packed)
  // What is no digit is not written so.
  return hexDigits(value) == text | letters << 5 ? value : nil
}

/// The eight hexadecimal digits of `value` as text bytes, the first digit lowest.
private func hexDigits(_ value: UInt32) -> UInt64 {
  // Spread the eight nibbles to one byte each, then add '0', and 39 more where a nibble is over 9.
  var nibbles = UInt64(value.byteSwapped)
  nibbles = (nibbles | nibbles << 16) & 0x0000_FFFF_0000_FFFF
  nibbles = (nibbles | nibbles << 8) & 0x00FF_00FF_00FF_00FF
  nibbles = (nibbles >> 4 & 0x000F_000F_000F_000F) | (nibbles & 0x000F_000F_000F_000F) << 8
  let letters = (nibbles &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
  return nibbles &+ 0x3030_3030_3030_3030 &+ letters &* 39
}

extension Digest {
  /// The digest written as `hexBytes`: 40 or 64 hexadecimal digits of either case. The count tells
  /// the algorithm; anything else is nil.
  public init?(hexBytes: Span<UInt8>) {
    let algorithm: HashAlgorithm
    switch hexBytes.count {
    case HashAlgorithm.sha1.hexCount: algorithm = .sha1
    case HashAlgorithm.sha256.hexCount: algorithm = .sha256
    default: return nil
    }
    var words: InlineArray<4, UInt64> = [0, 0, 0, 0]
    for start in stride(from: 0, to: hexBytes.count, by: 8) {
      let text = hexBytes.bigEndianUInt64(at: start).byteSwapped
      guard let value = hexValue(text) else { return nil }
      words[start >> 4] |= UInt64(value) << UInt64(start & 8 == 0 ? 32 : 0)
    }
    self.init(w0: words[0], w1: words[1], w2: words[2], w3: words[3], algorithm: algorithm)
  }

  /// The digest written as `hex`: 40 or 64 hexadecimal digits of either case, else nil.
  public init?(hex: some StringProtocol) {
    let utf8 = hex.utf8
    let count = utf8.count
    guard count == HashAlgorithm.sha1.hexCount || count == HashAlgorithm.sha256.hexCount else {
      return nil
    }
    let bytes = Array(utf8)
    self.init(hexBytes: bytes.span)
  }

  /// Appends the digest as lower-case hexadecimal digits.
  public func appendHex(to bytes: inout [UInt8]) {
    let text = hexText
    unsafe text.span.withUnsafeBytes { raw in
      unsafe bytes.append(contentsOf: raw.prefix(algorithm.hexCount))
    }
  }

  /// The digest as lower-case hexadecimal digits.
  public var hex: String {
    unsafe String(unsafeUninitializedCapacity: algorithm.hexCount) { target in
      let text = hexText
      unsafe text.span.withUnsafeBytes { raw in
        unsafe UnsafeMutableRawBufferPointer(target).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: raw.prefix(algorithm.hexCount)))
      }
      return algorithm.hexCount
    }
  }

  private var hexText: InlineArray<8, UInt64> {
    let words: InlineArray<4, UInt64> = [w0, w1, w2, w3]
    var text = InlineArray<8, UInt64>(repeating: 0)
    for index in 0..<4 {
      text[index * 2] = hexDigits(UInt32(truncatingIfNeeded: words[index] >> 32)).littleEndian
      text[index * 2 + 1] = hexDigits(UInt32(truncatingIfNeeded: words[index])).littleEndian
    }
    return text
  }
}

extension Digest: CustomStringConvertible {
  /// The digest as lower-case hexadecimal digits.
  public var description: String { hex }
}
