/// Lines of the text that was asked about which some version of the file has, and may have from an
/// older one.
struct SuspectLines {
  /// The number of the first in the text that was asked about.
  let final: Int
  /// The number of the first in the version.
  let start: Int
  let count: Int

  var end: Int { start + count }

  /// The part between two lines of the version, which older versions have `shift` lines further
  /// down.
  fileprivate func part(_ from: Int, _ to: Int, shift: Int = 0) -> SuspectLines {
    SuspectLines(final: final + from - start, start: from + shift, count: to - from)
  }
}

extension [SuspectLines] {
  /// Parts these lines, which are in the version's order, into those that an older version has, by
  /// their numbers there, and those that came with the changes since. O(n + changes).
  func parted(by changes: [LineDiff.Change]) -> (older: [SuspectLines], own: [SuspectLines]) {
    var older: [SuspectLines] = []
    var own: [SuspectLines] = []
    var next = 0
    for lines in self {
      while next < changes.count, changes[next].new.upperBound <= lines.start { next += 1 }
      var position = lines.start
      var index = next
      while position < lines.end {
        let change = index < changes.count ? changes[index] : nil
        let shift =
          index > 0 ? changes[index - 1].old.upperBound - changes[index - 1].new.upperBound : 0
        let sharedEnd = Swift.min(lines.end, change?.new.lowerBound ?? lines.end)
        if position < sharedEnd {
          older.append(lines.part(position, sharedEnd, shift: shift))
          position = sharedEnd
        }
        guard let change, position < lines.end else { break }
        let ownEnd = Swift.min(lines.end, change.new.upperBound)
        if position < ownEnd {
          own.append(lines.part(position, ownEnd))
          position = ownEnd
        }
        index += 1
      }
    }
    // The same lines may be asked about twice, where what was one was copied.
    return (older.sorted { $0.start < $1.start }, own.sorted { $0.start < $1.start })
  }

  /// Merges with others, both in the version's order; of equal numbers these come first. O(n).
  func merged(with others: [SuspectLines]) -> [SuspectLines] {
    if isEmpty { return others }
    var result: [SuspectLines] = []
    result.reserveCapacity(count + others.count)
    var position = 0
    for other in others {
      while position < count, self[position].start <= other.start {
        result.append(self[position])
        position += 1
      }
      result.append(other)
    }
    return result + self[position...]
  }
}
