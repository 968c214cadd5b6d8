package import PandoBytes
package import PandoObjects

/// The contents of one reference's own file.
///
/// Source: gitrepository-layout and git-symbolic-ref. Like Git, reading lets anything follow an ID
/// after whitespace, and ends at a zero byte.
package enum LooseReference {
  /// More than any name or ID needs; a larger file is no reference.
  static let bytesMax = 1 << 16

  /// Reads `ref: <name>` or an ID.
  package static func parse(
    _ bytes: [UInt8], algorithm: HashAlgorithm
  ) throws(ParseError) -> ReferenceTarget {
    let text = bytes.prefix { $0 != 0 }
    if text.starts(with: "ref:".utf8) {
      let name = text.dropFirst(4).trimmingSpace()
      guard let target = ReferenceName(ByteString(Array(name))) else {
        throw ParseError("reference", "points at a malformed name", at: 4)
      }
      return .symbolic(target)
    }
    let digits = Array(text.prefix(algorithm.hexCount))
    guard digits.count == algorithm.hexCount, let id = ObjectID(hexBytes: digits.span) else {
      throw ParseError("reference", "is neither an object ID nor a symbolic reference", at: 0)
    }
    if text.count > digits.count, !text[algorithm.hexCount].isSpace {
      throw ParseError("reference", "has junk right after the ID", at: digits.count)
    }
    return .direct(id)
  }

  /// The bytes of a file that says `target`.
  package static func serialize(_ target: ReferenceTarget) -> [UInt8] {
    var bytes: [UInt8] = []
    switch target {
    case .direct(let id): bytes.append(text: id.hex)
    case .symbolic(let name):
      bytes.append(text: "ref: ")
      bytes.append(contentsOf: name.bytes.bytes)
    }
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }
}

extension ArraySlice<UInt8> {
  /// Without the space at both ends.
  func trimmingSpace() -> ArraySlice<UInt8> {
    let start = drop(while: \.isSpace)
    guard let last = start.lastIndex(where: { !$0.isSpace }) else { return [] }
    return start[...last]
  }
}
