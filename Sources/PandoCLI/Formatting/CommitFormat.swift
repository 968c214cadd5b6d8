internal import PandoStore

/// How commits are printed: one of git's forms, or the user's own.
enum CommitFormat: Hashable {
  case raw, medium, short, full, fuller, oneline, email, mboxrd
  /// The user's own; `isTerminated` tells whether a line end follows each commit or stands between
  /// them.
  case custom(String, isTerminated: Bool)

  private static let named: [(String, CommitFormat)] = [
    ("raw", .raw), ("medium", .medium), ("short", .short), ("email", .email),
    ("mboxrd", .mboxrd), ("fuller", .fuller), ("full", .full), ("oneline", .oneline),
  ]

  /// What `--pretty=reference` stands for.
  static let reference = CommitFormat.custom("%C(auto)%h (%s, %ad)", isTerminated: true)

  /// A format as read from the command line.
  struct Choice {
    var format: CommitFormat
    /// Whether dates are short unless the user says otherwise.
    var prefersShortDates = false
  }

  /// Reads the value of `--pretty=` or `--format=`. `alias` gives what the configuration says of a
  /// name. Throws git's complaint.
  static func read(_ text: String, alias: (String) -> String?) throws -> Choice {
    var text = text
    for _ in 0..<10 {
      if let choice = custom(text) { return choice }
      if let choice = find(text) { return choice }
      guard let next = alias(text) else { break }
      text = next
    }
    throw CommandFailure.fatal("invalid --pretty format: \(text)")
  }

  private static func custom(_ text: String) -> Choice? {
    if text.hasPrefix("format:") {
      return Choice(format: .custom(String(text.dropFirst(7)), isTerminated: false))
    }
    if text.isEmpty || text.hasPrefix("tformat:") || text.contains("%") {
      let body = text.hasPrefix("tformat:") ? String(text.dropFirst(8)) : text
      return Choice(format: .custom(body, isTerminated: true))
    }
    return nil
  }

  /// The format of that name, or the shortest that begins so.
  private static func find(_ text: String) -> Choice? {
    let all =
      named.map { ($0.0, Choice(format: $0.1)) }
      + [("reference", Choice(format: reference, prefersShortDates: true))]
    var found: (name: String, choice: Choice)?
    for (name, choice) in all where name.hasPrefix(text) {
      if let found, found.name.utf8.count <= name.utf8.count { continue }
      found = (name, choice)
    }
    return found?.choice
  }

  /// Whether a line end follows each commit; otherwise one stands between two.
  var isTerminated: Bool {
    switch self {
    case .oneline: true
    case .custom(_, let isTerminated): isTerminated
    default: false
    }
  }

  var isCustom: Bool { if case .custom = self { true } else { false } }
  var isMail: Bool { self == .email || self == .mboxrd }

  /// The distance of tab stops in messages; 0 leaves tabs alone.
  var tabWidth: Int {
    switch self {
    case .medium, .full, .fuller: 8
    default: 0
    }
  }
}

/// All that printing a commit depends on besides the commit.
struct CommitStyle {
  var format = CommitFormat.medium
  var dates = DateFormat.normal
  /// The digits of abbreviated names; nil for as many as it takes, 0 for all.
  var abbreviation: Int?
  var colors = ColorScheme(isOn: false)
  var encoding = "UTF-8"
  var tabWidth = 0
  var mailmap: Mailmap?
  /// Whether `%N` has notes to show, of which there are none.
  var hasNotes = false
  /// What `%S` says, by commit.
  var showsSource = false
}
