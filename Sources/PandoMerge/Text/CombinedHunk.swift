/// Lines of a merged text that differ from its parents, and unchanged lines around them.
public struct CombinedHunk: Sendable {
  /// A line as it is shown.
  public enum Line: Sendable {
    /// A line that the merged text does not have, without its end, and the parents that have it.
    case lost(ArraySlice<UInt8>, from: CombinedDiff.Parents)
    /// A line of the merged text, by number, and the parents that do not have it.
    case kept(Int, notIn: CombinedDiff.Parents)
  }

  /// Consecutive lines of a text.
  public struct Extent: Hashable, Sendable {
    /// The first, numbered from 0.
    public let start: Int
    /// How many. Without context Git counts one less where only the end of the text is shown, which
    /// may be -1.
    public let count: Int
  }

  /// The lines of each parent.
  public let old: [Extent]
  /// The lines of the merged text.
  public let new: Extent
  /// What the lines are part of, as Git cuts it here.
  public let heading: ArraySlice<UInt8>
  /// What is shown.
  public let lines: [Line]
}

extension CombinedDiff {
  /// The longest heading, in bytes.
  private static let headingMax = 40

  /// The differences in hunks, as `git diff -c` prints them.
  ///
  /// - Parameters:
  ///   - context: how many unchanged lines are shown around changes.
  ///   - isDense: leaves out hunks in which all lines come from one of just two sides, as `--cc`
  ///     does.
  public func hunks(context: Int = 3, isDense: Bool) -> [CombinedHunk] {
    // No more than there is.
    let context = min(max(context, 0), result.count + 1)
    var selection = CombinedSelection(self, context: context)
    if isDense { selection.dropUninteresting() }
    selection.addContext()
    var hunks: [CombinedHunk] = []
    var positions = [Int](repeating: 0, count: parents.count)
    var place = 0
    while place <= result.count {
      let start = selection.isShown[place...].firstIndex(of: true) ?? result.count + 1
      let heading = heading(in: place..<min(start, result.count))
      advance(&positions, over: place..<start)
      guard start <= result.count else { break }
      let end = selection.isShown[start...].firstIndex(of: false) ?? result.count + 1
      let before = positions
      advance(&positions, over: start..<end)
      hunks.append(
        hunk(start..<end, selection, zip(before, positions).map { $0..<$1 }, heading, context))
      place = end
    }
    return hunks
  }

  /// Goes on in the parents by what stands in some places of the merged text.
  private func advance(_ positions: inout [Int], over places: Range<Int>) {
    for place in places {
      for parent in positions.indices {
        let bit = Parents(1) << Parents(parent)
        for line in lost[place] where line.parents & bit != 0 { positions[parent] += 1 }
        if place < result.count, added[place] & bit == 0 { positions[parent] += 1 }
      }
    }
  }

  private func hunk(
    _ places: Range<Int>, _ selection: CombinedSelection, _ old: [Range<Int>],
    _ heading: ArraySlice<UInt8>, _ context: Int
  ) -> CombinedHunk {
    var lines: [CombinedHunk.Line] = []
    // Without context a line that only has lost ones before it is not shown, nor counted.
    var hidden = 0
    for place in places {
      if !selection.hidesLost[place] {
        for line in lost[place] {
          var text = parents[line.parent].line(line.line)
          if text.last == UInt8(ascii: "\n") { text = text.dropLast() }
          lines.append(.lost(text, from: line.parents))
        }
      }
      let isNew = place < result.count && added[place] != 0
      if context == 0, !isNew {
        hidden += 1
      } else if place < result.count {
        lines.append(.kept(place, notIn: added[place]))
      }
    }
    let count = min(places.upperBound, result.count) - places.lowerBound
    return CombinedHunk(
      old: old.map { .init(start: $0.lowerBound, count: $0.count - hidden) },
      new: .init(start: places.lowerBound, count: count - hidden), heading: heading, lines: lines)
  }

  /// The last heading among some lines; Git loses its last character unless it is cut anyway.
  private func heading(in lines: Range<Int>) -> ArraySlice<UInt8> {
    for index in lines.reversed() {
      let line = result.line(index)
      guard let first = line.first, LineDiff.beginsHeading(first) else { continue }
      let text = line.prefix { $0 != UInt8(ascii: "\n") && $0 != 0 }.prefix(Self.headingMax)
      return text[..<(text.lastIndex { !$0.isBlank } ?? text.startIndex)]
    }
    return []
  }
}

extension UInt8 {
  fileprivate var isBlank: Bool { [0x20, 0x09, 0x0A, 0x0D].contains(self) }
}

/// Which places of a merged text are shown: lines, each with what is lost before it, and the end.
private struct CombinedSelection {
  private(set) var isShown: [Bool]
  /// Whether a place is shown as context only, without what is lost before it.
  private(set) var hidesLost: [Bool]
  private let diff: CombinedDiff
  private let context: Int

  /// Selects all that differs.
  init(_ diff: CombinedDiff, context: Int) {
    self.diff = diff
    self.context = context
    isShown = diff.lost.indices.map { place in
      !diff.lost[place].isEmpty || place < diff.added.count && diff.added[place] != 0
    }
    hidesLost = [Bool](repeating: false, count: isShown.count)
  }

  private func next(_ shown: Bool, from place: Int) -> Int {
    isShown[place...].firstIndex(of: shown) ?? isShown.count
  }

  /// The end of a run, a last place that is shown only for what is lost before it left aside: it
  /// counts as context.
  private func tail(of run: Range<Int>) -> Int {
    guard let last = run.last else { return run.upperBound }
    let isAdded = last < diff.added.count && diff.added[last] != 0
    return isAdded ? run.upperBound : last
  }

  // MARK: Dense

  /// Drops hunks of which all parents that differ do so in every line: there the merge took one
  /// side as it was.
  mutating func dropUninteresting() {
    var start = next(true, from: 0)
    while start < isShown.count {
      let end = endOfHunk(from: start)
      if !isInteresting(start..<end) {
        for place in start..<end { isShown[place] = false }
      }
      start = end < isShown.count ? next(true, from: end) : end
    }
  }

  private func endOfHunk(from start: Int) -> Int {
    var end = start + 1
    while end < isShown.count {
      if isShown[end] {
        end += 1
        continue
      }
      let limit = min(tail(of: start..<end) + context, isShown.count)
      guard end < limit, let last = isShown[end..<limit].lastIndex(of: true) else { return end }
      end = last + 1
    }
    return end
  }

  private func isInteresting(_ places: Range<Int>) -> Bool {
    var same: CombinedDiff.Parents = 0
    for place in places {
      let added = place < diff.added.count ? diff.added[place] : 0
      for parents in [added] + diff.lost[place].map(\.parents) where parents != 0 {
        if same != 0, same != parents { return true }
        same = parents
      }
    }
    return same == diff.all
  }

  // MARK: Context

  /// Adds the lines around what is shown, and joins what has little between it.
  mutating func addContext() {
    var place = next(true, from: 0)
    while place < isShown.count {
      for before in max(0, place - context)..<place where !isShown[before] {
        isShown[before] = true
        hidesLost[before] = true
      }
      var end = next(false, from: place)
      var following = end
      while end < isShown.count {
        following = next(true, from: end)
        let edge = tail(of: place..<end)
        guard following < isShown.count, following < edge + context else {
          for after in edge..<min(edge + context, isShown.count) { isShown[after] = true }
          break
        }
        for between in end..<following { isShown[between] = true }
        place = following
        end = next(false, from: place)
      }
      guard end < isShown.count else { return }
      place = following
    }
  }
}
