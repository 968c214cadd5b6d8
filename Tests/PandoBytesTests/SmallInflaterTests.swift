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
}
