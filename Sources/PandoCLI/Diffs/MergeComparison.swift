/// How merges are compared with their parents, as options say. Source: git-log, "--diff-merges".
struct MergeComparison {
  enum Way {
    /// Not at all.
    case none
    /// With each parent.
    case separate
    /// With the first parent.
    case firstParent
    /// With all parents at once.
    case combined
    /// With all parents at once, where the merge did not just take one of two sides.
    case dense

    var isCombined: Bool { self == .combined || self == .dense }
  }

  enum Wanted { case ofNone, ofMerges, ofAll }

  /// What was asked for; nil when nothing was.
  private(set) var asked: Way?
  /// Of which commits differences are shown though no format was asked for.
  private(set) var wanted = Wanted.ofNone
  /// Whether a way was asked for, at any time, that wants all of history: one parent by another.
  private(set) var wantsFullHistory = false
  /// Whether combined differences tell the file's path in every parent.
  private(set) var showsAllPaths = false

  /// What `-m` stands for.
  private var separate = Way.separate

  /// Has `-m` stand for the way of that name, as the setting `log.diffMerges` does; false when
  /// there is none.
  mutating func setSeparate(_ name: String) throws -> Bool {
    guard let way = try Self.way(name, separate: .separate) else { return false }
    separate = way
    return true
  }

  /// Takes an option; false for one that is none of these.
  mutating func take(_ option: String) throws -> Bool {
    switch option {
    case "-m": ask(separate, .ofNone)
    case "-c": ask(.combined, .ofAll)
    case "--cc": ask(.dense, .ofAll)
    case "--no-diff-merges": ask(.none, .ofNone)
    case "--combined-all-paths": showsAllPaths = true
    default:
      guard let value = DiffOptions.value(of: option, "--diff-merges=") else { return false }
      guard let way = try Self.way(value, separate: separate) else {
        throw CommandFailure.fatal("invalid value for '--diff-merges': '\(value)'")
      }
      ask(way, way == .none ? .ofNone : .ofMerges)
    }
    return true
  }

  /// Later options take back what earlier ones asked for.
  private mutating func ask(_ way: Way, _ wanted: Wanted) {
    asked = way
    self.wanted = wanted
    if way == .separate || way == .firstParent { wantsFullHistory = true }
    showsAllPaths = false
  }

  /// The way of that name; nil for none. Throws for one that is git's and not known here.
  static func way(_ name: String, separate: Way) throws -> Way? {
    switch name {
    case "off", "none": return Way.none
    case "1", "first-parent": return .firstParent
    case "separate": return .separate
    case "c", "combined": return .combined
    case "cc", "dense-combined": return .dense
    case "m", "on": return separate
    case "r", "remerge":
      throw CommandFailure.fatal("--diff-merges=remerge is not supported yet")
    default: return nil
    }
  }

  /// The way that counts, or `default` when none was asked for. Throws git's complaint about
  /// options that make no sense together.
  func way(default: Way, followsFirstParentOnly: Bool = false) throws -> Way {
    var way = asked ?? `default`
    if way == .separate, followsFirstParentOnly { way = .firstParent }
    guard !showsAllPaths || way.isCombined else {
      throw CommandFailure.fatal("--combined-all-paths makes no sense without -c or --cc")
    }
    return way
  }
}
