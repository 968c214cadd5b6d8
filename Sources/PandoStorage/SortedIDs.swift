internal import PandoBytes
internal import PandoObjects

/// Names in ascending order in a file, behind a table that tells for each first byte how many names
/// begin with it or a lower one.
struct SortedIDs: Sendable {
  /// The size of the table.
  static let fanoutBytes = 256 * 4

  /// How many names there are.
  let count: Int
  private let fanout: Int
  private let start: Int
  private let algorithm: HashAlgorithm

  /// Takes the table and the names at two ranges of a file. O(1).
  /// Throws unless the table never goes down and its last count is that of the names.
  init(
    _ bytes: Span<UInt8>, fanout: Range<Int>, names: Range<Int>, algorithm: HashAlgorithm,
    format: String
  ) throws(ParseError) {
    var reader = ByteReader(bytes, format: format, offset: fanout.lowerBound)
    var last = 0
    for _ in 0..<256 {
      let next = Int(try reader.uint32())
      guard next >= last else { throw reader.error("has a fan-out table that goes down") }
      last = next
    }
    guard names.count == last * algorithm.byteCount, names.upperBound <= bytes.count else {
      throw ParseError(
        format, "has another number of names than its fan-out table", at: names.lowerBound)
    }
    count = last
    self.fanout = fanout.lowerBound
    start = names.lowerBound
    self.algorithm = algorithm
  }

  /// How many names begin with `byte` or a lower one, as the table has it.
  func countThrough(_ byte: Int, in bytes: Span<UInt8>) -> Int {
    Int(bytes.bigEndianUInt32(at: fanout + byte * 4))
  }

  /// The name at a position. Traps outside `0..<count`.
  func id(at position: Int, in bytes: Span<UInt8>) -> ObjectID {
    precondition(position >= 0 && position < count, "position outside the file")
    let place = start + position * algorithm.byteCount
    let digest = bytes.extracting(place..<place + algorithm.byteCount)
    return ObjectID(digest, algorithm: algorithm) ?? .null(algorithm)
  }

  /// The position of a name, or nil. Names are evenly spread, so the search starts where the name
  /// should be and gallops from there: about four probes.
  func position(of id: ObjectID, in bytes: Span<UInt8>) -> Int? {
    guard id.algorithm == algorithm else { return nil }
    let word = id.digest.leadingWord
    var position = lowerBound(word, in: bytes)
    while position < count, self.word(at: position, in: bytes) == word {
      if self.id(at: position, in: bytes) == id { return position }
      position += 1
    }
    return nil
  }

  private func word(at position: Int, in bytes: Span<UInt8>) -> UInt64 {
    bytes.bigEndianUInt64(at: start + position * algorithm.byteCount)
  }

  /// The first position whose name does not begin below `word`. In a file out of order it is some
  /// position, found in as few steps.
  private func lowerBound(_ word: UInt64, in bytes: Span<UInt8>) -> Int {
    let bucket = Int(word >> 56)
    // The file may have changed under the mapping since it was checked.
    var high = min(countThrough(bucket, in: bytes), count)
    var low = bucket == 0 ? 0 : min(countThrough(bucket - 1, in: bytes), high)
    guard low < high else { return low }
    let guess = low + Int((word << 8).multipliedFullWidth(by: UInt64(high - low)).high)
    var step = 8
    if self.word(at: guess, in: bytes) < word {
      low = guess + 1
      while low + step < high, self.word(at: low + step, in: bytes) < word {
        low += step + 1
        step *= 2
      }
      high = min(high, low + step)
    } else {
      high = guess
      while high - step > low, self.word(at: high - step, in: bytes) >= word {
        high -= step
        step *= 2
      }
      low = max(low, high - step)
    }
    while low < high {
      let middle = low + (high - low) / 2
      if self.word(at: middle, in: bytes) < word { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
