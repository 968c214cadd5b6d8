import PandoBytes
import PandoTestKit
import Testing

struct SmallInflaterTests {
  static let samples: [[UInt8]] = [
    [], [7], Array("hello, hello, hello, hello".utf8), [UInt8](repeating: 65, count: 30_000),
    Array((0..<400).map { "tree \($0 &* 2_654_435_761)\n" }.joined().utf8),
    (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) },
    (0..<32 << 10).map { UInt8(truncatingIfNeeded: ($0 &* 40503) >> 7) },
  ]

  @Test("what is deflated at any level is decoded as zlib decodes it", arguments: -1...9)
  func roundTrip(level: Int) {
    var deflater = Deflater(level: level)
    var small = SmallInflater()
    for sample in Self.samples {
      let packed = deflater.deflate(sample.span)
      var bytes: [UInt8] = [1, 2]
      let consumed = small.inflate((packed + [3]).span, size: sample.count, appendingTo: &bytes)
      #expect(consumed == packed.count)
      #expect(bytes == [1, 2] + sample)
    }
  }

  @Test("a beginning is decoded as far as it is asked for, and then further")
  func prefix() {
    var deflater = Deflater(level: 6)
    var small = SmallInflater()
    for sample in Self.samples {
      let packed = deflater.deflate(sample.span)
      let starts = small.start(packed.span)
      #expect(starts)
      for wanted in [0, 1, 5, 300, 301, 20_000] {
        let goesOn = small.extend(packed.span, to: wanted)
        #expect(goesOn)
        #expect(small.count >= min(wanted, sample.count))
        let isSame = small.withBytes {
          $0.hasSameBytes(as: sample.span.extracting(first: $0.count))
        }
        #expect(isSame)
      }
    }
  }

  @Test("a stream that is cut short or has another size is given up")
  func truncations() {
    var deflater = Deflater(level: 6)
    var small = SmallInflater()
    for sample in Self.samples.prefix(5) {
      let packed = deflater.deflate(sample.span)
      Damage.truncations(of: packed) { cut in
        var bytes: [UInt8] = []
        let consumed = small.inflate(cut.span, size: sample.count, appendingTo: &bytes)
        #expect(consumed == nil)
        #expect(bytes.isEmpty)
      }
      var bytes: [UInt8] = []
      for size in [sample.count - 1, sample.count + 1, 1 << 20] {
        let consumed = small.inflate(packed.span, size: size, appendingTo: &bytes)
        #expect(consumed == nil)
      }
    }
  }

  @Test("a damaged stream is given up, or gives what zlib gives", arguments: [0, 1, 6, 9])
  func damage(level: Int) {
    var deflater = Deflater(level: level)
    var small = SmallInflater()
    var inflater = Inflater()
    for sample in Self.samples.prefix(5) {
      let packed = deflater.deflate(sample.span)
      Damage.bitFlips(of: packed, rounds: 400, seed: 5) { bad in
        var bytes: [UInt8] = []
        guard small.inflate(bad.span, size: sample.count, appendingTo: &bytes) != nil else {
          return
        }
        let whole = try? inflater.inflate(bad.span, size: sample.count)
        #expect(whole?.bytes == bytes)
      }
    }
  }

  /// Blocks with few words in their codes, and whether zlib takes them.
  static let blocks: [(what: String, block: String, isSound: Bool)] = [
    ("a distance of two bits alone", "05c0010900000080a0adfe3f6102", false),
    ("a distance of one bit alone", "05c0010900000080a0adfe3fa102", true),
    ("no distance", "05c0010900000080a0adfe3f2102", true),
    ("no distance, and a match", "0dc0010900000080a0adfe3f5158", false),
    ("a match by the only distance", "0dc0010900000080a0adfe3f515a", true),
    ("the end alone, in one bit", "05c0010900000080a0ffaf15", true),
    ("the end alone, in two bits", "05c0010900000080a0ffaf13", false),
    ("no end", "05c0010900000080a0adfaff84", false),
    ("two literals of two bits", "05c0010900000080a0adfd3f9108", false),
    ("three literals of one bit", "05c0010900000080a0adfa7f8402", false),
    ("lengths that leave words unused", "05c081000000000020d6fc254a", false),
    ("one length alone", "05c00100000000001000000000000000", false),
  ]

  @Test("codes that leave words unused are taken when zlib takes them", arguments: blocks)
  func codes(what: String, block: String, isSound: Bool) throws {
    let digits = Array(block)
    let stream =
      [0x78, 0x01]
      + stride(from: 0, to: digits.count, by: 2).compactMap {
        UInt8(String(digits[$0...$0 + 1]), radix: 16)
      }
    var small = SmallInflater()
    let isTaken =
      small.start(stream.span) && small.extend(stream.span, to: 100) && small.isAtEnd
    #expect(isTaken == isSound)
    // The sum that is missing is all that zlib may find wrong.
    var inflater = Inflater()
    inflater.restart()
    var isZlibs = true
    _ = [UInt8](capacity: 100) { output in
      do { _ = try inflater.step(stream.span, into: &output) } catch { isZlibs = false }
    }
    #expect(isZlibs == isSound)
  }
}
