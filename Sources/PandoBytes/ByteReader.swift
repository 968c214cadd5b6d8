/// A cursor over borrowed bytes: every read is checked and fails with the offset where it stood.
public struct ByteReader: ~Escapable {
  /// The bytes read from.
  public let bytes: Span<UInt8>
  /// Where the next read begins, in bytes.
  public private(set) var offset: Int
  /// What is being read, for errors.
  public let format: String

  /// Reads `bytes` as `format`, beginning at `offset`.
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>, format: String, offset: Int = 0) {
    self.bytes = bytes
    self.format = format
    self.offset = Swift.max(0, Swift.min(offset, bytes.count))
  }

  /// How many bytes are left.
  public var remaining: Int { bytes.count - offset }

  /// Whether nothing is left.
  public var isAtEnd: Bool { offset == bytes.count }

  /// An error at the present offset.
  public func error(_ reason: String) -> ParseError { ParseError(format, reason, at: offset) }

  /// The next byte, left in place; nil at the end.
  public func peek() -> UInt8? { isAtEnd ? nil : bytes[offset] }

  /// Takes one byte.
  public mutating func byte() throws(ParseError) -> UInt8 {
    guard offset < bytes.count else { throw error("ends too early") }
    defer { offset += 1 }
    return bytes[offset]
  }

  /// Takes four bytes, most significant first.
  public mutating func uint32() throws(ParseError) -> UInt32 {
    guard remaining >= 4 else { throw error("ends too early") }
    defer { offset += 4 }
    return bytes.bigEndianUInt32(at: offset)
  }

  /// Takes eight bytes, most significant first.
  public mutating func uint64() throws(ParseError) -> UInt64 {
    let high = try uint32()
    return try UInt64(high) << 32 | UInt64(uint32())
  }

  /// Takes `count` bytes and tells where they are.
  public mutating func take(_ count: Int) throws(ParseError) -> Range<Int> {
    guard count >= 0, count <= remaining else { throw error("ends too early") }
    defer { offset += count }
    return offset..<offset + count
  }

  /// Takes all bytes before `terminator` and steps over it; nil, and no step, when there is none.
  public mutating func take(until terminator: UInt8) -> Range<Int>? {
    guard let end = bytes.firstIndex(of: terminator, from: offset) else { return nil }
    defer { offset = end + 1 }
    return offset..<end
  }

  /// Steps over the bytes of `expected` when they are next.
  public mutating func skip(_ expected: StaticString) -> Bool {
    guard bytes.extracting(offset..<bytes.count).starts(with: expected) else { return false }
    offset += expected.utf8CodeUnitCount
    return true
  }
}

extension Span<UInt8> {
  /// Four bytes at `index`, most significant first. Traps when they do not exist.
  @inlinable
  public func bigEndianUInt32(at index: Int) -> UInt32 {
    // The load checks its bounds; any four bytes are a number.
    UInt32(bigEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt32.self))
  }

  /// Eight bytes at `index`, most significant first. Traps when they do not exist.
  @inlinable
  public func bigEndianUInt64(at index: Int) -> UInt64 {
    // The load checks its bounds; any eight bytes are a number.
    UInt64(bigEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
  }
}
