/// Settings in the variable `GIT_CONFIG_PARAMETERS`, by which git hands those of `-c` to the
/// programs that it starts: `'name'='value'`, or `'name=value'` as older ones wrote it.
enum QuotedSettings {
  /// Reads the settings; nil when the text is malformed.
  static func parse(_ text: String) -> [(name: String, value: String?)]? {
    var settings: [(name: String, value: String?)] = []
    var rest = text.utf8[...]
    while true {
      rest = rest.drop { $0 == UInt8(ascii: " ") }
      if rest.isEmpty { return settings }
      guard let word = unquote(&rest) else { return nil }
      if rest.first == UInt8(ascii: "=") {
        rest.removeFirst()
        let isBare = rest.isEmpty || rest.first == UInt8(ascii: " ")
        guard !isBare else {
          settings.append((word, nil))
          continue
        }
        guard let value = unquote(&rest) else { return nil }
        settings.append((word, value))
      } else if let equals = word.firstIndex(of: "=") {
        settings.append((String(word[..<equals]), String(word[word.index(after: equals)...])))
      } else {
        settings.append((word, nil))
      }
    }
  }

  /// Takes one word in a shell's single quotes, where `'\''` and `'\!'` stand for quote and mark.
  private static func unquote(_ rest: inout Substring.UTF8View) -> String? {
    let quote = UInt8(ascii: "'")
    var bytes: [UInt8] = []
    guard rest.first == quote else { return nil }
    while rest.first == quote {
      rest.removeFirst()
      guard let end = rest.firstIndex(of: quote) else { return nil }
      bytes.append(contentsOf: rest[..<end])
      rest = rest[end...].dropFirst()
      guard rest.first == UInt8(ascii: "\\") else { break }
      rest.removeFirst()
      guard let escaped = rest.popFirst(), escaped == quote || escaped == UInt8(ascii: "!"),
        rest.first == quote
      else { return nil }
      bytes.append(escaped)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
