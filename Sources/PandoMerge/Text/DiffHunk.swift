internal import PandoBytes

/// Changes that lie close together, and the unchanged lines around them.
public struct DiffHunk: Sendable {
  /// The changes, in order.
  public let changes: ArraySlice<LineDiff.Change>
  /// The lines of the old text, unchanged ones included.
  public let old: Range<Int>
  /// The lines of the new text, unchanged ones included.
  public let new: Range<Int>
  /// What the lines are part of, such as a function: the last line above them that begins as such
  /// things do. Empty when there is none.
  public let heading: ArraySlice<UInt8>
}

extension LineDiff {
  /// The longest heading, in bytes.
  private static let headingMax = 80

  /// The changes in hunks, as `git diff` prints them.
  ///
  /// - Parameters:
  ///   - context: how many unchanged lines are shown around changes.
  ///   - gap: so many more unchanged lines may lie between changes of one hunk.
  ///   - ignoresBlankLines: leaves out changes of blank lines alone, unless they are close to
  ///     others.
  public func hunks(
    context: Int = 3, gap: Int = 0, ignoresBlankLines: Bool = false
  ) -> [DiffHunk] {
    // No more than there is.
    let context = min(max(context, 0), max(old.count, new.count))
    let gap = min(max(gap, 0), max(old.count, new.count))
    var hunks: [DiffHunk] = []
    var heading: ArraySlice<UInt8> = []
    var searched = -1
    var grouping = HunkGrouping(self, context: context, gap: gap, ignoresBlankLines)
    while let group = grouping.next(), let first = group.first, let last = group.last {
      let before = min(context, first.old.lowerBound, first.new.lowerBound)
      let after = min(
        context, old.count - last.old.upperBound, new.count - last.new.upperBound)
      let start = first.old.lowerBound - before
      if let line = lastHeading(above: start, downTo: searched) { heading = line }
      searched = start - 1
      hunks.append(
        DiffHunk(
          changes: group, old: start..<(last.old.upperBound + after),
          new: (first.new.lowerBound - before)..<(last.new.upperBound + after), heading: heading))
    }
    return hunks
  }

  /// The last heading above a line, but below another one that was looked at.
  private func lastHeading(above start: Int, downTo limit: Int) -> ArraySlice<UInt8>? {
    var line = start - 1
    while line > limit {
      var text = old.line(line)
      if let first = text.first, Self.beginsHeading(first) {
        text = text.prefix(Self.headingMax)
        while let last = text.last, Self.isSpace(last) { text.removeLast() }
        return text
      }
      line -= 1
    }
    return nil
  }

  /// Whether a line that begins so names what follows it.
  static func beginsHeading(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "_"), UInt8(ascii: "$"):
      true
    default: false
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (9...13).contains(byte) }
}

/// Which changes make a hunk. Source: git's `xdiff/xemit.c`, as observed.
private struct HunkGrouping {
  private let diff: LineDiff
  private let context: Int
  private let gap: Int
  private let ignoresBlankLines: Bool
  private var rest: ArraySlice<LineDiff.Change>

  init(_ diff: LineDiff, context: Int, gap: Int, _ ignoresBlankLines: Bool) {
    self.diff = diff
    self.context = context
    self.gap = gap
    self.ignoresBlankLines = ignoresBlankLines
    rest = diff.changes[...]
  }

  /// Whether a change is of blank lines, which do not count.
  private func isIgnored(_ change: LineDiff.Change) -> Bool {
    ignoresBlankLines
      && change.old.allSatisfy { diff.options.whiteSpace.isBlank(diff.old.line($0)) }
      && change.new.allSatisfy { diff.options.whiteSpace.isBlank(diff.new.line($0)) }
  }

  private func distance(from change: LineDiff.Change, to next: LineDiff.Change) -> Int {
    next.old.lowerBound - change.old.upperBound
  }

  /// The changes of the next hunk; nil when there is none.
  mutating func next() -> ArraySlice<LineDiff.Change>? {
    dropIgnored()
    guard !rest.isEmpty else { return nil }
    // The last change that counts, and how many ignored lines came since.
    var last = rest.startIndex
    var ignored = 0
    for index in rest.indices.dropFirst() {
      let distance = distance(from: rest[index - 1], to: rest[index])
      guard distance <= 2 * context + gap else { break }
      let isIgnored = isIgnored(rest[index])
      if distance < context, isIgnored, last != index - 1 {
        ignored += rest[index].new.count
      } else if distance < context {
        (last, ignored) = (index, 0)
      } else if last != index - 1,
        self.distance(from: rest[last], to: rest[index]) + ignored > 2 * context + gap
      {
        break
      } else if !isIgnored {
        (last, ignored) = (index, 0)
      } else {
        ignored += rest[index].new.count
      }
    }
    defer { rest = rest[(last + 1)...] }
    return rest[...last]
  }

  /// Drops ignored changes that are too far from others to be shown beside them.
  private mutating func dropIgnored() {
    var start = rest.startIndex
    for index in rest.indices {
      guard isIgnored(rest[index]) else { break }
      let next = index + 1
      if next == rest.endIndex || distance(from: rest[index], to: rest[next]) >= context {
        start = next
      }
    }
    rest = rest[start...]
  }
}
