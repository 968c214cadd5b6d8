internal import PandoBytes
internal import PandoObjects

/// What is known of each entry of a pack on its way in, in the order of the entries: 36 bytes for
/// one named by SHA-1, 48 by SHA-256. It grows piece by piece, with what has really come.
///
/// One thread appends; afterwards threads share the records, each of which one thread at a time
/// changes: the one that resolves the entry.
struct PackTable: Sendable {
  private static let pieceBits = 12
  private static let pieceMask = (1 << pieceBits) - 1

  // The words of a record.
  private static let place = 0
  private static let checksum = 2
  private static let link = 3
  private static let name = 4

  // The bits of the place: the offset below, then the type in the pack, then the kind.
  private static let offsetBits = UInt64(52)
  private static let offsetMask = UInt64(1) << offsetBits - 1
  /// No pack has its end behind this.
  static let offsetMax = Int(offsetMask)
  private static let kindShift = UInt64(56)

  /// The type in a pack of a delta on the entry at an offset, and of one on a named object.
  static let offsetDelta: UInt8 = 6
  static let referenceDelta: UInt8 = 7

  let algorithm: HashAlgorithm
  private let stride: Int
  private var pieces: [SharedWords] = []
  /// The most entries there will be.
  private let capacity: Int
  /// The number of entries.
  private(set) var count = 0

  /// - Parameter count: the number of entries there will be, so that a few take no more than they
  ///   need; nil when it is not known, and also when it is only claimed.
  init(_ algorithm: HashAlgorithm, expecting count: Int? = nil) {
    self.algorithm = algorithm
    capacity = count ?? .max
    stride = Self.name + algorithm.byteCount / 4
  }

  /// Adds an entry of a type in the pack at an offset; a whole object's kind is its type.
  mutating func append(offset: Int, type: UInt8, checksum: UInt32) -> Int {
    if count & Self.pieceMask == 0 {
      pieces.append(SharedWords(count: stride * min(Self.pieceMask + 1, capacity - count)))
    }
    let number = count
    count += 1
    let kind = UInt64(ObjectKind(rawValue: type)?.rawValue ?? 0)
    let place = UInt64(offset) & Self.offsetMask | UInt64(type) << Self.offsetBits
    let (words, start) = record(number)
    words.setWide(place | kind << Self.kindShift, at: start + Self.place)
    words[start + Self.checksum] = checksum
    return number
  }

  @inline(__always)
  private func record(_ number: Int) -> (words: SharedWords, start: Int) {
    (pieces[number >> Self.pieceBits], (number & Self.pieceMask) &* stride)
  }

  private func place(_ number: Int) -> UInt64 {
    let (words, start) = record(number)
    return words.wide(at: start + Self.place)
  }

  /// Where an entry begins.
  func offset(_ number: Int) -> Int { Int(place(number) & Self.offsetMask) }

  /// The type that its header has.
  func type(_ number: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: place(number) >> Self.offsetBits) & 15
  }

  /// Whether it is a delta.
  func isDelta(_ number: Int) -> Bool { type(number) >= Self.offsetDelta }

  /// The kind of the object; nil for a delta that is not resolved yet.
  func kind(_ number: Int) -> ObjectKind? {
    ObjectKind(rawValue: UInt8(truncatingIfNeeded: place(number) >> Self.kindShift) & 15)
  }

  /// The CRC-32 of the entry.
  func checksum(_ number: Int) -> UInt32 {
    let (words, start) = record(number)
    return words[start + Self.checksum]
  }

  /// The object's name; before a delta on a named object is resolved, the name of its base.
  func id(_ number: Int) -> ObjectID {
    let (words, start) = record(number)
    return ObjectID(words.digest(at: start + Self.name, algorithm))
  }

  /// Sets the name that `id` gives.
  func setID(_ number: Int, _ id: ObjectID) {
    let (words, start) = record(number)
    words.setDigest(id.digest, at: start + Self.name)
  }

  /// Notes a delta as resolved.
  func setResolved(_ number: Int, _ id: ObjectID, _ kind: ObjectKind) {
    let (words, start) = record(number)
    words.setDigest(id.digest, at: start + Self.name)
    let place = words.wide(at: start + Self.place)
    words.setWide(place | UInt64(kind.rawValue) << Self.kindShift, at: start + Self.place)
  }

  /// How two entries' names order, compared word by word.
  func isOrdered(_ a: Int, _ b: Int) -> Bool {
    let (left, leftStart) = record(a)
    let (right, rightStart) = record(b)
    for word in Self.name..<stride {
      let (x, y) = (left[leftStart + word], right[rightStart + word])
      if x != y { return x < y }
    }
    return a < b
  }

  /// The first half of the first word of its name: what names are sorted by first.
  func leadingBits(_ number: Int) -> Int {
    let (words, start) = record(number)
    return Int(words[start + Self.name] >> 16)
  }

  /// The number of the entry at an offset, or nil.
  func entry(at offset: Int) -> Int? {
    var low = 0
    var high = count
    while low < high {
      let middle = low + (high - low) / 2
      if self.offset(middle) < offset { low = middle + 1 } else { high = middle }
    }
    return low < count && self.offset(low) == offset ? low : nil
  }
}

/// The links among entries. Numbers are stored one higher, so that zero stands for none.
///
/// An entry needs two words at a time. The link: until the deltas on it are taken, the first of
/// them; afterwards its base. The first word of its name: before it
/// is resolved, the base, then,
/// once all links are made, the next delta on the same base.
extension PackTable {
  /// The number stored for an entry.
  static func stored(_ number: Int) -> UInt32 { UInt32(truncatingIfNeeded: number + 1) }

  /// What the first word of an unresolved delta's name holds: its base, later the next delta.
  func next(_ number: Int) -> UInt32 {
    let (words, start) = record(number)
    return words[start + Self.name]
  }

  func setNext(_ number: Int, _ value: UInt32) {
    let (words, start) = record(number)
    words[start + Self.name] = value
  }

  /// The stored number of a resolved entry's base; zero for a whole object.
  func base(_ number: Int) -> UInt32 {
    isDelta(number) ? link(number) : 0
  }

  /// The first delta on an entry, or, once it is resolved, its base.
  func link(_ number: Int) -> UInt32 {
    let (words, start) = record(number)
    return words[start + Self.link]
  }

  func setLink(_ number: Int, _ value: UInt32) {
    let (words, start) = record(number)
    words[start + Self.link] = value
  }

  /// Takes the list of deltas off an entry, and leaves `base` in its place.
  func takeDeltas(of number: Int, leaving base: UInt32) -> UInt32 {
    let (words, start) = record(number)
    return words.exchange(start + Self.link, with: base)
  }

  /// Makes of the bases that the deltas by offset have the lists of deltas that the bases have,
  /// each in the order of the entries.
  func linkDeltas() {
    for number in Swift.stride(from: count - 1, through: 0, by: -1)
    where type(number) == Self.offsetDelta {
      let base = next(number)
      // Zero: what it is a delta on is no entry.
      guard base != 0 else { continue }
      setNext(number, link(Int(base) - 1))
      setLink(Int(base) - 1, Self.stored(number))
    }
  }
}
