internal import PandoBytes
internal import PandoObjects
internal import PandoStore

/// Expands the placeholders of a format for one commit. Source: git-log, "PRETTY FORMATS".
struct PlaceholderExpander {
  /// How the next placeholder is brought to a width.
  private struct Padding {
    enum Side { case right, left, both, leftAndSteal }
    enum Cut { case none, left, middle, right }
    let side: Side
    /// Columns, or up to which column when negative.
    let width: Int
    let cut: Cut
  }

  private let printer: CommitPrinter
  private let commit: PrintedCommit
  private let message: CommitMessageText
  private var output: [UInt8] = []
  private var padding: Padding?
  private var usesColors = false
  private var wrap = (width: 0, first: 0, others: 0)
  private var wrapStart = 0

  init(printer: CommitPrinter, commit: PrintedCommit) {
    self.printer = printer
    self.commit = commit
    message = CommitMessageText(commit.body)
  }

  /// Formats are at most this deep in text made from them.
  private static let widthMax = 16 * 1024

  func text(_ format: String) throws -> [UInt8] {
    var expander = self
    try expander.expand(Array(format.utf8))
    return TextEncoding.encode(expander.output, to: printer.style.encoding)
  }

  private mutating func expand(_ format: [UInt8]) throws {
    var rest = format[...]
    while let percent = rest.firstIndex(of: UInt8(ascii: "%")) {
      output.append(contentsOf: rest[..<percent])
      rest = rest[(percent + 1)...]
      if rest.first == UInt8(ascii: "%") {
        output.append(UInt8(ascii: "%"))
        rest = rest.dropFirst()
        continue
      }
      let taken = try item(rest)
      if taken == 0 { output.append(UInt8(ascii: "%")) }
      rest = rest.dropFirst(taken)
    }
    output.append(contentsOf: rest)
    rewrap(0, 0, 0)
  }

  /// One placeholder, with a sign before it that depends on whether it says anything; how many
  /// bytes it took, 0 when it means nothing.
  private mutating func item(_ rest: ArraySlice<UInt8>) throws -> Int {
    let sign = rest.first ?? 0
    let isMagic = sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") || sign == 32
    let body = isMagic ? rest.dropFirst() : rest
    if isMagic, body.first == UInt8(ascii: "w") { return 0 }
    let start = output.count
    let taken: Int
    if let padding { taken = try padded(body, padding) } else { taken = try one(body) }
    guard isMagic else { return taken }
    if output.count == start {
      if sign == UInt8(ascii: "-") { while output.last == 10 { output.removeLast() } }
    } else if sign == UInt8(ascii: "+") {
      output.insert(10, at: start)
    } else if sign == 32 {
      output.insert(32, at: start)
    }
    return taken + 1
  }

  // MARK: Widths

  private mutating func padded(_ rest: ArraySlice<UInt8>, _ padding: Padding) throws -> Int {
    let before = output
    var width = padding.width
    if width < 0 {
      let line = before.lastIndex(of: 10) ?? 0
      width = -width - DisplayWidth.columns(of: before[line...])
    }
    output = []
    var rest = rest
    var taken = 0
    while true {
      let isColor = rest.first == UInt8(ascii: "C")
      let count = try one(rest)
      taken += count
      rest = rest.dropFirst(count)
      guard isColor, rest.first == UInt8(ascii: "%") else { break }
      rest = rest.dropFirst()
      taken += 1
    }
    var piece = output
    output = before
    self.padding = nil
    let length = DisplayWidth.columns(of: piece[...])
    var side = padding.side
    if side == .leftAndSteal {
      while length > width, output.count > 1, output.last == 32 {
        output.removeLast()
        width += 1
      }
      side = .left
    }
    if length > width {
      let cut = length - (width - 2)
      switch padding.cut {
      case .none: break
      case .left: piece = DisplayWidth.replacing(piece, from: 0, width: cut, with: "..")
      case .middle:
        piece = DisplayWidth.replacing(piece, from: width / 2 - 1, width: cut, with: "..")
      case .right: piece = DisplayWidth.replacing(piece, from: width - 2, width: cut, with: "..")
      }
      output.append(contentsOf: piece)
      return taken
    }
    let total = width - length
    let left = side == .left ? total : side == .both ? total / 2 : 0
    output.append(contentsOf: repeatElement(32, count: left))
    output.append(contentsOf: piece)
    output.append(contentsOf: repeatElement(32, count: total - left))
    return taken
  }

  private mutating func readPadding(_ rest: ArraySlice<UInt8>) -> Int {
    var text = rest.dropFirst()
    var side = rest.first == UInt8(ascii: "<") ? Padding.Side.right : .left
    if side == .left, text.first == UInt8(ascii: "<") {
      side = .both
      text = text.dropFirst()
    } else if side == .left, text.first == UInt8(ascii: ">") {
      side = .leftAndSteal
      text = text.dropFirst()
    }
    let isColumn = text.first == UInt8(ascii: "|")
    if isColumn { text = text.dropFirst() }
    guard text.first == UInt8(ascii: "("), let close = text.firstIndex(of: UInt8(ascii: ")")) else {
      return 0
    }
    let fields = text[(text.startIndex + 1)..<close].split(
      separator: UInt8(ascii: ","), maxSplits: 1, omittingEmptySubsequences: false)
    let digits = String(decoding: fields[0], as: UTF8.self)
    guard let width = Int(digits.drop { $0 == " " }), width > 0, width <= Self.widthMax else {
      return 0
    }
    var cut = Padding.Cut.none
    // The width holds even when the rest means nothing.
    padding = Padding(side: side, width: isColumn ? -width : width, cut: cut)
    if fields.count > 1 {
      switch String(decoding: fields[1], as: UTF8.self) {
      case "trunc": cut = .right
      case "ltrunc": cut = .left
      case "mtrunc": cut = .middle
      default: return 0
      }
    }
    padding = Padding(side: side, width: isColumn ? -width : width, cut: cut)
    return close - rest.startIndex + 1
  }

  private mutating func readWrap(_ rest: ArraySlice<UInt8>) -> Int {
    let text = rest.dropFirst()
    guard text.first == UInt8(ascii: "("), let close = text.firstIndex(of: UInt8(ascii: ")")) else {
      return 0
    }
    let inner = String(decoding: text[(text.startIndex + 1)..<close], as: UTF8.self)
    var numbers = [0, 0, 0]
    if !inner.isEmpty {
      let fields = inner.split(separator: ",", omittingEmptySubsequences: false)
      guard fields.count <= 3 else { return 0 }
      for (index, field) in fields.enumerated() {
        guard let number = Int(field.drop { $0 == " " }), number >= 0, number <= Self.widthMax
        else { return 0 }
        numbers[index] = number
      }
    }
    rewrap(numbers[0], numbers[1], numbers[2])
    return close - rest.startIndex + 1
  }

  /// Wraps what was written since the last change of widths, then changes them.
  private mutating func rewrap(_ width: Int, _ first: Int, _ others: Int) {
    guard wrap != (width, first, others) else { return }
    if wrapStart < output.count {
      let tail = Array(output[wrapStart...])
      output.removeSubrange(wrapStart...)
      output.append(
        contentsOf: TextWrapping.wrap(
          tail, width: wrap.width, first: wrap.first, others: wrap.others))
    }
    wrapStart = output.count
    wrap = (width, first, others)
  }

  // MARK: Placeholders

  /// One placeholder without anything around it; the bytes it took, 0 when it means nothing.
  private mutating func one(_ rest: ArraySlice<UInt8>) throws -> Int {
    let second = rest.dropFirst().first ?? 0
    switch rest.first {
    case UInt8(ascii: "n"): output.append(10)
    case UInt8(ascii: "x"):
      guard let high = Hex.value(of: second),
        let low = rest.dropFirst(2).first.flatMap({ Hex.value(of: $0) })
      else { return 0 }
      output.append(high << 4 | low)
      return 3
    case UInt8(ascii: "C"): return try color(rest)
    case UInt8(ascii: "w"): return readWrap(rest)
    case UInt8(ascii: "<"), UInt8(ascii: ">"): return readPadding(rest)
    case UInt8(ascii: "a"): return person(second, header: "author")
    case UInt8(ascii: "c"): return person(second, header: "committer")
    case UInt8(ascii: "g"): return "dDsnNeE".utf8.contains(second) ? 2 : 0
    case UInt8(ascii: "G"): return signature(second)
    case UInt8(ascii: "("): return trailers(rest)
    case UInt8(ascii: "N"): return printer.style.hasNotes ? 1 : 0
    case UInt8(ascii: "S"):
      guard printer.style.showsSource else { return 0 }
      output.append(text: commit.source ?? "")
    default: return try name(rest.first ?? 0) || text(rest.first ?? 0) ? 1 : 0
    }
    return 1
  }

  private mutating func colored(_ text: String) {
    let colors = ColorScheme(isOn: usesColors)
    output.append(text: colors.commit + text + colors.reset)
  }

  private mutating func name(_ sign: UInt8) throws -> Bool {
    switch sign {
    case UInt8(ascii: "H"): colored(commit.id.hex)
    case UInt8(ascii: "h"): colored(try printer.abbreviated(commit.id))
    case UInt8(ascii: "T"): output.append(text: commit.tree.hex)
    case UInt8(ascii: "t"): output.append(text: try printer.abbreviated(commit.tree))
    case UInt8(ascii: "P"): output.append(text: commit.parents.map(\.hex).joined(separator: " "))
    case UInt8(ascii: "p"):
      var names: [String] = []
      for parent in commit.parents { names.append(try printer.abbreviated(parent)) }
      output.append(text: names.joined(separator: " "))
    case UInt8(ascii: "m"):
      output.append(text: commit.sign)
    case UInt8(ascii: "d"), UInt8(ascii: "D"):
      let isWrapped = sign == UInt8(ascii: "d")
      output.append(
        text: printer.decorations?.text(
          commit.id, prefix: isWrapped ? " (" : "", suffix: isWrapped ? ")" : "",
          colors: ColorScheme(isOn: usesColors)) ?? "")
    default: return false
    }
    return true
  }

  private mutating func text(_ sign: UInt8) -> Bool {
    switch sign {
    case UInt8(ascii: "e"): output.append(contentsOf: message.encoding ?? [])
    case UInt8(ascii: "B"): output.append(contentsOf: message.message)
    case UInt8(ascii: "s"): output.append(contentsOf: message.subject)
    case UInt8(ascii: "f"): output.append(contentsOf: message.sanitizedSubject)
    case UInt8(ascii: "b"): output.append(contentsOf: message.paragraphs.body)
    default: return false
    }
    return true
  }

  /// Signatures are not checked: a signed commit is one that cannot be checked.
  private mutating func signature(_ sign: UInt8) -> Int {
    let isSigned = message.headers.contains { $0.starts(with: "gpgsig ".utf8) }
    switch sign {
    case UInt8(ascii: "?"): output.append(text: isSigned ? "E" : "N")
    case UInt8(ascii: "T"): output.append(text: "undefined")
    case UInt8(ascii: "G"), UInt8(ascii: "S"), UInt8(ascii: "K"), UInt8(ascii: "F"),
      UInt8(ascii: "P"):
      break
    default: return 0
    }
    return 2
  }

  private mutating func person(_ sign: UInt8, header: String) -> Int {
    guard let line = message.header(header), let ident = IdentLine(line) else {
      return "netdDri".utf8.contains(sign) ? 2 : 0
    }
    var (name, email) = (ident.name, ident.email)
    if "NEL".utf8.contains(sign),
      let mapped = printer.style.mailmap?.mapped(name: name, email: email)
    {
      (name, email) = mapped
    }
    switch sign {
    case UInt8(ascii: "n"), UInt8(ascii: "N"): output.append(contentsOf: name)
    case UInt8(ascii: "e"), UInt8(ascii: "E"): output.append(contentsOf: email)
    case UInt8(ascii: "l"), UInt8(ascii: "L"):
      output.append(contentsOf: email.prefix { $0 != UInt8(ascii: "@") })
    default: return date(sign, ident)
    }
    return 2
  }

  private mutating func date(_ sign: UInt8, _ ident: IdentLine) -> Int {
    guard let digits = ident.secondsDigits else { return "tdDri".utf8.contains(sign) ? 2 : 0 }
    let format: DateFormat
    switch sign {
    case UInt8(ascii: "t"):
      output.append(contentsOf: digits)
      return 2
    case UInt8(ascii: "d"): format = printer.style.dates
    case UInt8(ascii: "D"): format = .rfc2822
    case UInt8(ascii: "r"): format = .relative
    case UInt8(ascii: "i"): format = .iso
    case UInt8(ascii: "I"): format = .isoStrict
    case UInt8(ascii: "h"): format = DateFormat(.human)
    case UInt8(ascii: "s"): format = .short
    default: return 0
    }
    output.append(text: format.text(of: ident.time, at: printer.parser.source.localTime))
    return 2
  }

  // MARK: Colours

  private mutating func color(_ rest: ArraySlice<UInt8>) throws -> Int {
    let colors = printer.style.colors
    let text = String(decoding: rest.dropFirst(), as: UTF8.self)
    if text.hasPrefix("(auto)") {
      usesColors = colors.isOn
      if usesColors, !output.isEmpty { output.append(text: ColorScheme.reset) }
      return 7
    }
    if text.hasPrefix("("), let close = rest.firstIndex(of: UInt8(ascii: ")")) {
      usesColors = false
      var words = String(decoding: rest[(rest.startIndex + 2)..<close], as: UTF8.self)
      let taken = close - rest.startIndex + 1
      let isAlways = words.hasPrefix("always,")
      if isAlways { words.removeFirst("always,".count) }
      if words.hasPrefix("auto,") { words.removeFirst("auto,".count) }
      guard colors.isOn || isAlways else { return taken }
      guard let sequence = ColorScheme.sequence(words) else {
        throw CommandFailure(
          lines: [
            "error: invalid color value: \(words)",
            "fatal: unable to parse --pretty format",
          ], status: .fatal)
      }
      output.append(text: sequence)
      return taken
    }
    for (word, code) in [("red", "31"), ("green", "32"), ("blue", "34"), ("reset", "")]
    where text.hasPrefix(word) {
      usesColors = false
      if colors.isOn { output.append(text: "\u{1B}[\(code)m") }
      return 1 + word.utf8.count
    }
    return 0
  }

  private mutating func trailers(_ rest: ArraySlice<UInt8>) -> Int {
    guard let (options, taken) = TrailerFormat.read(rest) else { return 0 }
    output.append(contentsOf: options.text(of: message.message[...]))
    return taken
  }
}
