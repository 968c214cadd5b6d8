import CPandoKernels

/// The CRC-32 of zlib, gzip and git's pack index (polynomial 0x04C11DB7, reflected).
public struct CRC32 {
  /// The checksum of `bytes`, behind bytes whose checksum is `continuing`.
  public static func checksum(_ bytes: Span<UInt8>, continuing: UInt32 = 0) -> UInt32 {
    checksum(bytes, continuing: continuing, kernels: .available)
  }

  /// The checksum, using no kernels but `kernels`, which the CPU must have.
  package static func checksum(
    _ bytes: Span<UInt8>, continuing: UInt32, kernels: HashKernels
  ) -> UInt32 {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return continuing }
      var remainder = ~continuing
      // The kernel takes no less than 64 bytes, and whole sixteens.
      let taken = kernels.contains(.crc32) && buffer.count >= 64 ? buffer.count & ~15 : 0
      if taken > 0 { remainder = unsafe pando_crc32(remainder, base, taken) }
      return unsafe ~portable(remainder, base + taken, buffer.count - taken)
    }
  }

  /// `tables[k][b]` is the remainder of byte `b` followed by `k` zero bytes.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var remainder = UInt32(byte)
      for _ in 0..<8 {
        remainder = remainder >> 1 ^ (remainder & 1 == 1 ? 0xEDB8_8320 : 0)
      }
      tables[byte] = remainder
    }
    for index in 256..<tables.count {
      let before = tables[index - 256]
      tables[index] = before >> 8 ^ tables[Int(before & 0xFF)]
    }
    return tables
  }()

  /// Continues the inverted checksum `start` eight bytes a turn by table.
  static func portable(_ start: UInt32, _ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt32 {
    unsafe tables.withUnsafeBufferPointer { tables in
      var remainder = start
      var offset = 0
      while count &- offset >= 8 {
        let word = unsafe UInt64(
          littleEndian: UnsafeRawPointer(bytes).loadUnaligned(
            fromByteOffset: offset, as: UInt64.self))
        let mixed = word ^ UInt64(remainder)
        var next: UInt32 = 0
        for lane in 0..<8 {
          let byte = Int(truncatingIfNeeded: mixed &>> UInt64(lane &* 8)) & 0xFF
          unsafe next ^= tables[(7 &- lane) &* 256 &+ byte]
        }
        remainder = next
        offset &+= 8
      }
      while offset < count {
        let byte = unsafe bytes[offset]
        unsafe remainder = remainder >> 8 ^ tables[Int(UInt8(truncatingIfNeeded: remainder) ^ byte)]
        offset &+= 1
      }
      return remainder
    }
  }
}
