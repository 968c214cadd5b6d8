public import PandoBytes

/// The text of one revision taken apart by Git's grammar; nothing is looked up.
///
/// Taking apart is linear in the text, without recursion, so that hostile text costs no more than
/// its length. Source: gitrevisions(7).
public struct RevisionExpression: Hashable, Sendable {
  /// The shapes that a revision's text can have.
  public enum Form: Hashable, Sendable {
    /// A name and steps from it: `main~3^2^{tree}`.
    case chain(Chain)
    /// What a tree has at a path: `main:Docs/guide`.
    case path(Chain, [UInt8])
    /// What the index has at a path: `:path`, `:2:path`.
    case staged(stage: Int, path: [UInt8])
    /// The youngest commit that any reference leads to whose message matches: `:/text`.
    case search([UInt8])
  }

  /// A name and the steps that lead on from what it names.
  public struct Chain: Hashable, Sendable {
    /// The chain as written.
    public let text: [UInt8]
    /// The name, of which a selector such as `@{2}` is still part.
    public let base: [UInt8]
    /// The steps, the first one next to the name.
    public let steps: [Step]
  }

  /// One step, and where it ends in the chain's text.
  public struct Step: Hashable, Sendable {
    /// What a step does.
    public enum Kind: Hashable, Sendable {
      /// `^n`: the n-th parent; 0 is the commit itself.
      case parent(Int)
      /// `~n`: n times the first parent.
      case ancestor(Int)
      /// `^{}`: through tags to something that is none.
      case untag
      /// `^{object}`: the object, which must exist.
      case existing
      /// `^{commit}` and its like: through tags and commits to that kind.
      case peel(ObjectKindName)
      /// `^{/text}`: the youngest commit from there whose message matches.
      case search([UInt8])
    }

    /// What the step does.
    public let kind: Kind
    /// The count of the chain's bytes up to the step's end.
    public let end: Int
  }

  /// The kinds of object that a step can ask for.
  public enum ObjectKindName: String, Hashable, Sendable, CaseIterable {
    case commit, tag, tree, blob
  }

  /// The shape found.
  public let form: Form

  /// Takes `bytes` apart. Throws for a count of steps above 2,147,483,647, as Git has it; all other
  /// text has a form, though it may name nothing.
  public init(parsing bytes: Span<UInt8>) throws(ParseError) {
    let text = [UInt8](copying: bytes)
    if text.first == UInt8(ascii: ":") {
      form = Self.colonForm(text)
    } else if let colon = Self.colonOutsideBraces(text) {
      form = .path(try Self.chain(Array(text[..<colon])), Array(text[(colon + 1)...]))
    } else {
      form = .chain(try Self.chain(text))
    }
  }

  private static func colonForm(_ text: [UInt8]) -> Form {
    if text.count > 2, text[1] == UInt8(ascii: "/") { return .search(Array(text[2...])) }
    if text.count >= 3, text[2] == UInt8(ascii: ":"), (48...51).contains(text[1]) {
      return .staged(stage: Int(text[1]) - 48, path: Array(text[3...]))
    }
    return .staged(stage: 0, path: Array(text[1...]))
  }

  private static func colonOutsideBraces(_ text: [UInt8]) -> Int? {
    var depth = 0
    for (index, byte) in text.enumerated() {
      if byte == UInt8(ascii: "{") {
        depth += 1
      } else if depth > 0 {
        if byte == UInt8(ascii: "}") { depth -= 1 }
      } else if byte == UInt8(ascii: ":") {
        return index
      }
    }
    return nil
  }

  private static func chain(_ text: [UInt8]) throws(ParseError) -> Chain {
    var steps: [Step] = []
    var end = text.count
    while let step = try lastStep(text, end: end) {
      steps.append(Step(kind: step.kind, end: end))
      end = step.start
    }
    steps.reverse()
    return Chain(text: text, base: Array(text[..<end]), steps: steps)
  }

  private static func lastStep(
    _ text: [UInt8], end: Int
  ) throws(ParseError) -> (kind: Step.Kind, start: Int)? {
    var start = end
    while start > 0, (48...57).contains(text[start - 1]) { start -= 1 }
    if start > 0 {
      let mark = text[start - 1]
      if mark == UInt8(ascii: "^") || mark == UInt8(ascii: "~") {
        let count = start == end ? 1 : try number(text[start..<end])
        return (mark == UInt8(ascii: "^") ? .parent(count) : .ancestor(count), start - 1)
      }
    }
    return bracedStep(text, end: end)
  }

  private static func number(_ digits: ArraySlice<UInt8>) throws(ParseError) -> Int {
    var value = 0
    for digit in digits {
      value = value * 10 + Int(digit) - 48
      guard value <= Int32.max else {
        throw ParseError("revision", "count of steps too large", at: digits.startIndex)
      }
    }
    return value
  }

  /// Only the last `^{` counts, whatever braces a pattern may hold.
  private static func bracedStep(
    _ text: [UInt8], end: Int
  ) -> (kind: Step.Kind, start: Int)? {
    guard end >= 4, text[end - 1] == UInt8(ascii: "}") else { return nil }
    var open = end - 1
    while open > 0 {
      if text[open] == UInt8(ascii: "{"), text[open - 1] == UInt8(ascii: "^") { break }
      open -= 1
    }
    guard open > 0 else { return nil }
    let inner = text[(open + 1)..<end]
    let kind: Step.Kind
    if inner.first == UInt8(ascii: "/") {
      kind = .search(Array(inner.dropFirst().dropLast()))
    } else if inner.first == UInt8(ascii: "}") {
      kind = .untag
    } else if inner.starts(with: "object}".utf8) {
      kind = .existing
    } else if let name = ObjectKindName.allCases.first(where: {
      inner.starts(with: "\($0.rawValue)}".utf8)
    }) {
      kind = .peel(name)
    } else {
      return nil
    }
    return (kind, open - 1)
  }
}
