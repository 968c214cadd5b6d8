import PandoBytes
import PandoTestKit
import Testing

struct HeadInflaterTests {
  static let samples: [[UInt8]] = [
    [], [7], Array("hello, hello, hello, hello".utf8), [UInt8](repeating: 65, count: 8000),
    Array((0..<400).map { "tree \($0 &* 2_654_435_761)\n" }.joined().utf8),
    (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) },
  ]
  /// More than is ever decoded.
  static let long = (0..<32 << 10).map { UInt8(truncatingIfNeeded: ($0 &* 40503) >> 7) }

  @Test("what is deflated at any level is decoded as zlib decodes it", arguments: -1...9)
  func roundTrip(level: Int) {
    var deflater = Deflater(level: level)
    var head = HeadInflater()
    for sample in Self.samples {
      let packed = deflater.deflate(sample.span)
      let isDecoded = decode(packed, &head, asFarAs: sample.count + 1)
      #expect(isDecoded && head.isAtEnd)
      let isSame = hasStart(of: sample, head)
      #expect(isSame && head.count == sample.count)
      // The checksum is left.
      #expect(head.consumed == packed.count - 4)
    }
  }

  @Test("a beginning is decoded as far as it is asked for, and then further")
  func prefix() {
    var deflater = Deflater(level: 6)
    var head = HeadInflater()
    for sample in Self.samples + [Self.long] {
      let packed = deflater.deflate(sample.span)
      let starts = head.start(packed.span)
      #expect(starts)
      for wanted in [0, 1, 5, 300, 301, HeadInflater.bytesMax] {
        let goesOn = head.extend(packed.span, to: wanted)
        #expect(goesOn)
        #expect(head.count >= min(wanted, sample.count))
        let isSame = hasStart(of: sample, head)
        #expect(isSame)
      }
      let goesTooFar = head.extend(packed.span, to: HeadInflater.bytesMax + 1)
      #expect(!goesTooFar)
    }
  }

  @Test("a stream that is cut short is given up before what is missing")
  func truncations() {
    var deflater = Deflater(level: 6)
    var head = HeadInflater()
    for sample in Self.samples.prefix(5) {
      let packed = deflater.deflate(sample.span).dropLast(4)
      Damage.truncations(of: Array(packed)) { cut in
        let isDecoded = decode(cut, &head, asFarAs: sample.count + 1)
        #expect(!isDecoded)
      }
    }
  }

  @Test("a damaged stream is given up, or gives what zlib gives", arguments: [0, 1, 6, 9])
  func damage(level: Int) {
    for sample in Self.samples.prefix(5) {
      var deflater = Deflater(level: level)
      let packed = deflater.deflate(sample.span)
      Damage.bitFlips(of: packed, rounds: 400, seed: 5) { bad in
        var head = HeadInflater()
        guard decode(bad, &head, asFarAs: sample.count) else { return }
        var inflater = Inflater()
        inflater.restart()
        // zlib may find damage behind these bytes in the same step.
        let bytes = [UInt8](capacity: head.count) { _ = try? inflater.step(bad.span, into: &$0) }
        let isSame = bytes.count == head.count && hasStart(of: bytes, head)
        #expect(isSame)
      }
    }
  }

  private func decode(_ stream: [UInt8], _ head: inout HeadInflater, asFarAs count: Int) -> Bool {
    head.start(stream.span) && head.extend(stream.span, to: count)
  }

  private func hasStart(of sample: [UInt8], _ head: borrowing HeadInflater) -> Bool {
    head.withBytes { $0.hasSameBytes(as: sample.span.extracting(first: $0.count)) }
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
    var head = HeadInflater()
    let isTaken =
      head.start(stream.span) && head.extend(stream.span, to: 100) && head.isAtEnd
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
