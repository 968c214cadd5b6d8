internal import PandoBytes

/// A set of small numbers in the compressed form of bitmap files, EWAH: runs of words of equal
/// bits, each followed by words as they are. Source: git's `technical/bitmap-format`, appendix A.
struct CompressedBitmap: Sendable, Hashable {
  /// How many bits it stands for.
  let bitCount: Int
  /// Markers, each followed by the words it announces.
  let words: [UInt64]
  /// Where the last marker is.
  let lastMarker: Int

  /// What the first word of a run says.
  struct Marker {
    static let runMax = Int(UInt32.max)
    static let literalsMax = 1 << 31 - 1

    let word: UInt64

    init(word: UInt64) { self.word = word }

    init(isOnes: Bool, run: Int, literals: Int) {
      word = (isOnes ? 1 : 0) | UInt64(run) << 1 | UInt64(literals) << 33
    }

    /// The bit that is repeated.
    var isOnes: Bool { word & 1 != 0 }
    /// How many words of it there are.
    var run: Int { Int(word >> 1 & 0xFFFF_FFFF) }
    /// How many words follow as they are.
    var literals: Int { Int(word >> 33) }
  }

  /// The set of nothing.
  static let empty = CompressedBitmap(bitCount: 0, words: [0], lastMarker: 0)

  init(bitCount: Int, words: [UInt64], lastMarker: Int) {
    self.bitCount = bitCount
    self.words = words
    self.lastMarker = lastMarker
  }

  private static let format = "compressed bitmap"

  /// Where in `bytes` the bitmap at `offset` ends, from its header only.
  static func end(in bytes: Span<UInt8>, at offset: Int) throws(ParseError) -> Int {
    var reader = ByteReader(bytes, format: format, offset: offset)
    _ = try reader.uint32()
    let count = Int(try reader.uint32())
    // The count has 32 bits: the product cannot overflow.
    _ = try reader.take(count * 8 + 4)
    return reader.offset
  }

  /// Reads the bitmap at `offset`, of numbers below `limit`.
  ///
  /// Throws when a run or a word that is not zero goes past the limit, so that nothing that is read
  /// takes more room than the numbers it may have, however long the runs claim to be.
  init(_ bytes: Span<UInt8>, at offset: Int, limit: Int) throws(ParseError) {
    var reader = ByteReader(bytes, format: Self.format, offset: offset)
    bitCount = Int(try reader.uint32())
    let count = Int(try reader.uint32())
    let range = try reader.take(count * 8)
    lastMarker = Int(try reader.uint32())
    var words: [UInt64] = []
    words.reserveCapacity(count)
    for index in 0..<count { words.append(bytes.bigEndianUInt64(at: range.lowerBound + index * 8)) }
    let wordsMax = (limit + 63) / 64
    let tail = limit % 64 == 0 ? 0 : UInt64.max << UInt64(limit % 64)
    var index = 0
    var place = 0
    while index < words.count {
      let marker = Marker(word: words[index])
      let literals = marker.literals
      guard literals < words.count - index else {
        throw ParseError(
          Self.format, "has a run that goes past its end", at: offset + 8 + index * 8)
      }
      // Zeros past the limit mean nothing; sums of 32 and 31 bits cannot overflow.
      place += marker.run
      guard !marker.isOnes || marker.run == 0 || place <= limit / 64 else {
        throw ParseError(Self.format, "has a run that is too long", at: offset + 8 + index * 8)
      }
      for number in 0..<literals where place + number >= wordsMax || tail != 0 {
        let outside = place + number >= wordsMax ? .max : place + number == wordsMax - 1 ? tail : 0
        guard words[index + 1 + number] & outside == 0 else {
          throw ParseError(Self.format, "has a bit outside", at: offset + 8 + (index + number) * 8)
        }
      }
      place += literals
      guard place < 1 << 40 else { throw reader.error("is longer than any set") }
      index += 1 + literals
    }
    self.words = words
  }

  /// A checksum by which people compare sets.
  var checksum: UInt32 {
    var sum = UInt32(truncatingIfNeeded: bitCount)
    for word in words {
      for byte in 0..<8 { sum = sum &* 31 &+ UInt32(truncatingIfNeeded: word >> (byte * 8) & 0xFF) }
    }
    return sum
  }

  /// Appends the bitmap as files have it.
  func append(to bytes: inout [UInt8]) {
    bytes.append(bigEndian: UInt32(truncatingIfNeeded: bitCount))
    bytes.append(bigEndian: UInt32(truncatingIfNeeded: words.count))
    for word in words { bytes.append(bigEndian: word) }
    bytes.append(bigEndian: UInt32(truncatingIfNeeded: lastMarker))
  }
}

// MARK: Making

extension CompressedBitmap {
  /// Compresses words as they come.
  struct Builder {
    private var words: [UInt64] = [0]
    private var marker = 0
    private var wordCount = 0

    /// Adds words of equal bits.
    mutating func add(isOnes: Bool, run count: Int) {
      var left = count
      wordCount += count
      while left > 0 {
        let last = Marker(word: words[marker])
        let isOther = last.run > 0 && last.isOnes != isOnes
        if last.literals > 0 || isOther || last.run == Marker.runMax {
          marker = words.count
          words.append(0)
          continue
        }
        let more = min(left, Marker.runMax - last.run)
        words[marker] = Marker(isOnes: isOnes, run: last.run + more, literals: 0).word
        left -= more
      }
    }

    /// Adds one word.
    mutating func add(_ word: UInt64) {
      if word == 0 || word == .max { return add(isOnes: word != 0, run: 1) }
      wordCount += 1
      var last = Marker(word: words[marker])
      if last.literals == Marker.literalsMax {
        marker = words.count
        words.append(0)
        last = Marker(word: 0)
      }
      words[marker] = Marker(isOnes: last.isOnes, run: last.run, literals: last.literals + 1).word
      words.append(word)
    }

    /// The bitmap of all that was added.
    func finish(bitCount: Int? = nil) -> CompressedBitmap {
      CompressedBitmap(bitCount: bitCount ?? wordCount * 64, words: words, lastMarker: marker)
    }
  }

  /// Compresses a set. O(capacity).
  init(_ bitmap: Bitmap) {
    var builder = Builder()
    let end = (bitmap.words.lastIndex { $0 != 0 } ?? -1) + 1
    for word in bitmap.words[..<end] { builder.add(word) }
    self = builder.finish()
  }
}

// MARK: Using

extension CompressedBitmap {
  /// Where the words of a bitmap are read; behind its end there are zeros.
  private struct Cursor {
    private let words: [UInt64]
    private var index = 0
    private(set) var isOnes = false
    /// Words of equal bits, then words as they are, still to come.
    private(set) var run = 0
    private(set) var literals = 0

    init(_ bitmap: CompressedBitmap) {
      words = bitmap.words
      load()
    }

    var isAtEnd: Bool { run == 0 && literals == 0 }

    /// The next word as it is.
    var literal: UInt64 { words[index] }

    private mutating func load() {
      while run == 0, literals == 0, index < words.count {
        let marker = Marker(word: words[index])
        isOnes = marker.isOnes
        run = marker.run
        literals = min(marker.literals, words.count - index - 1)
        index += 1
      }
    }

    mutating func skip(run count: Int) {
      run -= count
      load()
    }

    mutating func skipLiteral() {
      literals -= 1
      index += 1
      load()
    }
  }

  /// The numbers in one of two sets and not in both, without expanding either.
  static func symmetricDifference(_ a: CompressedBitmap, _ b: CompressedBitmap) -> CompressedBitmap
  {
    var builder = Builder()
    var (left, right) = (Cursor(a), Cursor(b))
    while !left.isAtEnd || !right.isAtEnd {
      if left.isAtEnd || right.isAtEnd {
        if left.isAtEnd { copy(&right, &builder) } else { copy(&left, &builder) }
      } else if left.run > 0, right.run > 0 {
        let count = min(left.run, right.run)
        builder.add(isOnes: left.isOnes != right.isOnes, run: count)
        left.skip(run: count)
        right.skip(run: count)
      } else if left.run > 0 {
        mix(&left, &right, &builder)
      } else if right.run > 0 {
        mix(&right, &left, &builder)
      } else {
        builder.add(left.literal ^ right.literal)
        left.skipLiteral()
        right.skipLiteral()
      }
    }
    return builder.finish(bitCount: max(a.bitCount, b.bitCount))
  }

  private static func copy(_ cursor: inout Cursor, _ builder: inout Builder) {
    if cursor.run > 0 {
      builder.add(isOnes: cursor.isOnes, run: cursor.run)
      cursor.skip(run: cursor.run)
    } else {
      builder.add(cursor.literal)
      cursor.skipLiteral()
    }
  }

  private static func mix(_ run: inout Cursor, _ words: inout Cursor, _ builder: inout Builder) {
    let count = min(run.run, words.literals)
    for _ in 0..<count {
      builder.add(run.isOnes ? ~words.literal : words.literal)
      words.skipLiteral()
    }
    run.skip(run: count)
  }

  /// The set, expanded, of numbers below `limit`.
  func expanded(limit: Int) -> Bitmap {
    var bitmap = Bitmap(capacity: limit)
    bitmap.formUnion(self)
    return bitmap
  }
}

extension Bitmap {
  /// Adds what is in a compressed set, as far as there is room for it.
  mutating func formUnion(_ other: CompressedBitmap) {
    var place = 0
    var index = 0
    while index < other.words.count {
      let marker = CompressedBitmap.Marker(word: other.words[index])
      if marker.isOnes { formUnion(ones: marker.run, from: min(place, words.count)) }
      place += marker.run
      let end = min(index + marker.literals, other.words.count - 1)
      index += 1
      while index <= end {
        formUnion(word: other.words[index], at: place)
        place += 1
        index += 1
      }
    }
  }
}
