extension LineDiff.WhiteSpace {
  /// Puts what counts of a line into `reduced`: lines are equal when that is the same.
  func reduce(_ line: Span<UInt8>, into reduced: inout [UInt8]) {
    reduced.removeAll(keepingCapacity: true)
    var end = line.count
    switch self {
    case .all: break
    case .withoutCarriageReturns:
      guard end > 0, line[end - 1] == UInt8(ascii: "\n") else { break }
      end -= 1
      if end > 0, line[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    case .withoutEnds, .withoutAmounts, .none:
      while end > 0, Self.isSpace(line[end - 1]) { end -= 1 }
    }
    var isAfterSpace = false
    for index in 0..<end {
      let isSpace = Self.isSpace(line[index])
      defer { isAfterSpace = isSpace }
      switch self {
      case .none where isSpace: continue
      case .withoutAmounts where isSpace:
        if !isAfterSpace { reduced.append(UInt8(ascii: " ")) }
      default: reduced.append(line[index])
      }
    }
  }

  /// Whether nothing stands in a line.
  func isBlank(_ line: ArraySlice<UInt8>) -> Bool {
    self == .all ? line.count <= 1 : line.allSatisfy(Self.isSpace)
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }
}
