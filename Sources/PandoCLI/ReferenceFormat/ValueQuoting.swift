internal import PandoBytes

/// How the values of fields are quoted, so that a format makes a script.
enum ValueQuoting: Hashable, Sendable {
  case none, shell, perl, python, tcl

  /// Appends a value, quoted. Source: the string literals of the four languages.
  func append(_ value: [UInt8], to output: inout [UInt8]) {
    switch self {
    case .none: output.append(contentsOf: value)
    case .shell: Self.appendShell(value, to: &output)
    case .perl: Self.appendQuoted(value, newline: false, to: &output)
    case .python: Self.appendQuoted(value, newline: true, to: &output)
    case .tcl: Self.appendTcl(value, to: &output)
    }
  }

  private static let quote = UInt8(ascii: "'")
  private static let backslash = UInt8(ascii: "\\")

  /// In single quotes; a quote and an exclamation mark, which C shells replace, stand outside.
  private static func appendShell(_ value: [UInt8], to output: inout [UInt8]) {
    output.append(quote)
    for byte in value {
      if byte == quote || byte == UInt8(ascii: "!") {
        output.append(contentsOf: [quote, backslash, byte, quote])
      } else {
        output.append(byte)
      }
    }
    output.append(quote)
  }

  private static func appendQuoted(_ value: [UInt8], newline: Bool, to output: inout [UInt8]) {
    output.append(quote)
    for byte in value {
      if newline, byte == UInt8(ascii: "\n") {
        output.append(text: "\\n")
        continue
      }
      if byte == quote || byte == backslash { output.append(backslash) }
      output.append(byte)
    }
    output.append(quote)
  }

  private static func appendTcl(_ value: [UInt8], to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    for byte in value {
      switch byte {
      case 9: output.append(text: "\\t")
      case 10: output.append(text: "\\n")
      case 11: output.append(text: "\\v")
      case 12: output.append(text: "\\f")
      case 13: output.append(text: "\\r")
      default:
        if "[]{}$\\\"".utf8.contains(byte) { output.append(backslash) }
        output.append(byte)
      }
    }
    output.append(UInt8(ascii: "\""))
  }
}
