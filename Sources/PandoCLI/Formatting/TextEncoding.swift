/// Turns text from one encoding into another: UTF-8, ASCII, ISO-8859-1, ISO-8859-15 and
/// Windows-1252. Text in others is left as it is, as git leaves what it cannot convert.
enum TextEncoding {
  private enum Kind { case utf8, ascii, latin1, latin9, windows1252 }

  private static func kind(_ name: String) -> Kind? {
    let plain = name.lowercased().filter { $0 != "-" && $0 != "_" }
    switch plain {
    case "utf8": return .utf8
    case "usascii", "ascii", "ansix3.41968", "646": return .ascii
    case "iso88591", "latin1", "l1", "iso88591:1987": return .latin1
    case "iso885915", "latin9": return .latin9
    case "windows1252", "cp1252": return .windows1252
    default: return nil
    }
  }

  /// Whether both names mean the same.
  static func isSame(_ a: String, _ b: String) -> Bool {
    a.lowercased() == b.lowercased() || kind(a) == .utf8 && kind(b) == .utf8
  }

  /// A commit's body in another encoding, its header about that put right. `encoding` is the
  /// header.
  static func reencode(_ body: [UInt8], from encoding: [UInt8]?, to output: String) -> [UInt8] {
    let source = encoding.map { String(decoding: $0, as: UTF8.self) } ?? "UTF-8"
    if output.isEmpty { return body }
    if isSame(source, output) { return encoding == nil ? body : replacingHeader(body, output) }
    guard let from = kind(source), let to = kind(output), let text = convert(body, from, to) else {
      return body
    }
    return replacingHeader(text, output)
  }

  /// `text` turned from UTF-8 into what `output` names; as it is when that cannot be.
  static func encode(_ text: [UInt8], to output: String) -> [UInt8] {
    guard let to = kind(output), to != .utf8 else { return text }
    return convert(text, .utf8, to) ?? text
  }

  private static func replacingHeader(_ body: [UInt8], _ output: String) -> [UInt8] {
    var position = 0
    while position < body.count {
      let end = body[position...].firstIndex(of: 10) ?? body.count
      if end == position { return body }
      if body[position..<end].starts(with: "encoding ".utf8) {
        let next = min(end + 1, body.count)
        let line = kind(output) == .utf8 ? [] : Array("encoding \(output)\n".utf8)
        return Array(body[..<position]) + line + body[next...]
      }
      position = end + 1
    }
    return body
  }

  private static func convert(_ text: [UInt8], _ from: Kind, _ to: Kind) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    if from == .utf8 {
      guard let valid = String(validating: text, as: UTF8.self) else { return nil }
      for scalar in valid.unicodeScalars {
        guard append(scalar.value, as: to, &result) else { return nil }
      }
      return result
    }
    for byte in text {
      guard let scalar = scalar(byte, from), append(scalar, as: to, &result) else { return nil }
    }
    return result
  }

  private static func scalar(_ byte: UInt8, _ kind: Kind) -> UInt32? {
    if byte < 128 { return UInt32(byte) }
    switch kind {
    case .utf8, .ascii: return nil
    case .latin1: return UInt32(byte)
    case .latin9: return latin9[byte] ?? UInt32(byte)
    case .windows1252:
      guard byte < 0xA0 else { return UInt32(byte) }
      let scalar = windows1252[Int(byte) - 0x80]
      return scalar == 0 ? nil : scalar
    }
  }

  private static let latin9: [UInt8: UInt32] = [
    0xA4: 0x20AC, 0xA6: 0x160, 0xA8: 0x161, 0xB4: 0x17D, 0xB8: 0x17E, 0xBC: 0x152, 0xBD: 0x153,
    0xBE: 0x178,
  ]

  private static let windows1252: [UInt32] = [
    0x20AC, 0, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160, 0x2039, 0x152,
    0, 0x17D, 0, 0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x2DC, 0x2122, 0x161,
    0x203A, 0x153, 0, 0x17E, 0x178,
  ]

  private static func append(_ scalar: UInt32, as kind: Kind, _ result: inout [UInt8]) -> Bool {
    if kind == .utf8 {
      guard let scalar = Unicode.Scalar(scalar) else { return false }
      result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      return true
    }
    if scalar < 128 {
      result.append(UInt8(scalar))
      return true
    }
    for byte in UInt8(128)...255 where self.scalar(byte, kind) == scalar {
      result.append(byte)
      return true
    }
    return false
  }
}
