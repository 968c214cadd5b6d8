/// A digest of 20 or 32 bytes.
///
/// The bytes are held as big-endian words, so comparing words compares bytes in order. A SHA-1
/// digest uses the first two words and the high half of the third; the rest is zero.
@frozen public struct Digest: Sendable {
  @usableFromInline let w0: UInt64
  @usableFromInline let w1: UInt64
  @usableFromInline let w2: UInt64
  @usableFromInline let w3: UInt64

  /// The function that made the digest.
  public let algorithm: HashAlgorithm

  @inlinable
  init(w0: UInt64, w1: UInt64, w2: UInt64, w3: UInt64, algorithm: HashAlgorithm) {
    self.w0 = w0
    self.w1 = w1
    self.w2 = w2
    self.w3 = w3
    self.algorithm = algorithm
  }

  /// The digest whose bytes are `bytes`, or nil unless there are exactly as many as it takes.
  @inlinable
  public init?(_ bytes: Span<UInt8>, algorithm: HashAlgorithm) {
    guard bytes.count == algorithm.byteCount else { return nil }
    self = unsafe bytes.withUnsafeBytes { raw in
      let w0 = unsafe UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
      let w1 = unsafe UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      switch algorithm {
      case .sha1:
        let tail = unsafe UInt32(bigEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
        return Digest(w0: w0, w1: w1, w2: UInt64(tail) << 32, w3: 0, algorithm: algorithm)
      case .sha256:
        let w2 = unsafe UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
        let w3 = unsafe UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
        return Digest(w0: w0, w1: w1, w2: w2, w3: w3, algorithm: algorithm)
      }
    }
  }

  /// The digest of all zero bytes: git's way to write "no object".
  @inlinable
  public static func zero(_ algorithm: HashAlgorithm) -> Digest {
    Digest(w0: 0, w1: 0, w2: 0, w3: 0, algorithm: algorithm)
  }

  /// Whether every byte is zero.
  @inlinable
  public var isZero: Bool { w0 | w1 | w2 | w3 == 0 }

  /// Calls `body` with the digest's bytes, without allocation.
  @inlinable
  public func withBytes<R: ~Copyable, E: Error>(
    _ body: (Span<UInt8>) throws(E) -> R
  ) throws(E) -> R {
    let words: InlineArray<4, UInt64> = [
      w0.bigEndian, w1.bigEndian, w2.bigEndian, w3.bigEndian,
    ]
    let bytes = unsafe Span<UInt8>(_bytes: words.span.bytes)
    return try body(bytes.extracting(first: algorithm.byteCount))
  }

  /// The byte at `index`. Traps unless `index` is within the digest.
  @inlinable
  public subscript(byte index: Int) -> UInt8 {
    precondition(index >= 0 && index < algorithm.byteCount, "byte index outside the digest")
    let word =
      switch index >> 3 {
      case 0: w0
      case 1: w1
      case 2: w2
      default: w3
      }
    return UInt8(truncatingIfNeeded: word >> UInt64(56 - (index & 7) * 8))
  }

  /// Appends the digest's bytes to `bytes`.
  public func append(to bytes: inout [UInt8]) {
    withBytes { span in
      unsafe span.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }
  }
}

extension Digest: Hashable, Comparable {
  /// Equal bytes of the same algorithm.
  @inlinable
  public static func == (left: Digest, right: Digest) -> Bool {
    left.w0 == right.w0 && left.w1 == right.w1 && left.w2 == right.w2 && left.w3 == right.w3
      && left.algorithm == right.algorithm
  }

  /// Bytewise order; equal bytes of two algorithms order by the algorithm's number.
  @inlinable
  public static func < (left: Digest, right: Digest) -> Bool {
    if left.w0 != right.w0 { return left.w0 < right.w0 }
    if left.w1 != right.w1 { return left.w1 < right.w1 }
    if left.w2 != right.w2 { return left.w2 < right.w2 }
    if left.w3 != right.w3 { return left.w3 < right.w3 }
    return left.algorithm.rawValue < right.algorithm.rawValue
  }

  /// Feeds sixteen of the bytes: a digest is spread evenly already.
  @inlinable
  public func hash(into hasher: inout Hasher) {
    hasher.combine(w0)
    hasher.combine(w1)
  }
}
