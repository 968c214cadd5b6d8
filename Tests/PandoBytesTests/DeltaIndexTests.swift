import PandoBytes
import PandoTestKit
import Testing

@Suite("Deltas: what is written makes the target again")
struct DeltaIndexTests {
  /// The delta, checked: it makes the target, and one byte less than its size is refused.
  @discardableResult
  static func check(_ base: [UInt8], _ target: [UInt8]) throws -> [UInt8] {
    let index = DeltaIndex(base: base.span)
    let most = target.count + target.count / 127 + 24
    let made = index.delta(to: target.span, from: base.span, limit: most)
    let delta = try #require(made)
    let again = try DeltaReader.apply(delta.span, to: base.span, limit: target.count)
    #expect(again == target)
    let exact = index.delta(to: target.span, from: base.span, limit: delta.count)
    #expect(exact == delta)
    let less = index.delta(to: target.span, from: base.span, limit: delta.count - 1)
    #expect(less == nil)
    return delta
  }

  /// What edits leave of `bytes`: pieces taken out, put in, moved and changed.
  static func edited(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var result = bytes
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      let start = Int.random(in: 0...result.count, using: &random)
      let end = min(result.count, start + Int.random(in: 0...90, using: &random))
      switch random.next() % 4 {
      case 0: result.removeSubrange(start..<end)
      case 1: result.insert(contentsOf: random.bytes(Int(random.next() % 300)), at: start)
      case 2: result.insert(contentsOf: result[start..<end], at: 0)
      default: for index in start..<end { result[index] ^= 1 }
      }
    }
    return result
  }

  @Test("edited bytes come out exactly, at every size", arguments: 0..<60)
  func edits(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let size = Int(random.next() % (seed % 4 == 0 ? 200_000 : 2000))
    let base =
      seed % 3 == 0 ? random.bytes(size) : Array(random.word(max(size, 1)).utf8).map { $0 & 0x63 }
    try Self.check(base, Self.edited(base, &random))
  }

  @Test("small, empty and repeating bytes are no exception")
  func corners() throws {
    let zeros = [UInt8](repeating: 0, count: 300_000)
    let samples: [[UInt8]] = [
      [], [1], Array(repeating: 7, count: 15), Array(repeating: 7, count: 16),
      Array(repeating: 7, count: 33), zeros, noise(128, seed: 1), noise(70_000, seed: 2),
      noise(127, seed: 3) + noise(16, seed: 1).prefix(16),
    ]
    for base in samples {
      for target in samples { try Self.check(base, target) }
    }
  }

  @Test("a change in the middle of a large file costs a few bytes")
  func smallChange() throws {
    let base = noise(1 << 20, seed: 4)
    var target = base
    target.replaceSubrange(500_000..<500_010, with: noise(20, seed: 5))
    // Sizes, seventeen copies of 64 KiB in two parts, and the new bytes.
    #expect(try Self.check(base, target).count < 160)
  }

  @Test("an index is as good in the memory of another")
  func rebuilding() throws {
    var random = SeededRandom(seed: 9)
    var index = DeltaIndex()
    var output: [UInt8] = []
    for _ in 0..<40 {
      let base = random.bytes(Int(random.next() % 5000))
      let target = Self.edited(base, &random)
      index.rebuild(base.span)
      let limit = target.count * 2 + 64
      let isMade = index.delta(
        to: target.span, from: base.span, limit: limit, into: &output)
      #expect(isMade)
      let fresh = DeltaIndex(base: base.span).delta(
        to: target.span, from: base.span, limit: limit)
      #expect(fresh == output)
    }
  }
}
