internal import PandoBytes

/// Reads the text of a pattern into its tree. Groups nest at most `depthMax` deep.
struct PatternReader {
  private static let depthMax = 100
  private static let repeatsMax = 8
  private static let countMax = 32_767

  private let text: [UInt8]
  private let options: TextPattern.Options
  private var offset = 0
  private var depth = 0

  init(_ text: [UInt8], _ options: TextPattern.Options) {
    self.text = text
    self.options = options
  }

  private var isExtended: Bool { options.syntax == .extended }

  private func error(_ reason: String) -> ParseError { ParseError("pattern", reason, at: offset) }

  mutating func read() throws(ParseError) -> PatternNode {
    if options.syntax == .fixed { return .sequence(text.map(byte)) }
    let node = try choice()
    guard offset == text.count else { throw error("group closed that was not opened") }
    return node
  }

  private func byte(_ byte: UInt8) -> PatternNode {
    let isLetter = (65...90).contains(byte & 0xDF)
    return options.ignoresCase && isLetter ? .set(ByteSet([byte]).bothCases) : .byte(byte)
  }

  /// By line, nothing matches across a line end.
  private func set(_ set: ByteSet) -> PatternNode {
    .set(options.isByLine ? set.intersection(ByteSet([10]).inverted) : set)
  }

  // MARK: Operators

  /// Operators are bare in extended patterns and escaped in basic ones; `|` of basic ones is GNU's.
  private func isNext(_ sign: UInt8) -> Bool {
    if isExtended { return offset < text.count && text[offset] == sign }
    return offset + 1 < text.count && text[offset] == UInt8(ascii: "\\") && text[offset + 1] == sign
  }

  private mutating func skip(_ sign: UInt8) -> Bool {
    guard isNext(sign) else { return false }
    offset += isExtended ? 1 : 2
    return true
  }

  /// A closing sign without an opening one stands for itself in extended patterns.
  private var isAtClose: Bool {
    isNext(UInt8(ascii: ")")) && (depth > 0 || !isExtended)
  }

  private mutating func choice() throws(ParseError) -> PatternNode {
    var nodes = [try sequence()]
    while skip(UInt8(ascii: "|")) { nodes.append(try sequence()) }
    return nodes.count == 1 ? nodes[0] : .choice(nodes)
  }

  private mutating func sequence() throws(ParseError) -> PatternNode {
    var nodes: [PatternNode] = []
    while offset < text.count, !isNext(UInt8(ascii: "|")), !isAtClose {
      let node = try atom(hasAny: !nodes.isEmpty)
      nodes.append(try repeated(node))
    }
    return nodes.count == 1 ? nodes[0] : .sequence(nodes)
  }

  private mutating func repeated(_ node: PatternNode) throws(ParseError) -> PatternNode {
    var node = node
    var count = 0
    if case .place = node, !isExtended { return node }
    while let (min, max) = try repeatCount() {
      count += 1
      guard count <= Self.repeatsMax else { throw error("too many repetitions of one part") }
      node = .repeated(node, min: min, max: max)
    }
    return node
  }

  private mutating func repeatCount() throws(ParseError) -> (min: Int, max: Int?)? {
    guard offset < text.count else { return nil }
    if text[offset] == UInt8(ascii: "*") {
      offset += 1
      return (0, nil)
    }
    if skip(UInt8(ascii: "+")) { return (1, nil) }
    if skip(UInt8(ascii: "?")) { return (0, 1) }
    guard skip(UInt8(ascii: "{")) else { return nil }
    let min = try number()
    var max = min
    if offset < text.count, text[offset] == UInt8(ascii: ",") {
      offset += 1
      max = try number()
      guard skip(UInt8(ascii: "}")) else { throw error("count without its end") }
      if let max, max < min ?? 0 { throw error("counts in the wrong order") }
      return (min ?? 0, max)
    }
    guard skip(UInt8(ascii: "}")), let min else { throw error("count without its end") }
    return (min, max)
  }

  private mutating func number() throws(ParseError) -> Int? {
    var value: Int?
    while offset < text.count, (48...57).contains(text[offset]) {
      let next = (value ?? 0) * 10 + Int(text[offset]) - 48
      guard next <= Self.countMax else { throw error("count above \(Self.countMax)") }
      value = next
      offset += 1
    }
    return value
  }

  // MARK: Parts

  private mutating func atom(hasAny: Bool) throws(ParseError) -> PatternNode {
    let sign = text[offset]
    if skip(UInt8(ascii: "(")) { return try group() }
    switch sign {
    case UInt8(ascii: "["): return try bracket()
    case UInt8(ascii: "."):
      offset += 1
      return set(ByteSet([0]).inverted)
    case UInt8(ascii: "\\"): return try escape()
    case UInt8(ascii: "^") where isExtended || !hasAny:
      offset += 1
      return .place(.lineStart)
    case UInt8(ascii: "$") where isExtended || endsSequence(offset + 1):
      offset += 1
      return .place(.lineEnd)
    case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"):
      // A repetition of nothing: a sign that stands for itself in basic patterns.
      if isExtended { throw error("repetition of nothing") }
      fallthrough
    default:
      offset += 1
      return byte(sign)
    }
  }

  private func endsSequence(_ index: Int) -> Bool {
    guard index < text.count else { return true }
    return text[index] == UInt8(ascii: "\\") && index + 1 < text.count
      && (text[index + 1] == UInt8(ascii: ")") || text[index + 1] == UInt8(ascii: "|"))
  }

  private mutating func group() throws(ParseError) -> PatternNode {
    guard depth < Self.depthMax else { throw error("groups deeper than \(Self.depthMax)") }
    depth += 1
    let node = try choice()
    guard skip(UInt8(ascii: ")")) else { throw error("group without its end") }
    depth -= 1
    // A sequence of one, so that a group of one place can be repeated in basic patterns.
    return .sequence([node])
  }

  private mutating func escape() throws(ParseError) -> PatternNode {
    guard offset + 1 < text.count else { throw error("backslash at the end") }
    let sign = text[offset + 1]
    if (49...57).contains(sign) { throw error("references to groups are not supported") }
    if !isExtended, sign == UInt8(ascii: "{") { throw error("repetition of nothing") }
    offset += 2
    switch sign {
    case UInt8(ascii: "w"): return set(.word)
    case UInt8(ascii: "W"): return set(ByteSet.word.inverted)
    case UInt8(ascii: "s"): return set(.space)
    case UInt8(ascii: "S"): return set(ByteSet.space.inverted)
    case UInt8(ascii: "<"): return .place(.wordStart)
    case UInt8(ascii: ">"): return .place(.wordEnd)
    case UInt8(ascii: "b"): return .place(.wordEdge)
    case UInt8(ascii: "B"): return .place(.noWordEdge)
    case UInt8(ascii: "`"): return .place(.textStart)
    case UInt8(ascii: "'"): return .place(.textEnd)
    default: return byte(sign)
    }
  }

  // MARK: Brackets

  private mutating func bracket() throws(ParseError) -> PatternNode {
    offset += 1
    let isInverted = offset < text.count && text[offset] == UInt8(ascii: "^")
    if isInverted { offset += 1 }
    var found = ByteSet()
    var isFirst = true
    while true {
      guard offset < text.count else { throw error("bracket without its end") }
      if text[offset] == UInt8(ascii: "]"), !isFirst { break }
      isFirst = false
      if let named = try bracketClass() {
        found.formUnion(named)
        continue
      }
      let low = try bracketByte()
      guard offset + 1 < text.count, text[offset] == UInt8(ascii: "-"),
        text[offset + 1] != UInt8(ascii: "]")
      else {
        found.insert(low)
        continue
      }
      offset += 1
      let high = try bracketByte()
      guard low <= high else { throw error("range in the wrong order") }
      found.formUnion(ByteSet(low...high))
    }
    offset += 1
    if options.ignoresCase { found = found.bothCases }
    guard isInverted else { return set(found) }
    found.insert(0)
    return set(found.inverted)
  }

  /// `[:alpha:]` inside of brackets.
  private mutating func bracketClass() throws(ParseError) -> ByteSet? {
    guard offset + 1 < text.count, text[offset] == UInt8(ascii: "["),
      text[offset + 1] == UInt8(ascii: ":"),
      let end = text.position(of: [UInt8(ascii: ":"), UInt8(ascii: "]")], from: offset + 2)
    else { return nil }
    guard let set = ByteSet.named(text[(offset + 2)..<end]) else { throw error("unknown class") }
    offset = end + 2
    return set
  }

  /// One byte, or one between `[.` and `.]` or `[=` and `=]`.
  private mutating func bracketByte() throws(ParseError) -> UInt8 {
    guard offset < text.count else { throw error("bracket without its end") }
    let byte = text[offset]
    if byte == UInt8(ascii: "["), offset + 4 < text.count {
      let sign = text[offset + 1]
      if sign == UInt8(ascii: ".") || sign == UInt8(ascii: "=") {
        guard text[offset + 3] == sign, text[offset + 4] == UInt8(ascii: "]") else {
          throw error("unknown collating element")
        }
        defer { offset += 5 }
        return text[offset + 2]
      }
    }
    offset += 1
    return byte
  }
}

extension ByteSet {
  private static let lower = ByteSet(97...122)
  private static let upper = ByteSet(65...90)
  private static let digit = ByteSet(48...57)
  private static let alpha = lower.union(upper)
  static let space = ByteSet([9, 10, 11, 12, 13, 32])
  static let word = alpha.union(digit).union(ByteSet([95]))

  private func union(_ other: ByteSet) -> ByteSet {
    var result = self
    result.formUnion(other)
    return result
  }

  /// POSIX's classes in the C locale.
  static func named(_ name: ArraySlice<UInt8>) -> ByteSet? {
    switch String(decoding: name, as: UTF8.self) {
    case "lower": lower
    case "upper": upper
    case "digit": digit
    case "alpha": alpha
    case "alnum": alpha.union(digit)
    case "space": space
    case "blank": ByteSet([9, 32])
    case "cntrl": ByteSet(0...31).union(ByteSet([127]))
    case "graph": ByteSet(33...126)
    case "print": ByteSet(32...126)
    case "xdigit": digit.union(ByteSet(65...70)).union(ByteSet(97...102))
    case "punct":
      ByteSet((33...126).filter { !alpha.contains($0) && !digit.contains($0) })
    default: nil
    }
  }
}
