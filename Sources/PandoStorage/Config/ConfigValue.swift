public import PandoBytes
public import PandoFiles
public import PandoObjects

/// What the bytes of a configuration value mean. Source: git-config, "Values".
public enum ConfigValue {
  /// Why a value is no number, in Git's words.
  public enum NumberProblem: String, Error, Sendable {
    case invalidUnit = "invalid unit"
    case outOfRange = "out of range"
  }

  /// A truth: words, or a number that is not zero; a key that stands alone is true, an empty value
  /// false. Nil for anything else.
  public static func bool(_ value: ByteString?) -> Bool? {
    guard let value else { return true }
    switch value.text.lowercased() {
    case "", "false", "no", "off": return false
    case "true", "yes", "on": return true
    default:
      // Git reads such numbers as 32 bits wide.
      return (try? integer(value)).flatMap { Int32(exactly: $0) }.map { $0 != 0 }
    }
  }

  /// A number: decimal, hexadecimal after `0x` or octal after `0`, and a unit.
  public static func integer(_ value: ByteString?) throws(NumberProblem) -> Int {
    var rest = (value?.bytes ?? [])[...].drop(while: \.isSpace)
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
    var radix = 10
    if rest.first == UInt8(ascii: "0") {
      let isHex =
        rest.dropFirst().first.map { $0 | 0x20 == UInt8(ascii: "x") } == true
        && rest.dropFirst(2).first.flatMap(Hex.value(of:)) != nil
      radix = isHex ? 16 : 8
      if isHex { rest = rest.dropFirst(2) }
    }
    var number = 0
    var digits = 0
    while let digit = rest.first.flatMap(Hex.value(of:)), Int(digit) < radix {
      let (product, overflow) = number.multipliedReportingOverflow(by: radix)
      let (sum, carry) = product.addingReportingOverflow(Int(digit))
      if overflow || carry { throw .outOfRange }
      number = sum
      digits += 1
      rest = rest.dropFirst()
    }
    guard digits > 0 else { throw .invalidUnit }
    let factor: Int
    switch String(decoding: rest, as: UTF8.self).lowercased() {
    case "": factor = 1
    case "k": factor = 1 << 10
    case "m": factor = 1 << 20
    case "g": factor = 1 << 30
    default: throw .invalidUnit
    }
    let (result, overflow) = number.multipliedReportingOverflow(by: factor)
    if overflow { throw .outOfRange }
    return isNegative ? -result : result
  }

  /// A path, `~/` and `~name/` worked out. Throws `.invalidInput` when there is no such user.
  public static func path(
    _ value: ByteString, home: FilePath?
  ) throws(PandoError) -> FilePath {
    guard value.bytes.first == UInt8(ascii: "~") else { return FilePath(bytes: value.bytes) }
    let slash = UInt8(ascii: "/")
    let end = value.bytes.firstIndex(of: slash) ?? value.count
    let user = String(decoding: value.bytes[1..<end], as: UTF8.self)
    let base =
      user.isEmpty ? home : Account.find(name: user, in: LocalFileSystem())?.homeDirectory
    guard let base else {
      throw PandoError(.invalidInput, "failed to expand user dir in: '\(value)'")
    }
    return base.appending(bytes: Array(value.bytes[end...].drop { $0 == slash }))
  }
}
