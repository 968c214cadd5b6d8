internal import PandoBytes
internal import PandoObjects

/// Sorted names of objects in a file, with the table that tells for each first byte how many names
/// begin with it or a lower one: what indexes of packs, of many packs and of commits share.
///
/// Whatever the file holds, and even when it changes while it is read, searches end and stay
/// inside.
struct ObjectIDTable: Sendable {
  /// The bytes of the table of first bytes.
  static let fanoutBytes = 256 * 4

  /// Where the table of first bytes begins.
  var fanout: Int
  /// Where the first name begins, and the distance from one to the next.
  var ids: Int
  var stride: Int
  /// How many names there are.
  var count: Int
  let algorithm: HashAlgorithm

  /// Reads the table of first bytes at `offset`, which must not go down, and returns the number of
  /// names. O(1).
  static func count(
    _ bytes: Span<UInt8>, fanoutAt offset: Int, format: String
  ) throws(ParseError) -> Int {
    var reader = ByteReader(bytes, format: format, offset: offset)
    var count = 0
    for _ in 0..<256 {
      let next = Int(try reader.uint32())
      guard next >= count else { throw reader.error("has a fan-out table that goes down") }
      count = next
    }
    return count
  }

  /// The name at a position, which must be one.
  func id(at position: Int, in bytes: Span<UInt8>) -> ObjectID {
    precondition(position >= 0 && position < count, "position outside the index")
    let start = ids + position * stride
    let digest = bytes.extracting(start..<start + algorithm.byteCount)
    return ObjectID(digest, algorithm: algorithm) ?? .null(algorithm)
  }

  /// The position of an object, or nil. Names are evenly spread, so the search starts where the
  /// name should be and gallops from there: about four probes.
  func position(of id: ObjectID, in bytes: Span<UInt8>) -> Int? {
    guard id.algorithm == algorithm else { return nil }
    let word = id.digest.leadingWord
    let bucket = positions(startingWith: Int(word >> 56), in: bytes)
    var position = lowerBound(word, among: bucket, in: bytes)
    while position < bucket.upperBound, self.word(at: position, in: bytes) == word {
      if self.id(at: position, in: bytes) == id { return position }
      position += 1
    }
    return nil
  }

  /// The positions of the names that begin with `prefix`.
  func positions(matching prefix: ObjectIDPrefix, in bytes: Span<UInt8>) -> Range<Int> {
    guard prefix.lowest.algorithm == algorithm else { return 0..<0 }
    let word = prefix.lowest.digest.leadingWord
    let bucket = positions(startingWith: Int(word >> 56), in: bytes)
    var start = lowerBound(word, among: bucket, in: bytes)
    while start < count, id(at: start, in: bytes) < prefix.lowest { start += 1 }
    var end = start
    while end < count, prefix.matches(id(at: end, in: bytes)) { end += 1 }
    return start..<end
  }

  /// The positions of the names whose first byte is `first`, as the table has them.
  func positions(startingWith first: Int, in bytes: Span<UInt8>) -> Range<Int> {
    let start = first == 0 ? 0 : Int(bytes.bigEndianUInt32(at: fanout + (first - 1) * 4))
    let end = min(Int(bytes.bigEndianUInt32(at: fanout + first * 4)), count)
    return min(start, end)..<end
  }

  func word(at position: Int, in bytes: Span<UInt8>) -> UInt64 {
    bytes.bigEndianUInt64(at: ids + position * stride)
  }

  /// The first position whose name does not begin below `word`, or the end of those of its first
  /// byte. In a table out of order it is some position, found in as few steps.
  private func lowerBound(
    _ word: UInt64, among bucket: Range<Int>, in bytes: Span<UInt8>
  ) -> Int {
    var low = bucket.lowerBound
    var high = bucket.upperBound
    guard low < high else { return low }
    var guess = low + Int((word << 8).multipliedFullWidth(by: UInt64(high - low)).high)
    // Names are random, so the guess is off by the square root of their number; what is found there
    // tells how far, again up to a square root: six probes instead of ten.
    let distance = Double(Int64(bitPattern: word &- self.word(at: guess, in: bytes)))
    let correction = distance * Double(high - low) * 0x1p-56
    if correction.magnitude < Double(high - low) {
      guess = min(max(guess + Int(correction), low), high - 1)
    }
    var step = 2
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

extension ObjectIDTable {
  /// Throws unless the names ascend, none twice unless `allowsDuplicates`, and agree with the table
  /// of first bytes. O(n).
  func verify(
    _ bytes: Span<UInt8>, format: String, allowsDuplicates: Bool
  ) throws(ParseError) {
    var last: ObjectID?
    for position in 0..<count {
      let id = id(at: position, in: bytes)
      let place = ids + position * stride
      if let last, allowsDuplicates ? last > id : last >= id {
        throw ParseError(format, "is out of order", at: place)
      }
      let bucket = positions(startingWith: Int(id.digest.leadingWord >> 56), in: bytes)
      guard bucket.contains(position) else {
        throw ParseError(format, "disagrees with its fan-out table", at: place)
      }
      last = id
    }
  }
}
