import PandoBytes
import Testing

struct ZlibTests {
  static let samples: [[UInt8]] = [
    [], [7], Array("hello, hello, hello, hello".utf8), noise(5000, seed: 1),
    [UInt8](repeating: 65, count: 300_000), noise(70_000, seed: 2) + noise(70_000, seed: 2),
  ]

  @Test("what is deflated at any level inflates to the same", arguments: -1...9)
  func roundTrip(level: Int) throws {
    var deflater = Deflater(level: level)
    var inflater = Inflater()
    for sample in Self.samples {
      let packed = deflater.deflate(sample.span)
      let again = deflater.deflate(sample.span)
      #expect(packed == again)
      let followed = packed + [1, 2, 3]
      let (bytes, consumed) = try inflater.inflate(
        followed.span, size: sample.count, limit: sample.count)
      #expect(bytes == sample)
      #expect(consumed == packed.count)
    }
  }

  @Test("pieces give the stream that the pieces give each time, and it holds them all")
  func pieces() throws {
    var deflater = Deflater(level: 1)
    var streams: [[UInt8]] = []
    for _ in 0..<2 {
      var packed: [UInt8] = []
      deflater.restart()
      for sample in Self.samples { deflater.update(sample.span, into: &packed) }
      deflater.finish(into: &packed)
      streams.append(packed)
    }
    #expect(streams[0] == streams[1])
    let whole = Self.samples.flatMap { $0 }
    var inflater = Inflater()
    let packed = streams[0]
    let (bytes, _) = try inflater.inflate(packed.span, size: whole.count)
    #expect(bytes == whole)
  }

  @Test("output that grows past the trusted size arrives whole")
  func growth() throws {
    let sample = noise(9_000_000, seed: 3)
    var deflater = Deflater(level: 1)
    let packed = deflater.deflate(sample.span)
    var inflater = Inflater()
    #expect(try inflater.inflate(packed.span, size: sample.count).bytes == sample)
    for wrong in [sample.count - 1, sample.count + 1, 4 << 20, (4 << 20) - 1, 1 << 60] {
      #expect(throws: ParseError.self) { try inflater.inflate(packed.span, size: wrong) }
    }
  }

  @Test("a size that is not the stream's is refused")
  func wrongSizes() throws {
    var deflater = Deflater(level: 6)
    var inflater = Inflater()
    for sample in Self.samples {
      let packed = deflater.deflate(sample.span)
      for wrong in [sample.count - 1, sample.count + 1, sample.count + 100, .max, -1] {
        #expect(throws: ParseError.self) { try inflater.inflate(packed.span, size: wrong) }
      }
      #expect(throws: ParseError.self) {
        try inflater.inflate(packed.span, size: sample.count, limit: sample.count - 1)
      }
    }
  }

  @Test("a bomb gives no more than was asked for")
  func bomb() throws {
    var deflater = Deflater(level: 9)
    let zeros = [UInt8](repeating: 0, count: 50_000_000)
    let packed = deflater.deflate(zeros.span)
    var inflater = Inflater()
    #expect(throws: ParseError.self) { try inflater.inflate(packed.span, size: 10) }
    #expect(try inflater.inflatePrefix(packed.span, count: 10) == [UInt8](repeating: 0, count: 10))
  }

  @Test("streams cut short anywhere are refused, and their prefix is what is there")
  func truncations() throws {
    let sample = noise(200, seed: 4) + Array("some text, some text".utf8)
    var deflater = Deflater(level: 6)
    let packed = deflater.deflate(sample.span)
    var inflater = Inflater()
    for count in packed.indices {
      let cut = Array(packed[..<count])
      #expect(throws: ParseError.self) { try inflater.inflate(cut.span, size: sample.count) }
      let prefix = try inflater.inflatePrefix(cut.span, count: 50)
      #expect(prefix == Array(sample.prefix(prefix.count)))
    }
  }

  @Test("flipped bits are refused")
  func bitFlips() throws {
    let sample = Array("a text that is long enough, a text that is long enough for matches".utf8)
    var deflater = Deflater(level: 9)
    let packed = deflater.deflate(sample.span)
    var inflater = Inflater()
    for bit in 0..<packed.count * 8 {
      var bad = packed
      bad[bit / 8] ^= 1 << (bit % 8)
      // A flip in the level hint of the second byte breaks its check; one in an unused bit may
      // pass.
      let bytes = try? inflater.inflate(bad.span, size: sample.count).bytes
      #expect(bytes == nil || bytes == sample, "bit \(bit)")
    }
    #expect(try inflater.inflate(packed.span, size: sample.count).bytes == sample)
  }

  @Test("a stream fed byte by byte is the same stream")
  func refill() throws {
    for sample in Self.samples.prefix(4) {
      var deflater = Deflater(level: 6)
      let packed = deflater.deflate(sample.span)
      var inflater = Inflater()
      inflater.restart()
      var bytes: [UInt8] = []
      var position = 0
      let consumed = try inflater.finish(size: sample.count, appendingTo: &bytes) {
        (inflater, output) throws(ParseError) in
        let next = min(position + 1, packed.count)
        let step = try inflater.step(packed.span.extracting(position..<next), into: &output)
        position += step.consumed
        return (step, position < packed.count)
      }
      #expect(bytes == sample)
      #expect(consumed == packed.count)
    }
  }

  @Test("a whole stream is decoded with and without slack, behind what is there")
  func wholeStreams() throws {
    var deflater = Deflater(level: 6)
    var inflater = Inflater()
    for sample in Self.samples {
      let packed = deflater.deflate(sample.span)
      let followed = packed + noise(400, seed: 5)
      for slack in [0, 1, 257, Inflater.slackBytes, 5000] {
        var consumed: Int?
        let bytes = try [UInt8](capacity: 1 + sample.count + slack) {
          (output) throws(ParseError) in
          output.append(9)
          consumed = try inflater.inflateWhole(followed.span, size: sample.count, into: &output)
        }
        #expect(bytes == [9] + sample)
        #expect(consumed == packed.count)
      }
    }
  }

  @Test("a stream that goes on behind the input gives nothing, one of another size an error")
  func partsOfStreams() throws {
    var deflater = Deflater(level: 6)
    var inflater = Inflater()
    for sample in Self.samples {
      let packed = deflater.deflate(sample.span)
      for cut in Set([0, 1, 2, packed.count / 2, packed.count - 5, packed.count - 1]) {
        for slack in [0, Inflater.slackBytes] {
          let part = Array(packed[..<max(0, cut)])
          var consumed: Int? = 0
          let bytes = try [UInt8](capacity: sample.count + slack) { (output) throws(ParseError) in
            consumed = try inflater.inflateWhole(part.span, size: sample.count, into: &output)
          }
          #expect(consumed == nil && bytes.isEmpty, "\(sample.count) bytes cut at \(cut)")
        }
      }
      for size in [sample.count - 1, sample.count + 1] where size >= 0 {
        for slack in [0, Inflater.slackBytes] {
          var kept = 0
          #expect(throws: ParseError.self) {
            _ = try [UInt8](capacity: size + slack) { (output) throws(ParseError) in
              defer { kept = output.count }
              _ = try inflater.inflateWhole(packed.span, size: size, into: &output)
            }
          }
          #expect(kept == 0)
        }
      }
    }
  }
}
