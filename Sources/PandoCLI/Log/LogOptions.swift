internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage
internal import PandoStore

/// The options that only `log` and `show` know.
struct LogOptions {
  enum Decorating { case none, short, full }

  var decorating: Decorating?
  var usesMailmap = true
  var showsSource = false
  var diff = DiffOptions()
  var merges = MergeComparison()
  var showsTrees = false
  var showsRoots = true
  /// What differences are shown as, and how merges are compared, unless it is told.
  var (format, way): (DiffFormat, MergeComparison.Way) = ([], .none)

  mutating func read(_ configuration: Configuration, _ context: CommandContext) throws {
    try diff.readForPeople(configuration, context)
    if let text = configuration.last("log.decorate")?.value?.text {
      decorating = Self.decorating(text)
    }
    usesMailmap = try configuration.bool("log.mailmap") ?? true
    showsRoots = try configuration.bool("log.showRoot") ?? true
    if let entry = configuration.last("log.diffMerges"),
      try !merges.setSeparate(entry.value?.text ?? "")
    {
      let place = entry.file.map { file in
        let shown = file.relative(to: context.currentDirectory) ?? file
        return "bad config variable 'log.diffmerges' in file '\(shown)' at line \(entry.line)"
      }
      throw CommandFailure.fatal(
        place ?? "unable to parse 'log.diffmerges' from command-line config")
    }
  }

  private static func decorating(_ text: String) -> Decorating? {
    switch text.lowercased() {
    case "full": .full
    case "short", "true", "yes", "on", "1": .short
    case "no", "false", "off", "0", "": Decorating.none
    default: nil
    }
  }

  /// What `show` shows unless it is told.
  static var ofShow: LogOptions {
    var options = LogOptions()
    (options.format, options.way) = (.patch, .dense)
    return options
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
    case "--root": showsRoots = true
    default:
      if try diff.take(option) || merges.take(option) { return true }
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
    "-L", "--remerge-diff", "--show-signature", "--log-size", "--notes",
    "--decorate-refs", "--decorate-refs-exclude",
  ]
}

extension WalkArguments {
  /// Takes from settings what the words did not tell.
  mutating func read(_ configuration: Configuration) throws {
    if format == nil, let text = try configuration.string("format.pretty") {
      let choice = try CommitFormat.read(text) { name in
        configuration.all("pretty.\(name)").last?.value?.text
      }
      format = choice.format
      prefersShortDates = choice.prefersShortDates
    }
    if dates == nil, !prefersShortDates, let text = try configuration.string("log.date") {
      dates = try DateFormat(named: text)
    }
    if followsFile == nil, paths.count == 1 { followsFile = try configuration.bool("log.follow") }
    if abbreviatesCommits == nil {
      abbreviatesCommits = try configuration.bool("log.abbrevCommit")
    }
  }

  /// Has the walk come to all commits, whose differences tell where the file is. Throws git's
  /// complaint when there is not just one.
  mutating func followFile() throws {
    guard paths.count == 1 else {
      throw CommandFailure.fatal("--follow requires exactly one pathspec")
    }
    walk.paths = nil
  }
}
