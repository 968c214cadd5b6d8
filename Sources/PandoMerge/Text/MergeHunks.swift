/// A part of the merged text that is not simply what both sides kept of the base.
struct MergeHunk {
  /// Whose lines are taken.
  enum Source {
    case conflict, ours, theirs, both
    /// Both sides say the same; our lines stand for it.
    case same
  }

  var source: Source
  /// The lines of each text that the part stands for.
  var base: Range<Int>
  var ours: Range<Int>
  var theirs: Range<Int>

  func resolved(as source: Source) -> MergeHunk {
    guard self.source == .conflict else { return self }
    var hunk = self
    hunk.source = source
    return hunk
  }
}

/// Lays the changes of both sides over each other.
struct MergeHunks {
  private(set) var hunks: [MergeHunk] = []
  private let texts: MergedTexts

  init(_ texts: MergedTexts) {
    self.texts = texts
    var ours = texts.ourChanges[...]
    var theirs = texts.theirChanges[...]
    while let mine = ours.first, let other = theirs.first {
      if mine.old.upperBound < other.old.lowerBound {
        append(mine, from: .ours, otherShift: other.new.lowerBound - other.old.lowerBound)
        ours.removeFirst()
      } else if other.old.upperBound < mine.old.lowerBound {
        append(other, from: .theirs, otherShift: mine.new.lowerBound - mine.old.lowerBound)
        theirs.removeFirst()
      } else {
        if !isSame(mine, other) { appendConflict(mine, other) }
        if mine.old.upperBound >= other.old.upperBound { theirs.removeFirst() }
        if other.old.upperBound >= mine.old.upperBound { ours.removeFirst() }
      }
    }
    for mine in ours {
      append(mine, from: .ours, otherShift: texts.theirs.count - texts.base.count)
    }
    for other in theirs {
      append(other, from: .theirs, otherShift: texts.ours.count - texts.base.count)
    }
  }

  private func isSame(_ mine: LineDiff.Change, _ other: LineDiff.Change) -> Bool {
    mine.old == other.old && mine.new.count == other.new.count
      && texts.ourClasses[mine.new] == texts.theirClasses[other.new]
  }

  /// Adds what one side changed; the other side has the base there, shifted.
  private mutating func append(
    _ change: LineDiff.Change, from source: MergeHunk.Source, otherShift: Int
  ) {
    let other = change.old.shifted(by: otherShift)
    let isOurs = source == .ours
    append(
      MergeHunk(
        source: source, base: change.old, ours: isOurs ? change.new : other,
        theirs: isOurs ? other : change.new))
  }

  /// Adds changes that meet, each widened to what the other covers of the base.
  private mutating func appendConflict(_ mine: LineDiff.Change, _ other: LineDiff.Change) {
    let start = min(mine.old.lowerBound, other.old.lowerBound)
    let end = max(mine.old.upperBound, other.old.upperBound)
    func widened(_ change: LineDiff.Change) -> Range<Int> {
      let before = change.old.lowerBound - start
      let after = end - change.old.upperBound
      return change.new.lowerBound - before..<change.new.upperBound + after
    }
    append(
      MergeHunk(
        source: .conflict, base: start..<end, ours: widened(mine), theirs: widened(other)))
  }

  /// Adds a part, or makes the last one longer when they touch on either side.
  private mutating func append(_ hunk: MergeHunk) {
    guard let last = hunks.last,
      hunk.ours.lowerBound <= last.ours.upperBound
        || hunk.theirs.lowerBound <= last.theirs.upperBound
    else {
      hunks.append(hunk)
      return
    }
    hunks[hunks.count - 1] = MergeHunk(
      source: hunk.source == last.source ? last.source : .conflict,
      base: last.base.lowerBound..<max(last.base.lowerBound, hunk.base.upperBound),
      ours: last.ours.lowerBound..<max(last.ours.lowerBound, hunk.ours.upperBound),
      theirs: last.theirs.lowerBound..<max(last.theirs.lowerBound, hunk.theirs.upperBound))
  }
}
