internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStore

/// What the words of a command that walks history ask for: where to start, what to show, how.
struct WalkArguments {
  /// Where to start, in the order given; anything that a revision can name.
  var terms: [RevisionTerm] = []
  /// Whether anything told where to start, be it that nothing came of it.
  var hasInput = false
  var walk = RevisionWalk.Options()
  var paths: [PathFilter.Item] = []
  var filter = MessageFilter()
  /// The format, when one was asked for.
  var format: CommitFormat?
  var dates: DateFormat?
  var prefersShortDates = false
  /// The digits of abbreviated names; nil for as many as it takes, 0 for all.
  var abbreviation: Int?
  var abbreviatesCommits: Bool?
  var encoding: String?
  var tabWidth: Int?
  var showsColors = false
  var showsParents = false
  var showsChildren = false
  var showsSides = false
  var showsGraph = false
  /// Whether differences are shown of all paths, though commits are chosen by some.
  var comparesAllPaths = false
  /// Whether the one file that was named is followed to the names that it had before; nil when
  /// nothing was said.
  var followsFile: Bool?
  var usesNUL = false
  var isQuiet = false
  /// Options that only some commands know, and words that nobody knows.
  var others: [String] = []
  /// By what name each commit was reached, for `--source`.
  var sources: [ObjectID: String] = [:]
}

/// Reads the words of a command that walks history. Source: git-rev-list, git-log.
struct WalkArgumentReader {
  let context: CommandContext
  let parser: RevisionParser
  /// What abbreviated names are meant to stand for.
  let hint: RevisionParser.Hint
  /// Tells of options that only the command knows whether they take the next word.
  let takesValue: (String) -> Bool

  private(set) var arguments = WalkArguments()
  private var isNegated = false
  private var ignoresMissing = false
  private var selection = ReferenceSelection()
  /// Tags that ancestry paths lead through, and their commits.
  private var pathTags: [(tag: ObjectID, commit: ObjectID)] = []
  private var words: [String] = []
  private var position = 0

  init(
    _ context: CommandContext, _ parser: RevisionParser, hint: RevisionParser.Hint,
    isSinglyNamed: Bool = false, takesValue: @escaping (String) -> Bool = { _ in false }
  ) {
    arguments.walk.isSinglyNamed = isSinglyNamed
    self.context = context
    self.parser = parser
    self.hint = hint
    self.takesValue = takesValue
  }

  var source: any RevisionSource { parser.source }

  mutating func read(_ input: [ByteString]) throws -> WalkArguments {
    words = input.map(\.text)
    let dashes = words.firstIndex(of: "--")
    if let dashes {
      for word in words[(dashes + 1)...] {
        arguments.paths.append(try WalkPathspec.read(word, context))
      }
      words.removeSubrange(dashes...)
    }
    var readsOptions = true
    while position < words.count {
      let word = words[position]
      position += 1
      if readsOptions, word.hasPrefix("-"), word.count > 1 {
        if word == "--end-of-options" { readsOptions = false } else { try option(word) }
        continue
      }
      if try revision(word, mayBeFile: dashes == nil) { continue }
      if ignoresMissing {
        arguments.hasInput = true
        continue
      }
      if dashes != nil || word.hasPrefix("^") {
        throw CommandFailure.fatal("bad revision '\(word)'")
      }
      let check = FileNameCheck(context: context, parser: parser)
      arguments.paths += try check.paths(words[(position - 1)...])
      break
    }
    if !arguments.paths.isEmpty { arguments.walk.paths = PathFilter(arguments.paths) }
    // Whether there is a drawing is known when all words are read.
    if arguments.showsGraph {
      arguments.walk.rewritesParents = true
      if arguments.walk.order == .date { arguments.walk.order = .topological }
    }
    addPathTags()
    try refuseContradictions()
    return arguments
  }

  private func refuseContradictions() throws {
    let walk = arguments.walk
    func refuse(_ one: String, _ other: String) throws {
      throw CommandFailure.fatal("options '\(one)' and '\(other)' cannot be used together")
    }
    if walk.rewritesParents, walk.tellsChildren { try refuse("--parents", "--children") }
    guard arguments.showsGraph else { return }
    if walk.isReversed { try refuse("--reverse", "--graph") }
    if walk.isSinglyNamed { try refuse("--no-walk", "--graph") }
  }

  // MARK: Revisions

  private mutating func revision(_ word: String, mayBeFile: Bool) throws -> Bool {
    if word == "..", mayBeFile { return false }
    guard let terms = try parser.terms(word, hint: hint) else { return false }
    if mayBeFile {
      try FileNameCheck(context: context, parser: parser).refuseFile(word)
    }
    for term in terms { try add(term.negated(isNegated)) }
    arguments.hasInput = true
    return true
  }

  private mutating func add(_ term: RevisionTerm) throws {
    guard
      try source.objects.contains(term.id)
        || term.id == Tree.emptyID(source.objects.hashAlgorithm)
    else {
      if ignoresMissing { return }
      throw CommandFailure.fatal("bad object \(term.name)")
    }
    if term.isExcluded { arguments.walk.isSinglyNamed = false }
    arguments.terms.append(term)
  }

  private mutating func addReferences(
    prefix: String, pattern: String? = nil, isTrimmed: Bool
  ) throws {
    let found = try selection.take(
      prefix: prefix, pattern: pattern, isTrimmed: isTrimmed, source)
    for reference in found {
      try add(
        RevisionTerm(id: reference.id, name: reference.shown, isExcluded: isNegated))
    }
    arguments.hasInput = true
  }

  private mutating func addAll() throws {
    let isHeadExcluded = selection.isExcluded("HEAD")
    try addReferences(prefix: "refs/", isTrimmed: false)
    if !isHeadExcluded, let head = try source.references.id(of: .head) {
      try add(RevisionTerm(id: head, name: "HEAD", isExcluded: isNegated))
    }
  }

  // MARK: Options

  private mutating func option(_ word: String) throws {
    let equals = word.firstIndex(of: "=")
    let name = word.hasPrefix("--") ? String(word[..<(equals ?? word.endIndex)]) : word
    let value = word.hasPrefix("--") ? equals.map { String(word[word.index(after: $0)...]) } : nil
    if try startOption(name, value) || orderOption(name, value) { return }
    if try countOption(word, name, value) || patternOption(name, value) { return }
    if try formatOption(word, name, value) { return }
    arguments.others.append(word)
    if takesValue(word), position < words.count {
      arguments.others.append(words[position])
      position += 1
    }
  }

  /// The value behind `=`, or the next word.
  private mutating func required(_ value: String?, _ name: String) throws -> String {
    if let value { return value }
    guard position < words.count else {
      throw CommandFailure.fatal("Option '\(name)' requires a value")
    }
    position += 1
    return words[position - 1]
  }

  private mutating func startOption(_ name: String, _ value: String?) throws -> Bool {
    switch name {
    case "--all" where value == nil: try addAll()
    case "--branches": try addReferences(prefix: "refs/heads/", pattern: value, isTrimmed: true)
    case "--tags": try addReferences(prefix: "refs/tags/", pattern: value, isTrimmed: true)
    case "--remotes":
      try addReferences(prefix: "refs/remotes/", pattern: value, isTrimmed: true)
    case "--glob":
      try addReferences(
        prefix: "refs/", pattern: try required(value, "--glob"), isTrimmed: false)
    case "--exclude": selection.exclude(try required(value, "--exclude"))
    case "--not": isNegated.toggle()
    case "--no-walk":
      switch value {
      case nil, "sorted"?: arguments.walk.isUnsorted = false
      case "unsorted"?: arguments.walk.isUnsorted = true
      case let value?: throw CommandFailure.error("invalid argument to --no-walk: \(value)")
      }
      arguments.walk.isSinglyNamed = true
    case "--do-walk":
      arguments.walk.isSinglyNamed = false
      arguments.walk.isUnsorted = false
    case "--ignore-missing": ignoresMissing = true
    case "--stdin": try readStandardInput()
    default: return false
    }
    return true
  }

  private mutating func readStandardInput() throws {
    var readsPaths = false
    while let bytes = try context.input.readLine() {
      let line = String(decoding: bytes, as: UTF8.self)
      if readsPaths {
        arguments.paths.append(try WalkPathspec.read(line, context))
      } else if line.isEmpty {
        break
      } else if line == "--" {
        readsPaths = true
      } else if line.hasPrefix("-") {
        throw CommandFailure.fatal("options not supported in --stdin mode")
      } else if try !revision(line, mayBeFile: false) {
        throw CommandFailure.fatal("bad revision '\(line)'")
      }
    }
  }

  private mutating func orderOption(_ name: String, _ value: String?) throws -> Bool {
    switch name {
    case "--topo-order": arguments.walk.order = .topological
    case "--date-order": arguments.walk.order = .dateTopological
    case "--author-date-order": arguments.walk.order = .authorDateTopological
    case "--reverse": arguments.walk.isReversed.toggle()
    case "--first-parent": arguments.walk.followsFirstParentOnly = true
    case "--merges": arguments.walk.parentsMin = 2
    case "--no-merges": arguments.walk.parentsMax = 1
    case "--min-parents": arguments.walk.parentsMin = Self.number(value ?? "")
    case "--no-min-parents": arguments.walk.parentsMin = 0
    case "--max-parents":
      let count = Self.number(value ?? "")
      arguments.walk.parentsMax = count < 0 ? nil : count
    case "--no-max-parents": arguments.walk.parentsMax = nil
    case "--full-history": arguments.walk.keepsFullHistory = true
    case "--dense": break
    case "--parents":
      arguments.walk.rewritesParents = true
      arguments.showsParents = true
    case "--children":
      arguments.walk.tellsChildren = true
      arguments.showsChildren = true
    case "--graph": arguments.showsGraph = true
    case "--no-graph": arguments.showsGraph = false
    case "--boundary": arguments.walk.showsBoundary = true
    case "--left-right": arguments.showsSides = true
    case "--left-only": try limit(to: .left, name)
    case "--right-only": try limit(to: .right, name)
    case "--cherry-pick", "--cherry-mark":
      try treatTwins(name == "--cherry-pick" ? .hidden : .marked)
    case "--cherry":
      try limit(to: .right, name)
      try treatTwins(.marked)
      arguments.walk.parentsMax = 1
    case "--ancestry-path": try limitToAncestryPath(value)
    case "--full-diff": arguments.comparesAllPaths = true
    case "--follow": arguments.followsFile = true
    case "--no-follow": arguments.followsFile = false
    case "--simplify-merges": simplifyMerges()
    case "--simplify-by-decoration":
      simplifyMerges()
      arguments.walk.keepsOnly = try source.namedCommits()
    case "--sparse", "--walk-reflogs", "-g", "--reflog", "--bisect", "--merge", "--show-pulls",
      "--remove-empty":
      throw CommandFailure.fatal("\(name) is not supported yet")
    default: return false
    }
    return true
  }

  private mutating func simplifyMerges() {
    arguments.walk.simplifiesMerges = true
    arguments.walk.keepsFullHistory = true
    arguments.walk.rewritesParents = true
    if arguments.walk.order == .date { arguments.walk.order = .topological }
  }

  private mutating func limit(to side: RevisionWalk.Mark, _ name: String) throws {
    let other = arguments.walk.onlySide
    if let other, other != side {
      throw CommandFailure.fatal(
        side == .left
          ? "--left-only is incompatible with --right-only or --cherry"
          : "options '\(name)' and '--left-only' cannot be used together")
    }
    arguments.walk.onlySide = side
  }

  private mutating func treatTwins(_ twins: RevisionWalk.Twins) throws {
    if arguments.walk.twins != .shown, arguments.walk.twins != twins {
      let names = ["--cherry-pick", "--cherry-mark"]
      let both = twins == .hidden ? names : names.reversed()
      throw CommandFailure.fatal(
        "options '\(both[0])' and '\(both[1])' cannot be used together")
    }
    arguments.walk.twins = twins
  }

  /// As git 2.39: ways lead to the commit of a tag, and through it only where the walk starts from
  /// that tag too.
  private mutating func addPathTags() {
    for (tag, commit) in pathTags {
      if arguments.terms.contains(where: { $0.id == tag }) {
        arguments.walk.ancestryPath?.through.append(commit)
      } else {
        arguments.walk.ancestryPath?.ends.append(commit)
      }
    }
  }

  private mutating func limitToAncestryPath(_ name: String?) throws {
    var path = arguments.walk.ancestryPath ?? RevisionWalk.AncestryPath()
    arguments.walk.keepsFullHistory = true
    if let name {
      let complaint = "error: could not get commit for ancestry-path argument \(name)"
      guard let id = try parser.find(ByteString(Array(name.utf8)))?.id else {
        throw CommandFailure(lines: [complaint], status: .fatal)
      }
      let (peeled, kind) = try source.objects.peel(id)
      guard kind == .commit else {
        throw CommandFailure(
          lines: ["error: object \(peeled) is a \(kind), not a commit", complaint],
          status: .fatal)
      }
      if peeled == id { path.through.append(peeled) } else { pathTags.append((id, peeled)) }
    } else {
      path.leadsToExcluded = true
    }
    arguments.walk.ancestryPath = path
  }

  /// The number at the start of a text, as C reads it; 0 without one.
  private static func number(_ text: String) -> Int {
    let trimmed = text.drop { $0 == " " }
    let digits = trimmed.dropFirst(trimmed.hasPrefix("-") || trimmed.hasPrefix("+") ? 1 : 0)
      .prefix { $0.isASCII && $0.isNumber }
    let value = Int(digits) ?? (digits.isEmpty ? 0 : Int(Int32.max))
    return trimmed.hasPrefix("-") ? -value : value
  }

  private mutating func countOption(
    _ word: String, _ name: String, _ value: String?
  ) throws -> Bool {
    let dates = ApproximateDate(source.localTime)
    switch name {
    case "--max-count": setLimit(Self.number(try required(value, name)))
    case "-n":
      guard position < words.count else {
        throw CommandFailure.error("-n requires an argument", status: .fatal)
      }
      setLimit(Self.number(try required(nil, name)))
    case "--skip": arguments.walk.skip = max(0, Self.number(try required(value, name)))
    case "--since", "--after":
      arguments.walk.since = dates.seconds(in: try required(value, name))
    case "--until", "--before":
      arguments.walk.until = dates.seconds(in: try required(value, name))
    case "--max-age": arguments.walk.since = Int64(Self.number(try required(value, name)))
    case "--min-age": arguments.walk.until = Int64(Self.number(try required(value, name)))
    default:
      let rest = word.dropFirst()
      if rest.first?.isNumber == true {
        setLimit(try Self.strictNumber(String(rest)))
      } else if word.hasPrefix("-n") {
        setLimit(Self.number(String(rest.dropFirst())))
      } else {
        return false
      }
    }
    return true
  }

  private mutating func setLimit(_ limit: Int) {
    arguments.walk.limit = limit < 0 ? nil : limit
    arguments.walk.isSinglyNamed = false
  }

  private static func strictNumber(_ text: String) throws -> Int {
    guard let value = Int(text), value <= Int32.max else {
      throw CommandFailure.fatal("'\(text)': not an integer")
    }
    return value
  }

  private mutating func patternOption(_ name: String, _ value: String?) throws -> Bool {
    switch name {
    case "--author": arguments.filter.authors.append(try required(value, name))
    case "--committer": arguments.filter.committers.append(try required(value, name))
    case "--grep": arguments.filter.messages.append(try required(value, name))
    case "-i", "--regexp-ignore-case": arguments.filter.options.ignoresCase = true
    case "-E", "--extended-regexp": arguments.filter.options.syntax = .extended
    case "-F", "--fixed-strings": arguments.filter.options.syntax = .fixed
    case "--basic-regexp": arguments.filter.options.syntax = .basic
    case "-P", "--perl-regexp":
      throw CommandFailure.fatal("Perl-compatible patterns are not supported")
    case "--all-match": arguments.filter.matchesAll = true
    case "--invert-grep": arguments.filter.isInverted = true
    default: return false
    }
    return true
  }

  private mutating func formatOption(
    _ word: String, _ name: String, _ value: String?
  ) throws -> Bool {
    switch name {
    case "--pretty", "--format":
      guard name == "--pretty" || value != nil else { return false }
      try setFormat(value ?? "medium")
    case "--oneline":
      try setFormat("oneline")
      arguments.abbreviatesCommits = true
    case "--abbrev":
      if let value {
        let digits = Self.number(value)
        let most = source.objects.hashAlgorithm.hexCount
        arguments.abbreviation = min(most, max(ObjectIDPrefix.digitsMin, digits))
      } else {
        arguments.abbreviation = nil
      }
    case "--no-abbrev": arguments.abbreviation = 0
    case "--abbrev-commit": arguments.abbreviatesCommits = true
    case "--no-abbrev-commit": arguments.abbreviatesCommits = false
    case "--date": arguments.dates = try DateFormat(named: try required(value, name))
    case "--relative-date": arguments.dates = .relative
    case "--encoding":
      let encoding = try required(value, name)
      arguments.encoding = encoding == "none" ? "" : encoding
    case "--expand-tabs": arguments.tabWidth = min(value.map(Self.number) ?? 8, 1 << 16)
    case "--no-expand-tabs": arguments.tabWidth = 0
    case "--color":
      arguments.showsColors =
        value == nil || value == "always" || value == "auto" && context.output.isTerminal
    case "--no-color": arguments.showsColors = false
    case "--no-notes", "--no-show-signature", "--no-signature": break
    case "-z": arguments.usesNUL = true
    case "--quiet", "-q": arguments.isQuiet = true
    default: return false
    }
    return true
  }

  private mutating func setFormat(_ text: String) throws {
    let source = source
    let choice = try CommitFormat.read(text) { name in
      try? source.configurationValues("pretty.\(name)").last
    }
    arguments.format = choice.format
    arguments.prefersShortDates = choice.prefersShortDates
  }
}
