internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStore

/// How `rev-parse` shows words and objects.
struct RevisionPrinter {
  /// How a revision is named.
  enum Form {
    case id
    case asGiven
    case full
    /// Like `full`, as short as it can be; `isStrict` is nil when the settings decide.
    case abbreviated(isStrict: Bool?)
  }

  /// How paths are shown.
  enum PathFormat { case usual, absolute, relative }

  private let context: CommandContext
  var parser: RevisionParser?
  var form = Form.id
  var pathFormat = PathFormat.usual
  /// The digits of IDs cut short: nil for whole ones, an inner nil for as many as it takes.
  var digits: Int??
  var isShellQuoted = false
  var isNegated = false

  init(_ context: CommandContext) { self.context = context }

  var isSymbolic: Bool { if case .id = form { false } else { true } }

  /// A word for a POSIX shell.
  static func shellQuoted(_ word: String) -> String {
    var quoted = "'"
    for character in word.unicodeScalars {
      if character == "'" || character == "!" {
        quoted += "'\\\(character)'"
      } else {
        quoted.unicodeScalars.append(character)
      }
    }
    return quoted + "'"
  }

  func show(_ word: String) throws {
    try context.output.write(isShellQuoted ? Self.shellQuoted(word) + " " : word + "\n")
  }

  /// Shows an object in the form asked for.
  func show(_ id: ObjectID, name: String?, isExcluded: Bool) throws {
    let sign = isExcluded != isNegated ? "^" : ""
    if isSymbolic, let name {
      if case .asGiven = form {
        try show(sign + name)
      } else if let full = try fullName(name) {
        try show(sign + full)
      }
      return
    }
    if let digits, let parser {
      try show(sign + (try parser.abbreviation(of: id, digits: digits)))
    } else {
      try show(sign + id.hex)
    }
  }

  /// The reference that a name stands for; nil when it stands for none, which is then not shown.
  private func fullName(_ name: String) throws -> String? {
    guard let parser else { return nil }
    let found = try parser.references(named: Array(name.utf8))
    guard let first = found.first else { return nil }
    guard found.count == 1 else {
      try context.errors.write("error: refname '\(name)' is ambiguous\n")
      return nil
    }
    guard case .abbreviated(let isStrict) = form else { return first.resolved.text }
    return try shortest(first.resolved, isStrict: isStrict ?? parser.warnsOfAmbiguousNames())
  }

  /// The shortest name that leads to a reference. A strict one leads nowhere else, a loose one is
  /// only tried before the others.
  private func shortest(_ name: ReferenceName, isStrict: Bool) throws -> String {
    guard let parser else { return name.text }
    return try parser.shortestName(of: name, isStrict: isStrict)
  }
}
