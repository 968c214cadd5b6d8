/// Compares by lines that both texts have exactly once: of those as many are kept as stand in the
/// same order in both, and what lies between them is compared the same way. Where there are none
/// Myers' algorithm takes over. Source: Bram Cohen's patience diff, as observed in Git.
struct PatienceDiff {
  /// How many lines may be looked at before the rest is left to Myers' algorithm, which is bounded.
  /// Git has no such bound; texts made to take hours are the only ones to reach it.
  private static let workMax = 1 << 31

  /// The parts of both texts, compared with each other.
  private struct Region {
    var old: Range<Int>
    var new: Range<Int>
  }

  /// A line that both parts have once.
  private struct Unique {
    let old: Int
    let new: Int
    /// The number of the unique line before it in the longest order that ends with it; -1 for none.
    var previous = -1
  }

  private var work = 0
  /// For each class how often the part of the new text has it, and where the last one is.
  private var place: [Int32]

  private init(classCount: Int) { place = [Int32](repeating: -1, count: classCount) }

  /// Marks what differs.
  static func mark(_ edit: inout LineEdit, _ counts: inout LineCounts, isMinimal: Bool) {
    var diff = PatienceDiff(classCount: counts.old.count)
    var regions = [Region(old: 0..<edit.old.count, new: 0..<edit.new.count)]
    while let region = regions.popLast() {
      if region.old.isEmpty || region.new.isEmpty {
        mark(region, &edit)
        continue
      }
      guard let uniques = diff.uniques(region, edit, &counts) else {
        mark(region, &edit)
        continue
      }
      if uniques.isEmpty {
        MyersDiff.mark(&edit, region.old, region.new, &counts, isMinimal: isMinimal)
      } else {
        regions += between(longestOrder(of: uniques), region, edit)
      }
    }
  }

  private static func mark(_ region: Region, _ edit: inout LineEdit) {
    for line in region.old { edit.oldChanged[line] = true }
    for line in region.new { edit.newChanged[line] = true }
  }

  /// The lines that both parts have once, as the old text has them; nil when they share no line.
  private mutating func uniques(
    _ region: Region, _ edit: LineEdit, _ counts: inout LineCounts
  ) -> [Unique]? {
    guard work < Self.workMax else { return [] }
    work += region.old.count + region.new.count
    for line in region.old { counts.old[Int(edit.old[line])] += 1 }
    for line in region.new {
      counts.new[Int(edit.new[line])] += 1
      place[Int(edit.new[line])] = Int32(line)
    }
    defer {
      for line in region.old { counts.old[Int(edit.old[line])] = 0 }
      for line in region.new { counts.new[Int(edit.new[line])] = 0 }
    }
    var uniques: [Unique] = []
    var sharesSomething = false
    for line in region.old {
      let number = Int(edit.old[line])
      guard counts.new[number] > 0 else { continue }
      sharesSomething = true
      if counts.old[number] == 1, counts.new[number] == 1 {
        uniques.append(Unique(old: line, new: Int(place[number])))
      }
    }
    return sharesSomething ? uniques : nil
  }

  /// The most of these lines that stand in the same order in both texts: the longest ascending
  /// sequence. O(n log n).
  private static func longestOrder(of lines: [Unique]) -> [Unique] {
    var lines = lines
    // Of the orders of each length, the number of the last line of the one that ends first.
    var ends: [Int] = []
    for index in lines.indices {
      var (low, high) = (0, ends.count)
      while low < high {
        let middle = (low + high) / 2
        if lines[ends[middle]].new > lines[index].new { high = middle } else { low = middle + 1 }
      }
      lines[index].previous = low > 0 ? ends[low - 1] : -1
      if low == ends.count { ends.append(index) } else { ends[low] = index }
    }
    var order: [Unique] = []
    var index = ends.last ?? -1
    while index >= 0 {
      order.append(lines[index])
      index = lines[index].previous
    }
    return order.reversed()
  }

  /// What is left between lines that are kept, and those around them that are equal too.
  private static func between(
    _ kept: [Unique], _ region: Region, _ edit: LineEdit
  ) -> [Region] {
    var regions: [Region] = []
    var (old, new) = (region.old.lowerBound, region.new.lowerBound)
    for index in 0...kept.count {
      var (oldEnd, newEnd) = (region.old.upperBound, region.new.upperBound)
      if index < kept.count {
        (oldEnd, newEnd) = (kept[index].old, kept[index].new)
        while oldEnd > old, newEnd > new, edit.old[oldEnd - 1] == edit.new[newEnd - 1] {
          oldEnd -= 1
          newEnd -= 1
        }
      }
      while old < oldEnd, new < newEnd, edit.old[old] == edit.new[new] {
        old += 1
        new += 1
      }
      if oldEnd > old || newEnd > new {
        regions.append(Region(old: old..<oldEnd, new: new..<newEnd))
      }
      if index < kept.count { (old, new) = (kept[index].old + 1, kept[index].new + 1) }
    }
    return regions
  }
}
