internal import PandoBytes

/// Paths in double quotes, as git prints those that would not survive a line: C's escapes, octal
/// for other bytes. Source: `core.quotePath` in git-config.
enum PathQuoting {
  private static let quote = UInt8(ascii: "\"")
  private static let backslash = UInt8(ascii: "\\")

  /// Appends a path, quoted where it has to be.
  ///
  /// - Parameter quotesHighBytes: whether bytes above 127 have to be, as `core.quotePath` says.
  static func append(_ path: [UInt8], quotesHighBytes: Bool = true, to line: inout [UInt8]) {
    guard path.contains(where: { needsEscape($0, quotesHighBytes) }) else {
      line.append(contentsOf: path)
      return
    }
    line.append(quote)
    for byte in path {
      guard needsEscape(byte, quotesHighBytes) else {
        line.append(byte)
        continue
      }
      line.append(backslash)
      if let letter = letter(for: byte) {
        line.append(letter)
      } else {
        line.append(UInt8(ascii: "0") + byte >> 6)
        line.append(UInt8(ascii: "0") + byte >> 3 & 7)
        line.append(UInt8(ascii: "0") + byte & 7)
      }
    }
    line.append(quote)
  }

  /// A path, quoted where it has to be.
  static func quoted(_ path: [UInt8], quotesHighBytes: Bool = true) -> [UInt8] {
    var line: [UInt8] = []
    append(path, quotesHighBytes: quotesHighBytes, to: &line)
    return line
  }

  private static func needsEscape(_ byte: UInt8, _ quotesHighBytes: Bool) -> Bool {
    byte < 0x20 || byte == 0x7f || byte == quote || byte == backslash
      || (byte >= 0x80 && quotesHighBytes)
  }

  private static func letter(for byte: UInt8) -> UInt8? {
    switch byte {
    case 7: UInt8(ascii: "a")
    case 8: UInt8(ascii: "b")
    case 9: UInt8(ascii: "t")
    case 10: UInt8(ascii: "n")
    case 11: UInt8(ascii: "v")
    case 12: UInt8(ascii: "f")
    case 13: UInt8(ascii: "r")
    case quote, backslash: byte
    default: nil
    }
  }

  /// Reads a quoted path at the start of `text`: the path and how many bytes it took, quotes
  /// included; nil when there is no quoted path or its escapes are malformed.
  static func unquote(_ text: [UInt8]) -> (path: [UInt8], length: Int)? {
    guard text.first == quote else { return nil }
    var path: [UInt8] = []
    var index = 1
    while index < text.count {
      let byte = text[index]
      index += 1
      if byte == quote { return (path, index) }
      guard byte == backslash else {
        path.append(byte)
        continue
      }
      guard index < text.count else { return nil }
      let escape = text[index]
      if let value = value(ofEscape: escape) {
        path.append(value)
        index += 1
      } else {
        guard index + 3 <= text.count, let value = octal(text[index..<(index + 3)]) else {
          return nil
        }
        path.append(value)
        index += 3
      }
    }
    return nil
  }

  private static func value(ofEscape letter: UInt8) -> UInt8? {
    switch letter {
    case UInt8(ascii: "a"): 7
    case UInt8(ascii: "b"): 8
    case UInt8(ascii: "t"): 9
    case UInt8(ascii: "n"): 10
    case UInt8(ascii: "v"): 11
    case UInt8(ascii: "f"): 12
    case UInt8(ascii: "r"): 13
    case quote, backslash: letter
    default: nil
    }
  }

  private static func octal(_ digits: ArraySlice<UInt8>) -> UInt8? {
    var value = 0
    for digit in digits {
      guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "7") else { return nil }
      value = value << 3 | Int(digit - UInt8(ascii: "0"))
    }
    return UInt8(exactly: value)
  }
}
