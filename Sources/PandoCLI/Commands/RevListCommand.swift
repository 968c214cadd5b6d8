public import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage
internal import PandoStore

/// `pando rev-list`: names the commits that some commits lead to, and with `--objects` all else.
public struct RevListCommand: Command {
  public let name = "rev-list"
  public let summary = "List commits, newest first, and the objects they lead to"

  private static let usage = """
    usage: pando rev-list [<options>] <commit>... [--] [<path>...]

      limiting output:
        --max-count=<n> --skip=<n> --since=<date> --until=<date>
        --min-parents=<n> --max-parents=<n> --merges --no-merges
        --author=<pattern> --committer=<pattern> --grep=<pattern>
        --first-parent --left-only --right-only --full-history
      ordering output:
        --topo-order --date-order --author-date-order --reverse
      starting points:
        --all --branches --tags --remotes --glob=<pattern> --exclude=<pattern>
        --not --stdin --no-walk
      formatting output:
        --parents --children --left-right --boundary --timestamp
        --objects --no-object-names --missing=<action>
        --filter=<spec> --filter-print-omitted
        --count --disk-usage[=human] --quiet --header
        --use-bitmap-index --test-bitmap
        --pretty[=<format>] --format=<format> --abbrev=<n> --abbrev-commit

    """

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    if arguments == ["-h"] { throw UsageError(usage: Self.usage, isHelp: true) }
    let parser = try context.revisionParser()
    var reader = WalkArgumentReader(context, parser, hint: .any)
    let parsed = try reader.read(arguments)
    var listing = RevisionListing(parsed, context: context, parser: parser)
    for other in parsed.others {
      guard try listing.take(other) else { throw UsageError(usage: Self.usage) }
    }
    guard parsed.hasInput else { throw UsageError(usage: Self.usage) }
    if parsed.followsFile == true { throw CommandFailure.fatal("--follow is not supported yet") }
    try listing.run()
    return .success
  }
}

/// What becomes of objects that are missing.
private enum MissingAction: String {
  case error
  case allowAny = "allow-any"
  /// Nothing is promised by anybody: an error.
  case allowPromisor = "allow-promisor"
  case print
}

/// One run of `rev-list`.
struct RevisionListing {
  private let arguments: WalkArguments
  private let context: CommandContext
  private let parser: RevisionParser
  private var counts = false
  private var listsObjects = false
  private var showsObjectNames = true
  private var showsTimestamp = false
  private var showsHeader = false
  private var hidesCommitLine = false
  private var diskUsage: DiskSum.Form?
  private var usesBitmaps = false
  private var testsBitmap = false
  private var missing = MissingAction.error
  private var filter = ObjectFilter()
  private var isFiltered = false
  private var printsOmitted = false
  /// The objects that are missing, with `--missing=print`.
  private var missingIDs: [ObjectID] = []
  private var line: [UInt8] = []
  /// The drawing beside the commits, when there is to be one.
  private var margin: GraphMargin?

  init(_ arguments: WalkArguments, context: CommandContext, parser: RevisionParser) {
    self.arguments = arguments
    self.context = context
    self.parser = parser
  }

  /// Takes an option that only this command knows; false for others.
  mutating func take(_ option: String) throws -> Bool {
    if option.hasPrefix("--filter=") {
      do {
        filter.formIntersection(try ObjectFilter(parsing: String(option.dropFirst(9))))
      } catch {
        throw CommandFailure.fatal(error.message)
      }
      isFiltered = true
      return true
    }
    if option.hasPrefix("--disk-usage=") {
      let form = option.dropFirst(13)
      guard form == "human" else {
        throw CommandFailure.fatal(
          "invalid value for '--disk-usage=<format>': '\(form)', "
            + "the only allowed format is 'human'")
      }
      diskUsage = .human
      return true
    }
    if option.hasPrefix("--missing=") {
      // As git: an action that is not known leaves what is.
      missing = MissingAction(rawValue: String(option.dropFirst(10))) ?? missing
      return true
    }
    switch option {
    case "--no-filter":
      filter = ObjectFilter()
      isFiltered = false
    case "--count": counts = true
    case "--objects", "--objects-edge", "--objects-edge-aggressive": listsObjects = true
    case "--object-names": showsObjectNames = true
    case "--no-object-names": showsObjectNames = false
    case "--timestamp": showsTimestamp = true
    case "--header": showsHeader = true
    case "--no-commit-header": hidesCommitLine = true
    case "--commit-header": hidesCommitLine = false
    case "--disk-usage": diskUsage = .bytes
    case "--filter-print-omitted": printsOmitted = true
    case "--use-bitmap-index": usesBitmaps = true
    case "--test-bitmap": testsBitmap = true
    case "--progress": break
    default: return false
    }
    return true
  }

  mutating func run() throws {
    let bitmaps = BitmapListing(arguments, context: context)
    if testsBitmap { return try bitmaps.test() }
    let question = BitmapListing.Question(
      counts: counts, listsObjects: listsObjects, sumsDiskUsage: diskUsage != nil)
    if usesBitmaps, diskUsage != .human, try bitmaps.run(question) { return }
    let objects = try context.objects()
    if isFiltered { return try listFiltered(context.objectDatabase()) }
    let format = arguments.format ?? (showsHeader ? .raw : nil)
    var listing = listsObjects ? ObjectListing(objects, filter: arguments.walk.paths) : nil
    let starts = try arguments.commits(objects, listing: &listing)
    let isPrinting = !counts && !isSilent
    if arguments.showsGraph, !isSilent {
      margin = try GraphMargin(isColored: false, context.repository().configuration)
    }
    listing?.toleratesMissingTrees = missing != .error
    let showsFormat = isPrinting && format != nil
    var walk = try arguments.preparedWalk(
      context, from: starts, mailmap: nil, keepsBodies: showsFormat,
      tellsParents: showsFormat || isPrinting && arguments.showsParents)
    if counts, listing == nil, !isSilent, margin == nil {
      let found = try walk.count()
      return try writeCounts(found.left, found.other, found.twins)
    }
    if isPrinting, listing == nil, format == nil, showsNamesOnly, margin == nil {
      return try writeNames(&walk)
    }
    if var edges = listing {
      try walk.excludeEdges(from: &edges)
      listing = edges
    }
    let printer = try format.map {
      try CommitPrinter(
        style: style($0), parser: parser,
        decorations: Self.needsDecorations($0) ? Decorations(parser.source) : nil)
    }
    var (left, right, twins) = (0, 0, 0)
    var sizes = try DiskSum(diskUsage, context)
    while let item = try walk.next() {
      listing?.add(item)
      switch item.mark {
      case .left: left += 1
      case .twin: twins += 1
      case .right, .boundary: right += 1
      }
      try sizes?.add(item.id)
      line.removeAll(keepingCapacity: true)
      let mark = arguments.mark(item)
      margin?.begin(item, mark: mark)
      margin?.appendStart(to: &line)
      if isPrinting { try show(item, printer) } else { try context.output.write(line) }
    }
    while let object = try listing?.next() {
      if try isMissing(object, objects) { continue }
      right += 1
      try sizes?.add(object.id)
      if isPrinting { try show(object) }
    }
    for id in missingIDs { try context.output.write("?\(id)\n") }
    try finish(left, right, twins, sizes)
  }

  /// Whether only sums and complaints are shown.
  private var isSilent: Bool { arguments.isQuiet || diskUsage != nil }

  /// Writes the sums that were asked for. As git, what only goes into a size is not counted.
  private func finish(_ left: Int, _ right: Int, _ twins: Int, _ sizes: DiskSum?) throws {
    if counts { try isSilent ? writeCounts(0, 0, 0) : writeCounts(left, right, twins) }
    if let sizes { try context.output.write("\(sizes)\n") }
  }

  /// Whether a commit's line has its name and nothing else.
  private var showsNamesOnly: Bool {
    !showsTimestamp && !arguments.showsParents && !arguments.showsChildren
      && !arguments.showsSides && !arguments.walk.showsBoundary
      && arguments.walk.twins != .marked
      && arguments.abbreviatesCommits != true
  }

  private mutating func writeNames(_ walk: inout RevisionWalk) throws {
    while let id = try walk.nextID() {
      line.removeAll(keepingCapacity: true)
      id.digest.appendHex(to: &line)
      line.append(10)
      try context.output.write(line.span)
    }
  }

  /// Lists commits and what they lead to without what the filter leaves out.
  private mutating func listFiltered(_ objects: ObjectDatabase) throws {
    guard listsObjects else {
      throw CommandFailure.fatal("object filtering requires --objects")
    }
    guard arguments.format == nil, !showsHeader, !showsTimestamp, !arguments.showsParents,
      !arguments.showsChildren, !arguments.showsSides, !arguments.walk.showsBoundary,
      arguments.walk.paths == nil, missing == .error
    else {
      throw CommandFailure.fatal("--filter is not supported together with these options")
    }
    var options = PackObjectSelection.Options()
    options.walk = arguments.walk
    options.walk.grafts = try context.grafts()
    options.filter = filter
    var selection = PackObjectSelection(objects, options)
    for term in arguments.terms { try selection.add(term) }
    var lines: [UInt8] = []
    var count = 0
    var sizes = try DiskSum(diskUsage, context)
    let isPrinting = !counts && !isSilent
    try selection.forEach { (item) throws(PandoError) in
      count += 1
      try sizes?.add(item.id)
      guard isPrinting else { return }
      item.id.digest.appendHex(to: &lines)
      if showsObjectNames, item.kind != .commit {
        lines.append(32)
        lines.append(contentsOf: item.path.prefix { $0 != 10 })
      }
      lines.append(10)
    }
    if printsOmitted {
      for id in try selection.omitted() {
        lines.append(UInt8(ascii: "~"))
        id.digest.appendHex(to: &lines)
        lines.append(10)
      }
    }
    try context.output.write(lines)
    try finish(0, count, 0, sizes)
  }

  private func writeCounts(_ left: Int, _ right: Int, _ twins: Int) throws {
    var counts = arguments.showsSides ? [left, right] : [left + right]
    if arguments.walk.twins == .marked { counts.append(twins) }
    try context.output.write(counts.map(String.init).joined(separator: "\t") + "\n")
  }

  /// Whether an object is not there and that is no error. Trees were read to be listed.
  private mutating func isMissing(
    _ object: ObjectListing.Item, _ objects: any ObjectReader
  ) throws -> Bool {
    if object.kind == .tree, missing == .error { return false }
    if try objects.contains(object.id) { return false }
    switch missing {
    case .error, .allowPromisor:
      throw CommandFailure.fatal("missing \(object.kind) object '\(object.id)'")
    case .print: missingIDs.append(object.id)
    case .allowAny: break
    }
    return true
  }

  private func style(_ format: CommitFormat) throws -> CommitStyle {
    var style = try arguments.style(format: format, context, mailmap: nil)
    style.format = format
    // As git: only log puts spaces for tabs.
    style.tabWidth = arguments.tabWidth ?? 0
    return style
  }

  static func needsDecorations(_ format: CommitFormat) -> Bool {
    guard case .custom(let text, _) = format else { return false }
    let signs = ["", "+", "-", " "]
    return signs.contains { text.contains("%\($0)d") || text.contains("%\($0)D") }
  }

  private mutating func show(_ item: RevisionWalk.Item, _ printer: CommitPrinter?) throws {
    if showsTimestamp {
      line.append(text: "\(try context.objects().commitLinks(item.id).committerSeconds) ")
    }
    let isOneLine = arguments.format == .oneline
    let hides = hidesCommitLine && arguments.format?.isCustom == true
    if !hides {
      if printer != nil, !isOneLine, !showsHeader { line.append(text: "commit ") }
      if margin == nil, let mark = arguments.mark(item) { line.append(mark) }
      if arguments.abbreviatesCommits == true, arguments.abbreviation != 0 {
        let digits = arguments.abbreviation
        line.append(text: try parser.abbreviation(of: item.id, digits: digits))
      } else {
        item.id.digest.appendHex(to: &line)
      }
    }
    if arguments.showsParents { append(item.parents) }
    if arguments.showsChildren { append(item.children) }
    if isOneLine { line.append(32) } else if !hides { line.append(10) }
    if let printer {
      try appendText(of: item, printer)
    } else if margin?.appendRest(to: &line) == true {
      line.append(10)
    }
    try context.output.write(line)
  }

  private mutating func appendText(
    of item: RevisionWalk.Item, _ printer: CommitPrinter
  ) throws {
    let isOneLine = arguments.format == .oneline
    let text = try printer.text(PrintedCommit(item))
    guard !text.isEmpty else {
      if margin?.appendRest(to: &line) == true { line.append(10) }
      if isOneLine { line.append(10) }
      return
    }
    if margin == nil {
      line += text
    } else {
      if !isOneLine { margin?.appendLine(to: &line) }
      margin?.append(text, to: &line)
      if text.last == 10 { margin?.appendPadding(to: &line) }
    }
    line.append(showsHeader && arguments.format == nil ? 0 : 10)
  }

  private mutating func append(_ ids: [ObjectID]) {
    for id in ids {
      line.append(32)
      id.digest.appendHex(to: &line)
    }
  }

  private mutating func show(_ object: ObjectListing.Item) throws {
    line.removeAll(keepingCapacity: true)
    object.id.digest.appendHex(to: &line)
    if showsObjectNames {
      line.append(32)
      line.append(contentsOf: object.path.prefix { $0 != 10 })
    }
    line.append(10)
    try context.output.write(line)
  }
}

extension PrintedCommit {
  /// What a walk found.
  init(_ item: RevisionWalk.Item) {
    self.init(
      id: item.id, tree: item.tree, parents: item.parents, mark: item.mark, body: item.body ?? [])
  }
}
