/// Wraps text at a width, as `%w()` of a format asks for.
enum TextWrapping {
  /// Wraps `text`; the first line is indented by `first` columns, the others by `others`. A width
  /// of 0 or less only indents.
  static func wrap(_ text: [UInt8], width: Int, first: Int, others: Int) -> [UInt8] {
    if width <= 0 { return indent(text, first: first, others: others) }
    return wrap(text, width, first, others, isUTF8: true)
      ?? wrap(text, width, first, others, isUTF8: false) ?? text
  }

  private static func indent(_ text: [UInt8], first: Int, others: Int) -> [UInt8] {
    var result: [UInt8] = []
    var indent = max(0, first)
    var position = 0
    while position < text.count {
      let end = text[position...].firstIndex(of: 10).map { $0 + 1 } ?? text.count
      result.append(contentsOf: repeatElement(32, count: indent))
      result.append(contentsOf: text[position..<end])
      position = end
      indent = others
    }
    return result
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
  }

  /// Nil when the text is no UTF-8 and was taken for it.
  private static func wrap(
    _ text: [UInt8], _ width: Int, _ first: Int, _ others: Int, isUTF8: Bool
  ) -> [UInt8]? {
    var result: [UInt8] = []
    var position = 0
    var lineStart = 0
    var indent = first
    var column = first
    // Where the last break could be; what stands before it has been written.
    var space: Int?
    func byte(_ index: Int) -> UInt8? { index < text.count ? text[index] : nil }
    while true {
      while position < text.count {
        let escape = DisplayWidth.escapeLength(text[...], at: position)
        if escape == 0 { break }
        position += escape
      }
      let next = byte(position)
      guard next == nil || CommitMessageText.isSpace(next ?? 0) else {
        if isUTF8 {
          guard let (columns, count) = DisplayWidth.character(text[...], at: position) else {
            return nil
          }
          column += max(0, columns)
          position += count
        } else {
          column += 1
          position += 1
        }
        continue
      }
      var breaksLine = column > width && space != nil
      if !breaksLine {
        if next == nil, position == lineStart { return result }
        if let space {
          result.append(contentsOf: text[space..<position])
        } else {
          result.append(contentsOf: repeatElement(32, count: max(0, indent)))
          result.append(contentsOf: text[lineStart..<position])
        }
        guard let next else { return result }
        space = position
        if next == 9 {
          column |= 7
        } else if next == 10 {
          space = position + 1
          let following = byte(position + 1)
          if following == 10 {
            result.append(10)
            breaksLine = true
          } else if !isAlphanumeric(following ?? 0) {
            breaksLine = true
          } else {
            result.append(32)
          }
        }
        if !breaksLine {
          column += 1
          position += 1
        }
      }
      if breaksLine {
        result.append(10)
        let at = space ?? position
        lineStart = at + (byte(at).map(CommitMessageText.isSpace) == true ? 1 : 0)
        position = lineStart
        space = nil
        indent = others
        column = others
      }
    }
  }
}
