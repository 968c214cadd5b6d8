internal import PandoBytes
internal import PandoStore

/// Which commits `--grep`, `--author` and `--committer` let through.
struct MessageFilter: Sendable {
  /// The patterns as given.
  var authors: [String] = []
  var committers: [String] = []
  var messages: [String] = []
  var options = TextPattern.Options(syntax: .basic, isByLine: true)
  var matchesAll = false
  var isInverted = false

  var isEmpty: Bool { authors.isEmpty && committers.isEmpty && messages.isEmpty }

  /// A test of commits' bodies. Throws for a pattern that cannot be read.
  func test(mailmap: Mailmap?) throws -> @Sendable ([UInt8]) -> Bool {
    let authors = try patterns(authors)
    let committers = try patterns(committers)
    let messages = try patterns(messages)
    let (matchesAll, isInverted) = (matchesAll, isInverted)
    return { body in
      let text = CommitMessageText(body)
      func isPerson(_ header: String, _ patterns: [TextPattern]) -> Bool {
        if patterns.isEmpty { return true }
        guard let line = text.header(header), let ident = IdentLine(line) else { return false }
        let (name, email) =
          mailmap?.mapped(name: ident.name, email: ident.email) ?? (ident.name, ident.email)
        let shown = name + Array(" <".utf8) + email + Array(">".utf8)
        return patterns.contains { $0.matches(shown) }
      }
      let message = Array(text.message)
      let isMessage =
        messages.isEmpty
        || (matchesAll
          ? messages.allSatisfy { $0.matches(message) }
          : messages.contains { $0.matches(message) })
      let isMatch = isMessage && isPerson("author", authors) && isPerson("committer", committers)
      return isMatch != isInverted
    }
  }

  private func patterns(_ texts: [String]) throws -> [TextPattern] {
    try texts.map { text in
      do {
        return try TextPattern(Array(text.utf8), options)
      } catch let error as ParseError {
        throw CommandFailure.fatal("command line, '\(text)': \(error.reason)")
      }
    }
  }
}
