extension [UInt8] {
  /// Where `needle` first begins at or after `start`, or nil. O(n) for the short needles it is for.
  package func position(of needle: [UInt8], from start: Int = 0) -> Int? {
    guard let first = needle.first else { return start <= count ? start : nil }
    var index = start
    while index + needle.count <= count {
      if self[index] == first, self[index..<(index + needle.count)].elementsEqual(needle) {
        return index
      }
      index += 1
    }
    return nil
  }
}
