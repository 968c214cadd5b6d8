internal import PandoBytes

/// Reads a configuration file from left to right, one byte at a time.
struct ConfigParser {
  private static let newline = UInt8(ascii: "\n")
  private static let quote = UInt8(ascii: "\"")
  private static let backslash = UInt8(ascii: "\\")

  private let bytes: [UInt8]
  private var position = 0
  private var line = 1
  /// Where the byte that `next` gave last was.
  private var last = 0
  private var sectionName: [UInt8]?
  private(set) var entries: [ConfigFile.Entry] = []
  private(set) var sections: [ConfigFile.Section] = []
  /// What ends the last line, so that another can follow: a backslash takes a line end for itself.
  private(set) var lastLineEnd: [UInt8] = []

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The next byte, CR LF as LF; nil at the end.
  private mutating func next() -> UInt8? {
    guard position < bytes.count else {
      last = bytes.count
      return nil
    }
    last = position
    var byte = bytes[position]
    position += 1
    if byte == UInt8(ascii: "\r"), position < bytes.count, bytes[position] == Self.newline {
      position += 1
      byte = Self.newline
    }
    if byte == Self.newline { line += 1 }
    return byte
  }

  /// Fails at the byte that was read last.
  private func failure(_ reason: String) -> ConfigFile.Failure {
    let isLineEnd = last < position && bytes[position - 1] == Self.newline
    return ConfigFile.Failure(line: isLineEnd ? line - 1 : line, reason: reason, offset: last)
  }

  mutating func parse() throws(ConfigFile.Failure) {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    if let byte = bytes.last, byte != Self.newline { lastLineEnd = [Self.newline] }
    while let byte = next() {
      switch byte {
      case _ where byte.isSpace: continue
      case UInt8(ascii: "#"), UInt8(ascii: ";"): skipLine()
      case UInt8(ascii: "["): try header()
      case _ where ConfigName.isLetter(byte): try entry(byte)
      default: throw failure("a key or a section was expected")
      }
    }
  }

  private mutating func skipLine() {
    while let byte = next(), byte != Self.newline {}
  }

  // MARK: Sections

  private mutating func header() throws(ConfigFile.Failure) {
    let start = last
    var name: [UInt8] = []
    while true {
      guard let byte = next() else {
        // Git counts the end of the file as a line.
        throw ConfigFile.Failure(
          line: line + 1, reason: "the section name is not closed", offset: last)
      }
      if byte == UInt8(ascii: "]") { break }
      if byte.isSpace {
        try subsection(after: byte, &name)
        break
      }
      guard ConfigName.isKeyByte(byte) || byte == UInt8(ascii: ".") else {
        throw failure("the section name has a byte that it may not have")
      }
      name.append(ConfigName.lowered(byte))
    }
    guard !name.isEmpty else { throw failure("the section has no name") }
    sectionName = name
    sections.append(ConfigFile.Section(name: name, header: start..<position))
  }

  private mutating func subsection(
    after space: UInt8, _ name: inout [UInt8]
  ) throws(ConfigFile.Failure) {
    var byte: UInt8? = space
    while let found = byte, found.isSpace {
      guard found != Self.newline else { throw failure("the section name is not closed") }
      byte = next()
    }
    guard byte == Self.quote else { throw failure("a quoted subsection was expected") }
    guard !name.isEmpty else { throw failure("the section has no name") }
    name.append(UInt8(ascii: "."))
    while true {
      byte = next()
      if byte == Self.quote { break }
      if byte == Self.backslash { byte = next() }
      guard let found = byte, found != Self.newline else {
        throw failure("the subsection is not closed")
      }
      name.append(found)
    }
    guard next() == UInt8(ascii: "]") else { throw failure("the section name is not closed") }
  }

  // MARK: Values

  private mutating func entry(_ first: UInt8) throws(ConfigFile.Failure) {
    let start = last
    let startLine = line
    var name = sectionName.map { $0 + [UInt8(ascii: ".")] } ?? []
    name.append(ConfigName.lowered(first))
    var byte = next()
    while let found = byte, ConfigName.isKeyByte(found) {
      name.append(ConfigName.lowered(found))
      byte = next()
    }
    while byte == 32 || byte == 9 { byte = next() }
    var text: ByteString?
    if let found = byte, found != Self.newline {
      guard found == UInt8(ascii: "=") else { throw failure("'=' was expected after the key") }
      text = ByteString(try value())
    }
    entries.append(
      ConfigFile.Entry(
        name: ConfigName(canonical: name), value: text, line: startLine,
        range: start..<position, section: sections.indices.last))
  }

  private mutating func value() throws(ConfigFile.Failure) -> [UInt8] {
    var value: [UInt8] = []
    var spaces = 0
    var isQuoted = false
    while let byte = next() {
      if byte == Self.newline {
        guard !isQuoted else { throw failure("the quote is not closed") }
        return value
      }
      if !isQuoted {
        if byte.isSpace {
          if !value.isEmpty { spaces += 1 }
          continue
        }
        if byte == UInt8(ascii: "#") || byte == UInt8(ascii: ";") {
          skipLine()
          return value
        }
      }
      // Outside quotes space counts only between other bytes, and each one as a blank.
      value.append(contentsOf: repeatElement(32, count: spaces))
      spaces = 0
      switch byte {
      case Self.quote: isQuoted.toggle()
      case Self.backslash: try escape(&value)
      default: value.append(byte)
      }
    }
    guard !isQuoted else { throw failure("the quote is not closed") }
    if lastLineEnd.isEmpty { lastLineEnd = [Self.newline] }
    return value
  }

  private mutating func escape(_ value: inout [UInt8]) throws(ConfigFile.Failure) {
    switch next() {
    case nil: lastLineEnd = [Self.newline, Self.newline]
    case Self.newline: break
    case UInt8(ascii: "t"): value.append(9)
    case UInt8(ascii: "b"): value.append(8)
    case UInt8(ascii: "n"): value.append(Self.newline)
    case let byte? where byte == Self.quote || byte == Self.backslash: value.append(byte)
    default: throw failure("an escape that does not exist")
    }
  }
}

extension UInt8 {
  /// What Git's text formats take for space: blank, tab, line feed, carriage return.
  package var isSpace: Bool { self == 32 || self == 9 || self == 10 || self == 13 }
}
