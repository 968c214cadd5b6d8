internal import PandoBytes

/// A commit's or tag's text cut into subject, body and signature, as Git's formats name them.
///
/// Everything ends at the first NUL. Source: git-for-each-ref, "contents".
struct MessageParts {
  /// Everything after the headers and the blank lines that follow them.
  let message: ArraySlice<UInt8>
  /// The first paragraph.
  let subject: ArraySlice<UInt8>
  /// What follows the subject, the signature included.
  let rest: ArraySlice<UInt8>
  /// What follows the subject, without the signature.
  let body: ArraySlice<UInt8>
  /// The signature that ends the message, or nothing.
  let signature: ArraySlice<UInt8>

  private static let newline = UInt8(ascii: "\n")

  init(of object: [UInt8]) {
    let text = object[..<(object.firstIndex(of: 0) ?? object.count)]
    var start = text.startIndex
    while start < text.endIndex, text[start] != Self.newline {
      start = text[start...].firstIndex(of: Self.newline).map { $0 + 1 } ?? text.endIndex
    }
    while start < text.endIndex, text[start] == Self.newline { start += 1 }
    message = text[start...]
    let signed = Self.signatureStart(message)
    signature = message[signed...]
    var end = min(Self.blankLine(message) ?? signed, signed)
    let bodyStart = end
    while end > start, Self.isLineEnd(message[end - 1]) { end -= 1 }
    subject = message[start..<end]
    rest = message[bodyStart...].drop(while: Self.isLineEnd)
    body = rest.startIndex < signed ? message[rest.startIndex..<signed] : []
  }

  private static func isLineEnd(_ byte: UInt8) -> Bool { byte == newline || byte == 13 }

  private static func blankLine(_ message: ArraySlice<UInt8>) -> Int? {
    message.firstRange(of: [newline, newline])?.lowerBound
      ?? message.firstRange(of: [13, newline, 13, newline])?.lowerBound
  }

  private static let signatureMarks = [
    "-----BEGIN PGP SIGNATURE-----", "-----BEGIN PGP MESSAGE-----",
    "-----BEGIN SIGNED MESSAGE-----", "-----BEGIN SSH SIGNATURE-----",
  ]

  /// Where the last line is that opens a signature; the end when there is none.
  private static func signatureStart(_ message: ArraySlice<UInt8>) -> Int {
    var found = message.endIndex
    var line = message.startIndex
    while line < message.endIndex {
      if message[line] == UInt8(ascii: "-"),
        signatureMarks.contains(where: { message[line...].starts(with: $0.utf8) })
      {
        found = line
      }
      line = message[line...].firstIndex(of: newline).map { $0 + 1 } ?? message.endIndex
    }
    return found
  }

  /// The subject as one line.
  var subjectLine: [UInt8] {
    var line: [UInt8] = []
    for (index, byte) in zip(subject.indices, subject) {
      if byte == 13, index + 1 < subject.endIndex, subject[index + 1] == Self.newline { continue }
      line.append(byte == Self.newline ? 32 : byte)
    }
    return line
  }

  /// The subject as a part of a file's name: letters, digits, dots and underscores, and a dash for
  /// whatever stands between them.
  var sanitizedSubject: [UInt8] {
    var name: [UInt8] = []
    var needsDash = false
    var previous: UInt8 = 0
    for byte in subject {
      if Self.isTitle(byte) {
        if byte == UInt8(ascii: "."), previous == byte { continue }
        if needsDash, !name.isEmpty { name.append(UInt8(ascii: "-")) }
        needsDash = false
        name.append(byte)
      } else {
        needsDash = true
      }
      previous = byte
    }
    while name.last == UInt8(ascii: ".") || name.last == UInt8(ascii: "-") { name.removeLast() }
    return name
  }

  private static func isTitle(_ byte: UInt8) -> Bool {
    let letter = byte | 0x20
    return (letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z"))
      || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
      || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
  }

  /// The first lines of the message without its signature, all but the first indented.
  func lines(_ count: Int) -> [UInt8] {
    var result: [UInt8] = []
    var position = message.startIndex
    let end = max(signature.startIndex, rest.startIndex)
    for index in 0..<count {
      guard position < end else { break }
      if index > 0 { result.append(text: "\n    ") }
      let lineEnd = message[position..<end].firstIndex(of: Self.newline)
      result.append(contentsOf: message[position..<(lineEnd ?? end)])
      guard let lineEnd else { break }
      position = lineEnd + 1
    }
    return result
  }
}
