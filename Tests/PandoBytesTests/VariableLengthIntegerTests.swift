import PandoBytes
import Testing

struct VariableLengthIntegerTests {
  static let values: [Int] =
    (0..<63).flatMap { [1 << $0 - 1, 1 << $0, 1 << $0 + 1] }
    + [127, 128, 16_511, 16_512, 2_113_663, 2_113_664, Int.max - 1, Int.max]

  @Test("every size survives in a pack entry header", arguments: 0...7 as ClosedRange<UInt8>)
  func entryHeaders(type: UInt8) throws {
    for value in Self.values {
      var bytes: [UInt8] = []
      bytes.append(packEntryType: type, size: value)
      var reader = ByteReader(bytes.span, format: "test")
      let header = try reader.packEntryHeader()
      #expect(header.type == type && header.size == value && reader.isAtEnd)
      for count in bytes.indices {
        let cut = Array(bytes[..<count])
        #expect(throws: ParseError.self) {
          var reader = ByteReader(cut.span, format: "test")
          _ = try reader.packEntryHeader()
        }
      }
    }
  }

  @Test("every number survives as a delta size and as a base distance")
  func numbers() throws {
    for value in Self.values {
      var size: [UInt8] = []
      size.append(deltaSize: value)
      var reader = ByteReader(size.span, format: "test")
      #expect(try reader.deltaSize() == value && reader.isAtEnd)
      var distance: [UInt8] = []
      distance.append(baseDistance: value)
      var second = ByteReader(distance.span, format: "test")
      #expect(try second.baseDistance() == value && second.isAtEnd)
    }
  }

  @Test(
    "known forms",
    arguments: [
      (0, [0]), (127, [127]), (128, [0x80, 0]), (16_511, [0xFF, 0x7F]),
      (16_512, [0x80, 0x80, 0]),
    ] as [(Int, [UInt8])])
  func knownDistances(value: Int, bytes: [UInt8]) {
    var written: [UInt8] = []
    written.append(baseDistance: value)
    #expect(written == bytes)
  }

  @Test("numbers above 63 bits are refused", arguments: [9, 10, 11, 200])
  func overflow(count: Int) {
    let bytes = [UInt8](repeating: 0xFF, count: count) + [0x7F]
    #expect(throws: ParseError.self) {
      var reader = ByteReader(bytes.span, format: "test")
      _ = try reader.packEntryHeader()
    }
    #expect(throws: ParseError.self) {
      var reader = ByteReader(bytes.span, format: "test")
      _ = try reader.deltaSize()
    }
    #expect(throws: ParseError.self) {
      var reader = ByteReader(bytes.span, format: "test")
      _ = try reader.baseDistance()
    }
  }
}
