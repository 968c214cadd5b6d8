/// What is taken out of messages before they are kept. Source: git-commit, "--cleanup".
enum MessageCleanup: String, Sendable {
  /// Nothing.
  case verbatim
  /// Blank lines at both ends and all but one between others, and blanks at the ends of lines.
  case whitespace
  /// That, and lines that begin with `#`.
  case strip

  /// The message without what is taken out; what is left ends with a line feed.
  func apply(_ message: [UInt8]) -> [UInt8] {
    guard self != .verbatim else { return message }
    var result: [UInt8] = []
    var hasGap = false
    for line in message.split(separator: 10, omittingEmptySubsequences: false) {
      if self == .strip, line.first == UInt8(ascii: "#") { continue }
      guard let last = line.lastIndex(where: { !Self.isSpace($0) }) else {
        hasGap = !result.isEmpty
        continue
      }
      if hasGap { result.append(10) }
      hasGap = false
      result.append(contentsOf: line[...last])
      result.append(10)
    }
    return result
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 32 || byte == 9 || byte == 10 || byte == 13
  }
}
