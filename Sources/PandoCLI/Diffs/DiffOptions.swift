internal import PandoFiles
internal import PandoMerge
internal import PandoObjects
internal import PandoStorage

/// The options of commands that show differences.
struct DiffOptions {
  var format: DiffFormat = []
  /// Whether nothing is to be shown, unless a later option asks for patches.
  var isSilent = false
  /// Whether nothing is to be shown but by the status.
  var isQuiet = false
  var context = 3
  var hunkGap = 0
  var lines = LineDiff.Options()
  var ignoresBlankLines = false
  var treatsAllAsText = false
  /// Whether lines end in NUL and names are not quoted.
  var endsWithZero = false
  var isReversed = false
  var showsFullIndex = false
  /// The digits of names in listings; nil for all, zero for as many as are needed.
  var digits: Int?
  var oldPrefix = "a/"
  var newPrefix = "b/"
  /// What to look for renames with; nil for none.
  var renames: RenameDetection.Options?
  /// Whether copies are looked for of files that did not change.
  var findsCopiesHarder = false
  var renameLimit = 1000
  var renamesEmptyFiles = true
  var filter: DiffFilter?
  /// What has to occur more or less often in files that are shown: `-S`.
  var needle: [UInt8]?
  /// What a changed line of files that are shown has to match: `-G`.
  var linePattern: [UInt8]?
  var ignoresCaseInNeedle = false
  var keepsAllBesideNeedle = false
  var stat = StatWidths()
  var tellsByStatus = false

  /// Whether differences are more than what two trees say.
  var looksThroughDifferences: Bool { renames != nil || leavesOut }

  /// The widths of `--stat`.
  struct StatWidths {
    /// Columns: zero for as many as are usual, less for the terminal's.
    var total = 0
    /// The columns of the terminal that nothing stands in before each line.
    var terminal = Self.usual
    var name = 0
    var graph = 0
    /// How many files are shown; zero for all.
    var count = 0
    /// Whether it is told of files that they came, went or changed modes.
    var tellsModes = false

    private static let usual = 80

    /// How many columns there are.
    var columns: Int { total < 0 ? terminal : total == 0 ? Self.usual : total }
  }

  mutating func read(_ configuration: Configuration) throws {
    if let limit = try configuration.integer("diff.renameLimit") {
      renameLimit = min(limit, Self.numberMax)
    }
  }

  /// What people's own commands take from settings besides: renames are found unless they say
  /// otherwise.
  mutating func readForPeople(_ configuration: Configuration, _ context: CommandContext) throws {
    try read(configuration)
    var found = RenameDetection.Options()
    if let text = try configuration.string("diff.renames"),
      ["copies", "copy"].contains(text.lowercased())
    {
      found.findsCopies = true
      renames = found
    } else {
      renames = try configuration.bool("diff.renames") ?? true ? found : nil
    }
    for (name, place) in Self.settings {
      guard let number = try configuration.integer(name) else { continue }
      guard (0...Self.numberMax).contains(number) else {
        throw CommandFailure.fatal("bad numeric config value '\(number)' for '\(name)'")
      }
      self[keyPath: place] = number
    }
    if try configuration.bool("diff.noprefix") == true { (oldPrefix, newPrefix) = ("", "") }
    lines.usesIndentation = try configuration.bool("diff.indentHeuristic") ?? true
    if let name = try configuration.string("diff.algorithm"), !setAlgorithm(name) {
      throw CommandFailure.fatal("unknown value for config 'diff.algorithm': \(name)")
    }
    let columns = context.environment["COLUMNS"].flatMap { Int($0) } ?? 0
    stat.total = -1
    if (1...Self.numberMax).contains(columns) { stat.terminal = columns }
  }

  private static var settings: [(String, WritableKeyPath<DiffOptions, Int>)] {
    [
      ("diff.context", \.context), ("diff.interHunkContext", \.hunkGap),
      ("diff.statGraphWidth", \.stat.graph),
    ]
  }

  /// The formats that are shown: what the command shows unless it is told. Names alone leave no
  /// room for others. Throws git's complaint about those that exclude each other.
  func shown(default: DiffFormat) throws -> DiffFormat {
    let names = format.intersection(.names)
    guard names != .names, names.isEmpty || !isSilent else {
      throw CommandFailure.fatal(
        "options '--name-only', '--name-status', '--check', and '-s' cannot be used together")
    }
    if isSilent || isQuiet { return [] }
    if !names.isEmpty { return names }
    return format.isEmpty ? `default` : format
  }

  /// Whether some differences of lines do not count.
  var ignoresSome: Bool { lines.whiteSpace != .all || ignoresBlankLines }

  /// Whether not all differences are shown.
  var leavesOut: Bool { filter != nil || needle != nil || linePattern != nil }

  /// Whether the next word is the value of an option.
  static func takesValue(_ option: String) -> Bool { ["-S", "-G", "-l"].contains(option) }

  /// Takes an option; false for one that is none of these.
  mutating func take(_ option: String) throws -> Bool {
    try takeFormat(option) || takeRenames(option) || takeText(option) || takeLayout(option)
  }
}

// MARK: What is not there

extension DiffOptions {
  /// Throws for an option that is one of git's and not known here.
  ///
  /// - Parameter others: more of them, which only the command at hand has.
  static func refuse(_ option: String, _ others: Set<String> = []) throws {
    let name = String(option.prefix { $0 != "=" })
    let isShort = ["-B", "-O"].contains { option.hasPrefix($0) }
    guard isShort || refused.contains(name) || others.contains(name) else { return }
    throw CommandFailure.fatal("\(name) is not supported yet")
  }

  private static let refused: Set<String> = [
    "--anchored", "--binary", "--break-rewrites", "--check", "--color",
    "--color-moved", "--color-words", "--cumulative",
    "--dirstat", "--dirstat-by-file", "--ext-diff",
    "--find-object", "--function-context",
    "--ignore-matching-lines",
    "--ignore-submodules", "--irreversible-delete", "--line-prefix",
    "--max-depth", "--output", "--output-indicator-context", "--output-indicator-new",
    "--output-indicator-old", "--pickaxe-regex", "--relative",
    "--rotate-to", "--skip-to", "--submodule", "--textconv", "--word-diff", "--word-diff-regex",
    "--ws-error-highlight",
  ]
}

// MARK: Formats

extension DiffOptions {
  private mutating func show(_ formats: DiffFormat) -> Bool {
    format.insert(formats)
    if formats.contains(.patch) { isSilent = false }
    return true
  }

  private mutating func takeFormat(_ option: String) throws -> Bool {
    switch option {
    case "-p", "-u", "--patch": return show(.patch)
    case "-s", "--no-patch": isSilent = true
    case "--raw": return show(.raw)
    case "--patch-with-raw": return show([.patch, .raw])
    case "--patch-with-stat": return show([.patch, .stat])
    case "--numstat": return show(.numstat)
    case "--shortstat": return show(.shortstat)
    case "--summary": return show(.summary)
    case "--stat": return show(.stat)
    case "--compact-summary":
      stat.tellsModes = true
      return show(.stat)
    case "--no-compact-summary": stat.tellsModes = false
    case "--name-only": format.insert(.nameOnly)
    case "--name-status": format.insert(.nameStatus)
    default:
      if let value = Self.value(of: option, "--stat=") {
        try setStatWidths(value)
        return show(.stat)
      }
      for (name, path) in Self.statNames {
        guard let value = Self.value(of: option, "--stat-\(name)=") else { continue }
        stat[keyPath: path] = try Self.number(value, option: "stat-\(name)")
        return show(.stat)
      }
      if let value = Self.value(of: option, "-U") ?? Self.value(of: option, "--unified=") {
        if !value.isEmpty { context = try Self.number(value, option: "unified") }
        return show(.patch)
      }
      return false
    }
    return true
  }

  private static var statNames: [(String, WritableKeyPath<StatWidths, Int>)] {
    [
      ("width", \.total), ("name-width", \.name), ("graph-width", \.graph), ("count", \.count),
    ]
  }

  private mutating func setStatWidths(_ text: String) throws {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count <= 3 else {
      throw CommandFailure.fatal("invalid --stat value: \(text)")
    }
    let places: [WritableKeyPath<StatWidths, Int>] = [\.total, \.name, \.count]
    for (part, place) in zip(parts, places) {
      guard let number = Int(part), (0...Self.numberMax).contains(number) else {
        throw CommandFailure(lines: ["error: invalid --stat value: \(text)"], status: .usage)
      }
      stat[keyPath: place] = number
    }
  }

  static func value(of option: String, _ prefix: String) -> String? {
    option.hasPrefix(prefix) ? String(option.dropFirst(prefix.count)) : nil
  }

  /// The largest number that is taken.
  private static let numberMax = Int(Int32.max)

  private static func number(_ text: String, option: String) throws -> Int {
    guard let number = Int(text), (0...numberMax).contains(number) else {
      throw CommandFailure(
        lines: ["error: option `\(option)' expects a numerical value"], status: .usage)
    }
    return number
  }
}

// MARK: Renames

extension DiffOptions {
  private mutating func takeRenames(_ option: String) throws -> Bool {
    switch option {
    case "--no-renames": renames = nil
    case "--find-copies-harder": findsCopiesHarder = true
    case "--rename-empty": renamesEmptyFiles = true
    case "--pickaxe-all": keepsAllBesideNeedle = true
    case "--no-rename-empty": renamesEmptyFiles = false
    case "--find-renames": try find(copies: false, "")
    case "--find-copies": try find(copies: true, "")
    default:
      for (prefix, copies) in [
        ("-M", false), ("--find-renames=", false), ("-C", true), ("--find-copies=", true),
      ] {
        guard let value = Self.value(of: option, prefix) else { continue }
        try find(copies: copies, value)
        return true
      }
      if let value = Self.value(of: option, "-l") {
        renameLimit = try Self.number(value, option: "l")
        return true
      }
      if let value = Self.value(of: option, "--diff-filter=") {
        filter = try DiffFilter(value, after: filter)
        return true
      }
      if let value = Self.value(of: option, "-S") {
        needle = Array(try Self.given(value, "S").utf8)
        return true
      }
      if let value = Self.value(of: option, "-G") {
        linePattern = Array(try Self.given(value, "G").utf8)
        return true
      }
      return false
    }
    return true
  }

  private static func given(_ value: String, _ option: String) throws -> String {
    guard !value.isEmpty else {
      throw CommandFailure(
        lines: ["error: switch `\(option)' requires a value"], status: .usage)
    }
    return value
  }

  private mutating func find(copies: Bool, _ text: String) throws {
    guard let score = Self.score(text) else {
      let name = copies ? "find-copies" : "find-renames"
      throw CommandFailure(lines: ["error: invalid argument to \(name)"], status: .usage)
    }
    var options = renames ?? RenameDetection.Options()
    if copies, options.findsCopies { findsCopiesHarder = true }
    options.findsCopies = copies
    options.similarityMin = score == 0 ? Similarity.renameMin : score
    renames = options
  }

  /// A similarity as it is written: `50%`, `.5`, or digits behind a point that is not written.
  static func score(_ text: String) -> Int? {
    var (number, scale, hasPoint) = (0, 1, false)
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: ".") where !hasPoint: (scale, hasPoint) = (1, true)
      case UInt8(ascii: "%"):
        guard rest.isEmpty else { return nil }
        scale = hasPoint ? scale * 100 : 100
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        guard scale < 100_000 else { break }
        scale *= 10
        number = number * 10 + Int(byte - UInt8(ascii: "0"))
      default: return nil
      }
    }
    return number >= scale ? Similarity.all : Similarity.all * number / scale
  }
}

// MARK: Text and layout

extension DiffOptions {
  private mutating func takeText(_ option: String) throws -> Bool {
    switch option {
    case "-a", "--text": treatsAllAsText = true
    case "--histogram": lines.algorithm = .histogram
    case "--patience": lines.algorithm = .patience
    case "--minimal": lines.isMinimal = true
    case "--no-minimal": lines.isMinimal = false
    case "--indent-heuristic": lines.usesIndentation = true
    case "--no-indent-heuristic": lines.usesIndentation = false
    case "-w", "--ignore-all-space": ignore(.none)
    case "-b", "--ignore-space-change": ignore(.withoutAmounts)
    case "--ignore-space-at-eol": ignore(.withoutEnds)
    case "--ignore-cr-at-eol": ignore(.withoutCarriageReturns)
    case "--ignore-blank-lines": ignoresBlankLines = true
    case "--no-ext-diff", "--no-textconv", "--no-color", "--color=never", "--no-color-moved",
      "--ita-invisible-in-index":
      break
    default:
      if let value = Self.value(of: option, "--inter-hunk-context=") {
        hunkGap = try Self.number(value, option: "inter-hunk-context")
        return true
      }
      if let value = Self.value(of: option, "--diff-algorithm=") {
        guard setAlgorithm(value) else {
          throw CommandFailure(
            lines: [
              "error: option diff-algorithm accepts \"myers\", \"minimal\", \"patience\" "
                + "and \"histogram\""
            ], status: .usage)
        }
        return true
      }
      return false
    }
    return true
  }

  /// Of several wishes the one that ignores more counts.
  private mutating func ignore(_ whiteSpace: LineDiff.WhiteSpace) {
    let order: [LineDiff.WhiteSpace] = [
      .all, .withoutCarriageReturns, .withoutEnds, .withoutAmounts, .none,
    ]
    if let wanted = order.firstIndex(of: whiteSpace),
      let known = order.firstIndex(of: lines.whiteSpace),
      wanted > known
    {
      lines.whiteSpace = whiteSpace
    }
  }

  /// False for a name that git does not know.
  private mutating func setAlgorithm(_ name: String) -> Bool {
    switch name.lowercased() {
    case "myers", "default": (lines.algorithm, lines.isMinimal) = (.myers, false)
    case "minimal": (lines.algorithm, lines.isMinimal) = (.myers, true)
    case "patience": (lines.algorithm, lines.isMinimal) = (.patience, false)
    case "histogram": (lines.algorithm, lines.isMinimal) = (.histogram, false)
    default: return false
    }
    return true
  }

  private mutating func takeLayout(_ option: String) throws -> Bool {
    switch option {
    case "-z": endsWithZero = true
    case "-R": isReversed = true
    case "--full-index": showsFullIndex = true
    case "--abbrev": digits = 0
    case "--no-abbrev": digits = nil
    case "--exit-code": tellsByStatus = true
    case "--quiet": (tellsByStatus, isQuiet) = (true, true)
    case "--no-prefix": (oldPrefix, newPrefix) = ("", "")
    case "--default-prefix": (oldPrefix, newPrefix) = ("a/", "b/")
    default:
      if let value = Self.value(of: option, "--abbrev=") {
        digits = max(try Self.number(value, option: "abbrev"), 4)
      } else if let value = Self.value(of: option, "--src-prefix=") {
        oldPrefix = value
      } else if let value = Self.value(of: option, "--dst-prefix=") {
        newPrefix = value
      } else {
        return false
      }
    }
    return true
  }
}
