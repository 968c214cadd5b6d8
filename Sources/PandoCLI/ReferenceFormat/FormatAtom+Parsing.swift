internal import PandoBytes
internal import PandoObjects

extension FormatAtom {
  /// Reads a field as it stands between the brackets. Throws `.invalidInput` in Git's words.
  init(parsing text: [UInt8], colors: Bool = false) throws(PandoError) {
    let isDereferenced = text.first == UInt8(ascii: "*")
    let rest = isDereferenced ? text.dropFirst() : text[...]
    let shown = String(decoding: text, as: UTF8.self)
    guard !rest.isEmpty else { throw .input("malformed field name: \(shown)") }
    let colon = rest.firstIndex(of: UInt8(ascii: ":"))
    let name = String(decoding: rest[..<(colon ?? rest.endIndex)], as: UTF8.self)
    var argument = colon.map { Array(rest[($0 + 1)...]) }
    if argument?.isEmpty == true { argument = nil }
    self.text = text
    self.isDereferenced = isDereferenced
    let reader = FormatFieldReader(name: name, shown: shown, argument: argument, colors: colors)
    field = try reader.field()
  }
}

extension PandoError {
  static func input(_ message: String) -> PandoError { PandoError(.invalidInput, message) }
}

/// Text that is no colour.
struct UnknownColor: Error {
  let text: String
}

/// Reads the argument of a field.
private struct FormatFieldReader {
  let name: String
  let shown: String
  let argument: [UInt8]?
  let colors: Bool

  var argumentText: String? { argument.map { String(decoding: $0, as: UTF8.self) } }

  func field() throws(PandoError) -> FormatField {
    if let field = try personField() { return field }
    switch name {
    case "refname": return .referenceName(try nameStyle())
    case "symref": return .symbolicTarget(try nameStyle())
    case "objecttype": return try plain(.objectKind)
    case "deltabase": return try plain(.deltaBase)
    case "objectsize":
      if argument == nil { return .objectSize(onDisk: false) }
      guard argumentText == "disk" else { throw unrecognized(name) }
      return .objectSize(onDisk: true)
    case "objectname": return .objectName(try idStyle())
    case "tree": return .tree(try idStyle())
    case "parent": return .parents(try idStyle())
    case "numparent": return .parentCount
    case "object": return .taggedObject
    case "type": return .taggedKind
    case "tag": return .tagName
    case "subject", "body", "trailers", "contents": return .message(try messagePart())
    case "raw":
      if argument == nil { return .raw }
      guard argumentText == "size" else { throw unrecognized(name) }
      return .rawSize
    case "upstream": return .tracking(.upstream, try trackingStyle())
    case "push": return .tracking(.push, try trackingStyle())
    case "flag": return .flag
    case "HEAD": return .head
    case "worktreepath": return .worktreePath
    case "color":
      guard let text = argumentText else {
        throw .input("expected format: %(color:<color>)")
      }
      guard let sequence = ColorScheme.sequence(text) else {
        throw PandoError(
          .invalidInput, "unrecognized color: %(color:\(text))",
          cause: UnknownColor(text: text))
      }
      return .color(colors ? Array(sequence.utf8) : [], isReset: text == "reset")
    case "align": return try align()
    case "if": return .condition(try condition())
    case "then": return .then
    case "else": return .otherwise
    case "end": return .end
    case "rest": throw .input("this command reject atom %(\(shown))")
    default: throw .input("unknown field name: \(shown)")
    }
  }

  private func unrecognized(_ what: String, _ argument: String? = nil) -> PandoError {
    .input("unrecognized %(\(what)) argument: \(argument ?? argumentText ?? "")")
  }

  private func plain(_ field: FormatField) throws(PandoError) -> FormatField {
    guard argument == nil else { throw .input("%(\(name)) does not take arguments") }
    return field
  }

  // MARK: Names

  private func nameStyle() throws(PandoError) -> FormatField.NameStyle {
    guard let text = argumentText else { return .full }
    guard let style = try nameStyle(text) else { throw unrecognized(shown) }
    return style
  }

  private func nameStyle(_ text: String) throws(PandoError) -> FormatField.NameStyle? {
    if text == "short" { return .short }
    for prefix in ["lstrip=", "strip="] where text.hasPrefix(prefix) {
      let number = String(text.dropFirst(prefix.count))
      guard let count = Self.integer(number) else {
        throw .input("Integer value expected refname:lstrip=\(number)")
      }
      return .leftStripped(count)
    }
    guard text.hasPrefix("rstrip=") else { return nil }
    let number = String(text.dropFirst("rstrip=".count))
    guard let count = Self.integer(number) else {
      throw .input("Integer value expected refname:rstrip=\(number)")
    }
    return .rightStripped(count)
  }

  /// A decimal number of 32 bits with a sign at most.
  private static func integer(_ text: String) -> Int? { Int32(text).map(Int.init) }

  private func idStyle() throws(PandoError) -> FormatField.IDStyle {
    guard let text = argumentText else { return .full }
    if text == "short" { return .short(nil) }
    guard text.hasPrefix("short=") else { throw unrecognized(shown) }
    let number = String(text.dropFirst("short=".count))
    guard let digits = Self.integer(number), digits > 0 else {
      throw .input("positive value expected '\(number)' in %(\(shown))")
    }
    return .short(max(digits, ObjectIDPrefix.digitsMin))
  }

  private func trackingStyle() throws(PandoError) -> FormatField.TrackingStyle {
    guard let text = argumentText else { return .name(.full) }
    var style: FormatField.TrackingStyle?
    var brackets = true
    for word in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
      switch word {
      case "track": style = .track(brackets: true)
      case "trackshort": style = .shortTrack
      case "nobracket": brackets = false
      case "remotename": style = .remoteName
      case "remoteref": style = .remoteReference
      default:
        guard let name = try nameStyle(word) else { throw unrecognized(shown) }
        style = .name(name)
      }
    }
    if case .track = style { return .track(brackets: brackets) }
    return style ?? .name(.full)
  }

  // MARK: People

  private func personField() throws(PandoError) -> FormatField? {
    for person in FormatField.Person.allCases where name.hasPrefix(person.rawValue) {
      switch name.dropFirst(person.rawValue.count) {
      case "": return .person(person, .line)
      case "date": return .person(person, .date(FieldDate(argumentText)))
      case "name" where person != .creator: return .person(person, .name)
      case "email" where person != .creator:
        switch argumentText {
        case nil: return .person(person, .email(.raw))
        case "trim": return .person(person, .email(.trimmed))
        case "localpart": return .person(person, .email(.localPart))
        case let text?: throw .input("unrecognized email option: \(text)")
        }
      default: return nil
      }
    }
    return nil
  }

  // MARK: Messages

  private func messagePart() throws(PandoError) -> FormatField.MessagePart {
    switch name {
    case "subject":
      if argument == nil { return .subject(sanitized: false) }
      guard argumentText == "sanitize" else { throw unrecognized(name) }
      return .subject(sanitized: true)
    case "body":
      guard argument == nil else { throw .input("%(body) does not take arguments") }
      return .rest
    case "trailers": return .trailers(try TrailerFormat(parsing: argument ?? []))
    default: return try contentsPart()
    }
  }

  private func contentsPart() throws(PandoError) -> FormatField.MessagePart {
    guard let argument, let text = argumentText else { return .whole }
    switch text {
    case "body": return .body
    case "size": return .size
    case "signature": return .signature
    case "subject": return .subject(sanitized: false)
    case "trailers": return .trailers(try TrailerFormat(parsing: []))
    default: break
    }
    if text.hasPrefix("trailers:") {
      return .trailers(
        try TrailerFormat(parsing: Array(argument.dropFirst("trailers:".utf8.count))))
    }
    guard text.hasPrefix("lines=") else { throw unrecognized(name) }
    let number = String(text.dropFirst("lines=".count))
    guard let count = UInt32(number).map(Int.init) else {
      throw .input("positive value expected contents:lines=\(number)")
    }
    return .lines(count)
  }

  // MARK: Layout

  private func align() throws(PandoError) -> FormatField {
    guard let text = argumentText else {
      throw .input("expected format: %(align:<width>,<position>)")
    }
    var width: Int?
    var position = FormatField.AlignPosition.left
    for word in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
      if word.hasPrefix("position=") {
        let value = String(word.dropFirst("position=".count))
        guard let named = FormatField.AlignPosition(rawValue: value) else {
          throw .input("unrecognized position:\(value)")
        }
        position = named
      } else if word.hasPrefix("width=") {
        let value = String(word.dropFirst("width=".count))
        guard let count = Self.width(value) else { throw .input("unrecognized width:\(value)") }
        width = count
      } else if let count = Self.width(word) {
        width = count
      } else if let named = FormatField.AlignPosition(rawValue: word) {
        position = named
      } else {
        throw unrecognized(name, word)
      }
    }
    guard let width else { throw .input("positive width expected with the %(align) atom") }
    return .align(width: width, position)
  }

  /// Spaces are made up to the width, so that it has a limit.
  private static func width(_ text: String) -> Int? {
    UInt32(text).flatMap { $0 <= 1 << 20 ? Int($0) : nil }
  }

  private func condition() throws(PandoError) -> FormatField.Condition {
    guard let argument, let text = argumentText else { return .notBlank }
    if text.hasPrefix("equals=") { return .equals(Array(argument.dropFirst(7))) }
    if text.hasPrefix("notequals=") { return .differs(Array(argument.dropFirst(10))) }
    throw unrecognized(name)
  }
}
