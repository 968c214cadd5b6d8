import PandoBytes
import PandoStore
import Testing

@Suite struct IndexFileTests {
  /// An index of version 4 whose first name is long and whose others share all of it.
  private static func index(nameBytes: Int, count: Int) -> [UInt8] {
    var bytes = Array("DIRC".utf8)
    bytes.append(bigEndian: UInt32(4))
    bytes.append(bigEndian: UInt32(count))
    for position in 0..<count {
      bytes += [UInt8](repeating: 0, count: 24)
      bytes.append(bigEndian: UInt32(0o100644))
      bytes += [UInt8](repeating: 0, count: 12)
      bytes += [UInt8](repeating: 1, count: 20)
      bytes += [0, 0, 0]
      bytes += position == 0 ? [UInt8](repeating: 97, count: nameBytes) : [98]
      bytes.append(0)
    }
    return bytes
  }

  @Test func `names that share their start are put together`() throws {
    let bytes = Self.index(nameBytes: 2, count: 3)
    let entries = try IndexFile.entries(parsing: bytes.span, algorithm: .sha1)
    #expect(entries.map(\.path.text) == ["aa", "aab", "aabb"])
  }

  @Test func `a small file does not ask for much memory`() {
    let bytes = Self.index(nameBytes: 100_000, count: 10_000)
    #expect(throws: ParseError.self) {
      try IndexFile.entries(parsing: bytes.span, algorithm: .sha1)
    }
  }
}
