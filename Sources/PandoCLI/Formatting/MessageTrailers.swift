internal import PandoBytes
internal import PandoObjects

/// The block of `Key: value` lines that may end a message. Source: git-interpret-trailers.
struct MessageTrailers {
  /// The bytes of the block.
  let block: ArraySlice<UInt8>

  private static let newline = UInt8(ascii: "\n")
  private static let comment = UInt8(ascii: "#")
  private static let generated = ["Signed-off-by: ", "(cherry picked from commit "]

  /// Finds the block; empty when there is none.
  init(in message: ArraySlice<UInt8>) {
    let end = Self.end(of: message)
    block = message[Self.start(of: message[..<end])..<end]
  }

  /// The text in lines, line ends included.
  private static func lines(_ text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var start = text.startIndex
    while start < text.endIndex {
      let end = text[start...].firstIndex(of: newline).map { $0 + 1 } ?? text.endIndex
      lines.append(text[start..<end])
      start = end
    }
    return lines
  }

  /// Where the message ends without the comments, blank lines and lists of conflicts at its end.
  private static func end(of message: ArraySlice<UInt8>) -> Int {
    var tail: Int?
    var isConflicts = false
    for line in lines(message) {
      if line.first == comment || line.first == newline {
        tail = tail ?? line.startIndex
      } else if line.starts(with: "Conflicts:\n".utf8) {
        isConflicts = true
        tail = tail ?? line.startIndex
      } else if isConflicts, line.first == 9 {
        continue
      } else {
        tail = nil
        isConflicts = false
      }
    }
    return tail ?? message.endIndex
  }

  private static func isBlank(_ line: ArraySlice<UInt8>) -> Bool { line.allSatisfy(isSpace) }

  static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 10 || byte == 13 }

  /// Where the block begins: a last paragraph, not the first one, in which all lines are trailers,
  /// or a quarter of them when one of them is of a kind that git itself writes.
  private static func start(of message: ArraySlice<UInt8>) -> Int {
    let lines = lines(message)
    let title = lines.firstIndex { $0.first != comment && isBlank($0) } ?? lines.count
    var trailers = 0
    var others = 0
    var continuations = 0
    var hasGenerated = false
    var isAtEnd = true
    for (index, line) in zip(lines.indices, lines).dropFirst(title).reversed() {
      if line.first == comment {
        others += continuations
        continuations = 0
      } else if isBlank(line) {
        if isAtEnd { continue }
        others += continuations
        let isBlock = hasGenerated ? trailers * 3 >= others : trailers > 0 && others == 0
        return isBlock && index + 1 < lines.count ? lines[index + 1].startIndex : message.endIndex
      } else {
        isAtEnd = false
        if generated.contains(where: { line.starts(with: $0.utf8) }) {
          trailers += 1
          continuations = 0
          hasGenerated = true
        } else if separator(in: line) != nil, line.first.map(isSpace) == false {
          trailers += 1
          continuations = 0
        } else if line.first.map(isSpace) == true {
          continuations += 1
        } else {
          others += 1 + continuations
          continuations = 0
        }
      }
    }
    return message.endIndex
  }

  /// Where the colon after a key stands; nil when the line is no trailer.
  fileprivate static func separator(in line: ArraySlice<UInt8>) -> Int? {
    var hasSpace = false
    for (index, byte) in zip(line.indices, line) {
      if byte == UInt8(ascii: ":") { return index > line.startIndex ? index : nil }
      let letter = byte | 0x20
      let isWord =
        (letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z"))
        || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")) || byte == UInt8(ascii: "-")
      if !hasSpace, isWord { continue }
      guard index > line.startIndex, byte == 32 || byte == 9 else { return nil }
      hasSpace = true
    }
    return nil
  }

  /// The trailers, keys and values without the space around them, values on one line.
  var pairs: [(key: [UInt8], value: [UInt8])] {
    entries.compactMap { entry in
      Self.separator(in: entry).map { colon in
        (
          Self.trimmed(entry[..<colon]),
          Self.unfolded(Self.trimmed(entry[(colon + 1)...]))
        )
      }
    }
  }

  /// The lines of the block, continued ones joined to those they continue.
  fileprivate var entries: [ArraySlice<UInt8>] {
    var entries: [ArraySlice<UInt8>] = []
    var isTrailer = false
    for line in Self.lines(block) {
      if let last = entries.last, line.first.map(Self.isSpace) == true, isTrailer {
        entries[entries.count - 1] = block[last.startIndex..<line.endIndex]
      } else {
        entries.append(line)
        isTrailer = Self.separator(in: line) != nil
      }
    }
    return entries
  }

  static func lowered(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    bytes.map { $0 >= 65 && $0 <= 90 ? $0 | 0x20 : $0 }
  }

  fileprivate static func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var result = Array(bytes.drop(while: isSpace))
    trimEnd(&result)
    return result
  }

  fileprivate static func trimEnd(_ bytes: inout [UInt8]) {
    while let last = bytes.last, isSpace(last) { bytes.removeLast() }
  }

  /// A value on one line: a line end and the space around it become one space.
  fileprivate static func unfolded(_ value: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var rest = value[...]
    while let byte = rest.popFirst() {
      if byte == 10 {
        rest = rest.drop(while: isSpace)
        result.append(32)
      } else {
        result.append(byte)
      }
    }
    trimEnd(&result)
    return result
  }
}

/// How trailers are printed. Source: git-for-each-ref, "trailers".
struct TrailerFormat: Hashable, Sendable {
  private var only = false
  private var unfold = false
  private var keyOnly = false
  private var valueOnly = false
  private var keys: [[UInt8]] = []
  private var separator: [UInt8]?
  private var keyValueSeparator: [UInt8]?
}

extension TrailerFormat {
  /// Reads the options. Throws `.invalidInput` in Git's words.
  init(parsing text: [UInt8]) throws(PandoError) {
    self.init()
    guard !text.isEmpty else { return }
    for word in text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      try read(Array(word))
    }
  }

  private mutating func read(_ word: [UInt8]) throws(PandoError) {
    let equals = word.firstIndex(of: UInt8(ascii: "="))
    let name = String(decoding: word[..<(equals ?? word.count)], as: UTF8.self)
    let value = equals.map { Array(word[($0 + 1)...]) }
    // Git names nothing when only the value is wrong.
    let isKnown = ["only", "unfold", "keyonly", "valueonly"].contains(name)
    let shown = isKnown ? "" : String(decoding: word, as: UTF8.self)
    let unknown = PandoError.input("unknown %(trailers) argument: \(shown)")
    switch name {
    case "key":
      guard var key = value else { throw .input("expected %(trailers:key=<value>)") }
      if key.last == UInt8(ascii: ":") { key.removeLast() }
      keys.append(key)
      only = true
    case "separator":
      separator = Self.expanded(value ?? [])
    case "key_value_separator":
      keyValueSeparator = Self.expanded(value ?? [])
    case "only", "unfold", "keyonly", "valueonly":
      guard let choice = Self.choice(value) else { throw unknown }
      switch name {
      case "only": only = choice
      case "unfold": unfold = choice
      case "keyonly": keyOnly = choice
      default: valueOnly = choice
      }
    default: throw unknown
    }
  }

  private static func choice(_ value: [UInt8]?) -> Bool? {
    guard let value else { return true }
    switch String(decoding: value, as: UTF8.self).lowercased() {
    case "true", "yes", "on", "1": return true
    case "false", "no", "off", "0", "": return false
    default: return nil
    }
  }

  /// `%n` is a line feed and `%xhh` a byte.
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
      } else if sign == byte {
        result.append(byte)
        rest = rest.dropFirst()
      } else if sign == UInt8(ascii: "x"), let high = rest.dropFirst().first.flatMap(Hex.value),
        let low = rest.dropFirst(2).first.flatMap(Hex.value)
      {
        result.append(high << 4 | low)
        rest = rest.dropFirst(3)
      } else {
        result.append(byte)
      }
    }
    return result
  }

  /// Prints the trailers of a message.
  func text(of message: ArraySlice<UInt8>) -> [UInt8] {
    let trailers = MessageTrailers(in: message)
    if self == TrailerFormat() { return Array(trailers.block) }
    var output: [UInt8] = []
    for entry in trailers.entries {
      guard let colon = MessageTrailers.separator(in: entry) else {
        guard !only else { continue }
        if let separator, !output.isEmpty { output += separator }
        output.append(contentsOf: entry)
        if separator != nil { MessageTrailers.trimEnd(&output) }
        continue
      }
      let key = MessageTrailers.trimmed(entry[..<colon])
      let isWanted =
        keys.isEmpty
        || keys.contains { MessageTrailers.lowered($0[...]) == MessageTrailers.lowered(key[...]) }
      guard isWanted else { continue }
      if let separator, !output.isEmpty { output += separator }
      if !valueOnly { output += key }
      if !keyOnly, !valueOnly { output += keyValueSeparator ?? Array(": ".utf8) }
      if !keyOnly {
        let value = MessageTrailers.trimmed(entry[(colon + 1)...])
        output += unfold ? MessageTrailers.unfolded(value) : value
      }
      if separator == nil { output.append(10) }
    }
    return output
  }
}

extension TrailerFormat {
  /// Reads `(trailers)` or `(trailers:options)` and tells how many bytes it took; nil for others.
  static func read(_ rest: ArraySlice<UInt8>) -> (TrailerFormat, Int)? {
    let word = "(trailers".utf8
    guard rest.starts(with: word), let close = rest.firstIndex(of: UInt8(ascii: ")")) else {
      return nil
    }
    let inner = rest[(rest.startIndex + word.count)..<close]
    guard inner.isEmpty || inner.first == UInt8(ascii: ":"),
      let format = try? TrailerFormat(parsing: Array(inner.dropFirst()))
    else { return nil }
    return (format, close - rest.startIndex + 1)
  }
}
