public import PandoBytes
internal import PandoFiles
internal import PandoMerge
internal import PandoObjects
internal import PandoStore

/// `pando name-rev`: names commits by the way to them from references.
public struct NameRevCommand: Command {
  public let name = "name-rev"
  public let summary = "Name commits by the way to them from references"

  private enum Option {
    case nameOnly, tags, refs, exclude, all, standardInput, annotate, undefined, always, peelTag
  }

  private static let parser = OptionParser(
    [
      "name-rev [<options>] <commit>...",
      "name-rev [<options>] --all",
      "name-rev [<options>] --annotate-stdin",
    ],
    [
      CommandOption<Option>.flag(
        .nameOnly, "--name-only", help: "print names without what they name"),
      .flag(.tags, "--tags", help: "name by tags alone"),
      .value(.refs, "--refs", placeholder: "<pattern>", help: "name by references that match"),
      .value(
        .exclude, "--exclude", placeholder: "<pattern>", help: "pass over references that match"),
      .flag(.all, "--all", help: "name all commits that references lead to"),
      .flag(.standardInput, "--stdin", help: "the older name of --annotate-stdin"),
      .flag(.annotate, "--annotate-stdin", help: "put names into the text on standard input"),
      .flag(.undefined, "--undefined", help: "say so where there is no name (the default)"),
      .flag(.always, "--always", help: "show an object name where there is no other"),
      .flag(.peelTag, "--peel-tag", help: "name what tags lead to", isHidden: true),
    ])

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try Self.parser.parse(arguments)
    if options.has(.standardInput) {
      try context.errors.write(
        "warning: --stdin is deprecated. Please use --annotate-stdin instead, which is "
          + "functionally equivalent.\nThis option will be removed in a future release.\n")
    }
    let annotates = options.has(.annotate) || options.has(.standardInput)
    let ways = [options.has(.all), annotates, !options.arguments.isEmpty]
    guard ways.count(where: { $0 }) <= 1 else {
      throw Self.parser.misuse("error: Specify either a list, or --all, not both!")
    }
    let parser = try context.revisionParser()
    let targets = try targets(options, parser, context)
    var filter = NamingReferences.Filter()
    filter.takesTagsOnly = options.has(.tags)
    filter.isBrief = options.has(.nameOnly)
    filter.patterns = options.values(.refs).map(\.bytes)
    filter.exclusions = options.values(.exclude).map(\.bytes)
    let references = try NamingReferences(filter, parser)
    let namer = try RevisionNamer(
      parser.source.objects, grafts: context.grafts(), tips: references.tips,
      wanted: options.has(.all) || annotates ? nil : targets.compactMap(\.commit))
    var printer = NamePrinter(
      context: context, parser: parser, namer: namer, references: references)
    printer.showsNamesOnly = options.has(.nameOnly)
    printer.allowsUndefined = options.choice(.undefined) ?? true
    printer.showsAlways = options.has(.always)
    if annotates {
      try printer.annotateInput()
    } else if options.has(.all) {
      try printer.showAll()
    } else {
      for target in targets {
        try printer.show(target.id, commit: target.id == target.commit, as: target.word.text)
      }
    }
    return .success
  }

  /// Something to be named.
  private struct Target {
    let word: ByteString
    let id: ObjectID
    /// The commit that it is, or that a tag leads to.
    let commit: ObjectID?
  }

  private func targets(
    _ options: ParsedOptions<Option>, _ parser: RevisionParser, _ context: CommandContext
  ) throws -> [Target] {
    var targets: [Target] = []
    for word in options.arguments {
      guard let id = try parser.find(word)?.id else {
        try context.errors.write("Could not get sha1 for \(word). Skipping.\n")
        continue
      }
      guard try parser.source.objects.contains(id) else {
        try context.errors.write("Could not get object for \(word). Skipping.\n")
        continue
      }
      let commit = try parser.source.objects.peelToCommit(id)
      if options.has(.peelTag) {
        guard let commit else {
          try context.errors.write("Could not get commit for \(word). Skipping.\n")
          continue
        }
        targets.append(Target(word: word, id: commit, commit: commit))
      } else {
        targets.append(Target(word: word, id: id, commit: commit))
      }
    }
    return targets
  }
}
