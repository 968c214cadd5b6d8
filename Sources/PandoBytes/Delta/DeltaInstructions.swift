#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The instructions of a delta on their way into a buffer: each call writes all of what it is
/// given, or nothing and returns false when there is no room.
@safe struct DeltaInstructions {
  private let bytes: UnsafeMutablePointer<UInt8>
  private let room: Int
  private(set) var count = 0

  /// Writes to `bytes`, which has room for `room` bytes.
  init(_ bytes: UnsafeMutablePointer<UInt8>, room: Int) {
    unsafe self.bytes = bytes
    self.room = room
  }

  /// Up to where bytes that nothing is found for may go before it is clear that there is no room
  /// for them. A match found behind takes back less than two blocks.
  func lastPlace(from written: Int) -> Int {
    written &+ (room &- count) &+ 2 &* DeltaIndex.blockBytes
  }

  /// Writes a size, seven bits a byte.
  mutating func size(_ size: Int) -> Bool {
    guard room - count >= 10 || room - count > (Int.bitWidth - size.leadingZeroBitCount) / 7
    else { return false }
    var rest = UInt(bitPattern: size)
    while rest > 0x7F {
      put(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    put(UInt8(rest))
    return true
  }

  /// Writes bytes as they are.
  mutating func insert(_ source: UnsafeRawPointer, _ total: Int) -> Bool {
    guard total > 0 else { return true }
    let pieces = (total + DeltaIndex.insertMax - 1) / DeltaIndex.insertMax
    guard total + pieces <= room - count else { return false }
    var done = 0
    while done < total {
      let piece = min(total - done, DeltaIndex.insertMax)
      put(UInt8(piece))
      // Room for all pieces was there above.
      unsafe memcpy(bytes + count, source + done, piece)
      count += piece
      done += piece
    }
    return true
  }

  /// Writes that bytes of the base come next.
  mutating func copy(from start: Int, _ total: Int) -> Bool {
    var start = start
    var left = total
    while left > 0 {
      guard room - count >= 7 else { return copyTightly(from: start, left) }
      let piece = min(left, DeltaIndex.copyMax)
      put(from: start, piece)
      start += piece
      left -= piece
    }
    return true
  }

  /// The same when an instruction of seven bytes may not fit: no instruction is written in part.
  private mutating func copyTightly(from start: Int, _ total: Int) -> Bool {
    var start = start
    var left = total
    while left > 0 {
      let piece = min(left, DeltaIndex.copyMax)
      let size = piece == DeltaIndex.copyMax ? 0 : piece
      var length = 1
      for bits in [0, 8, 16, 24] where start >> bits & 0xFF != 0 { length += 1 }
      for bits in [0, 8] where size >> bits & 0xFF != 0 { length += 1 }
      guard room - count >= length else { return false }
      put(from: start, piece)
      start += piece
      left -= piece
    }
    return true
  }

  private mutating func put(from start: Int, _ piece: Int) {
    let size = piece == DeltaIndex.copyMax ? 0 : piece
    let opcode = count
    var flags: UInt8 = 0x80
    count &+= 1
    if start & 0xFF != 0 { put(start, &flags, 0x01) }
    if start & 0xFF00 != 0 { put(start >> 8, &flags, 0x02) }
    if start & 0xFF_0000 != 0 { put(start >> 16, &flags, 0x04) }
    if start & 0xFF00_0000 != 0 { put(start >> 24, &flags, 0x08) }
    if size & 0xFF != 0 { put(size, &flags, 0x10) }
    if size & 0xFF00 != 0 { put(size >> 8, &flags, 0x20) }
    // The callers have seen to the room of a whole instruction.
    unsafe bytes[opcode] = flags
  }

  @inline(__always)
  private mutating func put(_ value: Int, _ flags: inout UInt8, _ flag: UInt8) {
    flags |= flag
    put(UInt8(truncatingIfNeeded: value))
  }

  @inline(__always)
  private mutating func put(_ byte: UInt8) {
    // The callers have seen to the room.
    unsafe bytes[count] = byte
    count &+= 1
  }
}
