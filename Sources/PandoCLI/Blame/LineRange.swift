internal import PandoBytes
internal import PandoMerge
internal import PandoStore

/// A range of lines as `-L` tells it: `<start>,<end>`, each a number or `/pattern/`, and for the
/// end also `+<count>` or `-<count>`. Source: git-blame, "Specifying ranges".
struct LineRange {
  private let text: Lines
  private var rest: ArraySlice<UInt8>

  /// What a place in a file may be.
  private enum Place { case none, line(Int) }

  private init(_ words: ByteString, in text: Lines) {
    self.text = text
    rest = words.bytes[...]
  }

  /// The lines of each range, numbered from 0. Throws git's complaint.
  static func read(
    _ arguments: [ByteString], in text: Lines, path: [UInt8], misuse: UsageError
  ) throws -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    // Where a pattern is searched from: behind the range before.
    var anchor = 1
    for argument in arguments {
      var reader = LineRange(argument, in: text)
      let (first, last) = try reader.bounds(from: min(max(anchor, 1), text.count + 1), misuse)
      let count = text.count
      if count == 0 && (first != 0 || last != 0) || count < first {
        let shown = String(decoding: path, as: UTF8.self)
        throw CommandFailure.fatal("file \(shown) has only \(count) line\(count == 1 ? "" : "s")")
      }
      let start = max(first, 1)
      let end = last < 1 || count < last ? count : last
      if start <= end { ranges.append(start - 1..<end) }
      anchor = end + 1
    }
    return ranges
  }

  /// The numbers of the first and the last line from 1 on; 0 for what is not told.
  private mutating func bounds(
    from anchor: Int, _ misuse: UsageError
  ) throws -> (first: Int, last: Int) {
    if rest.first == UInt8(ascii: ":") || rest.starts(with: "^:".utf8) {
      throw CommandFailure.fatal("-L :<function> is not supported yet")
    }
    var first = try place(from: anchor, isStart: true) ?? 0
    var last = 0
    if rest.first == UInt8(ascii: ",") {
      rest = rest.dropFirst()
      last = try place(from: first + 1, isStart: false, first: first) ?? 0
    }
    guard rest.isEmpty else { throw misuse }
    if first != 0, last != 0, last < first { swap(&first, &last) }
    return (first, last)
  }

  /// A place at the start of what is left.
  private mutating func place(
    from line: Int, isStart: Bool, first: Int = 0
  ) throws -> Int? {
    let sign = rest.first
    if !isStart, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
      var behind = rest.dropFirst()
      guard let count = Self.number(&behind) else { return nil }
      rest = behind
      return try Self.end(of: sign == UInt8(ascii: "-") ? 0 &- count : count, from: first)
    }
    if let number = Self.number(&rest) {
      guard number > 0 else { throw CommandFailure.fatal("-L invalid line number: \(number)") }
      return number
    }
    var start = line
    if isStart, rest.first == UInt8(ascii: "^") {
      start = 1
      rest = rest.dropFirst()
    }
    return try pattern().map { try search($0, from: start) }
  }

  /// Where a range of so many lines ends, or begins when it is told by its end.
  private static func end(of count: Int, from first: Int) throws -> Int {
    if count == 0 { throw CommandFailure.fatal("-L invalid empty range") }
    let begin = first + 1
    let (end, overflow) = begin.addingReportingOverflow(count)
    if overflow { return count > 0 ? Int.max : 1 }
    return count > 0 ? end - 2 : max(end, 1)
  }

  /// A number as C reads it: white space, a sign, digits; too large ones are cut.
  private static func number(_ text: inout ArraySlice<UInt8>) -> Int? {
    var rest = text.drop { $0 == 32 || (9...13).contains($0) }
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
    let digits = rest.prefix { (48...57).contains($0) }
    guard !digits.isEmpty else { return nil }
    text = rest.dropFirst(digits.count)
    let value = Int(String(decoding: digits, as: UTF8.self)) ?? Int.max
    return isNegative ? -value : value
  }

  // MARK: Patterns

  /// The pattern between two slashes; nil, and nothing is taken, when there is none.
  private mutating func pattern() -> [UInt8]? {
    guard rest.first == UInt8(ascii: "/") else { return nil }
    var end = rest.startIndex + 1
    while end < rest.endIndex, rest[end] != UInt8(ascii: "/") {
      end += rest[end] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard end < rest.endIndex else { return nil }
    let pattern = Array(rest[(rest.startIndex + 1)..<end])
    rest = rest[(end + 1)...]
    return pattern
  }

  /// The number of the first line from one on that matches; one too many for the end of the text.
  private func search(_ bytes: [UInt8], from start: Int) throws -> Int {
    func failure(_ reason: String) -> CommandFailure {
      let shown = String(decoding: bytes, as: UTF8.self)
      return .fatal("-L parameter '\(shown)' starting at line \(start): \(reason)")
    }
    let pattern: TextPattern
    do {
      pattern = try TextPattern(bytes, .init(isByLine: true))
    } catch {
      throw failure("Invalid regular expression")
    }
    for line in max(0, start - 1)..<max(text.count, start - 1) {
      var content = text.line(line)
      if content.last == UInt8(ascii: "\n") { content = content.dropLast() }
      if pattern.matches(Array(content)) { return line + 1 }
    }
    let isTerminated = text.bytes.last == UInt8(ascii: "\n") || text.count < start
    if isTerminated, pattern.matches([]) { return text.count + 1 }
    throw failure("No match")
  }
}
