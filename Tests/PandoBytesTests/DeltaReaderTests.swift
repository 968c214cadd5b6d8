import PandoBytes
import Testing

struct DeltaReaderTests {
  static let base = Array("the quick brown fox jumps over the lazy dog".utf8)

  static func delta(base: Int, result: Int, _ instructions: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(deltaSize: base)
    bytes.append(deltaSize: result)
    return bytes + instructions
  }

  @Test("copies and inserts make the result")
  func applies() throws {
    let delta = Self.delta(
      base: Self.base.count, result: 12, [0x91, 4, 5, 2, 33, 33, 0x91, 40, 3, 0x90, 2])
    let result = try DeltaReader.apply(delta.span, to: Self.base.span, limit: 100)
    #expect(String(decoding: result, as: UTF8.self) == "quick!!dogth")
    #expect(try DeltaReader.sizes(of: delta.span) == (Self.base.count, 12))
  }

  @Test("a copy of size 0 takes 64 KiB, and all seven argument bytes count")
  func longCopies() throws {
    let base = noise(0x30000, seed: 5)
    let plain = Self.delta(base: base.count, result: 0x10000, [0x80])
    #expect(
      try DeltaReader.apply(plain.span, to: base.span, limit: 1 << 20) == Array(base[..<0x10000]))
    let full = Self.delta(base: base.count, result: 0x10203, [0xFF, 4, 3, 1, 0, 3, 2, 1])
    #expect(
      try DeltaReader.apply(full.span, to: base.span, limit: 1 << 20)
        == Array(base[0x10304..<0x10304 + 0x10203]))
  }

  @Test("a result above the trusted size is checked before it is made")
  func largeResults() throws {
    let base = noise(0x10000, seed: 6)
    let good = Self.delta(base: base.count, result: 0x200000, [UInt8](repeating: 0x80, count: 32))
    let result = try DeltaReader.apply(good.span, to: base.span, limit: 0x200000)
    #expect(result.count == 0x200000 && Array(result[0x1F0000...]) == base)
    #expect(throws: ParseError.self) {
      try DeltaReader.apply(good.span, to: base.span, limit: 0x1FFFFF)
    }
    // A claim of half an exbibyte fails without memory being asked for.
    for size in [0x200001, 1 << 59] {
      let bad = Self.delta(base: base.count, result: size, [UInt8](repeating: 0x80, count: 32))
      #expect(throws: ParseError.self) {
        try DeltaReader.apply(bad.span, to: base.span, limit: .max)
      }
    }
  }

  @Test("an empty result needs an empty delta")
  func emptyResult() throws {
    let delta = Self.delta(base: 0, result: 0, [])
    let empty: [UInt8] = []
    #expect(try DeltaReader.apply(delta.span, to: empty.span, limit: 0) == [])
    let longer = Self.delta(base: 0, result: 0, [1, 65])
    #expect(throws: ParseError.self) {
      try DeltaReader.apply(longer.span, to: empty.span, limit: 10)
    }
  }

  @Test(
    "instructions that leave base, delta or result are refused",
    arguments: [
      [0], [0x91, 43, 1], [0x91, 40, 4], [0x9F, 0xFF, 0xFF, 0xFF, 0xFF, 1], [0xB0, 0xFF, 0xFF],
      [5, 1, 2], [0x91], [0x91, 1], [0x90, 11], [0x90, 9],
      [10, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 1],
      [],
    ] as [[UInt8]])
  func hostile(instructions: [UInt8]) {
    let delta = Self.delta(base: Self.base.count, result: 10, instructions)
    #expect(throws: ParseError.self) {
      try DeltaReader.apply(delta.span, to: Self.base.span, limit: 1 << 30)
    }
  }

  @Test("another base size, and headers cut short or too large, are refused")
  func headers() {
    let other = Self.delta(base: Self.base.count - 1, result: 1, [0x90, 1])
    let large = [UInt8](repeating: 0xFF, count: 20)
    for delta in [other, large, [], [43], [43, 0x81]] {
      #expect(throws: ParseError.self) {
        try DeltaReader.apply(delta.span, to: Self.base.span, limit: 1 << 30)
      }
    }
  }

  @Test("noise never traps", arguments: 0..<200 as Range<UInt64>)
  func noiseIsHarmless(seed: UInt64) {
    let body = Self.delta(base: Self.base.count, result: Int(seed), noise(40, seed: seed))
    _ = try? DeltaReader.apply(body.span, to: Self.base.span, limit: 1 << 20)
  }
}
