public import PandoBytes

/// A POSIX regular expression over bytes, basic or extended, that tells whether a text matches.
///
/// Matching is by simulation of an automaton: its cost is at most the length of the text times the
/// size of the pattern, whatever the pattern. The operators that GNU adds (`\|`, `\+`, `\w`, `\b`,
/// `\<`) are understood; references back to groups are not. Bytes are taken as in the C locale.
/// Source: POSIX.1-2017, Base Definitions, chapter 9.
public struct TextPattern: Sendable {
  /// How a pattern is written.
  public enum Syntax: Sendable {
    /// Groups and counts are written with backslashes, as grep has it.
    case basic
    /// As `grep -E` has it.
    case extended
    /// Every byte stands for itself.
    case fixed
  }

  /// How a pattern is written and meant.
  public struct Options: Sendable {
    /// How it is written.
    public var syntax: Syntax
    /// Whether letters match both cases.
    public var ignoresCase: Bool
    /// Whether lines are matched one by one: `^` and `$` at their ends, `.` not across them.
    public var isByLine: Bool

    /// Describes a pattern.
    public init(syntax: Syntax = .basic, ignoresCase: Bool = false, isByLine: Bool = false) {
      self.syntax = syntax
      self.ignoresCase = ignoresCase
      self.isByLine = isByLine
    }
  }

  /// The longest pattern, in bytes.
  public static let lengthMax = 1 << 16

  private let literal: [UInt8]?
  private let program: PatternProgram

  /// Reads a pattern. Throws for one that is malformed, too long or that refers back to a group.
  public init(_ pattern: [UInt8], _ options: Options = Options()) throws(ParseError) {
    guard pattern.count <= Self.lengthMax else {
      throw ParseError("pattern", "longer than \(Self.lengthMax) bytes", at: Self.lengthMax)
    }
    var reader = PatternReader(pattern, options)
    let node = try reader.read()
    literal = options.ignoresCase ? nil : node.literal
    program = try PatternProgram(node, isByLine: options.isByLine)
  }

  /// Whether some part of `text` matches.
  public func matches(_ text: [UInt8]) -> Bool { matches(text.span) }

  /// Whether some part of `text` matches.
  public func matches(_ text: Span<UInt8>) -> Bool {
    if let literal { return Self.contains(literal, in: text) }
    return program.matches(text)
  }

  /// Finds the first byte at memory speed and compares from there.
  private static func contains(_ literal: [UInt8], in text: Span<UInt8>) -> Bool {
    guard let first = literal.first else { return true }
    var start = 0
    while let hit = text.firstIndex(of: first, from: start) {
      guard hit + literal.count <= text.count else { return false }
      if text.extracting(hit..<(hit + literal.count)).hasSameBytes(as: literal.span) { return true }
      start = hit + 1
    }
    return false
  }
}

/// A set of bytes.
struct ByteSet: Hashable, Sendable {
  private var low: (UInt64, UInt64) = (0, 0)
  private var high: (UInt64, UInt64) = (0, 0)

  init() {}

  init(_ bytes: some Sequence<UInt8>) { for byte in bytes { insert(byte) } }

  func contains(_ byte: UInt8) -> Bool {
    let word =
      byte < 128 ? (byte < 64 ? low.0 : low.1) : (byte < 192 ? high.0 : high.1)
    return word >> UInt64(byte & 63) & 1 != 0
  }

  mutating func insert(_ byte: UInt8) {
    let bit = UInt64(1) << UInt64(byte & 63)
    switch byte >> 6 {
    case 0: low.0 |= bit
    case 1: low.1 |= bit
    case 2: high.0 |= bit
    default: high.1 |= bit
    }
  }

  mutating func formUnion(_ other: ByteSet) {
    low = (low.0 | other.low.0, low.1 | other.low.1)
    high = (high.0 | other.high.0, high.1 | other.high.1)
  }

  func intersection(_ other: ByteSet) -> ByteSet {
    var result = ByteSet()
    result.low = (low.0 & other.low.0, low.1 & other.low.1)
    result.high = (high.0 & other.high.0, high.1 & other.high.1)
    return result
  }

  var inverted: ByteSet {
    var result = ByteSet()
    result.low = (~low.0, ~low.1)
    result.high = (~high.0, ~high.1)
    return result
  }

  /// With the other case of each letter.
  var bothCases: ByteSet {
    var result = self
    for letter in UInt8(ascii: "a")...UInt8(ascii: "z") {
      if contains(letter) { result.insert(letter - 32) }
      if contains(letter - 32) { result.insert(letter) }
    }
    return result
  }

  static func == (a: ByteSet, b: ByteSet) -> Bool { a.low == b.low && a.high == b.high }

  func hash(into hasher: inout Hasher) {
    hasher.combine(low.0)
    hasher.combine(low.1)
    hasher.combine(high.0)
    hasher.combine(high.1)
  }
}
