internal import PandoBytes
internal import PandoObjects

/// A line of a tree where it stands, for comparing directories most of which is equal.
struct ComparedEntry {
  /// The mode as git would write it.
  let mode: UInt32
  /// Where the name is.
  let name: Range<Int>
  /// Where the next line begins; the object's name ends there.
  let end: Int
  private let width: Int

  /// The line at `offset`, or nil at the end of the tree.
  init?(_ tree: Span<UInt8>, at offset: Int, _ width: Int) throws(ParseError) {
    guard offset < tree.count else { return nil }
    var bits: UInt32 = 0
    var index = offset
    while index < tree.count, tree[index] != UInt8(ascii: " ") {
      let digit = tree[index] ^ UInt8(ascii: "0")
      guard digit < 8, bits <= 0o7777777 else { throw ParseError("tree", "bad mode", at: offset) }
      bits = bits << 3 | UInt32(digit)
      index += 1
    }
    let nameStart = index + 1
    guard index > offset, let nameEnd = tree.firstIndex(of: 0, from: nameStart),
      nameEnd > nameStart, tree.count - nameEnd > width
    else { throw ParseError("tree", "broken entry", at: offset) }
    mode = TreeEntry.Mode(bits: bits).canonical.bits
    name = nameStart..<nameEnd
    end = nameEnd + 1 + width
    self.width = width
  }

  var isDirectory: Bool { mode == TreeEntry.Mode.directory.bits }

  func id(_ tree: Span<UInt8>) -> ObjectID? {
    ObjectID(
      tree.extracting(end - width..<end), algorithm: width == 20 ? .sha1 : .sha256)
  }

  /// Whether two lines of one name differ in mode or object.
  func differs(_ tree: Span<UInt8>, _ other: ComparedEntry, _ otherTree: Span<UInt8>) -> Bool {
    mode != other.mode
      || !tree.extracting(end - width..<end).hasSameBytes(
        as: otherTree.extracting(other.end - width..<other.end))
  }

  /// Negative, zero or positive as the first line sorts before, with or after the second; one that
  /// is not there sorts last.
  static func order(
    _ a: ComparedEntry?, _ tree: Span<UInt8>, _ b: ComparedEntry?, _ otherTree: Span<UInt8>
  ) -> Int {
    guard let a else { return 1 }
    guard let b else { return -1 }
    return TreeOrder.compare(
      tree.extracting(a.name), isDirectory: a.isDirectory,
      otherTree.extracting(b.name), isDirectory: b.isDirectory)
  }

  /// Moves both offsets, which are at line starts, behind all lines that follow equal in both. At
  /// memory speed where no line ends, else one search a line.
  static func skipEqual(
    _ a: Span<UInt8>, _ aOffset: inout Int, _ b: Span<UInt8>, _ bOffset: inout Int, _ width: Int
  ) throws(ParseError) {
    let length = equalCount(a, aOffset, b, bOffset)
    if length == a.count - aOffset, length == b.count - bOffset {
      (aOffset, bOffset) = (a.count, b.count)
      return
    }
    let limit = aOffset + length
    var offset = aOffset
    while limit - offset > width, let nameEnd = a.firstIndex(of: 0, from: offset),
      nameEnd + 1 + width <= limit
    {
      offset = nameEnd + 1 + width
    }
    bOffset += offset - aOffset
    aOffset = offset
  }

  /// How many bytes from two offsets on are equal.
  private static func equalCount(
    _ a: Span<UInt8>, _ aOffset: Int, _ b: Span<UInt8>, _ bOffset: Int
  ) -> Int {
    let most = min(a.count - aOffset, b.count - bOffset)
    var count = 0
    let block = 512
    while most - count >= block,
      a.extracting(aOffset + count..<aOffset + count + block).hasSameBytes(
        as: b.extracting(bOffset + count..<bOffset + count + block))
    {
      count += block
    }
    while most - count >= 8 {
      let difference =
        a.bigEndianUInt64(at: aOffset + count) ^ b.bigEndianUInt64(at: bOffset + count)
      if difference != 0 { return count + difference.leadingZeroBitCount >> 3 }
      count += 8
    }
    while count < most, a[aOffset + count] == b[bOffset + count] { count += 1 }
    return count
  }
}
