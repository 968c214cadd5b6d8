/// Myers' O(ND) comparison, searched from both ends in linear space (Myers 1986), with the cuts
/// that
/// make it usable on long texts. The figures are those of Git, so that its answers are.
enum MyersDiff {
  /// Marks what differs between parts of two texts.
  static func mark(
    _ edit: inout LineEdit, _ old: Range<Int>, _ new: Range<Int>, _ counts: inout LineCounts,
    isMinimal: Bool
  ) {
    let shared = trim(edit, old, new)
    let kept = RelevantLines(edit, old, new, inner: shared, &counts)
    for line in kept.old.dropped { edit.oldChanged[line] = true }
    for line in kept.new.dropped { edit.newChanged[line] = true }
    var search = MiddleSnakeSearch(kept.old.classes, kept.new.classes)
    var boxes = [search.whole(isExact: isMinimal)]
    while let box = boxes.popLast() {
      let inner = search.shrunk(box)
      if inner.old.isEmpty {
        for line in inner.new { edit.newChanged[kept.new.lines[line]] = true }
      } else if inner.new.isEmpty {
        for line in inner.old { edit.oldChanged[kept.old.lines[line]] = true }
      } else {
        let (first, second) = search.split(inner)
        boxes.append(second)
        boxes.append(first)
      }
    }
  }

  /// The parts without the lines that both begin and both end with.
  private static func trim(
    _ edit: LineEdit, _ old: Range<Int>, _ new: Range<Int>
  ) -> (old: Range<Int>, new: Range<Int>) {
    let limit = min(old.count, new.count)
    var head = 0
    while head < limit, edit.old[old.lowerBound + head] == edit.new[new.lowerBound + head] {
      head += 1
    }
    var tail = 0
    while tail < limit - head,
      edit.old[old.upperBound - 1 - tail] == edit.new[new.upperBound - 1 - tail]
    {
      tail += 1
    }
    return (
      old.lowerBound + head..<old.upperBound - tail, new.lowerBound + head..<new.upperBound - tail
    )
  }

  /// A power of two near the square root.
  static func roughSquareRoot(_ value: Int) -> Int {
    var root = 1
    var rest = value
    while rest > 0 {
      root <<= 1
      rest >>= 2
    }
    return root
  }
}

/// The lines that are worth comparing: those that the other text has, unless it has them so often
/// that they tell nothing and they stand among lines that it does not have.
struct RelevantLines {
  struct Side {
    var classes: [Int32] = []
    /// Where each is in the text.
    var lines: [Int] = []
    /// The others, which differ for certain.
    var dropped: [Int] = []
  }

  private(set) var old = Side()
  private(set) var new = Side()

  private enum Worth: UInt8 { case none, some, doubtful }

  /// A line that the other text has as often as this is doubtful, however long the texts.
  private static let doubtfulCountMax = 1024
  /// How far around a doubtful line is looked.
  private static let windowMax = 100
  /// A doubtful line is dropped when fewer than one in so many around it are doubtful.
  private static let doubtfulShare = 4

  init(
    _ edit: LineEdit, _ oldPart: Range<Int>, _ newPart: Range<Int>,
    inner: (old: Range<Int>, new: Range<Int>), _ counts: inout LineCounts
  ) {
    for line in oldPart { counts.old[Int(edit.old[line])] += 1 }
    for line in newPart { counts.new[Int(edit.new[line])] += 1 }
    old = Self.side(edit.old, inner.old, others: counts.new, partCount: oldPart.count)
    new = Self.side(edit.new, inner.new, others: counts.old, partCount: newPart.count)
    for line in oldPart { counts.old[Int(edit.old[line])] = 0 }
    for line in newPart { counts.new[Int(edit.new[line])] = 0 }
  }

  private static func side(
    _ classes: [Int32], _ inner: Range<Int>, others: [Int32], partCount: Int
  ) -> Side {
    let limit = min(MyersDiff.roughSquareRoot(partCount), doubtfulCountMax)
    let worths = inner.map { line -> Worth in
      let count = Int(others[Int(classes[line])])
      return count == 0 ? .none : count >= limit ? .doubtful : .some
    }
    var side = Side()
    for (offset, line) in inner.enumerated() {
      let worth = worths[offset]
      if worth == .some || (worth == .doubtful && !isLost(worths.span, offset)) {
        side.classes.append(classes[line])
        side.lines.append(line)
      } else {
        side.dropped.append(line)
      }
    }
    return side
  }

  /// Whether a doubtful line stands among lines that the other text does not have, on both sides.
  private static func isLost(_ worths: Span<Worth>, _ index: Int) -> Bool {
    // The line itself is counted from both sides.
    var doubtful = 2
    var before = 0
    var place = index - 1
    let least = max(0, index - windowMax)
    while place >= least, worths[place] != .some {
      if worths[place] == .none { before += 1 } else { doubtful += 1 }
      place -= 1
    }
    guard before > 0 else { return false }
    var after = 0
    place = index + 1
    let end = min(worths.count, index + windowMax + 1)
    while place < end, worths[place] != .some {
      if worths[place] == .none { after += 1 } else { doubtful += 1 }
      place += 1
    }
    guard after > 0 else { return false }
    return doubtful * doubtfulShare < doubtful + before + after
  }
}
