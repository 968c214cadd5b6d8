internal import PandoBytes
internal import PandoMerge
internal import PandoObjects
internal import PandoStorage
internal import PandoStore

/// The file and the commit that `blame` is asked about, and the commits to leave out.
struct BlameArguments {
  /// From the root.
  let path: [UInt8]
  /// The commit and how it was named; nil for what is not committed yet.
  private let start: (id: ObjectID, name: String)?
  /// What is not committed yet.
  let uncommitted: UncommittedFile?
  private let terms: [RevisionTerm]

  init(_ options: BlameOptions, _ context: CommandContext) throws {
    let parser = try context.revisionParser()
    let (revisions, file) = try Self.sorted(options.parsed, context)
    path = try WalkPathspec.path(file.bytes, context) { "'\(file)'" }
    var terms = try Self.terms(revisions, parser)
    let contents = options.parsed.value(.contents)
    if terms.isEmpty, contents == nil, try context.repository().isBare {
      guard let head = try parser.find("HEAD", isQuiet: true) else {
        throw CommandFailure.fatal("no such ref: HEAD")
      }
      terms = [RevisionTerm(id: head.id, name: "HEAD")]
    }
    self.terms = terms
    start = try Self.start(among: terms, parser.source.objects)
    guard start != nil else {
      uncommitted = try UncommittedFile(at: path, contents: contents, context)
      return
    }
    guard contents == nil else {
      throw CommandFailure.fatal("cannot use --contents with final commit object name")
    }
    uncommitted = nil
  }

  private static func terms(
    _ revisions: [ByteString], _ parser: RevisionParser
  ) throws -> [RevisionTerm] {
    var terms: [RevisionTerm] = []
    for word in revisions {
      guard let found = try parser.terms(word.text, hint: .committish) else {
        throw CommandFailure.fatal("bad revision '\(word)'")
      }
      for term in found {
        guard try parser.source.objects.contains(term.id) else {
          throw CommandFailure.fatal("bad object \(term.name)")
        }
        terms.append(term)
      }
    }
    return terms
  }

  /// The one commit to begin with; nil when only others are named, to stop at.
  private static func start(
    among terms: [RevisionTerm], _ objects: any ObjectReader
  ) throws -> (id: ObjectID, name: String)? {
    let excluded = Set(terms.lazy.filter(\.isExcluded).map(\.id))
    var start: (id: ObjectID, name: String)?
    for term in terms where !excluded.contains(term.id) {
      guard let id = try objects.peelToCommit(term.id) else {
        throw CommandFailure.fatal("Non commit \(term.name)?")
      }
      if let start {
        throw CommandFailure.fatal(
          "More than one commit to dig from \(term.name) and \(start.name)?")
      }
      start = (id, term.name)
    }
    return start
  }

  /// The words for revisions, and the one for the file, which may stand first.
  private static func sorted(
    _ parsed: ParsedOptions<BlameOptions.Option>, _ context: CommandContext
  ) throws -> ([ByteString], ByteString) {
    let words = parsed.arguments
    func isRevision(_ word: ByteString) throws -> Bool {
      guard let id = try context.revisionParser().find(word, isQuiet: true)?.id else {
        return false
      }
      return try context.objects().contains(id)
    }
    guard let last = words.last else { throw BlameOptions.parser.misuse() }
    if let count = parsed.countBeforeSeparator {
      switch words.count - count {
      case 1: return (words.dropLast(), last)
      case 2 where count == 0: return ([last], words[0])
      default: throw BlameOptions.parser.misuse()
      }
    }
    if words.count == 2, try isRevision(last) { return ([last], words[0]) }
    if words.count == 1, try context.repository().workTree == nil, try isRevision(last) {
      throw CommandFailure.fatal("missing <path> to blame")
    }
    return (words.dropLast(), last)
  }

  /// The search that was asked for. Throws git's complaint when there is no such file.
  func blame(_ options: BlameOptions, _ context: CommandContext) throws -> Blame {
    var search = Blame.Options()
    search.followsFirstParentOnly = options.has(.firstParent)
    search.followsRenames = options.parsed.choice(.follow) ?? true
    search.lines = options.lines
    search.explainsRoots = options.showsRoots
    search.grafts = try context.grafts()
    search.since = options.since
    let objects = try context.objects()
    search.commits = try commits(options, search.grafts, objects)
    if let uncommitted {
      return try Blame(
        of: TreePath(bytes: path), with: uncommitted.bytes, mode: uncommitted.mode,
        upon: uncommitted.parents, in: objects, options: search)
    }
    let isDirectory = path.last == UInt8(ascii: "/")
    guard let start, !isDirectory,
      let blame = try Blame(of: TreePath(bytes: path), at: start.id, in: objects, options: search)
    else {
      throw CommandFailure.fatal(
        "no such path \(String(decoding: path, as: UTF8.self)) in \(start?.name ?? "HEAD")")
    }
    return blame
  }

  /// The commits to look into; nil for all.
  private func commits(
    _ options: BlameOptions, _ grafts: Grafts, _ objects: any ObjectReader
  ) throws -> Set<ObjectID>? {
    guard terms.contains(where: \.isExcluded) else { return nil }
    var walking = RevisionWalk.Options()
    walking.followsFirstParentOnly = options.has(.firstParent)
    walking.grafts = grafts
    walking.tellsParents = false
    var starts: [RevisionTerm] = []
    for term in terms {
      guard let id = try objects.peelToCommit(term.id) else { continue }
      starts.append(RevisionTerm(id: id, name: term.name, isExcluded: term.isExcluded))
    }
    for parent in uncommitted?.parents ?? [] {
      starts.append(RevisionTerm(id: parent, name: parent.hex))
    }
    var walk = try RevisionWalk(objects, from: starts, walking)
    var commits = Set<ObjectID>()
    while let item = try walk.next() { commits.insert(item.id) }
    return commits
  }
}
