internal import PandoBytes
internal import PandoObjects

/// What `hash-object` asks of a body before it gives it a name: as little as git does.
///
/// Source: git's own answers; each rule here has a test against it.
enum ObjectFormCheck {
  /// Throws git's complaint about a malformed body.
  static func check(_ body: [UInt8], _ kind: ObjectKind, _ algorithm: HashAlgorithm) throws {
    switch kind {
    case .blob: break
    case .tree: try checkTree(body, algorithm)
    case .commit: try checkCommit(body, algorithm)
    case .tag: try checkTag(body, algorithm)
    }
  }

  private static func checkTree(_ body: [UInt8], _ algorithm: HashAlgorithm) throws {
    var start = 0
    while start < body.count {
      // The shortest entry has a name of one byte and a mode of one digit.
      let rest = body[start...]
      guard rest.count >= algorithm.byteCount + 3,
        body[body.count - (algorithm.byteCount + 1)] == 0
      else { throw CommandFailure.fatal("too-short tree object") }
      let mode = rest.prefix { $0 != UInt8(ascii: " ") }
      let isOctal = mode.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "7") }
      guard !mode.isEmpty, isOctal, mode.endIndex < body.count else {
        throw CommandFailure.fatal("malformed mode in tree entry")
      }
      let nameStart = mode.endIndex + 1
      guard let nameEnd = body[nameStart...].firstIndex(of: 0), nameEnd > nameStart else {
        throw CommandFailure.fatal("empty filename in tree entry")
      }
      start = nameEnd + 1 + algorithm.byteCount
      guard start <= body.count else { throw CommandFailure.fatal("too-short tree file") }
    }
  }

  private static func checkCommit(_ body: [UInt8], _ algorithm: HashAlgorithm) throws {
    let null = ObjectID.null(algorithm)
    let treeLine = "tree ".utf8.count + algorithm.hexCount
    guard body.count > treeLine + 1, isLine("tree ", at: 0, in: body, algorithm) else {
      throw CommandFailure(
        lines: ["error: bogus commit object \(null)", "fatal: corrupt commit"], status: .fatal)
    }
    var start = treeLine + 1
    let parentLine = "parent ".utf8.count + algorithm.hexCount
    while start + parentLine < body.count, body[start...].starts(with: "parent ".utf8) {
      guard isLine("parent ", at: start, in: body, algorithm) else {
        throw CommandFailure(
          lines: ["error: bad parents in commit \(null)", "fatal: corrupt commit"], status: .fatal)
      }
      start += parentLine + 1
    }
  }

  /// Whether a line is these words and a full object name.
  private static func isLine(
    _ words: String, at start: Int, in body: [UInt8], _ algorithm: HashAlgorithm
  ) -> Bool {
    let digits = start + words.utf8.count
    let end = digits + algorithm.hexCount
    guard end < body.count, body[start...].starts(with: words.utf8) else { return false }
    return body[end] == UInt8(ascii: "\n")
      && body[digits..<end].allSatisfy { Hex.value(of: $0) != nil }
  }

  private static func checkTag(_ body: [UInt8], _ algorithm: HashAlgorithm) throws {
    let corrupt = CommandFailure.fatal("corrupt tag")
    guard body.count >= algorithm.hexCount + 24, isLine("object ", at: 0, in: body, algorithm)
    else { throw corrupt }
    var rest = body[("object ".utf8.count + algorithm.hexCount + 1)...]
    guard rest.starts(with: "type ".utf8), let end = rest.firstIndex(of: UInt8(ascii: "\n"))
    else { throw corrupt }
    let type = rest[(rest.startIndex + 5)..<end]
    guard ObjectKind(name: String(decoding: type, as: UTF8.self)) != nil else { throw corrupt }
    rest = body[(end + 1)...]
    guard rest.count > 4, rest.starts(with: "tag ".utf8), rest.contains(UInt8(ascii: "\n"))
    else { throw corrupt }
  }
}
