import PandoBytes
import PandoTestKit
import Testing

/// Chains of random deltas, combined and applied one by one.
struct DeltaChainTests {
  /// A base with deltas on it, each on the result of the one before, in two buffers.
  struct Sample {
    var first: [UInt8] = []
    var second: [UInt8] = []
    var base: DeltaChain.Part
    /// The lowest first.
    var deltas: [DeltaChain.Part] = []
    var results: [[UInt8]]

    init(base: [UInt8], seed: UInt64, depth: Int, copyMax: Int) throws {
      var random = SeededRandom(seed: seed)
      self.base = DeltaChain.Part(place: 3, count: UInt32(base.count))
      first = [1, 2, 3] + base
      results = [base]
      for level in 0..<depth {
        let below = results[level]
        let (instructions, size) = Self.instructions(below.count, copyMax, &random)
        let delta = DeltaReaderTests.delta(base: below.count, result: size, instructions)
        let isInFirst = random.next() % 3 > 0
        let place = isInFirst ? first.count : second.count + Int(DeltaChain.secondStart)
        if isInFirst { first += delta } else { second += delta }
        deltas.append(DeltaChain.Part(place: UInt32(place), count: UInt32(delta.count)))
        results.append(try DeltaReader.apply(delta.span, to: below.span, limit: 1 << 30))
      }
    }

    /// Copies that mostly ascend, some of them backwards or twice, and inserts.
    static func instructions(
      _ below: Int, _ copyMax: Int, _ random: inout SeededRandom
    ) -> ([UInt8], Int) {
      var bytes: [UInt8] = []
      var size = 0
      var position = 0
      for _ in 0..<Int(random.next() % 12) + 1 {
        if below > 0, random.next() % 3 > 0 {
          if random.next() % 4 == 0 { position = Int(random.next() % UInt64(below)) }
          let most = min(copyMax, below - position)
          guard most > 0 else { position = 0; continue }
          let count = Int(random.next() % UInt64(most)) + 1
          bytes += [
            0xB7, UInt8(position & 0xFF), UInt8(position >> 8 & 0xFF), UInt8(position >> 16),
            UInt8(count & 0xFF), UInt8(count >> 8),
          ]
          position += count
          size += count
        } else {
          let count = Int(random.next() % 40) + 1
          bytes.append(UInt8(count))
          for _ in 0..<count { bytes.append(UInt8(truncatingIfNeeded: random.next())) }
          size += count
        }
      }
      return (bytes, size)
    }
  }

  static func samples() throws -> [Sample] {
    var samples: [Sample] = []
    for seed in 1...60 as ClosedRange<UInt64> {
      let sizes = [0, 1, 31, 500, 5000, 70_000]
      let base = noise(sizes[Int(seed) % sizes.count], seed: seed)
      samples.append(
        try Sample(base: base, seed: seed, depth: Int(seed) % 50 + 1, copyMax: Int(seed) * 900))
    }
    return samples
  }

  @Test("a combined chain gives what its deltas give one by one, at every height")
  func combined() throws {
    var chain = DeltaChain()
    for sample in try Self.samples() {
      chain.start()
      for (level, result) in sample.results.enumerated() {
        if level > 0 {
          let isGood = try chain.add(
            sample.deltas[level - 1], first: sample.first.span, second: sample.second.span)
          guard isGood else { break }
        }
        let object = try chain.object(
          on: sample.base, first: sample.first.span, second: sample.second.span, limit: 1 << 30)
        #expect(object == result)
      }
      let applied = try DeltaChain.applied(
        sample.deltas, on: sample.base, first: sample.first.span, second: sample.second.span,
        limit: 1 << 30)
      #expect(applied == sample.results.last)
    }
  }

  @Test("a chain goes on from a list that was kept")
  func keptLists() throws {
    for sample in try Self.samples() {
      var chain = DeltaChain()
      var lists = DeltaLists()
      var kept: [Int: Int] = [:]
      chain.start()
      for (level, delta) in sample.deltas.enumerated() {
        guard try chain.add(delta, first: sample.first.span, second: sample.second.span) else {
          break
        }
        let index = lists.append(chain, most: 1 << 30)
        #expect(index != nil)
        kept[level] = index
      }
      for (level, index) in kept {
        chain.start(lists, at: index)
        if level + 1 < sample.deltas.count, kept[level + 1] != nil {
          _ = try chain.add(
            sample.deltas[level + 1], first: sample.first.span, second: sample.second.span)
        }
        let height = kept[level + 1] == nil ? level + 1 : level + 2
        let object = try chain.object(
          on: sample.base, first: sample.first.span, second: sample.second.span, limit: 1 << 30)
        #expect(object == sample.results[height])
      }
    }
  }

  @Test("lists stop at their budget")
  func listBudget() throws {
    let sample = try Sample(base: noise(5000, seed: 1), seed: 1, depth: 3, copyMax: 900)
    var chain = DeltaChain()
    chain.start()
    let isGood = try chain.add(
      sample.deltas[0], first: sample.first.span, second: sample.second.span)
    #expect(isGood)
    var lists = DeltaLists()
    var kept = 0
    while lists.append(chain, most: 10_000) != nil { kept += 1 }
    #expect(kept > 5 && lists.byteCount <= 10_000)
  }

  @Test("a chain of fine pieces is given up in bounded memory")
  func finePieces() throws {
    // Every byte of the result comes from another place, so that no list is worth it.
    let base = noise(200_000, seed: 2)
    var instructions: [UInt8] = []
    for index in 0..<100_000 {
      let from = index * 7919 % base.count
      instructions += [
        0x97, UInt8(from & 0xFF), UInt8(from >> 8 & 0xFF), UInt8(from >> 16), 1,
      ]
    }
    let delta = DeltaReaderTests.delta(base: base.count, result: 100_000, instructions)
    let buffer = base + delta
    let empty: [UInt8] = []
    var chain = DeltaChain()
    chain.start()
    let part = DeltaChain.Part(place: UInt32(base.count), count: UInt32(delta.count))
    let isGood = try chain.add(part, first: buffer.span, second: empty.span)
    #expect(!isGood)
  }

  @Test("damaged deltas throw in a chain as they do alone")
  func damage() throws {
    let base = noise(3000, seed: 9)
    var random = SeededRandom(seed: 77)
    let (instructions, size) = Sample.instructions(base.count, 500, &random)
    let lower = DeltaReaderTests.delta(base: base.count, result: size, instructions)
    let (more, last) = Sample.instructions(size, 500, &random)
    let upper = DeltaReaderTests.delta(base: size, result: last, more)
    for seed in 0..<2000 as Range<UInt64> {
      var random = SeededRandom(seed: seed)
      var deltas = [lower, upper]
      let which = Int(random.next() % 2)
      let place = Int(random.next() % UInt64(deltas[which].count))
      if seed % 3 == 0 {
        deltas[which].removeLast(deltas[which].count - place)
      } else {
        deltas[which][place] ^= UInt8(1) << UInt8(random.next() % 8)
      }
      try expectAgreement(base, deltas, "seed \(seed)")
    }
  }

  private func expectAgreement(
    _ base: [UInt8], _ deltas: [[UInt8]], _ comment: Comment
  ) throws {
    let limit = 1 << 24
    var expected: [UInt8]? = base
    for delta in deltas {
      expected = expected.flatMap { below in
        try? DeltaReader.apply(delta.span, to: below.span, limit: limit)
      }
    }
    var buffer = base
    var parts: [DeltaChain.Part] = []
    for delta in deltas {
      parts.append(DeltaChain.Part(place: UInt32(buffer.count), count: UInt32(delta.count)))
      buffer += delta
    }
    let empty: [UInt8] = []
    let whole = DeltaChain.Part(place: 0, count: UInt32(base.count))
    var chain = DeltaChain()
    chain.start()
    do {
      for part in parts where try !chain.add(part, first: buffer.span, second: empty.span) {
        return
      }
      let object = try chain.object(
        on: whole, first: buffer.span, second: empty.span, limit: limit)
      #expect(object == expected, comment)
    } catch {
      #expect(expected == nil, comment)
    }
  }
}
