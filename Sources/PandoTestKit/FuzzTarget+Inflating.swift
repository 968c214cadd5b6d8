import PandoBytes

extension FuzzTarget {
  func inflate(_ bytes: [UInt8]) {
    var inflater = Inflater()
    _ = try? inflater.inflate(bytes.span, size: bytes.first.map { Int($0) * 1024 } ?? 0)
  }

  /// Decodes blocks with the decoder of heads and with zlib. What the first one takes zlib takes
  /// too, for the same bytes, to the same end.
  func headInflate(_ blocks: [UInt8]) {
    let stream = [0x78, 0x01] + blocks
    var head = HeadInflater()
    guard head.start(stream.span), head.extend(stream.span, to: HeadInflater.bytesMax) else {
      return
    }
    let bytes = head.withBytes { [UInt8](copying: $0) }
    precondition(zlibPrefix(stream, count: bytes.count) == bytes, "other bytes than zlib's")
    guard head.isAtEnd else { return }
    let whole = Array(stream[..<head.consumed]) + adler32(bytes)
    precondition(zlibPrefix(whole, count: bytes.count + 1, toEnd: true) == bytes, "another end")
  }

  /// The first bytes that zlib makes of a stream; nil when it refuses the stream before those, or
  /// before its end when that is asked for.
  private func zlibPrefix(_ stream: [UInt8], count: Int, toEnd: Bool = false) -> [UInt8]? {
    var inflater = Inflater()
    inflater.restart()
    var isAtEnd = false
    let bytes = [UInt8](capacity: count) { output in
      guard let step = try? inflater.step(stream.span, into: &output) else { return }
      isAtEnd = step.isAtEnd && step.consumed == stream.count
    }
    return toEnd && !isAtEnd || !toEnd && bytes.count < count ? nil : bytes
  }

  private func adler32(_ bytes: [UInt8]) -> [UInt8] {
    var (low, high) = (UInt32(1), UInt32(0))
    for byte in bytes {
      low = (low + UInt32(byte)) % 65_521
      high = (high + low) % 65_521
    }
    var result: [UInt8] = []
    result.append(bigEndian: high << 16 | low)
    return result
  }
}
