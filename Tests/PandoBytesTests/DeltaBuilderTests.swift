import PandoBytes
import PandoTestKit
import Testing

struct DeltaBuilderTests {
  @Test("what is built is what a reader makes of it", arguments: 0..<40)
  func roundTrip(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    // Beyond 24 bits now and then, so that every byte of a place is used.
    let width = seed % 10 == 0 ? (1 << 24) + 70_000 : Int(random.next() % 300_000) + 1
    let base = (0..<width).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
    var parts: [Range<Int>] = []
    var inserts: [[UInt8]] = []
    for _ in 0..<Int(random.next() % 6) {
      let start = Int(random.next() % UInt64(width))
      let longest = min(width - start, 200_000)
      parts.append(start..<start + Int(random.next() % UInt64(longest + 1)))
      inserts.append((0..<Int(random.next() % 300)).map { UInt8(truncatingIfNeeded: $0) })
    }
    var result: [UInt8] = []
    for (part, insert) in zip(parts, inserts) { result += base[part] + insert }
    var delta = DeltaBuilder(base: base.count, result: result.count)
    for (part, insert) in zip(parts, inserts) {
      delta.copy(part)
      delta.insert(insert)
    }
    let made = try DeltaReader.apply(delta.bytes.span, to: base.span, limit: .max)
    let isSame = made == result
    #expect(isSame)
  }

  @Test(
    "sizes and places of every width are written",
    arguments: [0, 1, 0xFF, 0x100, 0xFFFF, 0x10000, 0x10001, 0x30000])
  func edges(size: Int) throws {
    let base = (0..<0x50000).map { UInt8(truncatingIfNeeded: $0 >> 4) }
    for start in [0, 1, 0x100, 0xFF00, 0x10000, 0x1FFFF] {
      var delta = DeltaBuilder(base: base.count, result: size)
      delta.copy(start..<start + size)
      let made = try DeltaReader.apply(delta.bytes.span, to: base.span, limit: .max)
      let isSame = made == Array(base[start..<start + size])
      #expect(isSame)
    }
  }
}
