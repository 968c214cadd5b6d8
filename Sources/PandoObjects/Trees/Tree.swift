public import PandoBytes

/// A directory: entries over one shared buffer, names and IDs made only when asked for.
///
/// Reading takes whatever history contains: zero-padded modes, duplicates, wrong order. Writing
/// goes through `init(entries:)`, which sorts, and refuses what `git fsck` refuses.
public struct Tree: Sendable, Hashable {
  /// The exact bytes of the body.
  public let serialized: [UInt8]
  /// The algorithm of the IDs inside.
  public let algorithm: HashAlgorithm
  let slots: [Slot]
  /// Whether the entries are in Git's order; otherwise lookup scans.
  public let isSorted: Bool

  /// Where an entry is, in 12 bytes: wide trees are held in caches.
  struct Slot: Hashable, Sendable {
    private let modeBits: UInt32
    private var start: UInt32
    private var end: UInt32

    /// The numbers fit: modes have 24 bits, and a body is shorter than `bodyBytesMax`.
    init(mode: TreeEntry.Mode, name: Range<Int>) {
      modeBits = mode.bits | UInt32(mode.leadingZeros) << 24
      start = UInt32(truncatingIfNeeded: name.lowerBound)
      end = UInt32(truncatingIfNeeded: name.upperBound)
    }

    var mode: TreeEntry.Mode {
      TreeEntry.Mode(bits: modeBits & 0xFF_FFFF, leadingZeros: UInt8(modeBits >> 24))
    }
    /// The same entry elsewhere in a body.
    func moved(by distance: Int) -> Slot {
      var slot = self
      slot.start = UInt32(truncatingIfNeeded: nameStart + distance)
      slot.end = UInt32(truncatingIfNeeded: nameEnd + distance)
      return slot
    }

    var nameStart: Int { Int(start) }
    var nameEnd: Int { Int(end) }
  }

  /// The largest body that is read, in bytes.
  public static let bodyBytesMax = Int(UInt32.max)

  /// Indexes the entries of a tree's body. O(n). Throws at the first entry that cannot be read.
  public init(parsing body: [UInt8], algorithm: HashAlgorithm) throws(ParseError) {
    guard body.count <= Self.bodyBytesMax else {
      throw ParseError("tree", "is larger than \(Self.bodyBytesMax) bytes", at: 0)
    }
    var slots: [Slot] = []
    // Enough for most trees at once; a mode and a short name take no less.
    slots.reserveCapacity(body.count / (algorithm.byteCount + 16))
    var isSorted = true
    let bytes = body.span
    var reader = ByteReader(bytes, format: "tree")
    while !reader.isAtEnd {
      let slot = try Self.slot(&reader, algorithm)
      if isSorted, let last = slots.last {
        isSorted = Self.compare(bytes, last, slot) < 0
      }
      slots.append(slot)
    }
    self.serialized = body
    self.algorithm = algorithm
    self.slots = slots
    self.isSorted = isSorted
  }

  private static func slot(
    _ reader: inout ByteReader, _ algorithm: HashAlgorithm
  ) throws(ParseError) -> Slot {
    let bytes = reader.bytes
    let start = reader.offset
    var end = start
    var bits: UInt32 = 0
    var zeros = 0
    while end < bytes.count, bytes[end] != UInt8(ascii: " ") {
      let byte = bytes[end]
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "7"), bits <= 0o7777777 else {
        throw ParseError("tree", "bad mode", at: start)
      }
      if byte == UInt8(ascii: "0"), bits == 0 { zeros += 1 }
      bits = bits << 3 | UInt32(byte - UInt8(ascii: "0"))
      end += 1
    }
    _ = try reader.take(end - start)
    guard try reader.byte() == UInt8(ascii: " "), bits != 0, zeros <= 8 else {
      throw ParseError("tree", "bad mode", at: start)
    }
    guard let name = reader.take(until: 0) else { throw reader.error("name without an end") }
    guard !name.isEmpty else { throw ParseError("tree", "empty name", at: start) }
    _ = try reader.take(algorithm.byteCount)
    return Slot(mode: TreeEntry.Mode(bits: bits, leadingZeros: UInt8(zeros)), name: name)
  }

  private static func compare(_ bytes: Span<UInt8>, _ a: Slot, _ b: Slot) -> Int {
    let (first, second) = (bytes[a.nameStart], bytes[b.nameStart])
    // No name is empty, and mostly the first bytes tell.
    if first != second { return first < second ? -1 : 1 }
    return TreeOrder.compare(
      bytes.extracting(a.nameStart..<a.nameEnd), isDirectory: a.mode.isDirectory,
      bytes.extracting(b.nameStart..<b.nameEnd), isDirectory: b.mode.isDirectory)
  }

  /// Makes a tree to write. Sorts the entries and writes canonical modes. O(n log n).
  /// Throws `.invalidInput` for a duplicate or a name that `git fsck --strict` refuses.
  public init(entries: [TreeEntry], algorithm: HashAlgorithm) throws(PandoError) {
    var body: [UInt8] = []
    body.reserveCapacity(entries.count * (algorithm.byteCount + 24))
    var names = Set<ByteString>(minimumCapacity: entries.count)
    for var entry in entries.sorted(by: TreeEntry.precedes) {
      try EntryName.check(entry.name, mode: entry.mode)
      guard entry.id.algorithm == algorithm, !entry.id.isNull else {
        throw PandoError(.invalidInput, "tree entry '\(entry.name)' has no valid object name")
      }
      guard names.insert(entry.name).inserted else {
        throw PandoError(.invalidInput, "tree has two entries named '\(entry.name)'")
      }
      entry.mode = entry.mode.canonical
      entry.append(to: &body)
    }
    do {
      try self.init(parsing: body, algorithm: algorithm)
    } catch {
      throw .corrupt("tree", error)
    }
  }

  /// Makes a tree of a body whose entries are known to be in order.
  init(serialized: [UInt8], slots: [Slot], _ algorithm: HashAlgorithm) {
    self.serialized = serialized
    self.algorithm = algorithm
    self.slots = slots
    isSorted = true
  }

  private init(emptyOf algorithm: HashAlgorithm) {
    serialized = []
    self.algorithm = algorithm
    slots = []
    isSorted = true
  }

  /// The tree without entries.
  public static func empty(_ algorithm: HashAlgorithm) -> Tree { Tree(emptyOf: algorithm) }

  /// The name of the empty tree, which Git answers for even when it is not stored.
  public static func emptyID(_ algorithm: HashAlgorithm) -> ObjectID {
    switch algorithm {
    case .sha1: emptySHA1
    case .sha256: emptySHA256
    }
  }

  private static let emptySHA1 =
    ObjectID(hex: "4b825dc642cb6eb9a060e54bf8d69288fbee4904") ?? .null(.sha1)
  private static let emptySHA256 =
    ObjectID(hex: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321")
    ?? .null(.sha256)
}

extension Tree: RandomAccessCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { slots.count }

  /// The entry at `position`. Allocates its name.
  public subscript(position: Int) -> TreeEntry {
    let slot = slots[position]
    return TreeEntry(name: name(of: slot), mode: slot.mode, id: id(of: slot))
  }

  /// The mode at `position`. O(1), allocates nothing.
  public func mode(at position: Int) -> TreeEntry.Mode { slots[position].mode }

  /// The object at `position`. O(1), allocates nothing.
  public func id(at position: Int) -> ObjectID { id(of: slots[position]) }

  /// The name's bytes at `position`, lent to `body`. O(1), allocates nothing.
  public func withName<R, E: Error>(
    at position: Int, _ body: (Span<UInt8>) throws(E) -> R
  ) throws(E) -> R {
    try body(serialized.span.extracting(slots[position].nameStart..<slots[position].nameEnd))
  }

  /// The entry of that name, or nil. O(log n), or O(n) in a tree that is out of order.
  public subscript(name: ByteString) -> TreeEntry? {
    position(of: name).map { self[$0] }
  }

  /// Where the entry of that name is, or nil.
  public func position(of name: ByteString) -> Int? {
    guard isSorted else { return slots.firstIndex { self.name(of: $0) == name } }
    // A file and a directory of one name sort apart: look in both places.
    return position(of: name, isDirectory: false) ?? position(of: name, isDirectory: true)
  }

  private func position(of name: ByteString, isDirectory: Bool) -> Int? {
    let position = insertionPosition(of: name, isDirectory: isDirectory)
    guard position < slots.count else { return nil }
    let slot = slots[position]
    let found = serialized.span.extracting(slot.nameStart..<slot.nameEnd)
    return found.hasSameBytes(as: name.bytes.span) ? position : nil
  }

  /// Where the entry at `position` begins in `serialized`; the end of the body for `endIndex`.
  /// O(1).
  package func byteOffset(of position: Int) -> Int {
    position == 0 ? 0 : slots[position - 1].nameEnd + 1 + algorithm.byteCount
  }

  /// How many bytes are the same from an entry here on and from one of another tree on. O(n) at
  /// memory speed.
  package func sharedByteCount(
    from position: Int, with other: Tree, from otherPosition: Int
  ) -> Int {
    let start = byteOffset(of: position)
    let otherStart = other.byteOffset(of: otherPosition)
    let bytes = serialized.span
    let otherBytes = other.serialized.span
    return bytes.extracting(start..<bytes.count).sharedPrefixCount(
      with: otherBytes.extracting(otherStart..<otherBytes.count))
  }

  /// How many entries from the one at `position` lie wholly in so many bytes. O(log n).
  package func entryCount(from position: Int, inBytes bytes: Int) -> Int {
    let end = byteOffset(of: position) + bytes
    var low = position
    var high = count
    while low < high {
      let middle = low + (high - low + 1) / 2
      if byteOffset(of: middle) <= end { low = middle } else { high = middle - 1 }
    }
    return low - position
  }

  /// The first position whose entry does not sort before such an entry, in a sorted tree. O(log n).
  package func insertionPosition(of name: ByteString, isDirectory: Bool) -> Int {
    let bytes = serialized.span
    let wanted = name.bytes.span
    var low = 0
    var high = slots.count
    while low < high {
      let middle = low + (high - low) / 2
      let slot = slots[middle]
      let order = TreeOrder.compare(
        bytes.extracting(slot.nameStart..<slot.nameEnd), isDirectory: slot.mode.isDirectory,
        wanted, isDirectory: isDirectory)
      if order < 0 { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func name(of slot: Slot) -> ByteString {
    ByteString(copying: serialized.span.extracting(slot.nameStart..<slot.nameEnd))
  }

  private func id(of slot: Slot) -> ObjectID {
    let start = slot.nameEnd + 1
    let raw = serialized.span.extracting(start..<start + algorithm.byteCount)
    return ObjectID(raw, algorithm: algorithm) ?? .null(algorithm)
  }
}
