internal import PandoBytes
internal import PandoMerge
internal import PandoObjects
internal import PandoStorage
internal import PandoStore

/// The options of `blame`. Source: git-blame.
struct BlameOptions {
  enum Option {
    case incremental, blanksBoundary, showsRoots, showsName, showsNumber, porcelain, linePorcelain
    case compatible, rawTime, longNames, suppress, email, range, abbreviation, progress
    case date, firstParent, since, follow, indentation, encoding, contents, ignoresSpace
    case minimal, unsupported
  }

  static let parser = OptionParser(
    ["blame [<options>] [<rev-opts>] [<rev>] [--] <file>"],
    [
      CommandOption<Option>.flag(
        .incremental, "--incremental", help: "print lines for programs as their origins are found"),
      .flag(.blanksBoundary, "-b", help: "leave blank the names of commits at the boundary"),
      .flag(.showsRoots, "--root", help: "do not take first commits for a boundary"),
      .flag(.progress, "--progress", help: "accepted; nothing is told of progress"),
      .flag(.showsName, "-f", "--show-name", help: "show the path in the commit"),
      .flag(.showsNumber, "-n", "--show-number", help: "show the line's number in the commit"),
      .flag(.porcelain, "-p", "--porcelain", help: "print for programs"),
      .flag(
        .linePorcelain, "--line-porcelain", help: "print for programs, everything for each line"),
      .flag(.compatible, "-c", help: "print as git-annotate does"),
      .flag(.rawTime, "-t", help: "show times as they are stored"),
      .flag(.longNames, "-l", help: "show whole names of commits"),
      .flag(.suppress, "-s", help: "leave out authors and times"),
      .flag(.ignoresSpace, "-w", help: "ignore white space"),
      .flag(.minimal, "--minimal", help: "find the least changes, whatever it takes"),
      .flag(.email, "-e", "--show-email", help: "show authors' addresses, not their names"),
      .value(.range, "-L", placeholder: "<range>", help: "show only lines <start>,<end>"),
      .optionalValue(
        .abbreviation, "--abbrev", placeholder: "<n>", help: "show <n> digits of names, plus one"),
      .value(
        .contents, "--contents", placeholder: "<file>",
        help: "take what <file> says for what the path says"),
      .value(.date, "--date", placeholder: "<format>", help: "show times so", isHidden: true),
      .flag(.firstParent, "--first-parent", help: "", isHidden: true),
      .value(.since, "--since", placeholder: "<date>", help: "", isHidden: true),
      .value(.since, "--after", placeholder: "<date>", help: "", isHidden: true),
      .flag(.follow, "--follow", help: "", isHidden: true),
      .flag(.indentation, "--indent-heuristic", help: "", isHidden: true),
      .value(.encoding, "--encoding", placeholder: "<encoding>", help: "", isHidden: true),
    ] + unsupported)

  /// What git does and this command does not.
  private static let unsupported: [CommandOption<Option>] =
    [
      "--show-stats", "--score-debug", "--color-lines", "--color-by-age",
      "--reverse", "--all", "--branches", "--tags", "--remotes", "--not", "--stdin", "--textconv",
      "--ignore-missing", "--merges", "--no-merges", "--boundary", "--ancestry-path", "--patience",
      "--histogram", "--ignore-space-change", "--ignore-all-space",
    ].map { .flag(.unsupported, $0, help: "", isHidden: true) }
    + ["-M", "-C"].map {
      .optionalValue(.unsupported, $0, placeholder: "", help: "", isHidden: true)
    }
    + [
      "-S", "--ignore-rev", "--ignore-revs-file", "--until", "--before", "--max-age",
      "--min-age", "--max-count", "--skip", "--glob", "--exclude", "--diff-algorithm",
    ].map { .value(.unsupported, $0, placeholder: "", help: "", isHidden: true) }

  let parsed: ParsedOptions<Option>
  let showsEmail: Bool
  let blanksBoundary: Bool
  let showsRoots: Bool
  /// How versions are compared.
  let lines: LineDiff.Options
  let dates: DateFormat
  let encoding: String
  /// Commits before this moment are not searched.
  var since: Int64?

  init(_ words: [ByteString], _ context: CommandContext) throws {
    parsed = try Self.parse(words)
    if let other = parsed.occurrences.first(where: { $0.key == .unsupported }) {
      // As it is spelled in `option `abbrev'` or `switch `M'`.
      let name = other.display.split(separator: "`").last?.dropLast() ?? ""
      let dashes = other.display.hasPrefix("option") ? "--" : "-"
      throw CommandFailure.fatal("\(dashes)\(name) is not supported yet")
    }
    let settings = try context.configuration()
    for name in ["blame.ignoreRevsFile", "blame.coloring"] {
      let values = settings.all(name).compactMap { $0.value?.text }
      if let value = values.last, !value.isEmpty, value != "none" {
        throw CommandFailure.fatal("\(name)=\(value) is not supported yet")
      }
    }
    showsEmail = try parsed.choice(.email) ?? settings.bool("blame.showEmail") ?? false
    blanksBoundary =
      try parsed.choice(.blanksBoundary) ?? settings.bool("blame.blankBoundary") ?? false
    showsRoots = try parsed.choice(.showsRoots) ?? settings.bool("blame.showRoot") ?? false
    var lines = LineDiff.Options()
    lines.usesIndentation =
      try parsed.choice(.indentation) ?? settings.bool("diff.indentHeuristic") ?? true
    if parsed.has(.ignoresSpace) { lines.whiteSpace = .none }
    lines.isMinimal = parsed.has(.minimal)
    self.lines = lines
    let named = try parsed.text(.date) ?? settings.string("blame.date")
    dates = if let named { try DateFormat(named: named) } else { .iso }
    encoding =
      try parsed.text(.encoding) ?? settings.string("i18n.logOutputEncoding")
      ?? settings.string("i18n.commitEncoding") ?? "UTF-8"
    if let text = parsed.text(.since) {
      since = ApproximateDate(try context.revisionParser().source.localTime).seconds(in: text)
    }
  }

  /// As git does where the options of walks are known too, complaints spell an option out.
  private static func parse(_ words: [ByteString]) throws(UsageError) -> ParsedOptions<Option> {
    do {
      return try parser.parse(words)
    } catch {
      var error = error
      for (kind, dashes) in [("option", "--"), ("switch", "-")] {
        let start = "error: unknown \(kind) `"
        guard let complaint = error.complaint, complaint.hasPrefix(start) else { continue }
        error.complaint = "error: unknown option `\(dashes)\(complaint.dropFirst(start.count))"
        break
      }
      throw error
    }
  }

  var isPorcelain: Bool { has(.porcelain) || has(.linePorcelain) }

  func has(_ option: Option) -> Bool { parsed.has(option) }
}
