public import PandoBytes
internal import PandoFiles
internal import PandoMerge
internal import PandoObjects
internal import PandoStorage
internal import PandoStore

/// `pando describe`: names commits by the tags that they come after.
public struct DescribeCommand: Command {
  public let name = "describe"
  public let summary = "Name a commit by the nearest tag it leads to"

  enum Option {
    case contains, debug, all, tags, long, firstParent, abbreviation, exactMatch, candidates, match
    case exclude, always, dirty, broken
  }

  private static let parser = OptionParser(
    [
      "describe [--all] [--tags] [--contains] [--abbrev=<n>] [<commit-ish>...]",
      "describe <blob>",
    ],
    [
      CommandOption<Option>.flag(
        .contains, "--contains", help: "name by a tag that leads to the commit"),
      .flag(.debug, "--debug", help: "tell on standard error how names are searched"),
      .flag(.all, "--all", help: "name by any reference"),
      .flag(.tags, "--tags", help: "name by any tag, also without annotation"),
      .flag(.long, "--long", help: "add count and object name to exact matches too"),
      .flag(.firstParent, "--first-parent", help: "follow first parents alone"),
      .optionalValue(
        .abbreviation, "--abbrev", placeholder: "<n>", help: "show <n> digits of object names"),
      .flag(.exactMatch, "--exact-match", help: "show a name only for what is named itself"),
      .value(
        .candidates, "--candidates", placeholder: "<n>",
        help: "choose among the <n> first tags found (10 unless told)"),
      .value(.match, "--match", placeholder: "<pattern>", help: "name by tags that match"),
      .value(.exclude, "--exclude", placeholder: "<pattern>", help: "pass over tags that match"),
      .flag(.always, "--always", help: "show an object name where no tag is found"),
      .optionalValue(
        .dirty, "--dirty", placeholder: "<mark>", help: "mark a work tree that was changed"),
      .optionalValue(
        .broken, "--broken", placeholder: "<mark>", help: "mark a work tree that is broken"),
    ])

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try Self.parser.parse(arguments)
    let digits = try options.abbreviation(.abbreviation)
    // Whichever comes last counts.
    var candidates = try options.integer(.candidates)
    if let last = options.occurrences.last(where: { [.candidates, .exactMatch].contains($0.key) }),
      last.key == .exactMatch || last.isNegated
    {
      candidates = 0
    }
    if options.has(.long), digits == 0 {
      throw CommandFailure.fatal("options '--long' and '--abbrev=0' cannot be used together")
    }
    if options.has(.contains) { return try nameByDescendants(options, context) }
    let parser = try context.revisionParser()
    var description = try Description(
      names(options, parser), context: context, parser: parser, candidates: candidates ?? 10)
    description.digits = digits
    description.isLong = options.has(.long)
    description.isDebugging = options.has(.debug)
    description.showsAlways = options.has(.always)
    description.describer.followsFirstParentOnly = options.has(.firstParent)
    if description.names.byObject.isEmpty, !description.showsAlways {
      throw CommandFailure.fatal("No names found, cannot describe anything.")
    }
    try refuseMarks(options, context)
    for word in options.arguments.isEmpty ? ["HEAD"] : options.arguments {
      try description.show(word)
    }
    return .success
  }

  private func names(
    _ options: ParsedOptions<Option>, _ parser: RevisionParser
  ) throws -> DescribedNames {
    let kinds: DescribedNames.Kinds =
      options.has(.all) ? .all : options.has(.tags) ? .tags : .annotatedTags
    return try DescribedNames(
      kinds, matching: options.values(.match).map(\.bytes),
      excluding: options.values(.exclude).map(\.bytes), parser.source)
  }

  private func refuseMarks(
    _ options: ParsedOptions<Option>, _ context: CommandContext
  ) throws {
    for (key, name) in [(Option.broken, "--broken"), (.dirty, "--dirty")] where options.has(key) {
      guard options.arguments.isEmpty else {
        throw CommandFailure.fatal("option '\(name)' and commit-ishes cannot be used together")
      }
      if key == .dirty, try context.repository().workTree == nil {
        throw CommandFailure.fatal("this operation must be run in a work tree")
      }
      throw CommandFailure.fatal("\(name) is not supported yet")
    }
  }

  /// Names commits by what leads to them, which is another command's duty.
  private func nameByDescendants(
    _ options: ParsedOptions<Option>, _ context: CommandContext
  ) throws -> ExitStatus {
    var words: [ByteString] = ["--peel-tag", "--name-only", "--no-undefined"]
    if options.has(.always) { words.append("--always") }
    if !options.has(.all) {
      words.append("--tags")
      for pattern in options.values(.match) {
        words.append(ByteString(Array("--refs=refs/tags/".utf8) + pattern.bytes))
      }
      for pattern in options.values(.exclude) {
        words.append(ByteString(Array("--exclude=refs/tags/".utf8) + pattern.bytes))
      }
    }
    words += options.arguments.isEmpty ? ["HEAD"] : options.arguments
    return try NameRevCommand().run(words, in: context)
  }
}

extension ParsedOptions {
  /// How many digits an option asks for: nil for as many as it takes, 0 for all of them.
  func abbreviation(_ key: Key) throws(UsageError) -> Int? {
    guard let choice = choice(key) else { return nil }
    guard choice else { return 0 }
    guard let digits = try integer(key) else { return nil }
    return digits == 0 ? 0 : max(digits, ObjectIDPrefix.digitsMin)
  }
}
