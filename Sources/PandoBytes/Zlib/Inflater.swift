internal import CZlib

/// Decodes zlib streams, one after another, with one decoder that is reset and never made anew.
///
/// Strict: a stream that is damaged, ends early, is longer or shorter than was said, or needs a
/// preset dictionary throws `ParseError` with its offset in the compressed input. Memory is taken
/// only as the input can justify it. Costs 40 KiB while it lives. Source: RFC 1950 and 1951.
@safe public struct Inflater: ~Copyable, @unchecked Sendable {
  /// No zlib stream grows by more than this factor (1032 for one byte, rounded up).
  static let growthMax = 1040
  /// The memory that is taken at once on the word of a size, in bytes; more comes as output comes.
  static let trustedBytes = 4 << 20
  /// How many times the bytes that came last are then taken at once.
  static let trustedGrowth = 15

  // zlib keeps the stream's address inside its state, so the stream has a fixed place. The only
  // owner is this value, which is why it may move between threads.
  private let stream: UnsafeMutablePointer<z_stream>
  #if LibDeflate
  private let wholeInflater = WholeInflater()
  #endif
  /// zlib's number for how the last step ended.
  public private(set) var status: Int32 = 0

  /// Makes a decoder. Traps, as every allocation does, when there is no memory.
  public init() {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let status = unsafe inflateInit2_(
      stream, MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib has no memory for a decoder")
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Gets ready for a new stream, whatever became of the one before.
  public mutating func restart() {
    unsafe inflateReset(stream)
  }

  /// Room behind the bytes of a stream with which `inflateWhole` runs at full speed to its end.
  public static let slackBytes = 320

  /// Decodes the stream that `input` begins with, all of it and exactly `size` bytes, and tells how
  /// many bytes of input it took; nil, and nothing in `output`, when the stream goes on behind
  /// `input`.
  ///
  /// The fastest way: nothing is kept between calls, and libdeflate does it under the trait
  /// `LibDeflate`. `output` needs `size` free bytes; with `slackBytes` more it is a few percent
  /// faster. Throws for damaged input and another size.
  public mutating func inflateWhole(
    _ input: Span<UInt8>, size: Int, into output: inout OutputSpan<UInt8>
  ) throws(ParseError) -> Int? {
    precondition(size >= 0 && size <= output.freeCapacity, "there is no room for the stream")
    #if LibDeflate
    // Of what it refuses, zlib tells what is wrong and where, or that input is missing.
    if let consumed = wholeInflater.inflate(input, size: size, into: &output) { return consumed }
    #endif
    restart()
    var status = Z_OK
    var made = 0
    unsafe input.withUnsafeBufferPointer { source in
      unsafe output.withUnsafeMutableBufferPointer { target, initialized in
        // All behind the initialized bytes; what is made beyond `size` is never seen.
        let room = unsafe UnsafeMutableBufferPointer(rebasing: target[initialized...])
        unsafe status = run(source, room, &made)
        if status == Z_STREAM_END, made == size { initialized += size }
      }
    }
    let consumed = unsafe Int(stream.pointee.total_in)
    switch status {
    case Z_STREAM_END where made == size: return consumed
    case Z_STREAM_END where made < size: throw error("is shorter than its size of \(size)")
    case Z_OK where made <= size && consumed == input.count,
      Z_BUF_ERROR where made <= size && consumed == input.count:
      return nil
    case Z_OK, Z_BUF_ERROR, Z_STREAM_END: throw error("is longer than its size of \(size)")
    default: throw error(status)
    }
  }

  /// How far a call to `step` came.
  @frozen
  public struct Step: Sendable {
    /// The bytes of input that were used.
    public let consumed: Int
    /// Whether the stream has ended, its checksum being right.
    public let isAtEnd: Bool
  }

  /// Goes on with the present stream until `input` is used up, `output` is full or the stream ends.
  ///
  /// A stream that ends exactly where `output` is full may need one more call to see it: zero free
  /// bytes are enough. Throws for damaged input.
  public mutating func step(
    _ input: Span<UInt8>, into output: inout OutputSpan<UInt8>
  ) throws(ParseError) -> Step {
    let startIn = unsafe stream.pointee.total_in
    var status = Z_OK
    unsafe input.withUnsafeBufferPointer { source in
      unsafe output.withUnsafeMutableBufferPointer { target, initialized in
        unsafe status = run(source, target, &initialized)
      }
    }
    let consumed = unsafe Int(stream.pointee.total_in - startIn)
    self.status = status
    switch status {
    case Z_STREAM_END: return Step(consumed: consumed, isAtEnd: true)
    case Z_OK, Z_BUF_ERROR: return Step(consumed: consumed, isAtEnd: false)
    default: throw error(status)
    }
  }

  /// What a status of zlib's that is no progress means.
  private func error(_ status: Int32) -> ParseError {
    switch status {
    case Z_NEED_DICT: error("needs a preset dictionary")
    case Z_MEM_ERROR: error("there is no memory to inflate")
    default: error("the compressed bytes are damaged")
    }
  }

  /// Runs zlib over both buffers; its counters are 32 bits wide, so in several turns when needed.
  private func run(
    _ source: UnsafeBufferPointer<UInt8>, _ target: UnsafeMutableBufferPointer<UInt8>,
    _ initialized: inout Int
  ) -> Int32 {
    var dummy: UInt8 = 0
    return unsafe withUnsafeMutablePointer(to: &dummy) { nowhere in
      var read = 0
      while true {
        let available = min(source.count - read, Int(UInt32.max))
        let free = min(target.count - initialized, Int(UInt32.max))
        // Both ranges lie in their buffers. zlib never writes to `next_in`, and wants an address
        // even where no byte may be written.
        unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)?
          .advanced(by: read)
        unsafe stream.pointee.avail_in = UInt32(available)
        unsafe stream.pointee.next_out = target.baseAddress?.advanced(by: initialized) ?? nowhere
        unsafe stream.pointee.avail_out = UInt32(free)
        // "Finish" spares the copy of the window when a stream ends in one call.
        let status = unsafe CZlib.inflate(stream, Z_FINISH)
        let used = unsafe available - Int(stream.pointee.avail_in)
        let made = unsafe free - Int(stream.pointee.avail_out)
        read += used
        initialized += made
        unsafe stream.pointee.next_in = nil
        unsafe stream.pointee.next_out = nil
        guard status == Z_OK || status == Z_BUF_ERROR, used > 0 || made > 0,
          read < source.count, initialized < target.count
        else { return status }
      }
    }
  }

  /// zlib's words for what is wrong with the stream, as Git prints them.
  public var complaint: String {
    // The words are constants of the library's.
    guard let words = unsafe stream.pointee.msg else { return "no message" }
    return unsafe String(cString: words)
  }

  /// An error at the present place in the compressed input.
  func error(_ reason: String) -> ParseError {
    ParseError("zlib stream", reason, at: unsafe Int(stream.pointee.total_in))
  }
}

extension Inflater {
  /// Decodes the stream that `input` begins with to exactly `size` bytes, and tells how many bytes
  /// of input it took. Throws when `size` is above `limit` or anything is wrong with the stream.
  public mutating func inflate(
    _ input: Span<UInt8>, size: Int, limit: Int = .max
  ) throws(ParseError) -> (bytes: [UInt8], consumed: Int) {
    var bytes: [UInt8] = []
    let consumed = try inflate(input, size: size, limit: limit, appendingTo: &bytes)
    return (bytes, consumed)
  }

  /// Decodes as `inflate(_:size:limit:)` does, behind the bytes that `bytes` has.
  public mutating func inflate(
    _ input: Span<UInt8>, size: Int, limit: Int = .max, appendingTo bytes: inout [UInt8]
  ) throws(ParseError) -> Int {
    if size >= 0, size <= min(limit, Self.trustedBytes) {
      var consumed: Int?
      try bytes.append(addingCapacity: size) { (output) throws(ParseError) in
        consumed = try inflateWhole(input, size: size, into: &output)
      }
      if let consumed { return consumed }
    }
    restart()
    var position = 0
    return try finish(size: size, limit: limit, appendingTo: &bytes) {
      (inflater, output) throws(ParseError) in
      let rest = input.extracting(position..<input.count)
      let step = try inflater.step(rest, into: &output)
      position += step.consumed
      return (step, position < input.count)
    }
  }

  /// Decodes the rest of the present stream, exactly `size` bytes of it, behind the bytes that
  /// `bytes` has, and returns how many bytes of input the calls took.
  ///
  /// `advance` calls `step` once with its next input and the output it is given, and tells what
  /// came of it and whether there is more input; it is called until the stream ends or input runs
  /// out.
  public mutating func finish(
    size: Int, limit: Int = .max, appendingTo bytes: inout [UInt8],
    _ advance: (
      _ inflater: inout Inflater, _ output: inout OutputSpan<UInt8>
    ) throws(ParseError) -> (step: Step, hasMore: Bool)
  ) throws(ParseError) -> Int {
    guard size >= 0, size <= limit else {
      throw error("is larger than the limit of \(limit) bytes")
    }
    var left = size
    var consumed = 0
    var isAtEnd = false
    var chunk = min(size, Self.trustedBytes)
    repeat {
      var made = 0
      // A large output takes what it needs and not twice as much.
      if left < size { bytes.reserveCapacity(bytes.count + chunk) }
      try bytes.append(addingCapacity: chunk) { (output) throws(ParseError) in
        while !isAtEnd {
          let before = output.count
          let (step, hasMore) = try advance(&self, &output)
          made += output.count - before
          consumed += step.consumed
          isAtEnd = step.isAtEnd
          if isAtEnd { break }
          if made == chunk {
            // Full: a last call sees the end of the stream; without progress there is more output.
            if left > chunk { break }
            if step.consumed == 0, output.count == before {
              throw hasMore ? error("is longer than its size of \(size)") : error("ends too early")
            }
          } else if !hasMore {
            throw error("ends too early")
          }
        }
      }
      left -= made
      chunk = min(left, max(chunk, 1) &* Self.trustedGrowth)
    } while !isAtEnd
    guard left == 0 else { throw error("is shorter than its size of \(size)") }
    return consumed
  }

  /// Decodes at most the first `count` bytes of the stream that `input` begins with: fewer when the
  /// stream or the input is shorter. For headers; the rest of the stream is not looked at.
  public mutating func inflatePrefix(
    _ input: Span<UInt8>, count: Int
  ) throws(ParseError) -> [UInt8] {
    restart()
    let bound = input.count.multipliedReportingOverflow(by: Self.growthMax)
    let capacity = max(0, min(count, bound.overflow ? .max : bound.partialValue))
    return try [UInt8](capacity: capacity) { (output) throws(ParseError) in
      _ = try step(input, into: &output)
    }
  }
}
