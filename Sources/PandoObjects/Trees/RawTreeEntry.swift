package import PandoBytes

/// Where the parts of one entry of a tree's body are: for those who read trees in place, once.
package struct RawTreeEntry {
  /// The mode.
  package let mode: TreeEntry.Mode
  /// Where the name is.
  package let name: Range<Int>
  /// Where the raw name of the object begins.
  package var idStart: Int { name.upperBound + 1 }

  /// Reads the entry at `start`. As lenient as ``Tree``; throws where that throws.
  package init(
    _ bytes: Span<UInt8>, at start: Int, algorithm: HashAlgorithm
  ) throws(ParseError) {
    var end = start
    var bits: UInt32 = 0
    var zeros: UInt8 = 0
    while true {
      guard end < bytes.count else { throw ParseError("tree", "ends too early", at: end) }
      let byte = bytes[end]
      if byte == UInt8(ascii: " ") { break }
      guard byte & 0xF8 == UInt8(ascii: "0"), bits <= 0o7777777, zeros <= 8 else {
        throw ParseError("tree", "bad mode", at: start)
      }
      if byte == UInt8(ascii: "0"), bits == 0 { zeros += 1 }
      bits = bits << 3 | UInt32(byte & 7)
      end += 1
    }
    guard bits != 0, zeros <= 8 else { throw ParseError("tree", "bad mode", at: start) }
    guard let nameEnd = bytes.firstIndex(of: 0, from: end + 1) else {
      throw ParseError("tree", "name without an end", at: end + 1)
    }
    guard nameEnd > end + 1 else { throw ParseError("tree", "empty name", at: start) }
    guard bytes.count - nameEnd - 1 >= algorithm.byteCount else {
      throw ParseError("tree", "ends too early", at: nameEnd + 1)
    }
    mode = TreeEntry.Mode(bits: bits, leadingZeros: zeros)
    name = end + 1..<nameEnd
  }

  /// The object, from the bytes that the entry was read from.
  package func id(in bytes: Span<UInt8>, algorithm: HashAlgorithm) -> ObjectID {
    let raw = bytes.extracting(idStart..<idStart + algorithm.byteCount)
    return ObjectID(raw, algorithm: algorithm) ?? .null(algorithm)
  }

  /// Negative, zero or positive as this entry of `bytes` sorts before, with or after another one.
  package func order(
    in bytes: Span<UInt8>, before other: RawTreeEntry, in otherBytes: Span<UInt8>
  ) -> Int {
    TreeOrder.compare(
      bytes.extracting(name), isDirectory: mode.isDirectory,
      otherBytes.extracting(other.name), isDirectory: other.mode.isDirectory)
  }
}
