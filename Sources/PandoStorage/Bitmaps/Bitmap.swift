/// A set of small numbers, one bit each.
public struct Bitmap: Sendable, Hashable {
  /// The bits, the lowest first; bits past the last word are zero.
  private(set) var words: [UInt64]

  /// An empty set with room for the numbers below `capacity`.
  public init(capacity: Int = 0) {
    words = [UInt64](repeating: 0, count: (capacity + 63) / 64)
  }

  /// The numbers below `count`.
  public static func all(below count: Int) -> Bitmap {
    var bitmap = Bitmap(capacity: count)
    for index in bitmap.words.indices { bitmap.words[index] = .max }
    if count % 64 != 0, let last = bitmap.words.indices.last {
      bitmap.words[last] = (1 << UInt64(count % 64)) - 1
    }
    return bitmap
  }

  /// How many numbers are in the set. O(capacity).
  public var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// Whether the set is empty.
  public var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  /// Whether `number`, which is not negative, is in the set.
  @inline(__always)
  public func contains(_ number: Int) -> Bool {
    let index = number >> 6
    return index < words.count && words[index] >> UInt64(number & 63) & 1 != 0
  }

  /// Adds `number`, which is not negative; false when it was there.
  @discardableResult
  public mutating func insert(_ number: Int) -> Bool {
    let index = number >> 6
    if index >= words.count {
      words.append(contentsOf: repeatElement(0, count: index + 1 - words.count))
    }
    let bit = UInt64(1) << UInt64(number & 63)
    defer { words[index] |= bit }
    return words[index] & bit == 0
  }

  /// Takes away `number`, which is not negative.
  public mutating func remove(_ number: Int) {
    if number >> 6 < words.count { words[number >> 6] &= ~(1 << UInt64(number & 63)) }
  }

  /// Sets whole words from `start` on.
  mutating func formUnion(ones count: Int, from start: Int) {
    for index in start..<min(start + count, words.count) { words[index] = .max }
  }

  /// Adds the bits of one word.
  mutating func formUnion(word: UInt64, at index: Int) {
    if index < words.count { words[index] |= word }
  }

  /// Adds what is in `other`.
  public mutating func formUnion(_ other: Bitmap) {
    if other.words.count > words.count {
      words.append(contentsOf: repeatElement(0, count: other.words.count - words.count))
    }
    for index in other.words.indices { words[index] |= other.words[index] }
  }

  /// Takes away what is in `other`.
  public mutating func subtract(_ other: Bitmap) {
    for index in 0..<min(words.count, other.words.count) { words[index] &= ~other.words[index] }
  }

  /// Keeps what is in `other` too.
  public mutating func formIntersection(_ other: Bitmap) {
    for index in words.indices {
      words[index] &= index < other.words.count ? other.words[index] : 0
    }
  }

  /// How many numbers are in both sets.
  public func intersectionCount(_ other: Bitmap) -> Int {
    var count = 0
    for index in 0..<min(words.count, other.words.count) {
      count += (words[index] & other.words[index]).nonzeroBitCount
    }
    return count
  }

  /// Gives the numbers in ascending order.
  public func forEach<Failure: Error>(
    _ body: (Int) throws(Failure) -> Void
  ) throws(Failure) {
    for index in words.indices {
      var word = words[index]
      while word != 0 {
        try body(index << 6 | word.trailingZeroBitCount)
        word &= word - 1
      }
    }
  }
}
