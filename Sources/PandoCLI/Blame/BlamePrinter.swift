internal import PandoBytes
internal import PandoMerge
internal import PandoObjects
internal import PandoStore

/// Prints lines for people, each behind the commit it came with.
struct BlamePrinter {
  private let options: BlameOptions
  private let parser: RevisionParser
  private var commits: BlamedCommits
  private let showsName: Bool
  private let nameDigits: Int
  /// The widths of columns.
  private var authorWidth = 0
  private var pathWidth = 0
  private let originalWidth: Int
  private let numberWidth: Int

  /// Measures what is going to be printed. `path` is that of the file that was asked about.
  init(
    _ all: [BlamedLines], path: [UInt8], _ options: BlameOptions, _ commits: BlamedCommits,
    _ parser: RevisionParser
  ) throws {
    self.options = options
    self.parser = parser
    self.commits = commits
    var measured = Set<ObjectID>()
    var hasOtherName = false
    var longest = try Self.longestAbbreviation(all, options, parser)
    let hexCount = parser.source.objects.hashAlgorithm.hexCount
    if options.has(.longNames) { longest = hexCount }
    nameDigits = longest
    for lines in all {
      let own = lines.origin.path.bytes
      hasOtherName = hasOtherName || own != path
      pathWidth = max(pathWidth, own.count)
      guard measured.insert(lines.origin.commit).inserted else { continue }
      let author = try self.commits.details(lines.origin.commit).author
      let shown = options.showsEmail ? author.email : author.name
      authorWidth = max(authorWidth, DisplayWidth.columns(of: shown[...]))
    }
    showsName = hasOtherName || options.has(.showsName)
    originalWidth = Self.width(all.map { $0.firstOriginalLine + $0.lines.count }.max())
    numberWidth = Self.width(all.map(\.lines.upperBound).max())
  }

  private static func width(_ number: Int?) -> Int { String(number ?? 0).utf8.count }

  /// The digits that names are cut to, with the one that a boundary's mark takes.
  private static func longestAbbreviation(
    _ all: [BlamedLines], _ options: BlameOptions, _ parser: RevisionParser
  ) throws -> Int {
    let hexCount = parser.source.objects.hashAlgorithm.hexCount
    if let digits = try options.parsed.abbreviation(.abbreviation) {
      return digits == 0 || digits >= hexCount ? hexCount : digits + 1
    }
    var longest = try parser.configuredDigits()
    for commit in Set(all.map(\.origin.commit)) {
      longest = max(longest, try parser.abbreviation(of: commit, digits: longest).utf8.count)
    }
    return longest + 1
  }

  /// One line after the other, with all that stands before each.
  mutating func append(
    _ lines: BlamedLines, of text: Lines, to output: inout [UInt8]
  ) throws {
    let author = try commits.details(lines.origin.commit).author
    let start = name(lines)
    let person = options.showsEmail ? author.email : author.name
    let time = shownTime(author)
    for (offset, line) in lines.lines.enumerated() {
      output += start
      if options.has(.compatible) {
        output.append(text: "\t(")
        Self.append(person, width: 10, to: &output)
        output.append(text: "\t")
        Self.append(time, width: 10, to: &output)
        output.append(text: "\t\(line + 1))")
      } else {
        if options.has(.showsNumber) {
          output.append(text: " ")
          Self.append(
            Array(String(lines.firstOriginalLine + offset + 1).utf8), width: originalWidth,
            to: &output)
        }
        if !options.has(.suppress) {
          output.append(text: " (")
          output += person
          let columns = DisplayWidth.columns(of: person[...])
          output += [UInt8](repeating: 32, count: max(0, authorWidth - columns) + 1)
          Self.append(time, width: 10, to: &output)
        }
        output.append(text: " ")
        Self.append(Array(String(line + 1).utf8), width: numberWidth, to: &output)
        output.append(text: ") ")
      }
      output += text.line(line)
    }
    if output.last != UInt8(ascii: "\n") { output.append(UInt8(ascii: "\n")) }
  }

  /// A column whose text stands at its right.
  private static func append(_ text: [UInt8], width: Int, to output: inout [UInt8]) {
    output += [UInt8](repeating: 32, count: max(0, width - text.count))
    output += text
  }

  /// The commit and the path, which are the same for all lines.
  private func name(_ lines: BlamedLines) -> [UInt8] {
    let hex = Array(lines.origin.commit.hex.utf8)
    var text: [UInt8] = []
    if !lines.isBoundary {
      text = Array(hex.prefix(nameDigits))
    } else if options.blanksBoundary {
      text = [UInt8](repeating: 32, count: min(nameDigits, hex.count))
    } else if options.has(.compatible) {
      text = Array(hex.prefix(nameDigits))
    } else {
      text = [UInt8(ascii: "^")] + hex.prefix(nameDigits - 1)
    }
    if showsName, !options.has(.compatible) {
      let path = lines.origin.path.bytes
      text.append(32)
      text += path + [UInt8](repeating: 32, count: max(0, pathWidth - path.count))
    }
    return text
  }

  // MARK: Times

  private func shownTime(_ person: BlamedCommits.Person) -> [UInt8] {
    if options.has(.rawTime) { return person.seconds + [32] + person.zone }
    let text = Array(options.dates.text(of: person.time, at: parser.source.localTime).utf8)
    let columns = DisplayWidth.columns(of: text[...])
    return text + [UInt8](repeating: 32, count: max(0, timeWidth - columns))
  }

  /// The columns that times take: those of a long one in that format.
  private var timeWidth: Int {
    let sample =
      switch options.dates.style {
      case .normal: "Thu Oct 19 16:00:04 2006 -0700"
      case .iso: "2006-10-19 16:00:04 -0700"
      case .isoStrict: "2006-10-19T16:00:04-07:00"
      case .rfc2822: "Thu, 19 Oct 2006 16:00:04 -0700"
      case .short: "2006-10-19"
      case .raw: "1161298804 -0700"
      case .unix: "1161298804"
      case .relative: "4 years, 11 months ago"
      case .human: "Thu Oct 19 16:00"
      case .custom:
        options.dates.text(of: Signature.Time(seconds: 0, zone: 0), at: parser.source.localTime)
      }
    return sample.utf8.count
  }
}
