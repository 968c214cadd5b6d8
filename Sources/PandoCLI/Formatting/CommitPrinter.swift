internal import PandoBytes
internal import PandoObjects
internal import PandoStore

/// A commit on its way to be printed.
struct PrintedCommit {
  let id: ObjectID
  let tree: ObjectID
  let parents: [ObjectID]
  let mark: RevisionWalk.Mark
  let body: [UInt8]
  /// The name by which the walk came to it, for `%S`.
  var source: String?

  /// Where the commit is, for `%m`.
  var sign: String {
    switch mark {
    case .boundary: "-"
    case .twin: "="
    case .left: "<"
    case .right: ">"
    }
  }
}

/// Prints commits in git's forms: what stands below the line with the commit's name.
struct CommitPrinter {
  let style: CommitStyle
  let parser: RevisionParser
  let decorations: Decorations?
  /// The digits of names cut short; nil when they are to be found out, so as to say what is wrong.
  private let digits: Int?

  init(style: CommitStyle, parser: RevisionParser, decorations: Decorations?) {
    self.style = style
    self.parser = parser
    self.decorations = decorations
    digits = style.abbreviation ?? (try? parser.configuredDigits())
  }

  /// A name cut short as the style says.
  func abbreviated(_ id: ObjectID, isForced: Bool = true) throws -> String {
    if let digits {
      if digits == 0 { return id.hex }
      return try parser.abbreviation(of: id, digits: digits)
    }
    return try parser.abbreviation(of: id)
  }

  /// The text of a commit, with a line end at its end except in the forms of one line.
  func text(_ commit: PrintedCommit) throws -> [UInt8] {
    switch style.format {
    case .custom(let format, _):
      return try PlaceholderExpander(printer: self, commit: commit).text(format)
    case .email, .mboxrd:
      throw CommandFailure.fatal("--pretty=email is not supported yet")
    default: break
    }
    let message = CommitMessageText(commit.body, output: style.encoding)
    if style.format == .oneline {
      return Array(CommitMessageText.trimmedEnd(message.subject[...]))
    }
    var text: [UInt8] = []
    try appendHeader(of: commit, message, to: &text)
    text.append(10)
    appendBody(message, to: &text)
    while let last = text.last, CommitMessageText.isSpace(last) { text.removeLast() }
    text.append(10)
    return text
  }

  private func appendHeader(
    of commit: PrintedCommit, _ message: CommitMessageText, to text: inout [UInt8]
  ) throws {
    if style.format == .raw {
      for line in message.headers {
        text.append(contentsOf: line)
        text.append(10)
      }
      return
    }
    if commit.parents.count > 1 {
      text.append(text: "Merge:")
      for parent in commit.parents { text.append(text: " \(try abbreviated(parent))") }
      text.append(10)
    }
    for line in message.headers {
      if line.starts(with: "author ".utf8) {
        appendPerson("Author", Array(line.dropFirst(7)), mailmap: style.mailmap, to: &text)
      } else if line.starts(with: "committer ".utf8),
        style.format == .full || style.format == .fuller
      {
        appendPerson("Commit", Array(line.dropFirst(10)), mailmap: style.mailmap, to: &text)
      }
    }
  }

  /// A line with a person, and the date where the form has it.
  func appendPerson(
    _ title: String, _ line: [UInt8], mailmap: Mailmap?, to text: inout [UInt8]
  ) {
    guard style.format != .oneline, let ident = IdentLine(line) else { return }
    let (name, email) =
      mailmap?.mapped(name: ident.name, email: ident.email) ?? (ident.name, ident.email)
    let isFuller = style.format == .fuller
    text.append(text: isFuller ? "\(title):     " : "\(title): ")
    text.append(contentsOf: name)
    text.append(text: " <")
    text.append(contentsOf: email)
    text.append(text: ">\n")
    let date = style.dates.text(of: ident.time, at: parser.source.localTime)
    if isFuller {
      text.append(text: "\(title)Date: \(date)\n")
    } else if style.format == .medium {
      text.append(text: "Date:   \(date)\n")
    }
  }

  private func appendBody(_ message: CommitMessageText, to text: inout [UInt8]) {
    let lines = CommitMessageText.lines(CommitMessageText.withoutBlankLines(message.message))
    for line in lines {
      if line.isEmpty, style.format == .short { break }
      text.append(text: "    ")
      if style.tabWidth > 0 {
        text.append(contentsOf: DisplayWidth.expandingTabs(line, tabWidth: style.tabWidth))
      } else {
        text.append(contentsOf: line)
      }
      text.append(10)
    }
  }
}
