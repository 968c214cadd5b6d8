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

  /// Compares two texts.
  ///
  /// - Parameters:
  ///   - usesIndentation: moves a change that could stand in several places to where it looks best,
  ///     as `git diff` does and merging does not.
  ///   - cutsSharedEnd: leaves whole blocks that both texts end with out, as Git does where no
  ///     context is shown; changes may stand elsewhere for it.
  public init(
    from old: [UInt8], to new: [UInt8], algorithm: Algorithm = .myers,
    usesIndentation: Bool = true, cutsSharedEnd: Bool = false
  ) {
    self.init(
      from: Lines(old), to: Lines(new), algorithm: algorithm, usesIndentation: usesIndentation,
      cutsSharedEnd: cutsSharedEnd)
  }

  init(
    from old: Lines, to new: Lines, algorithm: Algorithm, usesIndentation: Bool,
    cutsSharedEnd: Bool
  ) {
    self.old = old
    self.new = new
    var classifier = LineClassifier()
    let oldClasses = classifier.classes(of: old)
    let newClasses = classifier.classes(of: new, like: old, oldClasses)
    var matcher = LineMatcher(classCount: classifier.count, algorithm: algorithm)
    let counts = cutsSharedEnd ? old.countsWithoutSharedEnd(new) : (old.count, new.count)
    guard counts != (old.count, new.count) else {
      changes = matcher.changes(
        from: oldClasses, to: newClasses, texts: usesIndentation ? (old, new) : nil)
      return
    }
    changes = matcher.changes(
      from: Array(oldClasses[..<counts.0]), to: Array(newClasses[..<counts.1]),
      texts: usesIndentation ? (old.prefix(counts.0), new.prefix(counts.1)) : nil)
  }
}

/// Compares texts whose lines are numbers, all below `classCount`.
struct LineMatcher {
  let algorithm: LineDiff.Algorithm
  var counts: LineCounts

  init(classCount: Int, algorithm: LineDiff.Algorithm) {
    self.algorithm = algorithm
    counts = LineCounts(classCount: classCount)
  }

  /// Makes room for lines that were numbered since.
  mutating func reserve(classCount: Int) {
    if counts.old.count < classCount { counts = LineCounts(classCount: classCount * 2) }
  }

  mutating func changes(
    from old: [Int32], to new: [Int32], texts: (old: Lines, new: Lines)? = nil
  ) -> [LineDiff.Change] {
    var edit = LineEdit(old: old, new: new)
    switch algorithm {
    case .myers:
      MyersDiff.mark(&edit, 0..<old.count, 0..<new.count, &counts)
    case .histogram:
      HistogramDiff.mark(&edit, &counts)
    }
    edit.compact(texts: texts)
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
