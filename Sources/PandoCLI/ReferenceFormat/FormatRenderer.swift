internal import PandoBytes
internal import PandoObjects

/// Puts pieces and values together, with the alignments and conditions that stand among them.
struct FormatRenderer {
  /// An `align` or `if` that waits for its `end`, and what has been printed since.
  private struct Frame {
    enum Kind {
      case top
      case align(width: Int, FormatField.AlignPosition)
      case condition
      /// The part behind `else`, above the frame of its `if`.
      case otherwise
    }

    let kind: Kind
    var output: [UInt8] = []
    var condition = FormatField.Condition.notBlank
    var hasThen = false
    var hasElse = false
    var isSatisfied = false
  }

  private let quoting: ValueQuoting
  private var frames = [Frame(kind: .top)]

  private init(_ quoting: ValueQuoting) { self.quoting = quoting }

  /// Prints one reference. Throws `.invalidInput` when the layout fields do not pair.
  static func render(
    _ template: FormatTemplate, _ values: [FormatValue], quoting: ValueQuoting = .none
  ) throws(PandoError) -> [UInt8] {
    var renderer = FormatRenderer(quoting)
    for piece in template.pieces {
      switch piece {
      case .literal(let bytes): renderer.append(bytes)
      case .atom(let index): try renderer.append(template.atoms[index], values[index].bytes)
      }
    }
    if template.needsColorReset {
      try renderer.append(
        FormatAtom(parsing: Array("color:reset".utf8), colors: true), Array("\u{1b}[m".utf8))
    }
    guard renderer.frames.count == 1 else { throw .input("format: %(end) atom missing") }
    return renderer.frames[0].output
  }

  private var top: Int { frames.count - 1 }

  private mutating func append(_ bytes: [UInt8]) { frames[top].output.append(contentsOf: bytes) }

  private mutating func append(_ atom: FormatAtom, _ value: [UInt8]) throws(PandoError) {
    switch atom.field {
    case .align(let width, let position):
      frames.append(Frame(kind: .align(width: width, position)))
    case .condition(let condition):
      frames.append(Frame(kind: .condition, condition: condition))
    case .then: try then()
    case .otherwise: try otherwise()
    case .end: try end()
    default:
      // What stands inside of another field is quoted with it as a whole.
      if frames.count == 1 {
        quoting.append(value, to: &frames[top].output)
      } else {
        append(value)
      }
    }
  }

  private mutating func then() throws(PandoError) {
    switch frames[top].kind {
    case .condition, .otherwise: break
    case .top, .align: throw .input("format: %(then) atom used without a %(if) atom")
    }
    guard !owner.hasThen else { throw .input("format: %(then) atom used more than once") }
    guard !owner.hasElse else { throw .input("format: %(then) atom used after %(else)") }
    let output = frames[top].output
    frames[top].isSatisfied =
      switch frames[top].condition {
      case .notBlank: output.contains { !Self.isSpace($0) }
      case .equals(let text): output == text
      case .differs(let text): output != text
      }
    frames[top].hasThen = true
    frames[top].output = []
  }

  /// The frame of the innermost `if`.
  private var owner: Frame {
    if case .otherwise = frames[top].kind { return frames[top - 1] }
    return frames[top]
  }

  private mutating func otherwise() throws(PandoError) {
    switch frames[top].kind {
    case .condition, .otherwise: break
    case .top, .align: throw .input("format: %(else) atom used without a %(if) atom")
    }
    guard owner.hasThen else { throw .input("format: %(else) atom used without a %(then) atom") }
    guard !owner.hasElse else { throw .input("format: %(else) atom used more than once") }
    frames[top].hasElse = true
    frames.append(Frame(kind: .otherwise))
  }

  private mutating func end() throws(PandoError) {
    guard frames.count > 1 else {
      throw .input("format: %(end) atom used without corresponding atom")
    }
    var frame = frames.removeLast()
    switch frame.kind {
    case .top: break
    case .align(let width, let position):
      frame.output = Self.aligned(frame.output, to: width, position)
    case .condition:
      guard frame.hasThen else {
        throw .input("format: %(if) atom used without a %(then) atom")
      }
      if !frame.isSatisfied { frame.output = [] }
    case .otherwise:
      let condition = frames.removeLast()
      if condition.isSatisfied { frame.output = condition.output }
    }
    if frames.count == 1 {
      quoting.append(frame.output, to: &frames[0].output)
    } else {
      append(frame.output)
    }
  }

  /// `text` padded with spaces to so many columns.
  private static func aligned(
    _ text: [UInt8], to width: Int, _ position: FormatField.AlignPosition
  ) -> [UInt8] {
    let missing = width - DisplayWidth.columns(of: text[...])
    guard missing > 0 else { return text }
    let before =
      switch position {
      case .left: 0
      case .middle: missing / 2
      case .right: missing
      }
    return [UInt8](repeating: 32, count: before) + text
      + [UInt8](repeating: 32, count: missing - before)
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
}
