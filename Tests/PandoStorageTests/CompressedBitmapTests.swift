import PandoBytes
import PandoTestKit
import Testing

@testable import PandoStorage

@Suite struct CompressedBitmapTests {
  /// Sets of the shapes that compression treats apart: empty, full, runs, noise, a bit at an end.
  static func samples(_ limit: Int) -> [Bitmap] {
    var random = SeededRandom(seed: 5)
    var sets = [Bitmap(capacity: limit), .all(below: limit)]
    for density in [2, 17, 300] as [UInt64] {
      var set = Bitmap(capacity: limit)
      for number in 0..<limit where random.next() % density == 0 { set.insert(number) }
      sets.append(set)
      var runs = Bitmap(capacity: limit)
      var number = 0
      while number < limit {
        let end = min(limit, number + Int(random.next() % 700))
        for bit in number..<end { runs.insert(bit) }
        number = end + Int(random.next() % 700)
      }
      sets.append(runs)
    }
    var last = Bitmap(capacity: limit)
    if limit > 0 { last.insert(limit - 1) }
    return sets + [last]
  }

  @Test(arguments: [0, 1, 63, 64, 65, 1000, 4096])
  func setsComeBackAndCombine(_ limit: Int) throws {
    let sets = Self.samples(limit)
    for set in sets {
      var bytes: [UInt8] = [7]
      CompressedBitmap(set).append(to: &bytes)
      let read = try CompressedBitmap(bytes.span, at: 1, limit: limit)
      #expect(try CompressedBitmap.end(in: bytes.span, at: 1) == bytes.count)
      #expect(read.expanded(limit: limit) == set)
      for other in sets {
        let combined = CompressedBitmap.symmetricDifference(read, CompressedBitmap(other))
        var expected = set
        expected.formUnion(other)
        var both = set
        both.formIntersection(other)
        expected.subtract(both)
        #expect(combined.expanded(limit: limit) == expected)
        #expect(set.intersectionCount(other) == both.count)
      }
      var numbers: [Int] = []
      set.forEach { numbers.append($0) }
      #expect(numbers == (0..<limit).filter(set.contains))
    }
  }

  @Test func longRunsTakeNoRoom() throws {
    var builder = CompressedBitmap.Builder()
    builder.add(isOnes: false, run: 1 << 34)
    builder.add(1)
    var bytes: [UInt8] = []
    builder.finish(bitCount: 0).append(to: &bytes)
    #expect(bytes.count < 100)
    #expect(throws: ParseError.self) { try CompressedBitmap(bytes.span, at: 0, limit: 1000) }
    builder = CompressedBitmap.Builder()
    builder.add(isOnes: true, run: 16)
    bytes = []
    builder.finish().append(to: &bytes)
    #expect(throws: ParseError.self) { try CompressedBitmap(bytes.span, at: 0, limit: 1000) }
    #expect(throws: ParseError.self) { try CompressedBitmap(bytes.span, at: 0, limit: 1023) }
    #expect(
      try CompressedBitmap(bytes.span, at: 0, limit: 1024).expanded(limit: 1024).count == 1024)
  }

  @Test func damageNeverTrapsNorLeavesTheLimit() {
    for limit in [65, 1000] {
      for set in Self.samples(limit) {
        var bytes: [UInt8] = []
        CompressedBitmap(set).append(to: &bytes)
        func look(_ bytes: [UInt8]) {
          guard let read = try? CompressedBitmap(bytes.span, at: 0, limit: limit) else { return }
          let expanded = read.expanded(limit: limit)
          #expect(expanded.words.count == (limit + 63) / 64)
          expanded.forEach { #expect($0 < limit) }
          _ = CompressedBitmap.symmetricDifference(read, CompressedBitmap(set))
        }
        Damage.truncations(of: bytes, limit: 200, look)
        Damage.bitFlips(of: bytes, rounds: 200, look)
      }
    }
  }
}
