/// The three integer forms of Git's pack format. Every read is checked for overflow and for the end
/// of the input. Source: gitformat-pack.
extension ByteReader {
  /// Takes the header of a pack entry: a type of three bits and a size.
  public mutating func packEntryHeader() throws(ParseError) -> (type: UInt8, size: Int) {
    var byte = try byte()
    let type = byte >> 4 & 7
    var size = Int(byte & 15)
    var shift = 4
    while byte & 0x80 != 0 {
      byte = try self.byte()
      size |= try group(byte, shift)
      shift += 7
    }
    return (type, size)
  }

  /// Takes a size of a delta: seven bits a byte, the low ones first.
  public mutating func deltaSize() throws(ParseError) -> Int {
    var size = 0
    var shift = 0
    while true {
      let byte = try byte()
      size |= try group(byte, shift)
      shift += 7
      if byte & 0x80 == 0 { return size }
    }
  }

  /// Takes the distance from a delta back to its base: seven bits a byte, the high ones first, one
  /// added for each further byte, so that every number has one form.
  public mutating func baseDistance() throws(ParseError) -> Int {
    var byte = try byte()
    var value = Int(byte & 0x7F)
    while byte & 0x80 != 0 {
      byte = try self.byte()
      guard value < Int.max >> 7 else { throw error("has a base distance above 63 bits") }
      value = (value + 1) << 7 | Int(byte & 0x7F)
    }
    return value
  }

  /// Seven bits of `byte` moved to `shift`; the sign bit is out of reach.
  private func group(_ byte: UInt8, _ shift: Int) throws(ParseError) -> Int {
    let bits = Int(byte & 0x7F)
    guard shift < 63 else {
      // Zeros above the top would be an overlong form of the same number.
      throw error("has a size above 63 bits")
    }
    guard shift <= 56 || bits < 1 << (63 - shift) else { throw error("has a size above 63 bits") }
    return bits << shift
  }
}

extension [UInt8] {
  /// Appends the header of a pack entry. The type has three bits; the size is not negative.
  public mutating func append(packEntryType type: UInt8, size: Int) {
    var rest = UInt(bitPattern: Swift.max(size, 0))
    var byte = (type & 7) << 4 | UInt8(rest & 15)
    rest >>= 4
    while rest != 0 {
      append(byte | 0x80)
      byte = UInt8(rest & 0x7F)
      rest >>= 7
    }
    append(byte)
  }

  /// Appends a size of a delta, which is not negative.
  public mutating func append(deltaSize size: Int) {
    var rest = UInt(bitPattern: Swift.max(size, 0))
    while rest > 0x7F {
      append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
  }

  /// Appends the distance from a delta back to its base, which is not negative.
  public mutating func append(baseDistance distance: Int) {
    var rest = UInt(bitPattern: Swift.max(distance, 0))
    // Ten groups of seven bits are enough for 64; they come out last first.
    var groups = InlineArray<10, UInt8>(repeating: 0)
    var count = 1
    groups[0] = UInt8(rest & 0x7F)
    rest >>= 7
    while rest != 0 {
      rest -= 1
      groups[count] = UInt8(rest & 0x7F) | 0x80
      count += 1
      rest >>= 7
    }
    for index in stride(from: count - 1, through: 0, by: -1) { append(groups[index]) }
  }
}
