internal import Synchronization

/// A fixed number of 32-bit words that threads share: each word is read and written whole, in no
/// particular order among words. Four bytes a word, and no more cost than plain memory.
@safe public final class SharedWords: @unchecked Sendable {
  /// The number of words.
  public let count: Int
  // `count` words that only `deinit` frees; threads touch them by atomic operations alone.
  private let words: UnsafeMutablePointer<Atomic<UInt32>>

  /// Makes words of zero.
  public init(count: Int) {
    self.count = max(count, 0)
    unsafe words = .allocate(capacity: max(count, 1))
    for index in 0..<self.count { unsafe (words + index).initialize(to: Atomic(0)) }
  }

  deinit {
    // An atomic word needs no end of its own.
    unsafe words.deallocate()
  }

  /// One word. Traps when there is none of that number.
  @inline(__always)
  private func word(_ index: Int) -> UnsafeMutablePointer<Atomic<UInt32>> {
    precondition(index >= 0 && index < count, "a word outside the table")
    return unsafe words + index
  }

  /// A word's value. Traps when there is none of that number.
  public subscript(index: Int) -> UInt32 {
    get { unsafe word(index).pointee.load(ordering: .relaxed) }
    set { unsafe word(index).pointee.store(newValue, ordering: .relaxed) }
  }

  /// Puts a value in the place of another, which is returned; of several threads that do so at
  /// once, one sees each value. Traps when there is no such word.
  public func exchange(_ index: Int, with value: UInt32) -> UInt32 {
    unsafe word(index).pointee.exchange(value, ordering: .acquiringAndReleasing)
  }

  /// Two words as one number, the first the high one.
  public func wide(at index: Int) -> UInt64 {
    UInt64(self[index]) << 32 | UInt64(self[index + 1])
  }

  /// Stores a number in two words, the high one first.
  public func setWide(_ value: UInt64, at index: Int) {
    self[index] = UInt32(truncatingIfNeeded: value >> 32)
    self[index + 1] = UInt32(truncatingIfNeeded: value)
  }

  /// Stores a digest in five or eight words.
  public func setDigest(_ digest: Digest, at index: Int) {
    setWide(digest.w0, at: index)
    setWide(digest.w1, at: index + 2)
    switch digest.algorithm {
    case .sha1: self[index + 4] = UInt32(truncatingIfNeeded: digest.w2 >> 32)
    case .sha256:
      setWide(digest.w2, at: index + 4)
      setWide(digest.w3, at: index + 6)
    }
  }

  /// The digest in five or eight words.
  public func digest(at index: Int, _ algorithm: HashAlgorithm) -> Digest {
    let isShort = algorithm == .sha1
    return Digest(
      w0: wide(at: index), w1: wide(at: index + 2),
      w2: isShort ? UInt64(self[index + 4]) << 32 : wide(at: index + 4),
      w3: isShort ? 0 : wide(at: index + 6), algorithm: algorithm)
  }
}
