internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage
internal import PandoStore

/// One run of `log` or `show`.
struct LogRun {
  let arguments: WalkArguments
  let context: CommandContext
  let printer: CommitPrinter
  private let parser: RevisionParser
  private let decorations: Decorations?
  let style: CommitStyle
  private let terminator: UInt8
  private let showsSource: Bool
  /// How commits differ from their parents; nil when that does not matter.
  private var differences: CommitDifferences?
  /// Whether the first commits of histories are compared with nothing.
  private let showsRoots: Bool
  /// Whether commits are left out that show no differences.
  private let hidesUnchanged: Bool
  private var sources: [ObjectID: String] = [:]
  /// The drawing beside the commits, when there is to be one.
  private var margin: GraphMargin?
  /// Whether nothing was shown yet.
  var isFirst = true
  /// Whether the text of the commit before did not end its last line.
  private var isLineOpen = false

  /// Reads the words of a command; `isShow` tells which one it is.
  init(_ words: [ByteString], isShow: Bool = false, in context: CommandContext) throws {
    let parser = try context.revisionParser()
    var reader = WalkArgumentReader(
      context, parser, hint: isShow ? .any : .committish, isSinglyNamed: isShow,
      takesValue: DiffOptions.takesValue)
    var arguments = try reader.read(words)
    var log = isShow ? LogOptions.ofShow : LogOptions()
    let configuration = try context.repository().configuration
    try log.read(configuration, context)
    if arguments.isQuiet { log.diff.isSilent = true }
    log.diff.ignoresCaseInNeedle = arguments.filter.options.ignoresCase
    var others = arguments.others[...]
    while var other = others.popFirst() {
      if DiffOptions.takesValue(other), let value = others.popFirst() { other += value }
      if try !log.take(other) {
        throw CommandFailure.fatal("unrecognized argument: \(other)")
      }
    }
    try arguments.read(configuration)
    if log.merges.wantsFullHistory { arguments.walk.keepsFullHistory = true }
    if arguments.followsFile == true { try arguments.followFile() }
    if !arguments.hasInput {
      guard let head = try parser.find("HEAD")?.id else {
        throw try Self.missingDefault(parser)
      }
      arguments.terms = [RevisionTerm(id: head, name: "HEAD")]
    }
    try self.init(arguments, log, context: context, parser: parser)
  }

  private static func missingDefault(_ parser: RevisionParser) throws -> CommandFailure {
    guard case .symbolic(let target)? = try parser.source.references.read(.head),
      let branch = target.branchName
    else { return .fatal("your current branch appears to be broken") }
    return .fatal("your current branch '\(branch)' does not have any commits yet")
  }

  private init(
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
    hidesUnchanged = log.diff.leavesOut || arguments.followsFile == true
    showsRoots = log.showsRoots
    if arguments.showsGraph {
      margin = try GraphMargin(
        isColored: style.colors.isOn, context.repository().configuration)
    }
  }

  private static func differences(
    _ arguments: WalkArguments, _ log: LogOptions, _ style: CommitStyle, _ context: CommandContext
  ) throws -> CommitDifferences? {
    var options = log.diff
    let followsFirst = arguments.walk.followsFirstParentOnly
    let way = try log.merges.way(
      default: followsFirst ? .firstParent : log.way, followsFirstParentOnly: followsFirst)
    let wanted = log.merges.wanted
    var format = try options.shown(default: log.format)
    let comparesMergesOnly = format.isEmpty && wanted == .ofMerges
    if wanted != .ofNone { format = try options.shown(default: .patch) }
    guard !format.isEmpty || options.leavesOut || arguments.followsFile == true else {
      return nil
    }
    if arguments.showsGraph, arguments.usesNUL {
      throw CommandFailure.fatal("-z is not supported yet together with --graph and differences")
    }
    options.digits = style.abbreviation == 0 ? nil : style.abbreviation ?? 0
    options.endsWithZero = arguments.usesNUL
    let paths = arguments.comparesAllPaths ? [] : arguments.paths
    let trees = try TreeDifferences(
      options, format, paths: paths, isRecursive: true, showsTrees: log.showsTrees,
      context)
    return CommitDifferences(
      trees: trees, merges: way, showsAllPaths: log.merges.showsAllPaths,
      comparesMergesOnly: comparesMergesOnly, followsFile: arguments.followsFile == true)
  }

  func run() throws {
    var run = self
    var listing: ObjectListing?
    try run.show(arguments.commits(context.objects(), listing: &listing))
    try warnOfLimit()
  }

  /// Tells when there were too many files to look for renames among.
  func warnOfLimit() throws { try differences?.trees.printer.warnOfLimit(context) }

  /// Shows the commits that some lead to, or only those.
  mutating func show(_ starts: [RevisionTerm]) throws {
    var arguments = arguments
    var limit: Int?
    // As git: only commits that are shown count, unless all were gathered before.
    if hidesUnchanged, !arguments.walk.isReversed { swap(&limit, &arguments.walk.limit) }
    var walk = try arguments.preparedWalk(
      context, from: starts, mailmap: style.mailmap, keepsBodies: true)
    if showsSource {
      for start in starts where !start.isExcluded && sources[start.id] == nil {
        sources[start.id] = start.name
      }
    }
    var line: [UInt8] = []
    while limit != 0, let item = try walk.next() {
      line.removeAll(keepingCapacity: true)
      if try append(item, to: &line) { limit = limit.map { $0 - 1 } }
      try context.output.write(line)
    }
  }

  /// A commit and its differences, or itself again for each parent that it is compared with; false
  /// when it is not shown.
  private mutating func append(_ item: RevisionWalk.Item, to line: inout [UInt8]) throws -> Bool {
    var commit = PrintedCommit(item)
    if showsSource, let source = sources[item.id] {
      commit.source = source
      for parent in item.parents where sources[parent] == nil { sources[parent] = source }
    }
    let mark = arguments.mark(item)
    margin?.begin(item, mark: mark)
    let parents = arguments.comparesAllPaths ? item.originalParents : item.parents
    let showsRoots = showsRoots
    let parts =
      try differences?.parts(tree: item.tree, parents: parents, showsRoots: showsRoots) ?? []
    if parts.isEmpty {
      if hidesUnchanged { return false }
      try append(item, commit, from: nil, to: &line)
    }
    for part in parts {
      try append(item, commit, from: part.parent, to: &line)
      let prefix = margin?.prefix() ?? []
      appendBreak(before: part, prefix, to: &line)
      let text = try differences?.text(part, narrowedBy: prefix.count) ?? []
      if margin == nil { line += text }
      // As git 2.39: the modes in combined patches have no drawing before them.
      margin?.appendBeside(text, except: part.isCombined ? "mode " : nil, to: &line)
    }
    return true
  }

  /// The text of a commit, which is compared with `parent` when that has to be told.
  private mutating func append(
    _ item: RevisionWalk.Item, _ commit: PrintedCommit, from parent: ObjectID?,
    to line: inout [UInt8]
  ) throws {
    if !isFirst, !style.format.isTerminated {
      if terminator == 10, !isLineOpen { margin?.appendPadding(to: &line) }
      line.append(terminator)
    }
    isFirst = false
    margin?.appendStart(to: &line)
    if !style.format.isCustom { try appendHeader(item, commit.source, from: parent, to: &line) }
    let text = try printer.text(commit)
    isLineOpen = text.last != 10
    if margin == nil { line += text } else { margin?.append(text, to: &line) }
    if style.format.isTerminated, style.format != .custom("", isTerminated: true) {
      if !isLineOpen { margin?.appendPadding(to: &line) }
      line.append(terminator)
    }
  }

  /// What sets differences off from the commit.
  private mutating func appendBreak(
    before part: CommitDifferences.Part, _ prefix: [UInt8], to line: inout [UInt8]
  ) {
    let format = differences?.trees.printer.format ?? []
    guard style.format != .custom("", isTerminated: true), !format.isEmpty,
      part.isCombined || style.format != .oneline
    else { return }
    line += prefix
    if !part.isCombined, format.contains(.stat), format.contains(.patch) {
      line.append(text: "---")
    }
    line.append(part.isCombined ? terminator : 10)
  }

  private mutating func appendHeader(
    _ item: RevisionWalk.Item, _ source: String?, from parent: ObjectID?,
    to line: inout [UInt8]
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
    if let parent { line.append(text: " (from \(try shown(parent)))") }
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
