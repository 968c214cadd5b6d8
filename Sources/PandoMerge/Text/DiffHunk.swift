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
  public func hunks(context: Int = 3, gap: Int = 0) -> [DiffHunk] {
    // No more than there is.
    let context = min(max(context, 0), old.count)
    let gap = min(max(gap, 0), old.count)
    var hunks: [DiffHunk] = []
    var heading: ArraySlice<UInt8> = []
    var searched = -1
    var rest = changes[...]
    while let first = rest.first {
      var end = rest.startIndex + 1
      while end < rest.endIndex,
        rest[end].old.lowerBound - rest[end - 1].old.upperBound <= 2 * context + gap
      {
        end += 1
      }
      let group = rest[rest.startIndex..<end]
      let last = group[end - 1]
      rest = rest[end...]
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
