#if LibDeflate
internal import CDeflate

/// Decodes zlib streams that are in memory from start to end, by libdeflate. Costs 11 KiB.
@safe final class WholeInflater: @unchecked Sendable {
  // The only owner is an `Inflater`, which only one thread uses at a time.
  private let decoder: OpaquePointer

  /// Makes a decoder. Traps, as every allocation does, when there is no memory.
  init() {
    guard let decoder = unsafe libdeflate_alloc_decompressor() else {
      preconditionFailure("libdeflate has no memory for a decoder")
    }
    unsafe self.decoder = decoder
  }

  deinit { unsafe libdeflate_free_decompressor(decoder) }

  /// Decodes the stream that `input` begins with to exactly `size` bytes, for which `output` has
  /// room, and tells how many bytes of input it took; nil, and nothing in `output`, when there is
  /// no such stream.
  func inflate(_ input: Span<UInt8>, size: Int, into output: inout OutputSpan<UInt8>) -> Int? {
    unsafe input.withUnsafeBufferPointer { source in
      unsafe output.withUnsafeMutableBufferPointer { target, initialized in
        var consumed = 0
        var made = 0
        var nowhere: UInt8 = 0
        // Both ranges lie in their buffers; it wants an address even where nothing may be written.
        let result = unsafe withUnsafeMutablePointer(to: &nowhere) { nowhere in
          unsafe libdeflate_zlib_decompress_ex(
            decoder, source.baseAddress, source.count,
            target.baseAddress?.advanced(by: initialized) ?? nowhere, target.count - initialized,
            &consumed, &made)
        }
        guard result == LIBDEFLATE_SUCCESS, made == size else { return nil }
        initialized += size
        return consumed
      }
    }
  }
}

/// Encodes buffers as zlib streams, by libdeflate.
@safe final class WholeDeflater: @unchecked Sendable {
  /// The largest input, in bytes.
  static let inputBytesMax = 16 << 20

  // The only owner is a `Deflater`, which only one thread uses at a time.
  private let encoder: OpaquePointer

  /// Makes an encoder for one of zlib's levels. Traps when there is no memory.
  init(level: Int) {
    guard let encoder = unsafe libdeflate_alloc_compressor(Int32(level < 0 ? 6 : level)) else {
      preconditionFailure("libdeflate has no memory for an encoder")
    }
    unsafe self.encoder = encoder
  }

  deinit { unsafe libdeflate_free_compressor(encoder) }

  /// Appends a whole stream that holds `input` to `output`.
  func deflate(_ input: Span<UInt8>, into output: inout [UInt8]) {
    let bound = unsafe libdeflate_zlib_compress_bound(encoder, input.count)
    unsafe input.withUnsafeBufferPointer { source in
      output.append(addingCapacity: bound) { target in
        unsafe target.withUnsafeMutableBufferPointer { free, initialized in
          // The bound holds for every input, so the stream fits.
          unsafe initialized = libdeflate_zlib_compress(
            encoder, source.baseAddress, source.count, free.baseAddress, free.count)
        }
      }
    }
  }
}
#endif
