/// Hexadecimal digits: lower case when written, either case when read.
public enum Hex {
  /// The value of one digit, or nil.
  public static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// The lower-case digit of a value below 16.
  public static func digit(_ value: UInt8) -> UInt8 {
    let low = value & 15
    return low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + (low - 10)
  }
}
