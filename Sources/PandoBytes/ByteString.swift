/// A name made of bytes: a tree entry, a path, a reference. Git promises no encoding for these, so
/// they compare and hash by their bytes, and become text only when shown.
@frozen
public struct ByteString: Hashable, Comparable, Sendable {
  /// The bytes, exactly as Git has them.
  public var bytes: [UInt8]

  /// Wraps `bytes` without looking at them.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Takes the UTF-8 bytes of `text`.
  public init(_ text: String) { self.bytes = Array(text.utf8) }

  /// Copies the bytes of `span`. O(n).
  public init(copying span: Span<UInt8>) { self.bytes = [UInt8](copying: span) }

  /// The number of bytes.
  public var count: Int { bytes.count }

  /// Whether there are no bytes.
  public var isEmpty: Bool { bytes.isEmpty }

  /// The bytes as text; what is not UTF-8 shows as U+FFFD. O(n).
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Whether the first bytes are those of `prefix`.
  public func hasPrefix(_ prefix: String) -> Bool { bytes.starts(with: prefix.utf8) }

  /// Whether the last bytes are those of `suffix`.
  public func hasSuffix(_ suffix: String) -> Bool {
    let tail = suffix.utf8
    return bytes.count >= tail.count && bytes.suffix(tail.count).elementsEqual(tail)
  }

  /// Orders bytewise and unsigned, a prefix first: Git's order of names.
  public static func < (a: ByteString, b: ByteString) -> Bool {
    a.bytes.lexicographicallyPrecedes(b.bytes)
  }
}

extension ByteString: ExpressibleByStringLiteral, CustomStringConvertible {
  public init(stringLiteral value: String) { self.init(value) }
  public var description: String { text }
}

extension [UInt8] {
  /// Copies the elements of `span`. O(n), one block copy.
  public init(copying span: Span<UInt8>) {
    self = unsafe span.withUnsafeBufferPointer { buffer in unsafe [UInt8](buffer) }
  }

  /// Appends the elements of `span`. O(n), one block copy.
  public mutating func append(copying span: Span<UInt8>) {
    unsafe span.withUnsafeBufferPointer { buffer in unsafe append(contentsOf: buffer) }
  }

  /// Appends the UTF-8 bytes of `text`.
  public mutating func append(text: String) { append(contentsOf: text.utf8) }

  /// Appends `value` in decimal digits.
  public mutating func append(decimal value: Int) { append(contentsOf: String(value).utf8) }

  /// Appends `value`, most significant byte first.
  public mutating func append(bigEndian value: UInt32) {
    append(UInt8(truncatingIfNeeded: value >> 24))
    append(UInt8(truncatingIfNeeded: value >> 16))
    append(UInt8(truncatingIfNeeded: value >> 8))
    append(UInt8(truncatingIfNeeded: value))
  }

  /// Appends `value`, most significant byte first.
  public mutating func append(bigEndian value: UInt64) {
    append(bigEndian: UInt32(truncatingIfNeeded: value >> 32))
    append(bigEndian: UInt32(truncatingIfNeeded: value))
  }
}
