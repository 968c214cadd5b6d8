/// A pattern as a tree, whose depth the reader bounds.
indirect enum PatternNode {
  /// One byte of a set.
  case set(ByteSet)
  /// One certain byte.
  case byte(UInt8)
  /// A place between bytes.
  case place(Place)
  /// One after the other.
  case sequence([PatternNode])
  /// One of several.
  case choice([PatternNode])
  /// So many times; no `max` is any number.
  case repeated(PatternNode, min: Int, max: Int?)

  /// What a place between bytes must be.
  enum Place: Sendable {
    case lineStart, lineEnd, textStart, textEnd, wordStart, wordEnd, wordEdge, noWordEdge
  }

  /// The bytes, when the pattern is nothing but bytes one after the other.
  var literal: [UInt8]? {
    switch self {
    case .byte(let byte): return [byte]
    case .sequence(let nodes):
      var bytes: [UInt8] = []
      for node in nodes {
        guard case .byte(let byte) = node else { return nil }
        bytes.append(byte)
      }
      return bytes
    case .set, .place, .choice, .repeated: return nil
    }
  }
}
