internal import PandoBytes

/// The differences between two texts by lines, as `git diff` finds them.
///
/// Time is that of Git's own algorithms: near linear for texts that are alike, and cut short by
/// heuristics for long ones that are not. Memory is about 40 bytes a line. No recursion.
public struct LineDiff: Sendable {
  /// How the lines that two texts share are found.
  public enum Algorithm: Sendable, Hashable {
    /// Myers' shortest script, with heuristics that cut long searches short: Git's default.
    case myers
    /// Shared lines that are rare come first: what Git merges with.
    case histogram
    /// Lines that both texts have once come first, as many as keep their order.
    case patience
  }

  /// Which white space keeps lines from being equal. Source: git-diff, "--ignore-space-at-eol" and
  /// what follows it.
  public enum WhiteSpace: Sendable, Hashable {
    /// All of it.
    case all
    /// All but a carriage return at the end.
    case withoutCarriageReturns
    /// All but what stands at the end.
    case withoutEnds
    /// How much there is does not matter, nor what stands at the end.
    case withoutAmounts
    /// None.
    case none
  }

  /// How texts are compared.
  public struct Options: Sendable, Hashable {
    /// How shared lines are found.
    public var algorithm = Algorithm.myers
    /// Whether no heuristics cut a search short, whatever it takes: O(lines × differences).
    public var isMinimal = false
    /// Whether a change that could stand in several places is moved to where it looks best, as
    /// `git diff` does and merging does not.
    public var usesIndentation = true
    /// Whether whole blocks that both texts end with are left out, as Git does where no context is
    /// shown; changes may stand elsewhere for it.
    public var cutsSharedEnd = false
    /// Which white space counts.
    public var whiteSpace = WhiteSpace.all

    /// Git's defaults.
    public init() {}
  }

  /// Lines that were replaced by others; one of the ranges may be empty.
  public struct Change: Hashable, Sendable {
    /// The lines that went, numbered from 0.
    public var old: Range<Int>
    /// The lines that came, numbered from 0.
    public var new: Range<Int>

    /// Describes a change.
    public init(old: Range<Int>, new: Range<Int>) {
      self.old = old
      self.new = new
    }
  }

  /// The old text.
  public let old: Lines
  /// The new text.
  public let new: Lines
  /// What differs, in order; unchanged lines lie between any two.
  public let changes: [Change]

  let options: Options

  /// Compares two texts.
  public init(from old: [UInt8], to new: [UInt8], options: Options = Options()) {
    self.init(from: Lines(old), to: Lines(new), options)
  }

  init(from old: Lines, to new: Lines, _ options: Options) {
    self.old = old
    self.new = new
    self.options = options
    var classifier = LineClassifier(whiteSpace: options.whiteSpace)
    let oldClasses = classifier.classes(of: old)
    let newClasses = classifier.classes(of: new, like: old, oldClasses)
    var matcher = LineMatcher(classCount: classifier.count, options)
    let counts = options.cutsSharedEnd ? old.countsWithoutSharedEnd(new) : (old.count, new.count)
    guard counts != (old.count, new.count) else {
      changes = matcher.changes(from: oldClasses, to: newClasses, texts: (old, new))
      return
    }
    changes = matcher.changes(
      from: Array(oldClasses[..<counts.0]), to: Array(newClasses[..<counts.1]),
      texts: (old.prefix(counts.0), new.prefix(counts.1)))
  }
}

/// Compares texts whose lines are numbers, all below `classCount`.
struct LineMatcher {
  let options: LineDiff.Options
  var counts: LineCounts

  init(classCount: Int, _ options: LineDiff.Options) {
    self.options = options
    counts = LineCounts(classCount: classCount)
  }

  /// Makes room for lines that were numbered since.
  mutating func reserve(classCount: Int) {
    if counts.old.count < classCount { counts = LineCounts(classCount: classCount * 2) }
  }

  /// How one text became the other; indentation is looked at in `texts`.
  mutating func changes(
    from old: [Int32], to new: [Int32], texts: (old: Lines, new: Lines)? = nil
  ) -> [LineDiff.Change] {
    var edit = LineEdit(old: old, new: new)
    let (isMinimal, all) = (options.isMinimal, (0..<old.count, 0..<new.count))
    switch options.algorithm {
    case .myers: MyersDiff.mark(&edit, all.0, all.1, &counts, isMinimal: isMinimal)
    case .histogram: HistogramDiff.mark(&edit, &counts, isMinimal: isMinimal)
    case .patience: PatienceDiff.mark(&edit, &counts, isMinimal: isMinimal)
    }
    edit.compact(texts: options.usesIndentation ? texts : nil)
    return edit.changes
  }
}

/// How often lines occur; kept between comparisons, all zero outside of them.
struct LineCounts {
  var old: [Int32]
  var new: [Int32]

  init(classCount: Int) {
    old = [Int32](repeating: 0, count: classCount)
    new = old
  }
}

/// Two texts by line numbers, and which of their lines are not shared.
struct LineEdit {
  let old: [Int32]
  let new: [Int32]
  var oldChanged: [Bool]
  var newChanged: [Bool]

  init(old: [Int32], new: [Int32]) {
    self.old = old
    self.new = new
    oldChanged = [Bool](repeating: false, count: old.count)
    newChanged = [Bool](repeating: false, count: new.count)
  }

  /// The marks as ranges.
  var changes: [LineDiff.Change] {
    var changes: [LineDiff.Change] = []
    var i = 0
    var j = 0
    while i < old.count || j < new.count {
      let (oldStart, newStart) = (i, j)
      while i < old.count, oldChanged[i] { i += 1 }
      while j < new.count, newChanged[j] { j += 1 }
      if i > oldStart || j > newStart {
        changes.append(.init(old: oldStart..<i, new: newStart..<j))
      }
      while i < old.count, j < new.count, !oldChanged[i], !newChanged[j] {
        i += 1
        j += 1
      }
    }
    return changes
  }

  /// Moves changes that could stand in several places to where Git puts them.
  mutating func compact(texts: (old: Lines, new: Lines)?) {
    var oldSide = ChangeGroups(lines: old, changed: oldChanged, text: texts?.old)
    var newSide = ChangeGroups(lines: new, changed: newChanged, text: texts?.new)
    oldSide.compact(beside: newSide)
    newSide.compact(beside: oldSide)
    oldChanged = oldSide.changed
    newChanged = newSide.changed
  }
}
