internal import PandoObjects

/// Git's shell-like patterns: `*`, `?`, `[…]` and `\`, where a slash is matched by a slash or by
/// `**` alone.
///
/// Source: gitignore, "PATTERN FORMAT", and POSIX bracket expressions. Time is at most the product
/// of both lengths.
public struct Glob: Sendable, Hashable {
  private let pattern: [UInt8]
  private let ignoresCase: Bool
  private let crossesSlashes: Bool

  /// Makes a pattern.
  ///
  /// - Parameter crossesSlashes: whether `*`, `?` and brackets match slashes too.
  public init(_ pattern: [UInt8], ignoresCase: Bool = false, crossesSlashes: Bool = false) {
    self.pattern = pattern
    self.ignoresCase = ignoresCase
    self.crossesSlashes = crossesSlashes
  }

  /// Makes a pattern.
  public init(_ pattern: String, ignoresCase: Bool = false, crossesSlashes: Bool = false) {
    self.init(Array(pattern.utf8), ignoresCase: ignoresCase, crossesSlashes: crossesSlashes)
  }

  private static let slash = UInt8(ascii: "/")
  private static let star = UInt8(ascii: "*")

  private func folded(_ byte: UInt8) -> UInt8 {
    ignoresCase ? ConfigName.lowered(byte) : byte
  }

  /// Whether all of `text` matches.
  public func matches(_ text: [UInt8]) -> Bool {
    // All positions of the pattern that the text so far can have led to; no recursion, so that no
    // pattern takes more than the product of both lengths.
    var states = Positions(count: pattern.count + 1)
    var next = states
    follow(0, &states)
    for byte in text {
      for state in states.list { step(state, byte, &next) }
      if next.list.isEmpty { return false }
      swap(&states, &next)
      next.removeAll()
    }
    return states.contains(pattern.count)
  }

  /// Adds a position, and those that can be reached from it without taking a byte.
  private func follow(_ state: Int, _ states: inout Positions) {
    var state = state
    while states.insert(state), let run = stars(at: state) {
      // `**/` also stands for nothing.
      state = run.needsBoundary ? run.end + 1 : run.end
    }
  }

  /// A run of stars at a position of the pattern.
  private func stars(at state: Int) -> (end: Int, spansDirectories: Bool, needsBoundary: Bool)? {
    guard state < pattern.count, pattern[state] == Self.star else { return nil }
    var end = state
    while end < pattern.count, pattern[end] == Self.star { end += 1 }
    if crossesSlashes { return (end, true, false) }
    let opens = state == 0 || pattern[state - 1] == Self.slash
    let closes = end == pattern.count || pattern[end] == Self.slash
    guard end - state >= 2, opens, closes else { return (end, false, false) }
    return (end, true, end < pattern.count)
  }

  /// Takes one byte from a position.
  private func step(_ state: Int, _ byte: UInt8, _ next: inout Positions) {
    guard state < pattern.count else { return }
    if let run = stars(at: state) {
      guard run.spansDirectories || byte != Self.slash else { return }
      if run.needsBoundary {
        // Whole directories: what follows may begin after a slash.
        _ = next.insert(state)
        if byte == Self.slash { follow(run.end + 1, &next) }
      } else {
        follow(state, &next)
      }
      return
    }
    switch pattern[state] {
    case UInt8(ascii: "?"):
      if byte != Self.slash || crossesSlashes { follow(state + 1, &next) }
    case UInt8(ascii: "["):
      guard let (isMember, end) = bracket(at: state, byte) else { return }
      if isMember, byte != Self.slash || crossesSlashes {
        follow(end, &next)
      }
    case UInt8(ascii: "\\"):
      if state + 1 < pattern.count, folded(pattern[state + 1]) == folded(byte) {
        follow(state + 2, &next)
      }
    case let literal:
      if folded(literal) == folded(byte) { follow(state + 1, &next) }
    }
  }

  /// Whether a byte is in the bracket expression at a position, and where that ends; nil when it
  /// does not end.
  private func bracket(at start: Int, _ byte: UInt8) -> (isMember: Bool, end: Int)? {
    var position = start + 1
    var isNegated = false
    if position < pattern.count,
      pattern[position] == UInt8(ascii: "!")
        || pattern[position] == UInt8(ascii: "^")
    {
      isNegated = true
      position += 1
    }
    let byte = folded(byte)
    var isMember = false
    var isFirst = true
    var isClosed = true
    while position < pattern.count {
      var low = pattern[position]
      if low == UInt8(ascii: "]"), !isFirst { return (isMember != isNegated, position + 1) }
      isFirst = false
      if low == UInt8(ascii: "["), isClosed, isClass(at: position) {
        if let (name, end) = characterClass(at: position) {
          isMember = isMember || Self.isMember(byte, name)
          position = end
          continue
        }
        // Nor will another one end; looking once keeps time linear.
        isClosed = false
      }
      if low == UInt8(ascii: "\\"), position + 1 < pattern.count {
        position += 1
        low = pattern[position]
      }
      position += 1
      var high = low
      if position + 1 < pattern.count, pattern[position] == UInt8(ascii: "-"),
        pattern[position + 1] != UInt8(ascii: "]")
      {
        high = pattern[position + 1]
        position += 2
        if high == UInt8(ascii: "\\"), position < pattern.count {
          high = pattern[position]
          position += 1
        }
      }
      isMember = isMember || (folded(low) <= byte && byte <= folded(high))
    }
    return nil
  }

  private func isClass(at start: Int) -> Bool {
    start + 1 < pattern.count && pattern[start + 1] == UInt8(ascii: ":")
  }

  private func characterClass(at start: Int) -> (name: String, end: Int)? {
    var end = start + 2
    while end + 1 < pattern.count {
      if pattern[end] == UInt8(ascii: ":"), pattern[end + 1] == UInt8(ascii: "]") {
        return (String(decoding: pattern[(start + 2)..<end], as: UTF8.self), end + 2)
      }
      end += 1
    }
    return nil
  }

  private static func isMember(_ byte: UInt8, _ name: String) -> Bool {
    let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
    let isLower = byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")
    return switch name {
    case "alnum": isDigit || isUpper || isLower
    case "alpha": isUpper || isLower
    case "blank": byte == 32 || byte == 9
    case "cntrl": byte < 32 || byte == 127
    case "digit": isDigit
    case "graph": byte > 32 && byte < 127
    case "lower": isLower
    case "print": byte >= 32 && byte < 127
    case "punct": byte > 32 && byte < 127 && !(isDigit || isUpper || isLower)
    case "space": byte == 32 || (byte >= 9 && byte <= 13)
    case "upper": isUpper
    case "xdigit": isDigit || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "f"))
    default: false
    }
  }
}

/// Positions in a pattern, each once; emptied in the time that filling took.
private struct Positions {
  private(set) var list: [Int] = []
  private var isIn: [Bool]

  init(count: Int) { isIn = [Bool](repeating: false, count: count) }

  func contains(_ position: Int) -> Bool { isIn[position] }

  mutating func insert(_ position: Int) -> Bool {
    if isIn[position] { return false }
    isIn[position] = true
    list.append(position)
    return true
  }

  mutating func removeAll() {
    for position in list { isIn[position] = false }
    list.removeAll(keepingCapacity: true)
  }
}
