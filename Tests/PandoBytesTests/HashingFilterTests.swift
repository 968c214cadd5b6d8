import CPandoKernels
import PandoTestKit
import Testing

@testable import PandoBytes

private let rowWords = CollisionFilter.steps.count

/// The filter's words for one block that keeps all conditions of `vector`, else random.
private func keeping(_ vector: Int, using random: inout SeededRandom) -> [UInt32] {
  var words = (0..<rowWords).map { _ in UInt32.random(in: 0 ... .max, using: &random) }
  // The conditions are trees over bits. Grow each from its first bit, mending the far end.
  var open = CollisionFilter.conditions.filter { $0.vectors >> vector & 1 == 1 }
  var settled: Set<[UInt8]> = []
  while let root = open.first {
    settled.insert([root.first_step, root.first_bit])
    while let index = open.firstIndex(where: { touches($0, settled) }) {
      let condition = open.remove(at: index)
      let first = [condition.first_step, condition.first_bit]
      let second = [condition.second_step, condition.second_bit]
      let far = settled.contains(first) ? second : first
      if !holds(condition, words) {
        words[Int(far[0]) - CollisionFilter.steps.lowerBound] ^= 1 << UInt32(far[1])
      }
      settled.formUnion([first, second])
    }
  }
  return words
}

private func touches(_ condition: pando_condition, _ settled: Set<[UInt8]>) -> Bool {
  settled.contains([condition.first_step, condition.first_bit])
    || settled.contains([condition.second_step, condition.second_bit])
}

private func holds(_ condition: pando_condition, _ words: [UInt32]) -> Bool {
  let first = words[Int(condition.first_step) - CollisionFilter.steps.lowerBound]
  let second = words[Int(condition.second_step) - CollisionFilter.steps.lowerBound]
  let bits = first >> UInt32(condition.first_bit) ^ second >> UInt32(condition.second_bit)
  return bits & 1 == UInt32(condition.differ)
}

/// What the three filters say about eight blocks' words, which must be the same.
private func suspects(_ rows: [[UInt32]]) -> [UInt32] {
  let swift = rows.map { row in
    row.withUnsafeBufferPointer { $0.baseAddress.map(CollisionFilter.suspects) ?? 0 }
  }
  #expect(
    rows.map { row in row.withUnsafeBufferPointer { pando_filter_one($0.baseAddress) } } == swift)
  if HashKernels.available.contains(.filter) {
    var wide = [UInt32](repeating: 0, count: 8)
    pando_filter_eight(rows.flatMap { $0 }, &wide)
    #expect(wide == swift)
  }
  return swift
}

@Suite struct HashingFilterTests {
  @Test("A block that keeps a vector's conditions stays suspect; one that breaks any does not")
  func conditions() {
    var random = SeededRandom(seed: 31)
    for vector in 0..<32 {
      let needed = CollisionFilter.conditions.filter { $0.vectors >> vector & 1 == 1 }
      #expect((7...15).contains(needed.count))
      var rows: [[UInt32]] = []
      for condition in needed {
        let kept = keeping(vector, using: &random)
        var broken = kept
        broken[Int(condition.first_step) - CollisionFilter.steps.lowerBound] ^=
          1 << UInt32(condition.first_bit)
        rows += [kept, broken]
      }
      while rows.count % 8 != 0 { rows.append(keeping(vector, using: &random)) }
      for start in stride(from: 0, to: rows.count, by: 8) {
        let masks = suspects(Array(rows[start..<(start + 8)]))
        for (index, mask) in masks.enumerated() {
          let isBroken = start + index < needed.count * 2 && index % 2 == 1
          #expect((mask >> vector & 1 == 1) == !isBroken)
        }
      }
    }
  }

  @Test("The three filters agree on random words, and let few through")
  func random() {
    var random = SeededRandom(seed: 32)
    var through = 0
    for _ in 0..<500 {
      let rows = (0..<8).map { _ in
        (0..<rowWords).map { _ in UInt32.random(in: 0 ... .max, using: &random) }
      }
      through += suspects(rows).count { $0 != 0 }
    }
    #expect((60...240).contains(through), "\(through) of 4000")
  }

  @Test("The traced kernel's words keep SHAttered's vector suspect in every lane")
  func lanes() throws {
    guard HashKernels.available.contains(.sha1) else { return }
    let collision = try collisionBytes("shattered-1")[192..<256]
    let vector = try #require(
      DisturbanceVector.all.indices.first {
        DisturbanceVector.all[$0] == DisturbanceVector(kind: .two, step: 52, bit: 0)
      })
    let count = 43
    for place in 0..<count {
      var bytes = noise(64 * count, seed: 33)
      bytes.replaceSubrange((place * 64)..<(place * 64 + 64), with: collision)
      var traces = [[UInt32]](
        repeating: [UInt32](repeating: 0, count: count * Int(PANDO_TRACE_WORDS)), count: 2)
      for (index, features) in [HashKernels.available.rawValue, PANDO_SHA1].enumerated() {
        var state = (0..<8).map { SHA1.initial[$0] }
        pando_sha1_traced(&state, bytes, count, &traces[index], features)
      }
      #expect(traces[0] == traces[1])
      let mask = traces[0][place * Int(PANDO_TRACE_WORDS) + Int(PANDO_TRACE_SUSPECTS)]
      #expect(mask >> UInt32(vector) & 1 == 1)
    }
  }
}
