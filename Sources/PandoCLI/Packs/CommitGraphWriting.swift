internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage
internal import PandoStore

/// One run of `commit-graph write`.
struct CommitGraphWriting {
  private let context: CommandContext
  private let parsed: ParsedOptions<CommitGraphCommand.Key>
  private let directory: ByteString?

  init(_ words: [ByteString], _ directory: ByteString?, _ context: CommandContext) throws {
    self.context = context
    parsed = try CommitGraphCommand.writeParser.parse(words)
    self.directory = parsed.value(.objectDirectory) ?? directory
    guard parsed.arguments.isEmpty else { throw CommitGraphCommand.writeParser.misuse() }
  }

  func run() throws -> ExitStatus {
    let options = try writerOptions()
    let starts: [CommitGraphCommand.Key] = [.reachable, .stdinPacks, .stdinCommits]
    guard starts.count(where: { parsed.has($0) }) <= 1 else {
      throw CommandFailure.fatal(
        "use at most one of --reachable, --stdin-commits, or --stdin-packs")
    }
    let objects = try context.objectDatabase()
    let place = try CommitGraphCommand.directory(directory, objects, context)
    guard objects.options.usesCommitGraph else {
      try context.errors.write(
        "warning: attempting to write a commit-graph, but 'core.commitGraph' is disabled\n")
      return .success
    }
    let writer = CommitGraphWriter(objects, in: place, options: options)
    if parsed.has(.reachable) {
      try writer.writeReachable(try context.repository().references)
    } else if parsed.has(.stdinPacks) {
      try writePacks(writer)
    } else if parsed.has(.stdinCommits) {
      try writer.write(.commits(try commits(objects)))
    } else {
      try writer.write(.allPacks)
    }
    return .success
  }

  /// Writes the graph of the packs whose indexes standard input names.
  private func writePacks(_ writer: CommitGraphWriter) throws {
    var names: [String] = []
    while let line = try context.input.readLine() {
      names.append(String(decoding: line, as: UTF8.self))
    }
    do throws(PandoError) { try writer.write(.packs(names)) } catch {
      guard error.message.hasPrefix("error adding pack") else { throw error }
      throw CommandFailure.error(error.message)
    }
  }

  /// The commits that standard input names, tags followed; other objects are passed over.
  private func commits(_ objects: ObjectDatabase) throws -> [ObjectID] {
    var ids: [ObjectID] = []
    while let line = try context.input.readLine() {
      let text = String(decoding: line, as: UTF8.self)
      let digits = Array(line.prefix(objects.hashAlgorithm.hexCount))
      guard let id = ObjectID(hexBytes: digits.span), id.algorithm == objects.hashAlgorithm else {
        throw CommandFailure.error("unexpected non-hex object ID: \(text)")
      }
      do {
        if let commit = try objects.peelToCommit(id) { ids.append(commit) }
      } catch {
        throw CommandFailure.error("invalid object: \(text)")
      }
    }
    return ids
  }

  private func writerOptions() throws -> CommitGraphWriter.Options {
    var options = try CommitGraphWriter.Options(context.configuration())
    options.appends = parsed.has(.append)
    options.changedPaths = parsed.choice(.changedPaths)
    if parsed.has(.split) {
      options.split = try split(parsed.text(.split))
    }
    options.commitsMax = try parsed.integer(.commitsMax) ?? 0
    let multiple = try parsed.integer(.sizeMultiple) ?? 2
    options.sizeMultiple = multiple == 0 ? 2 : multiple
    if let choice = parsed.choice(.newFiltersMax) {
      let limit = choice ? try parsed.integer(.newFiltersMax) : nil
      options.newFiltersMax = limit.flatMap { $0 < 0 ? nil : $0 }
    }
    if let text = parsed.text(.expireTime) { options.expireSeconds = try expiry(text) }
    options.clock = context.clock
    if parsed.choice(.progress) ?? context.errors.isTerminal {
      let delay = context.environment["GIT_PROGRESS_DELAY"].flatMap { Int64($0) } ?? 2
      options.progress = TerminalProgress(
        context.errors, clock: context.clock, delaySeconds: delay)
    }
    return options
  }

  private func split(_ strategy: String?) throws -> CommitGraphWriter.Split {
    switch strategy {
    case nil: return .merging
    case "no-merge"?: return .separate
    case "replace"?: return .replacing
    case let other?: throw CommandFailure.fatal("unrecognized --split argument, \(other)")
    }
  }

  /// Before which time files are removed; nil for now, which is also what git makes of `never`.
  private func expiry(_ text: String) throws -> Int64? {
    switch text {
    case "never", "false": return nil
    case "all", "now": return .max
    default: break
    }
    let clock = context.clock
    let local = LocalTime(now: clock.now().seconds) { clock.utcOffsetMinutes(at: $0) }
    let date = ApproximateDate(local).seconds(in: Array(text.utf8), isStrict: true)
    guard let date else { throw CommandFailure.fatal("malformed expiration date '\(text)'") }
    return date == 0 ? nil : date
  }
}
