/// The value of an ASCII hexadecimal digit of either case, or nil.
private func digitValue(_ byte: UInt8) -> UInt64? {
  switch byte {
  case 0x30...0x39: UInt64(byte &- 0x30)
  case 0x41...0x46: UInt64(byte &- 0x37)
  case 0x61...0x66: UInt64(byte &- 0x57)
  default: nil
  }
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
    for index in hexBytes.indices {
      guard let value = digitValue(hexBytes[index]) else { return nil }
      words[index >> 4] |= value << UInt64(60 - (index & 15) * 4)
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
