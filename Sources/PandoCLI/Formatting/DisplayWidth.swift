/// How many columns of a terminal text takes.
enum DisplayWidth {
  /// One character of UTF-8 at `start`: its columns, negative for a control character, and its
  /// length; nil for bytes that are no UTF-8.
  static func character(_ text: ArraySlice<UInt8>, at start: Int) -> (columns: Int, count: Int)? {
    let first = text[start]
    if first < 0x80 { return (first < 32 || first == 127 ? (first == 0 ? 0 : -1) : 1, 1) }
    let count = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    guard first >= 0xC2, first < 0xF5, start + count <= text.endIndex else { return nil }
    var value = UInt32(first) & (0x7F >> UInt32(count))
    for byte in text[(start + 1)..<(start + count)] {
      guard byte & 0xC0 == 0x80 else { return nil }
      value = value << 6 | UInt32(byte & 0x3F)
    }
    guard Unicode.Scalar(value) != nil, value >= [0, 0, 0x80, 0x800, 0x10000][count] else {
      return nil
    }
    return (columns(value), count)
  }

  private static func columns(_ value: UInt32) -> Int {
    if value < 0xA0 { return -1 }
    if zeroWidth.contains(where: { $0.contains(value) }) { return 0 }
    return doubleWidth.contains { $0.contains(value) } ? 2 : 1
  }

  /// Combining marks and invisible signs, by block.
  private static let zeroWidth: [ClosedRange<UInt32>] = [
    0xAD...0xAD, 0x300...0x36F, 0x483...0x489, 0x591...0x5BD, 0x5BF...0x5BF, 0x5C1...0x5C2,
    0x5C4...0x5C5, 0x5C7...0x5C7, 0x600...0x605, 0x610...0x61A, 0x61C...0x61C, 0x64B...0x65F,
    0x670...0x670, 0x6D6...0x6DD, 0x6DF...0x6E4, 0x6E7...0x6E8, 0x6EA...0x6ED, 0x900...0x902,
    0x93A...0x93A, 0x93C...0x93C, 0x941...0x948, 0x94D...0x94D, 0xE31...0xE31, 0xE34...0xE3A,
    0xE47...0xE4E, 0x1160...0x11FF, 0x1AB0...0x1ACE, 0x1DC0...0x1DFF, 0x200B...0x200F,
    0x202A...0x202E, 0x2060...0x2064, 0x2066...0x206F, 0x20D0...0x20F0, 0x302A...0x302D,
    0x3099...0x309A, 0xFE00...0xFE0F, 0xFE20...0xFE2F, 0xFEFF...0xFEFF, 0xFFF9...0xFFFB,
    0xE0001...0xE0001, 0xE0020...0xE007F, 0xE0100...0xE01EF,
  ]

  /// East Asian wide characters and pictures, by block.
  private static let doubleWidth: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x231A...0x231B, 0x2329...0x232A, 0x23E9...0x23EC, 0x23F0...0x23F0,
    0x23F3...0x23F3, 0x25FD...0x25FE, 0x2614...0x2615, 0x2648...0x2653, 0x267F...0x267F,
    0x2693...0x2693, 0x26A1...0x26A1, 0x26AA...0x26AB, 0x26BD...0x26BE, 0x26C4...0x26C5,
    0x26CE...0x26CE, 0x26D4...0x26D4, 0x26EA...0x26EA, 0x26F2...0x26F3, 0x26F5...0x26F5,
    0x26FA...0x26FA, 0x26FD...0x26FD, 0x2705...0x2705, 0x270A...0x270B, 0x2728...0x2728,
    0x274C...0x274C, 0x274E...0x274E, 0x2753...0x2755, 0x2757...0x2757, 0x2795...0x2797,
    0x27B0...0x27B0, 0x27BF...0x27BF, 0x2B1B...0x2B1C, 0x2B50...0x2B50, 0x2B55...0x2B55,
    0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97C,
    0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6B, 0xFF01...0xFF60,
    0xFFE0...0xFFE6, 0x16FE0...0x18AFF, 0x1B000...0x1B2FB, 0x1F004...0x1F004, 0x1F0CF...0x1F0CF,
    0x1F18E...0x1F18E, 0x1F191...0x1F19A, 0x1F200...0x1F320, 0x1F32D...0x1F335,
    0x1F337...0x1F37C, 0x1F37E...0x1F393, 0x1F3A0...0x1F3CA, 0x1F3CF...0x1F3D3,
    0x1F3E0...0x1F3F0, 0x1F3F4...0x1F3F4, 0x1F3F8...0x1F43E, 0x1F440...0x1F440,
    0x1F442...0x1F4FC, 0x1F4FF...0x1F53D, 0x1F54B...0x1F54E, 0x1F550...0x1F567,
    0x1F57A...0x1F57A, 0x1F595...0x1F596, 0x1F5A4...0x1F5A4, 0x1F5FB...0x1F64F,
    0x1F680...0x1F6C5, 0x1F6CC...0x1F6CC, 0x1F6D0...0x1F6D2, 0x1F6D5...0x1F6D7,
    0x1F6DD...0x1F6DF, 0x1F6EB...0x1F6EC, 0x1F6F4...0x1F6FC, 0x1F7E0...0x1F7EB,
    0x1F90C...0x1F93A, 0x1F93C...0x1F945, 0x1F947...0x1F9FF, 0x1FA70...0x1FAF6,
    0x20000...0x3FFFD,
  ]

  /// The length of an escape sequence that sets colours at `start`, or 0.
  static func escapeLength(_ text: ArraySlice<UInt8>, at start: Int) -> Int {
    guard start + 1 < text.endIndex, text[start] == 27, text[start + 1] == UInt8(ascii: "[") else {
      return 0
    }
    var end = start + 2
    while end < text.endIndex, (48...57).contains(text[end]) || text[end] == UInt8(ascii: ";") {
      end += 1
    }
    guard end < text.endIndex, text[end] == UInt8(ascii: "m") else { return 0 }
    return end - start + 1
  }

  /// The columns of a text, colours left out; its length in bytes when it is no UTF-8.
  static func columns(of text: ArraySlice<UInt8>) -> Int {
    var width = 0
    var position = text.startIndex
    while position < text.endIndex {
      let escape = escapeLength(text, at: position)
      if escape > 0 {
        position += escape
        continue
      }
      guard let (columns, count) = character(text, at: position) else { return text.count }
      width += max(0, columns)
      position += count
    }
    return width
  }

  /// `text` with the columns from `start` on, `width` of them, replaced.
  static func replacing(
    _ text: [UInt8], from start: Int, width: Int, with replacement: String
  ) -> [UInt8] {
    var result: [UInt8] = []
    var column = 0
    var position = 0
    var isReplaced = false
    while position < text.count {
      let escape = escapeLength(text[...], at: position)
      if escape > 0 {
        result.append(contentsOf: text[position..<(position + escape)])
        position += escape
        continue
      }
      guard let (columns, count) = character(text[...], at: position) else { return text }
      if column >= start, column < start + width {
        if !isReplaced { result.append(contentsOf: replacement.utf8) }
        isReplaced = true
      } else {
        result.append(contentsOf: text[position..<(position + count)])
      }
      column += max(0, columns)
      position += count
    }
    return result
  }

  /// A line with its tabs replaced by spaces up to the next column that is a multiple of
  /// `tabWidth`; from the first tab on that cannot be measured, tabs stay.
  static func expandingTabs(_ line: ArraySlice<UInt8>, tabWidth: Int) -> [UInt8] {
    var result: [UInt8] = []
    var rest = line
    while let tab = rest.firstIndex(of: 9) {
      var width = 0
      var position = rest.startIndex
      while position < tab {
        guard let (columns, count) = character(rest[..<tab], at: position), columns >= 0 else {
          return result + rest
        }
        width += columns
        position += count
      }
      result.append(contentsOf: rest[..<tab])
      result.append(contentsOf: repeatElement(32, count: tabWidth - width % tabWidth))
      rest = rest[(tab + 1)...]
    }
    return result + rest
  }
}
