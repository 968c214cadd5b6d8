internal import PandoBytes

/// A line's layout: bytes that stay and `%(atom)`s that are replaced.
struct PercentFormat<Atom: Sendable>: Sendable {
  /// A part of the layout.
  enum Piece: Sendable {
    case literal([UInt8])
    case atom(Atom)
  }

  /// Why a layout cannot be read; each command has its own words for it.
  enum Fault: Error {
    /// `%` without `(`, and what follows it.
    case unopened(String)
    /// `%(` without `)`, from the parenthesis on.
    case unclosed(String)
    /// The name of an atom that does not exist.
    case unknown(String)
  }

  /// The parts in their order.
  private(set) var pieces: [Piece] = []

  /// Reads a layout; `%%` stands for `%`.
  ///
  /// - Parameters:
  ///   - isStrict: whether `%n` and `%x41` stand for bytes and any other `%` is an error; else it
  ///     stays as it is.
  ///   - atom: the atom of that name, or nil.
  init(
    _ text: [UInt8], isStrict: Bool, atom: (String) -> Atom?
  ) throws(Fault) {
    var literal: [UInt8] = []
    var index = 0
    while index < text.count {
      let byte = text[index]
      index += 1
      guard byte == UInt8(ascii: "%") else {
        literal.append(byte)
        continue
      }
      let rest = text[index...]
      if rest.first == UInt8(ascii: "%") {
        literal.append(byte)
        index += 1
      } else if isStrict, let (value, length) = Self.escape(rest) {
        literal.append(value)
        index += length
      } else if rest.first == UInt8(ascii: "(") {
        guard let close = rest.firstIndex(of: UInt8(ascii: ")")) else {
          throw .unclosed(String(decoding: rest, as: UTF8.self))
        }
        let name = String(decoding: text[(index + 1)..<close], as: UTF8.self)
        guard let found = atom(name) else { throw .unknown(name) }
        if !literal.isEmpty { pieces.append(.literal(literal)) }
        literal = []
        pieces.append(.atom(found))
        index = close + 1
      } else if isStrict {
        throw .unopened(String(decoding: rest, as: UTF8.self))
      } else {
        literal.append(byte)
      }
    }
    if !literal.isEmpty { pieces.append(.literal(literal)) }
  }

  /// The byte that `n` or `x41` stands for, and how long the escape is.
  private static func escape(_ text: ArraySlice<UInt8>) -> (value: UInt8, length: Int)? {
    if text.first == UInt8(ascii: "n") { return (UInt8(ascii: "\n"), 1) }
    let digits = text.dropFirst().prefix(2).compactMap { Hex.value(of: $0) }
    guard text.first == UInt8(ascii: "x"), digits.count == 2 else { return nil }
    return (digits[0] << 4 | digits[1], 3)
  }
}
