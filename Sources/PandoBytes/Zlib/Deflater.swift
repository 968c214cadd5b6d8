internal import CZlib

/// Encodes zlib streams, one after another, with one encoder that is reset and never made anew.
/// The same pieces at the same level always give the same bytes. Costs 270 KiB while it lives.
/// Under the trait `LibDeflate` buffers that are whole go through libdeflate, which costs as much
/// again once it is used.
@safe public struct Deflater: ~Copyable, @unchecked Sendable {
  /// The levels zlib knows: -1 its default, 0 no compression, 1 fastest, 9 smallest.
  public static let levels = -1...9
  /// The memory that is taken at once for output, in bytes.
  static let outputChunk = 128 << 10

  /// The level every stream is written with.
  public let level: Int
  // zlib keeps the stream's address inside its state, so the stream has a fixed place. The only
  // owner is this value, which is why it may move between threads.
  private let stream: UnsafeMutablePointer<z_stream>
  #if LibDeflate
  private var whole: WholeDeflater?
  #endif

  /// Whether the bytes are zlib's under every trait.
  public let isZlibAlways: Bool

  /// Makes an encoder; a level outside `levels` is taken as the nearest one inside. Traps, as every
  /// allocation does, when there is no memory.
  ///
  /// - Parameter isZlibAlways: whether the bytes are to be zlib's, and so Git's, under every trait.
  public init(level: Int, isZlibAlways: Bool = false) {
    self.isZlibAlways = isZlibAlways
    self.level = min(max(level, Self.levels.lowerBound), Self.levels.upperBound)
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let status = unsafe deflateInit_(
      stream, Int32(self.level), ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib has no memory for an encoder")
  }

  deinit {
    unsafe deflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Gets ready for a new stream, whatever became of the one before.
  public mutating func restart() {
    unsafe deflateReset(stream)
  }

  /// Appends to `output` what can be said after `input`; some of it may be held back.
  public mutating func update(_ input: Span<UInt8>, into output: inout [UInt8]) {
    run(input, Z_NO_FLUSH, &output)
  }

  /// Appends to `output` all that was held back and the end of the stream.
  public mutating func finish(into output: inout [UInt8]) {
    let nothing: [UInt8] = []
    run(nothing.span, Z_FINISH, &output)
  }

  /// Appends a whole stream that holds `input` to `output`.
  public mutating func deflate(_ input: Span<UInt8>, into output: inout [UInt8]) {
    #if LibDeflate
    // Above that, one buffer for the whole of the output would be too much at once.
    if !isZlibAlways, input.count <= WholeDeflater.inputBytesMax {
      let encoder = whole ?? WholeDeflater(level: level)
      whole = encoder
      return encoder.deflate(input, into: &output)
    }
    #endif
    restart()
    run(input, Z_FINISH, &output)
  }

  /// A whole stream that holds `input`.
  public mutating func deflate(_ input: Span<UInt8>) -> [UInt8] {
    var output: [UInt8] = []
    deflate(input, into: &output)
    return output
  }

  private mutating func run(_ input: Span<UInt8>, _ flush: Int32, _ output: inout [UInt8]) {
    unsafe input.withUnsafeBufferPointer { source in
      var read = 0
      var isDone = false
      repeat {
        // The bound holds for a whole stream; pieces of one only take more turns.
        let piece = min(source.count - read, Int(UInt32.max))
        let bound = unsafe Int(deflateBound(stream, UInt(piece)))
        output.append(addingCapacity: min(bound, Self.outputChunk)) { target in
          unsafe target.withUnsafeMutableBufferPointer { free, initialized in
            // Both ranges lie in their buffers, and zlib never writes to `next_in`.
            unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)?
              .advanced(by: read)
            unsafe stream.pointee.avail_in = UInt32(piece)
            unsafe stream.pointee.next_out = free.baseAddress
            unsafe stream.pointee.avail_out = UInt32(free.count)
            let isLast = read + piece == source.count
            let status = unsafe CZlib.deflate(stream, isLast ? flush : Z_NO_FLUSH)
            read += unsafe piece - Int(stream.pointee.avail_in)
            initialized = unsafe free.count - Int(stream.pointee.avail_out)
            let isRoomLeft = initialized < free.count
            isDone =
              flush == Z_FINISH
              ? status == Z_STREAM_END : read == source.count && isRoomLeft
            unsafe stream.pointee.next_in = nil
            unsafe stream.pointee.next_out = nil
          }
        }
      } while !isDone
    }
  }
}
