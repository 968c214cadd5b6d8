internal import PandoBytes

/// Reads the headers of a commit or a tag line by line, and tells what Git tells about them.
///
/// Each method returns whether the check goes on: what makes an object refused ends it.
struct HeaderCheck: ~Copyable {
  /// A finding: true when it is only a warning.
  typealias Report = (FsckMessage.ID, ByteString) -> Bool

  /// Where the next line begins.
  private(set) var offset = 0
  private let idDigits: Int

  init(_ algorithm: HashAlgorithm) { idDigits = algorithm.hexCount }

  // MARK: Commits

  mutating func commit(_ body: Span<UInt8>, _ report: Report) -> Bool {
    guard isClosed(body, report) else { return false }
    if skip("tree ", body) {
      guard object(body) || report(.badTreeSHA1, "invalid 'tree' line format - bad sha1") else {
        return false
      }
    } else {
      return report(.missingTree, "invalid format - expected 'tree' line")
    }
    while skip("parent ", body) {
      guard object(body) || report(.badParentSHA1, "invalid 'parent' line format - bad sha1")
      else { return false }
    }
    var authors = 0
    while skip("author ", body) {
      authors += 1
      guard signature(body, report) else { return false }
    }
    if authors == 0 {
      guard report(.missingAuthor, "invalid format - expected 'author' line") else { return false }
    } else if authors > 1 {
      guard report(.multipleAuthors, "invalid format - multiple 'author' lines") else {
        return false
      }
    }
    guard skip("committer ", body) else {
      return report(.missingCommitter, "invalid format - expected 'committer' line")
    }
    guard signature(body, report) else { return false }
    return body.firstIndex(of: 0) == nil
      || report(.nulInCommit, "NUL byte in the commit object body")
  }

  // MARK: Tags

  mutating func tag(_ body: Span<UInt8>, _ report: Report) -> Bool {
    guard isClosed(body, report) else { return false }
    guard skip("object ", body) else {
      return report(.missingObject, "invalid format - expected 'object' line")
    }
    guard object(body) || report(.badObjectSHA1, "invalid 'object' line format - bad sha1") else {
      return false
    }
    guard skip("type ", body) else {
      return report(.missingTypeEntry, "invalid format - expected 'type' line")
    }
    guard let type = line(body) else {
      return report(.missingType, "invalid format - unexpected end after 'type' line")
    }
    if !ObjectKind.allCases.contains(where: { $0.name.utf8.elementsEqual(type) }) {
      guard report(.badType, "invalid 'type' value") else { return false }
    }
    guard skip("tag ", body) else {
      return report(.missingTagEntry, "invalid format - expected 'tag' line")
    }
    guard let name = line(body) else {
      // Git says so here too.
      return report(.missingTag, "invalid format - unexpected end after 'type' line")
    }
    if !ReferenceName.isWellFormed(Array("refs/tags/".utf8) + name) {
      guard report(.badTagName, ByteString(Array("invalid 'tag' name: ".utf8) + name)) else {
        return false
      }
    }
    if skip("tagger ", body) {
      guard signature(body, report) else { return false }
    } else {
      guard report(.missingTaggerEntry, "invalid format - expected 'tagger' line") else {
        return false
      }
    }
    let isOver = offset >= body.count || body[offset] == UInt8(ascii: "\n")
    return isOver || report(.extraHeaderEntry, "invalid format - extra header(s) after 'tagger'")
  }

  // MARK: Lines

  /// Whether the headers end in an empty line, or with the object in a line end.
  private func isClosed(_ body: Span<UInt8>, _ report: Report) -> Bool {
    var end = body.firstIndex(of: UInt8(ascii: "\n"))
    while let found = end, found + 1 < body.count, body[found + 1] != UInt8(ascii: "\n") {
      end = body.firstIndex(of: UInt8(ascii: "\n"), from: found + 1)
    }
    let zero = body.extracting(0..<(end ?? body.count)).firstIndex(of: 0)
    if let zero {
      return report(.nulInHeader, ByteString("unterminated header: NUL at offset \(zero)"))
    }
    if end != nil { return true }
    return report(.unterminatedHeader, "unterminated header")
  }

  private mutating func skip(_ word: StaticString, _ body: Span<UInt8>) -> Bool {
    guard body.extracting(offset..<body.count).starts(with: word) else { return false }
    offset += word.utf8CodeUnitCount
    return true
  }

  /// A full name and a line end.
  private mutating func object(_ body: Span<UInt8>) -> Bool {
    let end = offset + idDigits
    guard end < body.count, body[end] == UInt8(ascii: "\n"),
      ObjectID(hexBytes: body.extracting(offset..<end)) != nil
    else {
      // What follows is looked for on the next line.
      offset = body.firstIndex(of: UInt8(ascii: "\n"), from: offset).map { $0 + 1 } ?? body.count
      return false
    }
    offset = end + 1
    return true
  }

  /// The rest of the line; nil when it has no end.
  private mutating func line(_ body: Span<UInt8>) -> [UInt8]? {
    guard let end = body.firstIndex(of: UInt8(ascii: "\n"), from: offset) else { return nil }
    defer { offset = end + 1 }
    return [UInt8](copying: body.extracting(offset..<end))
  }

  /// A name, an address, a date and a zone.
  private mutating func signature(_ body: Span<UInt8>, _ report: Report) -> Bool {
    let start = offset
    let end = body.firstIndex(of: UInt8(ascii: "\n"), from: start) ?? body.count
    offset = min(end + 1, body.count)
    guard let (id, reason) = SignatureCheck.problem(body.extracting(start..<end)) else {
      return true
    }
    return report(id, ByteString("invalid author/committer line - \(reason)"))
  }
}

/// What is wrong with the value of an author, committer or tagger line.
enum SignatureCheck {
  static func problem(_ line: Span<UInt8>) -> (FsckMessage.ID, String)? {
    if line.count > 0, line[0] == UInt8(ascii: "<") {
      return (.missingNameBeforeEmail, "missing space before email")
    }
    let open = bracket(line, from: 0)
    guard open < line.count else { return (.missingEmail, "missing email") }
    guard line[open] == UInt8(ascii: "<") else { return (.badName, "bad name") }
    guard line[open - 1] == UInt8(ascii: " ") else {
      return (.missingSpaceBeforeEmail, "missing space before email")
    }
    let close = bracket(line, from: open + 1)
    guard close < line.count, line[close] == UInt8(ascii: ">") else {
      return (.badEmail, "bad email")
    }
    guard close + 1 < line.count, line[close + 1] == UInt8(ascii: " ") else {
      return (.missingSpaceBeforeDate, "missing space before date")
    }
    return timeProblem(line, from: close + 2)
  }

  /// The next `<` or `>`, or the end.
  private static func bracket(_ line: Span<UInt8>, from start: Int) -> Int {
    var index = start
    while index < line.count, line[index] != UInt8(ascii: "<"), line[index] != UInt8(ascii: ">") {
      index += 1
    }
    return index
  }

  private static func timeProblem(
    _ line: Span<UInt8>, from start: Int
  ) -> (FsckMessage.ID, String)? {
    func byte(_ index: Int) -> UInt8 { index < line.count ? line[index] : 0 }
    func isDigit(_ index: Int) -> Bool { (48...57).contains(byte(index)) }
    if byte(start) == UInt8(ascii: "0"), byte(start + 1) != UInt8(ascii: " ") {
      return (.zeroPaddedDate, "zero-padded date")
    }
    // As the C library reads a number: blanks, a sign, digits.
    var index = start
    while byte(index) == 32 || (9...13).contains(byte(index)) { index += 1 }
    let isNegative = byte(index) == UInt8(ascii: "-")
    if isNegative || byte(index) == UInt8(ascii: "+") { index += 1 }
    let digits = index
    var value: UInt64 = 0
    var isOver = false
    while isDigit(index) {
      let (product, overflows) = value.multipliedReportingOverflow(by: 10)
      let (sum, carries) = product.addingReportingOverflow(UInt64(byte(index) - 48))
      isOver = isOver || overflows || carries
      value = sum
      index += 1
    }
    if isNegative { value = 0 &- value }
    if index > digits, isOver || value > UInt64(Int64.max) {
      return (.badDateOverflow, "date causes integer overflow")
    }
    guard index > digits, byte(index) == UInt8(ascii: " ") else { return (.badDate, "bad date") }
    let zone = index + 1
    let isSigned = byte(zone) == UInt8(ascii: "+") || byte(zone) == UInt8(ascii: "-")
    guard isSigned, (1...4).allSatisfy({ isDigit(zone + $0) }), zone + 5 == line.count else {
      return (.badTimezone, "bad time zone")
    }
    return nil
  }
}
