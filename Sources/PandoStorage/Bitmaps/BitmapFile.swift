internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import Synchronization

/// A `.bitmap` file: for chosen commits the set of all that can be reached from each.
///
/// Opening reads the headers of all entries; a set is decoded when it is asked for, and kept.
/// Source: git's `technical/bitmap-format`.
final class BitmapFile: Sendable {
  /// What the file has besides sets.
  struct Flags: OptionSet, Sendable {
    let rawValue: UInt16
    /// Whatever an object of the pack needs is in the pack: nothing is read without.
    static let closed = Flags(rawValue: 1)
    /// A hash of the path of each object.
    static let nameHashes = Flags(rawValue: 4)
    /// A table of entries by commit.
    static let lookupTable = Flags(rawValue: 16)
  }

  private struct Entry: Sendable {
    /// Where its compressed set begins.
    let offset: Int
    /// The entry with which it must be combined, before this one.
    let base: Int?
  }

  /// No entry is combined with one that lies further back.
  static let baseDistanceMax = 160
  static let format = "bitmap index"
  static let headerBytes = 12
  static let lookupRowBytes = 16

  let flags: Flags
  /// The checksum of the pack or the multi-pack-index that the file belongs to.
  let subject: Digest
  /// How many objects the sets are of.
  let count: Int
  /// The objects of each kind: commits, trees, blobs, tags.
  let kinds: [CompressedBitmap]
  private let file: MappedFile
  private let entries: [Entry]
  private let entryOfPosition: [UInt32: Int]
  private let nameHashes: Int?
  private let decoded = Mutex<[Int: CompressedBitmap]>([:])

  /// Reads the file that `file` holds, of an index with `count` objects.
  init(_ file: MappedFile, count: Int, algorithm: HashAlgorithm) throws(ParseError) {
    self.file = file
    self.count = count
    let parsed = try file.withBytes { (bytes) throws(ParseError) in
      try Self.parse(bytes, count, algorithm)
    }
    flags = parsed.flags
    subject = parsed.subject
    kinds = parsed.kinds
    entries = parsed.entries
    entryOfPosition = parsed.entryOfPosition
    nameHashes = parsed.nameHashes
  }

  private struct Parsed {
    var flags: Flags
    var subject: Digest
    var kinds: [CompressedBitmap] = []
    var entries: [Entry] = []
    var entryOfPosition: [UInt32: Int] = [:]
    var nameHashes: Int?
  }

  private static func parse(
    _ bytes: Span<UInt8>, _ count: Int, _ algorithm: HashAlgorithm
  ) throws(ParseError) -> Parsed {
    var reader = ByteReader(bytes, format: format)
    guard reader.skip("BITM") else { throw reader.error("does not begin with BITM") }
    let numbers = try reader.uint32()
    guard numbers >> 16 == 1 else {
      throw reader.error("has the unknown version \(numbers >> 16)")
    }
    let flags = Flags(rawValue: UInt16(truncatingIfNeeded: numbers))
    guard flags.contains(.closed) else { throw reader.error("is of a pack that is not closed") }
    let entryCount = Int(try reader.uint32())
    let range = try reader.take(algorithm.byteCount)
    guard let subject = Digest(bytes.extracting(range), algorithm: algorithm) else {
      throw reader.error("ends too early")
    }
    var parsed = Parsed(flags: flags, subject: subject)
    // The tables at the end, from the last to the first; counts of 32 bits cannot overflow.
    var end = bytes.count - algorithm.byteCount
    if flags.contains(.nameHashes) {
      end -= count * 4
      parsed.nameHashes = end
    }
    if flags.contains(.lookupTable) { end -= entryCount * lookupRowBytes }
    guard end >= reader.offset else { throw reader.error("ends before its tables") }
    let body = bytes.extracting(0..<end)
    var offset = reader.offset
    for _ in 0..<4 {
      parsed.kinds.append(try CompressedBitmap(body, at: offset, limit: count))
      offset = try CompressedBitmap.end(in: body, at: offset)
    }
    // An entry takes 18 bytes at least.
    guard entryCount <= (end - offset) / 18 else {
      throw ParseError(format, "has fewer entries than it says", at: offset)
    }
    try parse(body, entryCount, from: offset, count, &parsed)
    return parsed
  }

  private static func parse(
    _ body: Span<UInt8>, _ entryCount: Int, from start: Int, _ count: Int, _ parsed: inout Parsed
  ) throws(ParseError) {
    var offset = start
    parsed.entries.reserveCapacity(entryCount)
    for number in 0..<entryCount {
      var reader = ByteReader(body, format: format, offset: offset)
      let position = try reader.uint32()
      let distance = Int(try reader.byte())
      _ = try reader.byte()
      guard position < count else {
        throw ParseError(format, "has a commit that is not in the index", at: offset)
      }
      guard distance <= baseDistanceMax, distance <= number else {
        throw ParseError(format, "combines a set with one that it does not have", at: offset)
      }
      guard parsed.entryOfPosition.updateValue(number, forKey: position) == nil else {
        throw ParseError(format, "has a commit twice", at: offset)
      }
      parsed.entries.append(
        Entry(offset: reader.offset, base: distance > 0 ? number - distance : nil))
      offset = try CompressedBitmap.end(in: body, at: reader.offset)
    }
  }

  /// The positions of the commits that have a set, in no order.
  var positions: [UInt32] { Array(entryOfPosition.keys) }

  /// The set of the commit at a position of the index; nil when it has none.
  func set(at position: Int) throws(ParseError) -> CompressedBitmap? {
    guard let position = UInt32(exactly: position), let entry = entryOfPosition[position] else {
      return nil
    }
    // Down to an entry that stands alone or is known, then up again.
    var chain: [Int] = []
    var result: CompressedBitmap?
    var next: Int? = entry
    while let number = next {
      if let known = decoded.withLock({ $0[number] }) {
        result = known
        break
      }
      chain.append(number)
      next = entries[number].base
    }
    while let number = chain.popLast() {
      let own = try file.withBytes { (bytes) throws(ParseError) in
        try CompressedBitmap(bytes, at: entries[number].offset, limit: count)
      }
      let set = result.map { CompressedBitmap.symmetricDifference($0, own) } ?? own
      decoded.withLock { $0[number] = set }
      result = set
    }
    return result
  }

  /// The hash of the path of the object at a position; nil when the file has none.
  func nameHash(at position: Int) -> UInt32? {
    guard let nameHashes, position >= 0, position < count else { return nil }
    return file.withBytes { $0.bigEndianUInt32(at: nameHashes + position * 4) }
  }

  /// Whether the file matches the checksum it ends in. O(n).
  var isChecksumValid: Bool {
    file.withBytes { bytes in
      let end = bytes.count - subject.algorithm.byteCount
      let stored = Digest(bytes.extracting(end..<bytes.count), algorithm: subject.algorithm)
      return ChecksumHasher.digest(
        of: bytes.extracting(0..<end), algorithm: subject.algorithm) == stored
    }
  }
}
