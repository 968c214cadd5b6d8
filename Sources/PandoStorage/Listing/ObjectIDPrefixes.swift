internal import PandoBytes
internal import PandoObjects

/// Where in sorted names those with each of many prefixes begin: about a byte for each name, after
/// which a search looks at two places in memory where that by guesses looks at five.
struct ObjectIDPrefixes: Sendable {
  /// No more prefixes than two to this power, 16 MiB.
  private static let bitsMax = 22

  private let shift: UInt64
  /// One more than there are prefixes.
  private let starts: [UInt32]

  /// Reads all names once. Whatever they are, searches stay inside.
  init(_ table: ObjectIDTable, _ bytes: Span<UInt8>) {
    let bits = min(max(1, Int.bitWidth - table.count.leadingZeroBitCount - 2), Self.bitsMax)
    shift = UInt64(64 - bits)
    var starts = [UInt32](repeating: UInt32(table.count), count: 1 << bits + 1)
    var next = 0
    for position in 0..<table.count {
      let prefix = Int(table.word(at: position, in: bytes) >> shift)
      while next <= prefix {
        starts[next] = UInt32(position)
        next += 1
      }
    }
    self.starts = starts
  }

  /// The position of an object in the table that this was made of; nil when it has none.
  func position(of id: ObjectID, in table: ObjectIDTable, _ bytes: Span<UInt8>) -> Int? {
    guard id.algorithm == table.algorithm else { return nil }
    let word = id.digest.leadingWord
    let prefix = Int(word >> shift)
    var position = Int(starts[prefix])
    let end = Int(starts[prefix + 1])
    while position < end {
      if table.word(at: position, in: bytes) == word, table.id(at: position, in: bytes) == id {
        return position
      }
      position += 1
    }
    return nil
  }
}
