public import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage
internal import PandoStore

/// `pando rev-parse`: turns names into IDs, sorts words, and tells where things are.
public struct RevParseCommand: Command {
  public let name = "rev-parse"
  public let summary = "Turn revisions into object names, and tell where the repository is"

  private static let usage = """
    usage: pando rev-parse --sq-quote [<arg>...]
       or: pando rev-parse [<options>] [<arg>...]

    """

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let words = arguments.map(\.text)
    switch words.first {
    case "-h"?: throw UsageError(usage: Self.usage, isHelp: true)
    case "--parseopt"?: throw CommandFailure.fatal("--parseopt is not supported")
    case "--sq-quote"?:
      let quoted = words.dropFirst().map { " " + RevisionPrinter.shellQuoted($0) }.joined()
      try context.output.write(quoted + "\n")
      return .success
    default: break
    }
    var run = try RevParseRun(words, context)
    return try run.run()
  }
}

/// One run of `rev-parse`: words are looked at one after the other, and each answers at once.
struct RevParseRun {
  private let words: [String]
  private let context: CommandContext
  private var position = 0
  /// Whether the words that come are shown as they are.
  private var showsAsIs = false
  private var readsOptions = true
  private var sorting = WordSorting.all
  private var printer: RevisionPrinter
  private var verifies = false
  private var isQuiet = false
  private var defaultName: String?
  private var prefix: String?
  private var selection = ReferenceSelection()
  /// How many revisions `--verify` has seen, and the last of them.
  private var verified = (count: 0, id: ObjectID?.none, name: "", isExcluded: false)
  /// Whether a `--` stands somewhere, so that all before it must be revisions.
  private let separatesPaths: Bool
  private var parser: RevisionParser?

  init(_ words: [String], _ context: CommandContext) throws {
    self.words = words
    self.context = context
    separatesPaths = words.contains("--")
    printer = RevisionPrinter(context)
  }

  private mutating func revisions() throws -> RevisionParser {
    if let parser { return parser }
    let made = try context.revisionParser()
    parser = made
    printer.parser = made
    return made
  }

  mutating func run() throws -> ExitStatus {
    while position < words.count {
      let word = words[position]
      position += 1
      if showsAsIs {
        if try showFile(word), !sawDashes { try requireFile(word, isFirst: false) }
        continue
      }
      if word.hasPrefix("-"), readsOptions {
        if try option(word) { return try needsSingleRevision() }
        continue
      }
      if try revision(word) { continue }
      if verifies { return try needsSingleRevision() }
      if separatesPaths { throw CommandFailure.fatal("bad revision '\(word)'") }
      showsAsIs = true
      guard try showFile(word) else { break }
      try requireFile(word, isFirst: true)
    }
    guard verifies else {
      try showDefault()
      return .success
    }
    if verified.count == 1, let id = verified.id {
      try show(id, name: verified.name, isExcluded: verified.isExcluded)
      return .success
    }
    if verified.count == 0, try showDefault() { return .success }
    return try needsSingleRevision()
  }

  private func needsSingleRevision() throws -> ExitStatus {
    if isQuiet { return .failure }
    throw CommandFailure.fatal("Needed a single revision")
  }

  // MARK: Words

  private mutating func requireFile(_ word: String, isFirst: Bool) throws {
    try FileNameCheck(context: context, parser: revisions()).requireFile(word, isFirst: isFirst)
  }

  /// Shows a word as it is, unless such words are left out.
  private mutating func showFile(_ word: String, isPath: Bool = true) throws -> Bool {
    try showDefault()
    guard sorting.isSuperset(of: [.arguments, .others]) else { return false }
    if let prefix, isPath, !word.hasPrefix("/") {
      try printer.show(prefix + word)
    } else {
      try printer.show(word)
    }
    return true
  }

  /// Whether `--` itself was seen, after which nothing is checked.
  private var sawDashes = false

  @discardableResult
  private mutating func showDefault() throws -> Bool {
    guard let name = defaultName else { return false }
    defaultName = nil
    guard let id = try revisions().find(ByteString(name))?.id else { return false }
    try show(id, name: name, isExcluded: false)
    return true
  }

  private mutating func show(_ id: ObjectID, name: String?, isExcluded: Bool) throws {
    guard sorting.contains(.revisions) else { return }
    defaultName = nil
    try printer.show(id, name: name, isExcluded: isExcluded)
  }

  /// Shows a word that stands for one or more revisions; false when it is none.
  private mutating func revision(_ word: String) throws -> Bool {
    let parser = try revisions()
    if try showRange(word, parser) { return true }
    if try showParents(word, parser) { return true }
    var name = word
    var isExcluded = false
    if name.hasPrefix("^") {
      name.removeFirst()
      isExcluded = true
    }
    guard let found = try found(name, parser) else { return false }
    if verifies {
      verified = (verified.count + 1, found.id, name, isExcluded)
    } else {
      try show(found.id, name: name, isExcluded: isExcluded)
    }
    return true
  }

  /// What a name stands for. Being quiet, a reflog that is too short ends the command without a
  /// word.
  private func found(
    _ name: String, _ parser: RevisionParser
  ) throws -> RevisionParser.Found? {
    do {
      return try parser.find(ByteString(name), isQuiet: isQuiet)
    } catch {
      guard isQuiet, error.message.hasPrefix("log for ") else { throw error }
      throw CommandFailure.silent(.fatal)
    }
  }

  private mutating func showRange(_ word: String, _ parser: RevisionParser) throws -> Bool {
    guard word != "..", let (left, right, isSymmetric) = RevisionParser.sides(of: word) else {
      return false
    }
    guard let a = try parser.find(ByteString(left), hint: .committish, isQuiet: false)?.id,
      let b = try parser.find(ByteString(right), hint: .committish, isQuiet: false)?.id
    else { return false }
    try show(b, name: right, isExcluded: false)
    try show(a, name: left, isExcluded: !isSymmetric)
    guard isSymmetric else { return true }
    let objects = parser.source.objects
    guard let one = try objects.peelToCommit(a), let two = try objects.peelToCommit(b) else {
      return false
    }
    for base in try parser.source.mergeBases(one, two) {
      try show(base, name: nil, isExcluded: true)
    }
    return true
  }

  /// `A^@`, `A^!` and `A^-n`.
  private mutating func showParents(_ word: String, _ parser: RevisionParser) throws -> Bool {
    let bytes = Array(word.utf8)
    var mark = 0
    var only: Int?
    var showsSelf = true
    if word.hasSuffix("^!") {
      mark = bytes.count - 2
    } else if word.hasSuffix("^@") {
      mark = bytes.count - 2
      showsSelf = false
    } else if let found = bytes.position(of: Array("^-".utf8)) {
      mark = found
      let digits = String(decoding: bytes[(found + 2)...], as: UTF8.self)
      only = digits.isEmpty ? 1 : Int(digits)
      guard let only, only >= 1, only <= Int32.max else { return false }
    } else {
      return false
    }
    let name = String(decoding: bytes[..<mark], as: UTF8.self)
    guard let id = try parser.find(ByteString(name), hint: .committish)?.id,
      let parents = try parser.parentTerms(of: name, isExcluded: showsSelf, only: nil)
    else { return false }
    if let only, only > parents.count { return false }
    if showsSelf { try show(id, name: name, isExcluded: false) }
    for (index, parent) in parents.enumerated() where only.map({ $0 == index + 1 }) ?? true {
      let shown = printer.isSymbolic ? "\(name)^\(index + 1)" : nil
      try show(parent.id, name: shown, isExcluded: showsSelf)
    }
    return true
  }
}

/// Which words `rev-parse` shows.
struct WordSorting: OptionSet {
  let rawValue: UInt8

  /// Revisions, and options for commands that walk.
  static let revisions = WordSorting(rawValue: 1)
  /// What is neither.
  static let others = WordSorting(rawValue: 2)
  static let flags = WordSorting(rawValue: 4)
  static let arguments = WordSorting(rawValue: 8)
  static let all: WordSorting = [.revisions, .others, .flags, .arguments]
}

extension RevParseRun {
  /// Acts on an option; true when `--verify` does not allow it.
  private mutating func option(_ word: String) throws -> Bool {
    if word == "--" || word == "--end-of-options" {
      if word == "--" {
        showsAsIs = true
        sawDashes = true
      } else {
        readsOptions = false
      }
      if !sorting.isDisjoint(with: [.flags, .revisions]) {
        _ = try showFile(word, isPath: false)
      }
      return false
    }
    let equals = word.firstIndex(of: "=")
    let name = String(word[..<(equals ?? word.endIndex)])
    let value = equals.map { String(word[word.index(after: $0)...]) }
    if try sortingOption(word) || formOption(name, value) { return false }
    if try referenceOption(name, value) || placeOption(word, name, value) { return false }
    if try walkOption(word, name, value) { return false }
    guard sorting.contains(.flags),
      sorting.contains(Self.isWalkOption(word) ? .revisions : .others)
    else { return false }
    try printer.show(word)
    return verifies
  }

  /// Whether the option is one that git takes for one of rev-list's.
  private static func isWalkOption(_ word: String) -> Bool {
    if let second = word.dropFirst().first, second.isASCII, second.isNumber { return true }
    return walkOptions.contains(word)
      || walkOptions.contains { $0.hasSuffix("=") && word.hasPrefix($0) }
  }

  private static let walkOptions: Set<String> = [
    "--all", "--bisect", "--dense", "--branches", "--branches=", "--header", "--ignore-missing",
    "--max-age=", "--max-count=", "--min-age=", "--no-merges", "--objects",
    "--objects-edge", "--parents", "--pretty", "--remotes", "--remotes=", "--sparse", "--tags",
    "--tags=", "--topo-order", "--date-order", "--unpacked",
  ]

  private mutating func sortingOption(_ word: String) throws -> Bool {
    switch word {
    case "--revs-only": sorting.remove(.others)
    case "--no-revs": sorting.remove(.revisions)
    case "--flags": sorting.remove(.arguments)
    case "--no-flags": sorting.remove(.flags)
    case "--verify":
      sorting.subtract([.flags, .others])
      verifies = true
    case "--quiet", "-q": isQuiet = true
    case "--default": defaultName = try required(word)
    case "--prefix": prefix = try required(word)
    case "--not": printer.isNegated.toggle()
    default: return false
    }
    return true
  }

  private mutating func required(_ name: String) throws -> String {
    guard position < words.count else {
      throw CommandFailure.fatal("\(name) requires an argument")
    }
    position += 1
    return words[position - 1]
  }

  private mutating func formOption(_ name: String, _ value: String?) throws -> Bool {
    switch (name, value) {
    case ("--short", let value):
      sorting.subtract([.flags, .others])
      verifies = true
      printer.digits = .some(nil)
      if let value {
        let most = try revisions().source.objects.hashAlgorithm.hexCount
        let digits = Int(value) ?? 0
        printer.digits = .some(min(most, max(ObjectIDPrefix.digitsMin, digits)))
      }
    case ("--sq", nil): printer.isShellQuoted = true
    case ("--symbolic", nil): printer.form = .asGiven
    case ("--symbolic-full-name", nil): printer.form = .full
    case ("--abbrev-ref", let value):
      switch value {
      case nil: printer.form = .abbreviated(isStrict: nil)
      case "strict"?: printer.form = .abbreviated(isStrict: true)
      case "loose"?: printer.form = .abbreviated(isStrict: false)
      case let value?: throw CommandFailure.fatal("unknown mode for --abbrev-ref: \(value)")
      }
    case ("--path-format", "absolute"?): printer.pathFormat = .absolute
    case ("--path-format", "relative"?): printer.pathFormat = .relative
    case ("--path-format", let value):
      guard let value else {
        throw CommandFailure.fatal("--path-format requires an argument")
      }
      throw CommandFailure.fatal("unknown argument to --path-format: \(value)")
    default: return false
    }
    return true
  }

  private mutating func referenceOption(_ name: String, _ value: String?) throws -> Bool {
    switch name {
    case "--all" where value == nil:
      try show(selection.take(prefix: "refs/", isTrimmed: false, revisions().source))
    case "--branches", "--tags", "--remotes":
      let directory = name == "--branches" ? "heads" : String(name.dropFirst(2))
      try show(
        selection.take(
          prefix: "refs/\(directory)/", pattern: value, isTrimmed: true, revisions().source))
    case "--glob":
      guard let value else { return false }
      try show(
        selection.take(prefix: "refs/", pattern: value, isTrimmed: false, revisions().source))
    case "--exclude":
      guard let value else { return false }
      selection.exclude(value)
    case "--disambiguate":
      guard let value else { return false }
      let source = try revisions().source
      if let prefix = ObjectIDPrefix(value, algorithm: source.objects.hashAlgorithm) {
        for id in try source.ids(matching: prefix) { try show(id, name: nil, isExcluded: false) }
      }
    default: return false
    }
    return true
  }

  private mutating func show(_ found: [ReferenceSelection.Found]) throws {
    for reference in found { try show(reference.id, name: reference.shown, isExcluded: false) }
  }

  /// Dates in rev-list's words, and counts for it.
  private mutating func walkOption(
    _ word: String, _ name: String, _ value: String?
  ) throws -> Bool {
    let isShown = sorting.isSuperset(of: [.flags, .revisions])
    if word.hasPrefix("-n") {
      if isShown { try printer.show(word) }
      if word == "-n" {
        let count = try required(word)
        if isShown { try printer.show(count) }
      }
      return true
    }
    guard let value else { return false }
    let option: String
    switch name {
    case "--since", "--after": option = "--max-age="
    case "--until", "--before": option = "--min-age="
    default: return false
    }
    let clock = context.clock
    let local = LocalTime(now: clock.now().seconds) { clock.utcOffsetMinutes(at: $0) }
    if isShown {
      // Git counts without a sign.
      let seconds = UInt64(bitPattern: ApproximateDate(local).seconds(in: value))
      try printer.show("\(option)\(seconds)")
    }
    return true
  }

  private mutating func placeOption(
    _ word: String, _ name: String, _ value: String?
  ) throws -> Bool {
    let places = RepositoryPlaces(context, format: printer.pathFormat)
    switch (name, value) {
    case ("--git-path", nil):
      try context.output.write(try places.gitPath(required(word)) + "\n")
    case ("--show-object-format", let value):
      guard ["storage", "input", "output"].contains(value ?? "storage") else {
        throw CommandFailure.fatal("unknown mode for --show-object-format: \(value ?? "")")
      }
      try context.output.write(try context.repository().hashAlgorithm.name + "\n")
    case ("--local-env-vars", nil):
      try context.output.write(RepositoryPlaces.localVariables.map { "\($0)\n" }.joined())
    case ("--resolve-git-dir", nil):
      try context.output.write(try places.resolvedGitDirectory(required(word)) + "\n")
    default:
      guard let line = try places.answer(word) else { return false }
      if let line { try context.output.write(line) }
    }
    return true
  }
}
