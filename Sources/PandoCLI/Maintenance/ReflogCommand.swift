public import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage

/// `pando reflog`: gives up entries of reference logs, and tells whether there is one.
public struct ReflogCommand: Command {
  public let name = "reflog"
  public let summary = "Manage reference logs"

  private enum Option {
    case dryRun, rewrite, updateReference, verbose, expire, unreachable, stale, all, single
  }

  private static let changing: [CommandOption<Option>] = [
    .flag(.dryRun, "--dry-run", help: "do not actually prune any entries"),
    .flag(
      .rewrite, "--rewrite",
      help: "rewrite the old SHA1 with the new SHA1 of the entry that now precedes it"),
    .flag(
      .updateReference, "--updateref",
      help: "update the reference to the value of the top reflog entry"),
    .flag(.verbose, "--verbose", help: "print extra information on screen"),
  ]

  private static let expireParser = OptionParser<Option>(
    [
      "reflog expire [--expire=<time>] [--expire-unreachable=<time>] [--rewrite] [--updateref] "
        + "[--stale-fix] [--dry-run | -n] [--verbose] [--all [--single-worktree] | <refs>...]"
    ],
    changing + [
      .value(
        .expire, "--expire", placeholder: "<timestamp>",
        help: "prune entries older than the specified time"),
      .value(
        .unreachable, "--expire-unreachable", placeholder: "<timestamp>",
        help: "prune entries older than <time> that are not reachable from the current tip"),
      .flag(
        .stale, "--stale-fix",
        help: "prune any reflog entries that point to broken commits"),
      .flag(.all, "--all", help: "process the reflogs of all references"),
      .flag(
        .single, "--single-worktree",
        help: "limits processing to reflogs from the current worktree only"),
    ])

  private static let deleteParser = OptionParser<Option>(
    [
      "reflog delete [--rewrite] [--updateref] [--dry-run | -n] [--verbose] "
        + "<ref>@{<specifier>}..."
    ],
    changing)

  private static let existsParser = OptionParser<Option>(["reflog exists <ref>"], [])

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let words = Array(arguments.dropFirst())
    switch arguments.first?.text {
    case "expire": return try expire(words, context)
    case "delete": return try delete(words, context)
    case "exists": return try exists(words, context)
    case "-h": return try expire(arguments, context)
    default:
      throw CommandFailure.fatal(
        "only 'reflog expire', 'delete' and 'exists' are there; 'log -g' is not")
    }
  }

  private func references(_ context: CommandContext) throws -> FileReferences {
    guard let references = try context.repository().references as? FileReferences else {
      throw PandoError(.unsupported, "the repository's references are not on a disk")
    }
    return references
  }

  // MARK: expire

  private func expire(_ words: [ByteString], _ context: CommandContext) throws -> ExitStatus {
    let given = try Self.expireParser.parse(words)
    var settings = try ReflogSettings(context)
    settings.givenTotal = try given.text(.expire).map { try date($0, context) }
    settings.givenUnreachable = try given.text(.unreachable).map { try date($0, context) }
    if given.has(.stale) {
      settings.givenTotal = settings.givenTotal ?? 0
      settings.givenUnreachable = settings.givenUnreachable ?? 0
    }
    let own = try references(context)
    var logs: [(references: FileReferences, name: ReferenceName)] = []
    if given.has(.all) {
      logs =
        given.has(.single)
        ? try own.reflogNames().map { (own, $0) }
        : try ReflogExpiry.logs(of: try context.repository())
    }
    var status = ExitStatus.success
    for word in given.arguments {
      guard let name = try log(named: word, own) else {
        try context.errors.write("error: \(word) points nowhere!\n")
        status = ExitStatus(255)
        continue
      }
      logs.append((own, name))
    }
    for (references, name) in logs {
      guard let limits = settings.limits(name) else { continue }
      try expiry(given, references, context, dryVerb: "prune").expire(name, limits)
    }
    return status
  }

  private func date(_ text: String, _ context: CommandContext) throws -> Int64 {
    guard let date = ExpiryDate(text, clock: context.clock) else {
      throw CommandFailure.fatal("invalid timestamp '\(text)' given to '--expire'")
    }
    return date.seconds
  }

  /// `git reflog expire` 2.39 says that it prunes even when it only would.
  private func expiry(
    _ given: ParsedOptions<Option>, _ references: FileReferences, _ context: CommandContext,
    dryVerb: String
  ) throws -> ReflogExpiry {
    var expiry = ReflogExpiry(references, objects: try context.objects())
    expiry.isDryRun = given.has(.dryRun)
    expiry.rewrites = given.has(.rewrite)
    expiry.updatesReference = given.has(.updateReference)
    expiry.fixesStale = given.has(.stale)
    guard given.has(.verbose) else { return expiry }
    let verb = given.has(.dryRun) ? dryVerb : "prune"
    expiry.onVerdict = { (verdict) throws(PandoError) in
      let word = verdict.isExpired ? verb : "keep"
      do { try context.output.write("\(word) \(verdict.entry.message.text)\n") } catch {
        throw PandoError(.unreadable, "cannot write to standard output", cause: error)
      }
    }
    return expiry
  }

  /// The log that a short name means.
  private func log(
    named word: ByteString, _ references: FileReferences
  ) throws -> ReferenceName? {
    for prefix in ["", "refs/", "refs/tags/", "refs/heads/", "refs/remotes/"] {
      guard let name = ReferenceName(ByteString(Array(prefix.utf8) + word.bytes)) else { continue }
      if try references.reflog(of: name) != nil { return name }
    }
    return nil
  }

  // MARK: delete, exists

  private func delete(_ words: [ByteString], _ context: CommandContext) throws -> ExitStatus {
    let given = try Self.deleteParser.parse(words)
    guard !given.arguments.isEmpty else {
      throw CommandFailure.error("no reflog specified to delete", status: ExitStatus(255))
    }
    let own = try references(context)
    var status = ExitStatus.success
    for word in given.arguments {
      let bytes = word.bytes
      let at = bytes.indices.last {
        bytes[$0] == UInt8(ascii: "@") && bytes[$0...].dropFirst().first == UInt8(ascii: "{")
      }
      guard let at, bytes.last == UInt8(ascii: "}") else {
        try context.errors.write("error: not a reflog: \(word)\n")
        status = ExitStatus(255)
        continue
      }
      let short = ByteString(Array(bytes[..<at]))
      guard let name = try log(named: short.count == 0 ? "HEAD" : short, own) else {
        try context.errors.write("error: no reflog for '\(word)'\n")
        status = ExitStatus(255)
        continue
      }
      let specifier = String(decoding: bytes[(at + 2)...].dropLast(), as: UTF8.self)
      let expiry = try expiry(given, own, context, dryVerb: "would prune")
      if let number = Int(specifier) {
        try expiry.remove(name, at: number)
      } else {
        guard let date = ExpiryDate(specifier, clock: context.clock) else { continue }
        let entries = try own.reflog(of: name) ?? []
        // The latest entry of that time or before.
        let newer = entries.reversed().prefix { ($0.signature.time?.seconds ?? 0) > date.seconds }
        try expiry.remove(name, at: newer.count)
      }
    }
    return status
  }

  private func exists(_ words: [ByteString], _ context: CommandContext) throws -> ExitStatus {
    let given = try Self.existsParser.parse(words)
    guard let word = given.arguments.first else { throw Self.existsParser.misuse() }
    guard ReferenceName.isWellFormed(word.bytes) else {
      throw CommandFailure.fatal("invalid ref format: \(word)")
    }
    guard let name = ReferenceName(word) else { return .failure }
    return try references(context).reflog(of: name) == nil ? .failure : .success
  }
}
