internal import PandoBytes
internal import PandoObjects

/// A commit's text as printing sees it: in UTF-8, up to the first NUL, headers and message apart.
struct CommitMessageText {
  /// The header lines, each without its line end.
  let headers: [ArraySlice<UInt8>]
  /// What follows the blank line.
  let message: ArraySlice<UInt8>
  /// The name of the encoding that the commit was stored in, when it has one.
  let encoding: [UInt8]?

  /// Takes a commit's body apart, with the text turned into the encoding that `output` names.
  init(_ body: [UInt8], output: String = "UTF-8") {
    let body = body.firstIndex(of: 0).map { Array(body[..<$0]) } ?? body
    encoding = Self.header("encoding", in: body)
    let text = TextEncoding.reencode(body, from: encoding, to: output)
    var headers: [ArraySlice<UInt8>] = []
    var position = 0
    while position < text.count {
      let end = text[position...].firstIndex(of: 10) ?? text.count
      if end == position { break }
      headers.append(text[position..<end])
      position = end + 1
    }
    self.headers = headers
    message = text[min(position + 1, text.count)...]
  }

  private static func header(_ name: String, in body: [UInt8]) -> [UInt8]? {
    var position = 0
    while position < body.count {
      let end = body[position...].firstIndex(of: 10) ?? body.count
      if end == position { return nil }
      if body[position..<end].starts(with: "\(name) ".utf8) {
        return Array(body[(position + name.utf8.count + 1)..<end])
      }
      position = end + 1
    }
    return nil
  }

  /// The value of the first header of that name.
  func header(_ name: String) -> [UInt8]? {
    headers.first { $0.starts(with: "\(name) ".utf8) }
      .map { Array($0.dropFirst(name.utf8.count + 1)) }
  }

  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 32 || byte == 9 || byte == 10 || byte == 13
  }

  // MARK: Parts of a message

  /// The lines, without their line ends and the white space before those.
  static func lines(_ text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var lines = text.split(separator: 10, omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map(trimmedEnd)
  }

  static func trimmedEnd(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard let last = line.lastIndex(where: { !isSpace($0) }) else { return line.prefix(0) }
    return line[...last]
  }

  /// `text` without the blank lines it begins with.
  static func withoutBlankLines(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var text = text
    while !text.isEmpty {
      let end = text.firstIndex(of: 10) ?? text.endIndex
      guard text[..<end].allSatisfy(isSpace) else { break }
      text = text[min(end + 1, text.endIndex)...]
    }
    return text
  }

  /// The first paragraph and what comes after it, blank lines between them left out.
  var paragraphs: (subject: ArraySlice<UInt8>, body: ArraySlice<UInt8>) {
    let text = Self.withoutBlankLines(message)
    var position = text.startIndex
    while position < text.endIndex {
      let end = text[position...].firstIndex(of: 10) ?? text.endIndex
      if text[position..<end].allSatisfy(Self.isSpace) { break }
      position = min(end + 1, text.endIndex)
    }
    return (text[..<position], Self.withoutBlankLines(text[position...]))
  }

  /// The first paragraph as one line.
  var subject: [UInt8] {
    Array(Self.lines(paragraphs.subject).joined(separator: [32]))
  }

  /// The first line as part of a file's name: letters, digits, `.` and `_`, dashes for all others.
  var sanitizedSubject: [UInt8] {
    let line = paragraphs.subject.prefix { $0 != 10 }
    var result: [UInt8] = []
    var needsDash = false
    for byte in line {
      let isTitle =
        (48...57).contains(byte) || (65...90).contains(byte & 0xDF) && byte < 128
        || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
      guard isTitle else {
        needsDash = true
        continue
      }
      if needsDash, !result.isEmpty { result.append(UInt8(ascii: "-")) }
      if byte == UInt8(ascii: "."), !needsDash, result.last == byte { continue }
      needsDash = false
      result.append(byte)
    }
    while let last = result.last, last == UInt8(ascii: ".") || last == UInt8(ascii: "-") {
      result.removeLast()
    }
    return result
  }
}
