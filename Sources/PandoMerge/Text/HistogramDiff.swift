/// Compares by the rarest lines: the longest run of shared lines that holds the rarest one is kept,
/// and what stands before and after it is compared the same way. Where every shared line is
/// frequent
/// Myers' algorithm takes over. Source: the histogram diff of JGit, with Git's figures.
struct HistogramDiff {
  /// Lines that occur more often than this in the old part are not started from.
  private static let occurrencesMax: Int32 = 64
  /// How many lines may be looked at before the rest is left to Myers' algorithm, which is bounded.
  /// Git has no such bound; texts made to take hours are the only ones to reach it.
  private static let workMax = 1 << 31

  /// The parts of both texts, compared with each other.
  private struct Region {
    var old: Range<Int>
    var new: Range<Int>
  }

  /// What a search for shared lines came to.
  private enum Finding {
    case run(Region)
    case nothingShared
    case onlyFrequentLines
  }

  private var work = 0
  /// The first line of each class in the region's old part; -1 for none.
  private var first: [Int32]
  /// The next line of the same class, by line; -1 for none.
  private var next: [Int32]

  private init(_ edit: LineEdit, classCount: Int) {
    first = [Int32](repeating: -1, count: classCount)
    next = [Int32](repeating: -1, count: edit.old.count)
  }

  /// Marks what differs.
  static func mark(_ edit: inout LineEdit, _ counts: inout LineCounts, isMinimal: Bool) {
    var diff = HistogramDiff(edit, classCount: counts.old.count)
    var regions = [Region(old: 0..<edit.old.count, new: 0..<edit.new.count)]
    while let region = regions.popLast() {
      if region.old.isEmpty || region.new.isEmpty {
        mark(region, &edit)
        continue
      }
      switch diff.find(region, edit, &counts) {
      case .nothingShared: mark(region, &edit)
      case .onlyFrequentLines:
        MyersDiff.mark(&edit, region.old, region.new, &counts, isMinimal: isMinimal)
      case .run(let run):
        regions.append(
          Region(
            old: run.old.upperBound..<region.old.upperBound,
            new: run.new.upperBound..<region.new.upperBound))
        regions.append(
          Region(
            old: region.old.lowerBound..<run.old.lowerBound,
            new: region.new.lowerBound..<run.new.lowerBound))
      }
    }
  }

  private static func mark(_ region: Region, _ edit: inout LineEdit) {
    for line in region.old { edit.oldChanged[line] = true }
    for line in region.new { edit.newChanged[line] = true }
  }

  private mutating func find(
    _ region: Region, _ edit: LineEdit, _ counts: inout LineCounts
  ) -> Finding {
    guard work < Self.workMax else { return .onlyFrequentLines }
    work += region.old.count + region.new.count
    for line in region.old.reversed() {
      let number = Int(edit.old[line])
      next[line] = first[number]
      first[number] = Int32(line)
      counts.old[number] += 1
    }
    defer {
      for line in region.old {
        first[Int(edit.old[line])] = -1
        counts.old[Int(edit.old[line])] = 0
      }
    }
    var search = RarestRun(region: (region.old, region.new), rarity: Self.occurrencesMax + 1)
    var line = region.new.lowerBound
    while line < region.new.upperBound { line = extend(&search, from: line, edit, counts.old) }
    if search.sharesSomething, search.rarity > Self.occurrencesMax { return .onlyFrequentLines }
    guard let best = search.best else { return .nothingShared }
    return .run(Region(old: best.old, new: best.new))
  }

  private struct RarestRun {
    let region: (old: Range<Int>, new: Range<Int>)
    /// How often the rarest line of the best run occurs.
    var rarity: Int32
    var best: (old: Range<Int>, new: Range<Int>)?
    var sharesSomething = false
  }

  /// Tries the runs through one line of the new part; returns the line to try next.
  private mutating func extend(
    _ search: inout RarestRun, from line: Int, _ edit: LineEdit, _ counts: [Int32]
  ) -> Int {
    let number = Int(edit.new[line])
    guard counts[number] > 0 else { return line + 1 }
    search.sharesSomething = true
    guard counts[number] <= search.rarity else { return line + 1 }
    var nextLine = line + 1
    var occurrence = Int(first[number])
    while occurrence >= 0 {
      var (oldStart, newStart, oldEnd, newEnd) = (occurrence, line, occurrence + 1, line + 1)
      var rarity = counts[number]
      while oldStart > search.region.old.lowerBound, newStart > search.region.new.lowerBound,
        edit.old[oldStart - 1] == edit.new[newStart - 1]
      {
        oldStart -= 1
        newStart -= 1
        if rarity > 1 { rarity = min(rarity, counts[Int(edit.old[oldStart])]) }
      }
      while oldEnd < search.region.old.upperBound, newEnd < search.region.new.upperBound,
        edit.old[oldEnd] == edit.new[newEnd]
      {
        if rarity > 1 { rarity = min(rarity, counts[Int(edit.old[oldEnd])]) }
        oldEnd += 1
        newEnd += 1
      }
      work += oldEnd - oldStart
      nextLine = max(nextLine, newEnd)
      let bestLength = search.best?.old.count ?? 1
      if bestLength < oldEnd - oldStart || rarity < search.rarity {
        search.best = (oldStart..<oldEnd, newStart..<newEnd)
        search.rarity = rarity
      }
      // Occurrences inside the run just looked at would only find it again.
      occurrence = Int(next[occurrence])
      while occurrence >= 0, occurrence < oldEnd { occurrence = Int(next[occurrence]) }
    }
    return nextLine
  }
}
