public import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage
internal import PandoStore

/// `pando log`: shows commits, newest first.
public struct LogCommand: Command {
  public let name = "log"
  public let summary = "Show commits, newest first"

  private static let usage = """
    usage: pando log [<options>] [<revision-range>] [[--] <path>...]

    """

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    if arguments == ["-h"] { throw UsageError(usage: Self.usage, isHelp: true) }
    let parser = try context.revisionParser()
    var reader = WalkArgumentReader(context, parser, hint: .committish)
    var parsed = try reader.read(arguments)
    var log = LogOptions()
    let configuration = try context.repository().configuration
    try log.read(configuration, context)
    for other in parsed.others where try !log.take(other) {
      throw CommandFailure.fatal("unrecognized argument: \(other)")
    }
    try Self.applySettings(configuration, to: &parsed)
    if !parsed.hasInput {
      guard let head = try parser.find("HEAD")?.id else {
        throw try Self.missingDefault(parser)
      }
      parsed.terms = [RevisionTerm(id: head, name: "HEAD")]
    }
    try LogRun(parsed, log, context: context, parser: parser).run()
    return .success
  }

  private static func missingDefault(_ parser: RevisionParser) throws -> CommandFailure {
    guard case .symbolic(let target)? = try parser.source.references.read(.head),
      let branch = target.branchName
    else { return .fatal("your current branch appears to be broken") }
    return .fatal("your current branch '\(branch)' does not have any commits yet")
  }

  private static func applySettings(
    _ configuration: Configuration, to parsed: inout WalkArguments
  ) throws {
    if parsed.format == nil, let text = try configuration.string("format.pretty") {
      let choice = try CommitFormat.read(text) { name in
        configuration.all("pretty.\(name)").last?.value?.text
      }
      parsed.format = choice.format
      parsed.prefersShortDates = choice.prefersShortDates
    }
    if parsed.dates == nil, !parsed.prefersShortDates,
      let text = try configuration.string("log.date")
    {
      parsed.dates = try DateFormat(named: text)
    }
    if parsed.abbreviatesCommits == nil {
      parsed.abbreviatesCommits = try configuration.bool("log.abbrevCommit")
    }
  }
}

/// The options that only `log` knows.
struct LogOptions {
  enum Decorating { case none, short, full }

  var decorating: Decorating?
  var usesMailmap = true
  var showsSource = false
  var diff = DiffOptions()
  var showsTrees = false

  mutating func read(_ configuration: Configuration, _ context: CommandContext) throws {
    try diff.readForPeople(configuration, context)
    if let text = configuration.last("log.decorate")?.value?.text {
      decorating = Self.decorating(text)
    }
    usesMailmap = try configuration.bool("log.mailmap") ?? true
  }

  private static func decorating(_ text: String) -> Decorating? {
    switch text.lowercased() {
    case "full": .full
    case "short", "true", "yes", "on", "1": .short
    case "no", "false", "off", "0", "": Decorating.none
    default: nil
    }
  }

  /// Takes an option; false for one that git's log does not know either.
  mutating func take(_ option: String) throws -> Bool {
    switch option {
    case "--decorate": decorating = .short
    case "--no-decorate": decorating = Decorating.none
    case "--decorate=auto": decorating = nil
    case "--source": showsSource = true
    case "--mailmap", "--use-mailmap": usesMailmap = true
    case "--no-mailmap", "--no-use-mailmap": usesMailmap = false
    case "--clear-decorations": break
    case "-t": showsTrees = true
    default:
      if try diff.take(option) { return true }
      if option.hasPrefix("--decorate=") {
        let value = String(option.dropFirst("--decorate=".count))
        guard let found = Self.decorating(value) else {
          throw CommandFailure.fatal("invalid --decorate option: \(value)")
        }
        decorating = found
        return true
      }
      try DiffOptions.refuse(option, Self.refused)
      return false
    }
    return true
  }

  private static let refused: Set<String> = [
    "-m", "-L", "--diff-merges", "--remerge-diff", "--full-diff", "--show-signature", "--log-size",
    "--notes", "--decorate-refs", "--decorate-refs-exclude",
  ]
}

/// One run of `log`.
struct LogRun {
  private let arguments: WalkArguments
  private let context: CommandContext
  private let parser: RevisionParser
  private let printer: CommitPrinter
  private let decorations: Decorations?
  private let style: CommitStyle
  private let terminator: UInt8
  private let showsSource: Bool
  /// How commits differ from their parents; nil when that is not shown.
  private let differences: TreeDifferences?
  private var sources: [ObjectID: String] = [:]
  /// The drawing beside the commits, when there is to be one.
  private var margin: GraphMargin?
  /// Whether nothing was shown yet.
  private var isFirst = true
  /// Whether the text of the commit before did not end its last line.
  private var isLineOpen = false

  init(
    _ arguments: WalkArguments, _ log: LogOptions, context: CommandContext, parser: RevisionParser
  ) throws {
    self.arguments = arguments
    self.context = context
    self.parser = parser
    var style = try arguments.style(
      format: .medium, context, mailmap: log.usesMailmap ? context.mailmap() : nil)
    style.hasNotes = true
    if case .custom(let text, _) = style.format, text.contains("%S") { style.showsSource = true }
    showsSource = log.showsSource || style.showsSource
    self.style = style
    terminator = arguments.usesNUL ? 0 : 10
    var decorating =
      log.decorating ?? (context.output.isTerminal ? .short : LogOptions.Decorating.none)
    if style.format.isCustom, log.decorating == nil { decorating = .none }
    var names: Decorations?
    if decorating != .none || RevisionListing.needsDecorations(style.format) {
      names = try Decorations(parser.source)
      names?.isFull = decorating == .full
    }
    decorations = decorating == .none ? nil : names
    printer = CommitPrinter(style: style, parser: parser, decorations: names)
    differences = try Self.differences(arguments, log, style, context)
    if arguments.showsGraph {
      margin = try GraphMargin(
        isColored: style.colors.isOn, context.repository().configuration)
    }
  }

  private static func differences(
    _ arguments: WalkArguments, _ log: LogOptions, _ style: CommitStyle, _ context: CommandContext
  ) throws -> TreeDifferences? {
    var options = log.diff
    let format = try options.shown(default: [])
    guard !format.isEmpty else { return nil }
    if arguments.showsGraph, arguments.usesNUL {
      throw CommandFailure.fatal("-z is not supported yet together with --graph and differences")
    }
    options.digits = style.abbreviation == 0 ? nil : style.abbreviation ?? 0
    options.endsWithZero = arguments.usesNUL
    return try TreeDifferences(
      options, format, paths: arguments.paths, isRecursive: true, showsTrees: log.showsTrees,
      context)
  }

  func run() throws {
    var run = self
    try run.showAll()
  }

  private mutating func showAll() throws {
    var listing: ObjectListing?
    let starts = try arguments.commits(context.objects(), listing: &listing)
    var walk = try arguments.preparedWalk(
      context, from: starts, mailmap: style.mailmap, keepsBodies: true)
    if showsSource {
      for start in starts where !start.isExcluded && sources[start.id] == nil {
        sources[start.id] = start.name
      }
    }
    var line: [UInt8] = []
    while let item = try walk.next() {
      line.removeAll(keepingCapacity: true)
      try append(item, to: &line)
      try context.output.write(line)
    }
    try differences?.printer.warnOfLimit(context)
  }

  private mutating func append(_ item: RevisionWalk.Item, to line: inout [UInt8]) throws {
    var commit = PrintedCommit(item)
    if showsSource, let source = sources[item.id] {
      commit.source = source
      for parent in item.parents where sources[parent] == nil { sources[parent] = source }
    }
    let mark = arguments.mark(item)
    margin?.begin(item, mark: mark)
    if !isFirst, !style.format.isTerminated {
      if terminator == 10, !isLineOpen { margin?.appendPadding(to: &line) }
      line.append(terminator)
    }
    isFirst = false
    margin?.appendStart(to: &line)
    if !style.format.isCustom { try appendHeader(item, commit.source, to: &line) }
    let text = try printer.text(commit)
    isLineOpen = text.last != 10
    if margin == nil { line += text } else { margin?.append(text, to: &line) }
    if style.format.isTerminated, style.format != .custom("", isTerminated: true) {
      if !isLineOpen { margin?.appendPadding(to: &line) }
      line.append(terminator)
    }
    try appendDifferences(item, to: &line)
  }

  /// What a commit changed in its parent. Merges are left out, unless all that is followed is their
  /// first parent.
  private mutating func appendDifferences(
    _ item: RevisionWalk.Item, to line: inout [UInt8]
  ) throws {
    guard let differences else { return }
    let isMerge = item.parents.count > 1
    guard !isMerge || arguments.walk.followsFirstParentOnly else { return }
    let parent = try item.parents.first.map { try differences.printer.objects.commitLinks($0).tree }
    let changes = try differences.changes(parent, item.tree)
    guard !changes.isEmpty else { return }
    let prefix = margin?.prefix() ?? []
    if style.format != .oneline, style.format != .custom("", isTerminated: true) {
      line += prefix
      let format = differences.printer.format
      if format.contains(.stat), format.contains(.patch) { line.append(text: "---") }
      line.append(10)
    }
    let text = try differences.printer.text(changes, narrowedBy: prefix.count)
    if margin == nil { line += text } else { margin?.appendBeside(text, to: &line) }
  }

  private mutating func appendHeader(
    _ item: RevisionWalk.Item, _ source: String?, to line: inout [UInt8]
  ) throws {
    let isOneLine = style.format == .oneline
    line.append(text: style.colors.commit)
    if !isOneLine { line.append(text: "commit ") }
    if margin == nil, let mark = arguments.mark(item) { line += [mark, 32] }
    line.append(text: try shown(item.id))
    if arguments.showsParents {
      for parent in item.parents { line.append(text: " \(try shown(parent))") }
    }
    if arguments.showsChildren {
      for child in item.children { line.append(text: " \(try shown(child))") }
    }
    line.append(text: style.colors.reset)
    if showsSource, let source { line.append(text: "\t\(source)") }
    if let decorations {
      line.append(
        text: decorations.text(item.id, prefix: " (", suffix: ")", colors: style.colors))
    }
    line.append(isOneLine ? 32 : 10)
    if !isOneLine { margin?.appendLine(to: &line) }
  }

  private func shown(_ id: ObjectID) throws -> String {
    arguments.abbreviatesCommits == true ? try printer.abbreviated(id) : id.hex
  }
}
