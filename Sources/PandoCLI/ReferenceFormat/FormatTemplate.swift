internal import PandoBytes
internal import PandoObjects

/// A format string taken apart: text that is printed as it is, and fields in `%(…)`.
///
/// `%%` is a percent sign and `%xx` the byte with that hexadecimal number. Source:
/// git-for-each-ref, "--format".
struct FormatTemplate: Sendable {
  /// One piece.
  enum Piece: Sendable {
    case literal([UInt8])
    /// The place of a field in `atoms`.
    case atom(Int)
  }

  /// The pieces in their order.
  private(set) var pieces: [Piece] = []
  /// The fields used, each once.
  private(set) var atoms: [FormatAtom] = []
  /// Whether colours are on and the last one set is not taken back by the format itself.
  private(set) var needsColorReset = false

  /// A field that is opened and not closed; the rest of the format from there.
  struct Unclosed: Error {
    let rest: String
  }

  /// Takes a format apart. Throws `Unclosed`, or a `PandoError` in Git's words.
  init(parsing format: [UInt8], colors: Bool = false) throws {
    var position = 0
    var literal: [UInt8] = []
    while position < format.count {
      let byte = format[position]
      guard byte == UInt8(ascii: "%"), position + 1 < format.count else {
        literal.append(byte)
        position += 1
        continue
      }
      if format[position + 1] == UInt8(ascii: "(") {
        let rest = format[position...]
        guard let close = rest.firstIndex(of: UInt8(ascii: ")")) else {
          throw Unclosed(rest: String(decoding: rest, as: UTF8.self))
        }
        if !literal.isEmpty { pieces.append(.literal(literal)) }
        literal = []
        let atom = try FormatAtom(parsing: Array(format[(position + 2)..<close]), colors: colors)
        if case .color(_, let isReset) = atom.field { needsColorReset = colors && !isReset }
        pieces.append(.atom(place(of: atom)))
        position = close + 1
        continue
      }
      position += Self.escape(format[position...], &literal)
    }
    if !literal.isEmpty { pieces.append(.literal(literal)) }
  }

  private mutating func place(of atom: FormatAtom) -> Int {
    if let index = atoms.firstIndex(of: atom) { return index }
    atoms.append(atom)
    return atoms.count - 1
  }

  /// Appends what a percent sign and the bytes after it stand for; how many were used.
  private static func escape(_ text: ArraySlice<UInt8>, _ literal: inout [UInt8]) -> Int {
    let next = text.dropFirst()
    if next.first == UInt8(ascii: "%") {
      literal.append(UInt8(ascii: "%"))
      return 2
    }
    if let high = next.first.flatMap(Hex.value), let low = next.dropFirst().first.flatMap(Hex.value)
    {
      literal.append(high << 4 | low)
      return 3
    }
    literal.append(UInt8(ascii: "%"))
    return 1
  }
}
