internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage
internal import PandoStore

/// What is printed for each commit of a walk, put together from words and settings.
extension WalkArguments {
  /// The style for a command; `format` is what it prints unless told otherwise.
  func style(
    format: CommitFormat, _ context: CommandContext, mailmap: Mailmap?
  ) throws -> CommitStyle {
    let configuration = try context.repository().configuration
    var style = CommitStyle()
    style.format = self.format ?? format
    style.abbreviation = abbreviation
    style.colors = ColorScheme(isOn: showsColors)
    style.mailmap = mailmap
    style.encoding =
      try encoding ?? configuration.string("i18n.logOutputEncoding")
      ?? configuration.string("i18n.commitEncoding") ?? "UTF-8"
    style.tabWidth = tabWidth ?? style.format.tabWidth
    if let dates {
      style.dates = dates
    } else if prefersShortDates {
      style.dates = .short
    }
    return style
  }

  /// The walk that the words ask for, from commits alone.
  func preparedWalk(
    _ context: CommandContext, from starts: [RevisionTerm], mailmap: Mailmap?, keepsBodies: Bool,
    tellsParents: Bool = true
  ) throws -> RevisionWalk {
    var options = walk
    options.keepsBodies = keepsBodies
    options.tellsParents = tellsParents
    options.tellsShownParents = showsGraph
    options.tellsOriginalParents = comparesAllPaths
    options.grafts = try context.grafts()
    if !filter.isEmpty {
      let test = try filter.test(mailmap: mailmap)
      options.accepts = { _, body in test(body) }
    }
    return try RevisionWalk(context.objects(), from: starts, options)
  }
}

extension WalkArguments {
  /// What stands before a commit's name to tell its side, or in a drawing for it; nil when nothing
  /// does.
  func mark(_ item: RevisionWalk.Item) -> UInt8? {
    if item.mark == .boundary { return UInt8(ascii: showsGraph ? "o" : "-") }
    if item.mark == .twin { return UInt8(ascii: "=") }
    if showsSides { return UInt8(ascii: item.mark == .left ? "<" : ">") }
    if showsGraph { return UInt8(ascii: "*") }
    return walk.twins == .marked ? UInt8(ascii: "+") : nil
  }
}

extension CommandContext {
  /// Who wants to be known by which name: `.mailmap` of the work tree, or of HEAD in a bare
  /// repository; nil when there is none.
  func mailmap() throws -> Mailmap? {
    let repository = try repository()
    var text: [UInt8] = []
    if let root = repository.workTree {
      text = try fileSystem.contents(of: root / ".mailmap", limit: 1 << 26) ?? []
    } else if let id = try revisionParser().find("HEAD:.mailmap", isQuiet: true)?.id,
      let blob = try objects().read(id)
    {
      text = blob.body
    }
    if let path = try repository.configuration.path("mailmap.file") {
      text += [10] + (try fileSystem.contents(of: path, limit: 1 << 26) ?? [])
    }
    return text.isEmpty ? nil : Mailmap(text)
  }
}
