/// Escape sequences for colours, or nothing when colours are off.
struct ColorScheme {
  let isOn: Bool

  static let reset = "\u{1B}[m"

  var reset: String { isOn ? Self.reset : "" }
  var commit: String { isOn ? "\u{1B}[33m" : "" }

  func decoration(_ kind: Decoration.Kind) -> String {
    guard isOn else { return "" }
    switch kind {
    case .head: return "\u{1B}[1;36m"
    case .branch: return "\u{1B}[1;32m"
    case .remote: return "\u{1B}[1;31m"
    case .tag: return "\u{1B}[1;33m"
    case .stash: return "\u{1B}[1;35m"
    case .other: return Self.reset
    }
  }

  private static let names = [
    "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
  ]
  private static let attributes: [(name: String, on: Int, off: Int)] = [
    ("bold", 1, 22), ("dim", 2, 22), ("italic", 3, 23), ("ul", 4, 24), ("blink", 5, 25),
    ("reverse", 7, 27), ("strike", 9, 29),
  ]

  /// The sequence that words such as `bold red` stand for; nil for words that mean nothing. Source:
  /// git-config, "color".
  static func sequence(_ text: String) -> String? {
    let words = text.split { $0 == " " || $0 == "\t" || $0 == "\n" }
    if words.isEmpty { return "" }
    var codes: [String] = []
    var colors: [[String]] = []
    var attributes: Set<Int> = []
    var isReset = false
    for word in words {
      let name = word.lowercased()
      if name == "reset" {
        isReset = true
      } else if let color = color(name, base: colors.isEmpty ? 30 : 40), colors.count < 2 {
        colors.append(color)
      } else if let code = attribute(name) {
        attributes.insert(code)
      } else {
        return nil
      }
    }
    if isReset { codes.append("") }
    codes += attributes.sorted().map(String.init)
    codes += colors.flatMap { $0 }
    if codes.isEmpty { return "" }
    return "\u{1B}[" + codes.joined(separator: ";") + "m"
  }

  private static func attribute(_ name: String) -> Int? {
    for attribute in attributes {
      if name == attribute.name { return attribute.on }
      if name == "no\(attribute.name)" || name == "no-\(attribute.name)" { return attribute.off }
    }
    return nil
  }

  private static func color(_ name: String, base: Int) -> [String]? {
    if name == "normal" { return [] }
    if name == "default" { return [String(base + 9)] }
    if let index = names.firstIndex(of: name) { return [String(base + index)] }
    if name.hasPrefix("bright"), let index = names.firstIndex(of: String(name.dropFirst(6))) {
      return [String(base + 60 + index)]
    }
    if name.hasPrefix("#"), name.utf8.count == 7, let value = UInt32(name.dropFirst(), radix: 16) {
      return [
        String(base + 8), "2", String(value >> 16), String(value >> 8 & 255), String(value & 255),
      ]
    }
    guard let number = Int(name), number >= -1, number < 256 else { return nil }
    switch number {
    case -1: return []
    case 0..<8: return [String(base + number)]
    case 8..<16: return [String(base + 60 + number - 8)]
    default: return [String(base + 8), "5", String(number)]
    }
  }
}
