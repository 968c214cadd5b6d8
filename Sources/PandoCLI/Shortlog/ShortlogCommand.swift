public import PandoBytes
internal import PandoFiles
internal import PandoStore

/// `pando shortlog`: lists the subjects of commits by author.
public struct ShortlogCommand: Command {
  public let name = "shortlog"
  public let summary = "List the subjects of commits by author"

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try ShortlogOptions(arguments)
    var log = Shortlog()
    log.isSummary = options.isSummary
    log.isNumbered = options.isNumbered
    log.wrapping = options.wrapping
    guard try context.repositoryIfAny() != nil else {
      guard arguments.isEmpty else {
        throw UsageError(
          complaint: "error: too many arguments given outside repository",
          usage: ShortlogOptions.usage)
      }
      try ShortlogInput(options, mailmap: nil).read(context.input, into: &log)
      try log.write(to: context.output)
      return .success
    }
    let parser = try context.revisionParser()
    var reader = WalkArgumentReader(context, parser, hint: .committish)
    var parsed = try reader.read(options.rest)
    var diff = DiffOptions()
    for other in parsed.others where try !diff.take(other) {
      throw UsageError(
        complaint: "error: unknown option `\(other)'", usage: ShortlogOptions.usage)
    }
    if parsed.terms.isEmpty, context.input.isTerminal, let head = try parser.find("HEAD")?.id {
      parsed.terms = [RevisionTerm(id: head, name: "HEAD")]
    }
    let mailmap = try context.mailmap()
    if parsed.terms.isEmpty {
      if context.input.isTerminal {
        try context.errors.write("(reading log message from standard input)\n")
      }
      try ShortlogInput(options, mailmap: mailmap).read(context.input, into: &log)
    } else {
      let source = try ShortlogWalk(
        parsed, options, context: context, parser: parser, mailmap: mailmap)
      try source.read(into: &log)
    }
    try log.write(to: context.output)
    return .success
  }
}

/// Commits for a short log as `log` has printed them.
private struct ShortlogInput {
  let options: ShortlogOptions
  let mailmap: Mailmap?

  init(_ options: ShortlogOptions, mailmap: Mailmap?) {
    self.options = options
    self.mailmap = mailmap
  }

  /// The longest line, in bytes.
  private static let lineBytesMax = 1 << 28

  private func nextLine(_ input: any ByteInput) throws -> [UInt8]? {
    guard let line = try input.readLine(endingWith: 10, limit: Self.lineBytesMax) else {
      return nil
    }
    return line.firstIndex(of: 0).map { Array(line[..<$0]) } ?? line
  }

  func read(_ input: any ByteInput, into log: inout Shortlog) throws {
    let grouping = options.grouping
    let refusal: String? =
      grouping.kindCount > 1
      ? "multiple --group options"
      : !grouping.trailers.isEmpty
        ? "--group=trailer" : !grouping.formats.isEmpty ? "--group=format" : nil
    if let refusal {
      throw CommandFailure.fatal("using \(refusal) with stdin is not supported")
    }
    let titles = grouping.byCommitter ? ["Commit: ", "committer "] : ["Author: ", "author "]
    while let line = try nextLine(input) {
      guard let title = titles.first(where: { line.starts(with: $0.utf8) }) else { continue }
      while let header = try nextLine(input), !header.isEmpty {}
      var subject: [UInt8] = []
      while let next = try nextLine(input) {
        subject = next
        if !next.isEmpty { break }
      }
      if let name = options.shown(Array(line.dropFirst(title.utf8.count)), mailmap) {
        log.add(name, subject)
      }
    }
  }
}

extension ShortlogOptions {
  /// A person as the log names him; nil when the text names nobody.
  fileprivate func shown(_ text: [UInt8], _ mailmap: Mailmap?) -> [UInt8]? {
    guard let ident = IdentLine(text) else { return nil }
    let (name, email) =
      mailmap?.mapped(name: ident.name, email: ident.email) ?? (ident.name, ident.email)
    return showsEmail ? name + Array(" <".utf8) + email + Array(">".utf8) : name
  }
}

/// Commits for a short log as a walk finds them.
private struct ShortlogWalk {
  private let arguments: WalkArguments
  private let options: ShortlogOptions
  private let context: CommandContext
  private let style: CommitStyle
  private let mailmap: Mailmap?
  /// What prints the text of a commit, and the names of the groups it belongs to.
  private let text: CommitPrinter
  private let names: [CommitPrinter]

  init(
    _ arguments: WalkArguments, _ options: ShortlogOptions, context: CommandContext,
    parser: RevisionParser, mailmap: Mailmap?
  ) throws {
    self.arguments = arguments
    self.options = options
    self.context = context
    self.mailmap = mailmap
    let subject = CommitFormat.custom("%s", isTerminated: true)
    var style = try arguments.style(format: subject, context, mailmap: mailmap)
    self.style = style
    func printer(_ format: CommitFormat) throws -> CommitPrinter {
      style.format = format
      let decorations =
        RevisionListing.needsDecorations(format) ? try Decorations(parser.source) : nil
      return CommitPrinter(style: style, parser: parser, decorations: decorations)
    }
    text = try printer(style.format.isCustom ? style.format : subject)
    var formats = options.grouping.formats
    if options.grouping.byAuthor { formats.append(options.showsEmail ? "%aN <%aE>" : "%aN") }
    if options.grouping.byCommitter { formats.append(options.showsEmail ? "%cN <%cE>" : "%cN") }
    names = try formats.map { try printer(.custom($0, isTerminated: true)) }
  }

  func read(into log: inout Shortlog) throws {
    var listing: ObjectListing?
    let starts = try arguments.commits(context.objects(), listing: &listing)
    // As git: patterns are looked for in the names that commits have.
    var walk = try arguments.preparedWalk(context, from: starts, mailmap: nil, keepsBodies: true)
    while let item = try walk.next() {
      let commit = PrintedCommit(item)
      var subject = log.isSummary ? [] : try text.text(commit)
      if subject.isEmpty { subject = Array("<none>".utf8) }
      // A commit counts once for each name.
      var seen = Set<[UInt8]>()
      for name in trailerNames(of: commit) where seen.insert(name).inserted {
        log.add(name, subject)
      }
      for printer in names {
        let name = try printer.text(commit)
        if seen.insert(name).inserted { log.add(name, subject) }
      }
    }
  }

  /// The people, or other values, in the trailers that were asked for.
  private func trailerNames(of commit: PrintedCommit) -> [[UInt8]] {
    let keys = options.grouping.trailers
    if keys.isEmpty { return [] }
    let message = CommitMessageText(commit.body, output: style.encoding).message
    // The blank line before the message is its first paragraph here.
    let trailers = MessageTrailers(in: ([10, 10] + message)[...])
    return trailers.pairs.filter { pair in
      keys.contains { MessageTrailers.lowered($0[...]) == MessageTrailers.lowered(pair.key[...]) }
    }.map { options.shown($0.value, mailmap) ?? $0.value }
  }
}
