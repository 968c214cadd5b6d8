internal import PandoBytes

/// The lines such as `Signed-off-by:` that end a message. Source: git-interpret-trailers.
enum Trailers {
  /// One line of the block; no key for a line that is none of them.
  struct Line {
    var key: [UInt8]?
    var value: [UInt8]
    /// The line as it stands, with those that continue it.
    var raw: [UInt8]
  }

  private static let generated = ["Signed-off-by: ", "(cherry picked from commit "]

  /// The lines of the block at the end of a message; none when the last paragraph is no such block.
  static func block(of message: [UInt8]) -> [Line] {
    var lines = message.split(separator: 10, omittingEmptySubsequences: false)[...]
    while let last = lines.last, last.allSatisfy(CommitMessageText.isSpace) { lines.removeLast() }
    // What follows a line of three dashes is a patch, not a message.
    if let cut = lines.firstIndex(where: isDivider) {
      lines = lines[..<cut]
      while let last = lines.last, last.allSatisfy(CommitMessageText.isSpace) { lines.removeLast() }
    }
    guard let start = lines.lastIndex(where: { $0.allSatisfy(CommitMessageText.isSpace) }) else {
      return []
    }
    let hasTitle = lines[..<start].contains { !$0.allSatisfy(CommitMessageText.isSpace) }
    let block = lines[(start + 1)...]
    guard hasTitle, isBlock(block) else { return [] }
    var parsed: [Line] = []
    for line in block where line.first != UInt8(ascii: "#") {
      if let first = line.first, CommitMessageText.isSpace(first), !parsed.isEmpty {
        let last = parsed.count - 1
        parsed[last].raw += [10] + line
        parsed[last].value += [10] + line
      } else if let colon = separator(of: line) {
        let key = CommitMessageText.trimmedEnd(line[..<colon])
        let value = line[(colon + 1)...].drop(while: CommitMessageText.isSpace)
        parsed.append(Line(key: Array(key), value: Array(value), raw: Array(line)))
      } else {
        parsed.append(Line(key: nil, value: Array(line), raw: Array(line)))
      }
    }
    return parsed
  }

  private static func isDivider(_ line: ArraySlice<UInt8>) -> Bool {
    line.starts(with: "---".utf8)
      && (line.count == 3 || CommitMessageText.isSpace(line[line.startIndex + 3]))
  }

  /// Where the colon stands behind a key of letters, digits and dashes, or nil.
  private static func separator(of line: ArraySlice<UInt8>) -> Int? {
    var sawSpace = false
    for index in line.indices {
      let byte = line[index]
      if byte == UInt8(ascii: ":") { return index == line.startIndex ? nil : index }
      let isWord =
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || byte == UInt8(ascii: "-")
      if isWord, !sawSpace { continue }
      guard index != line.startIndex, byte == 32 || byte == 9 else { return nil }
      sawSpace = true
    }
    return nil
  }

  /// All lines are trailers, or a quarter of them with one that git itself writes among them.
  private static func isBlock(_ lines: ArraySlice<ArraySlice<UInt8>>) -> Bool {
    var (trailers, others, hasGenerated) = (0, 0, false)
    var continued = false
    for line in lines where line.first != UInt8(ascii: "#") {
      if generated.contains(where: { line.starts(with: $0.utf8) }) {
        hasGenerated = true
        trailers += 1
        continued = true
      } else if let first = line.first, CommitMessageText.isSpace(first) {
        // Continues the line before; before any, it is text.
        if !continued { others += 1 }
      } else if separator(of: line) != nil {
        trailers += 1
        continued = true
      } else {
        others += 1
        continued = true
      }
    }
    if trailers > 0, others == 0 { return true }
    return hasGenerated && trailers * 3 >= others
  }
}

/// What stands in the brackets of `%(trailers:…)`.
struct TrailerOptions {
  private var keys: [[UInt8]] = []
  private var isOnly = false
  private var unfolds = false
  private var keyOnly = false
  private var valueOnly = false
  private var separator: [UInt8]?
  private var keyValueSeparator: [UInt8]?

  /// Reads `(trailers)` or `(trailers:options)` and tells how many bytes it took; nil for others.
  static func read(_ rest: ArraySlice<UInt8>) -> (TrailerOptions, Int)? {
    let word = "(trailers".utf8
    guard rest.starts(with: word), let close = rest.firstIndex(of: UInt8(ascii: ")")) else {
      return nil
    }
    let inner = rest[(rest.startIndex + word.count)..<close]
    var options = TrailerOptions()
    if !inner.isEmpty {
      guard inner.first == UInt8(ascii: ":") else { return nil }
      for field in inner.dropFirst().split(separator: UInt8(ascii: ",")) {
        guard options.take(field) else { return nil }
      }
    }
    return (options, close - rest.startIndex + 1)
  }

  private mutating func take(_ field: ArraySlice<UInt8>) -> Bool {
    let equals = field.firstIndex(of: UInt8(ascii: "="))
    let name = String(decoding: field[..<(equals ?? field.endIndex)], as: UTF8.self)
    let value = equals.map { Array(field[($0 + 1)...]) }
    func flag() -> Bool? {
      guard let value else { return true }
      switch String(decoding: value, as: UTF8.self).lowercased() {
      case "true", "yes", "on", "1": return true
      case "false", "no", "off", "0", "": return false
      default: return nil
      }
    }
    switch name {
    case "key":
      guard var value else { return false }
      if value.last == UInt8(ascii: ":") { value.removeLast() }
      keys.append(Self.lowercased(value))
      isOnly = true
    case "separator": separator = Self.expanded(value ?? [])
    case "key_value_separator": keyValueSeparator = Self.expanded(value ?? [])
    default:
      guard let flag = flag() else { return false }
      switch name {
      case "only": isOnly = flag
      case "unfold": unfolds = flag
      case "keyonly": keyOnly = flag
      case "valueonly": valueOnly = flag
      default: return false
      }
    }
    return true
  }

  private static func lowercased(_ bytes: [UInt8]) -> [UInt8] {
    bytes.map { $0 >= 65 && $0 <= 90 ? $0 + 32 : $0 }
  }

  /// `%n` and `%x0a` in a separator.
  private static func expanded(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var rest = text[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%"), let sign = rest.first else {
        result.append(byte)
        continue
      }
      if sign == UInt8(ascii: "n") {
        result.append(10)
        rest = rest.dropFirst()
      } else if sign == UInt8(ascii: "x"), rest.count >= 3,
        let high = Hex.value(of: rest[rest.startIndex + 1]),
        let low = Hex.value(of: rest[rest.startIndex + 2])
      {
        result.append(high << 4 | low)
        rest = rest.dropFirst(3)
      } else {
        result.append(byte)
      }
    }
    return result
  }

  /// The trailers of a message as the options ask for them.
  func text(of message: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    for line in Trailers.block(of: message) {
      guard let key = line.key else {
        if isOnly { continue }
        append(line.raw, to: &result)
        continue
      }
      if !keys.isEmpty, !keys.contains(Self.lowercased(key)) { continue }
      let value = unfolds ? Self.unfolded(line.value) : line.value
      if keyOnly || valueOnly || keyValueSeparator != nil || unfolds || isOnly {
        var text: [UInt8] = []
        if !valueOnly { text += key }
        if !valueOnly, !keyOnly { text += keyValueSeparator ?? Array(": ".utf8) }
        if !keyOnly { text += value }
        append(text, to: &result)
      } else {
        append(line.raw, to: &result)
      }
    }
    return result
  }

  private func append(_ text: [UInt8], to result: inout [UInt8]) {
    if let separator {
      if !result.isEmpty { result += separator }
      result += CommitMessageText.trimmedEnd(text[...])
    } else {
      result += text + [10]
    }
  }

  /// Continued lines as one, runs of white space as one space.
  private static func unfolded(_ value: [UInt8]) -> [UInt8] {
    Array(value.split(whereSeparator: CommitMessageText.isSpace).joined(separator: [32]))
  }
}
