internal import PandoBytes

/// The options that only `shortlog` knows, taken out of a command line whose other words tell what
/// to walk.
struct ShortlogOptions {
  enum Option { case committer, numbered, summary, email, wrap, group }

  /// What commits are grouped by.
  struct Grouping {
    var byAuthor = false
    var byCommitter = false
    /// Keys of trailers.
    var trailers: [[UInt8]] = []
    /// Formats of commits.
    var formats: [String] = []

    /// How many kinds of groups there are.
    var kindCount: Int {
      [byAuthor, byCommitter, !trailers.isEmpty, !formats.isEmpty].count { $0 }
    }
  }

  private static let parser = OptionParser(
    [
      "shortlog [<options>] [<revision-range>] [[--] <path>...]",
      "shortlog [<options>] < <output-of-log>",
    ],
    [
      CommandOption<Option>.flag(
        .committer, "-c", "--committer", help: "group by committers, not authors"),
      .flag(.numbered, "-n", "--numbered", help: "begin with those who have the most commits"),
      .flag(.summary, "-s", "--summary", help: "show counts without subjects"),
      .flag(.email, "-e", "--email", help: "show addresses too"),
      .optionalValue(
        .wrap, "-w", placeholder: "<width>[,<indent>[,<indent>]]", help: "wrap long lines"),
      .value(
        .group, "--group", placeholder: "<field>",
        help: "group by author, committer, trailer:<key> or a format"),
    ])

  var isSummary = false
  var isNumbered = false
  var showsEmail = false
  var wrapping: Shortlog.Wrapping?
  var grouping = Grouping()
  /// The words that are not this command's.
  private(set) var rest: [ByteString] = []

  static var usage: String { parser.usage }

  init(_ words: [ByteString]) throws {
    var position = 0
    while position < words.count {
      let word = words[position]
      position += 1
      if word == "--" || word == "--end-of-options" {
        rest += words[(position - 1)...]
        break
      }
      guard word.bytes.first == UInt8(ascii: "-"), word.count > 1 else {
        rest.append(word)
        continue
      }
      if word.hasPrefix("--") {
        let next = position < words.count ? [words[position]] : []
        guard let parsed = try Self.parseLong(word, next) else {
          rest.append(word)
          continue
        }
        if parsed.arguments.isEmpty { position += next.count }
        for occurrence in parsed.occurrences { try take(occurrence) }
      } else {
        try takeShort(word)
      }
    }
    if grouping.kindCount == 0 { grouping.byAuthor = true }
  }

  /// An option of this command, and maybe the next word for its value; nil for other options.
  private static func parseLong(
    _ word: ByteString, _ next: [ByteString]
  ) throws -> ParsedOptions<Option>? {
    do {
      let isAlone = (try? parser.parse([word])) != nil
      return try parser.parse(isAlone ? [word] + ["--"] + next : [word] + next)
    } catch  where error.complaint?.contains("unknown option") == true {
      return nil
    }
  }

  /// A bundle of letters. What begins with a letter of another kind is the walk's.
  private mutating func takeShort(_ word: ByteString) throws {
    let letters = word.bytes.dropFirst()
    let own = letters.prefix { "cnse".utf8.contains($0) }
    let rest = letters[own.endIndex...]
    let dash = UInt8(ascii: "-")
    if !own.isEmpty {
      let parsed = try Self.parser.parse([ByteString([dash] + own)])
      for occurrence in parsed.occurrences { try take(occurrence) }
    }
    guard let first = rest.first else { return }
    if first == UInt8(ascii: "w") || first == UInt8(ascii: "h") {
      for occurrence in try Self.parser.parse([ByteString([dash] + rest)]).occurrences {
        try take(occurrence)
      }
    } else {
      self.rest.append(ByteString([dash] + rest))
    }
  }

  private mutating func take(_ occurrence: ParsedOptions<Option>.Occurrence) throws {
    let isOn = !occurrence.isNegated
    switch occurrence.key {
    case .committer: grouping.byCommitter = isOn
    case .numbered: isNumbered = isOn
    case .summary: isSummary = isOn
    case .email: showsEmail = isOn
    case .wrap: wrapping = try Self.wrapping(occurrence.value?.text ?? "")
    case .group: if isOn { try group(occurrence.value?.text ?? "") } else { grouping = Grouping() }
    }
  }

  private mutating func group(_ field: String) throws {
    switch field {
    case "author": grouping.byAuthor = true
    case "committer": grouping.byCommitter = true
    default:
      if field.hasPrefix("trailer:") {
        grouping.trailers.append(Array(field.utf8.dropFirst("trailer:".utf8.count)))
      } else if field.hasPrefix("format:") {
        grouping.formats.append(String(field.dropFirst("format:".count)))
      } else if field.contains("%") {
        grouping.formats.append(field)
      } else {
        throw UsageError(complaint: "error: unknown group type: \(field)")
      }
    }
  }

  private static func wrapping(_ text: String) throws -> Shortlog.Wrapping {
    var wrapping = Shortlog.Wrapping()
    let places: [WritableKeyPath<Shortlog.Wrapping, Int>] = [\.width, \.first, \.others]
    let fields = text.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false)
    let misuse = UsageError(complaint: "error: -w[<width>[,<indent1>[,<indent2>]]]")
    for (place, field) in zip(places, fields) where !field.isEmpty {
      guard let number = UInt32(field), number <= Int32.max else { throw misuse }
      wrapping[keyPath: place] = Int(number)
    }
    let indent = max(wrapping.first, wrapping.others)
    if wrapping.width > 0, indent > 0, wrapping.width <= indent { throw misuse }
    return wrapping
  }
}
