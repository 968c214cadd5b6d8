/// The parts that Git sees in a message.
package enum CommitMessage {
  /// The first paragraph as one line, its lines joined by a space. Blank lines before it are
  /// skipped.
  package static func subject(of message: [UInt8]) -> [UInt8] {
    var subject: [UInt8] = []
    for line in message.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      let text = trimmedEnd(line)
      if text.isEmpty {
        if subject.isEmpty { continue }
        break
      }
      if !subject.isEmpty { subject.append(UInt8(ascii: " ")) }
      subject.append(contentsOf: text)
    }
    return subject
  }

  /// The line without white space at its end.
  package static func trimmedEnd(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard let last = line.lastIndex(where: { !isSpace($0) }) else { return line.prefix(0) }
    return line[...last]
  }

  /// White space as C's isspace has it in Git: space, tab, LF, CR.
  package static func isSpace(_ byte: UInt8) -> Bool {
    byte == 32 || byte == 9 || byte == 10 || byte == 13
  }
}
