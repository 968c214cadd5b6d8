internal import PandoBytes

/// Bytes split into lines, each with its LF; the last may lack one. Eight bytes a line.
public struct Lines: Sendable, Hashable {
  /// The bytes that were split.
  public let bytes: [UInt8]
  /// Where lines begin, and where the last one ends.
  private let starts: [Int]

  /// Splits `bytes`. O(n).
  public init(_ bytes: [UInt8]) {
    var starts = [0]
    let span = bytes.span
    while let end = span.firstIndex(of: UInt8(ascii: "\n"), from: starts[starts.count - 1]) {
      starts.append(end + 1)
    }
    if starts[starts.count - 1] < bytes.count { starts.append(bytes.count) }
    self.bytes = bytes
    self.starts = starts
  }

  private init(_ bytes: [UInt8], starts: [Int]) {
    self.bytes = bytes
    self.starts = starts
  }

  /// The number of lines.
  public var count: Int { starts.count - 1 }

  /// The bytes of the line at `index`, LF included. Traps outside of the lines.
  public func range(_ index: Int) -> Range<Int> { starts[index]..<starts[index + 1] }

  /// The bytes of consecutive lines.
  public func range(_ lines: Range<Int>) -> Range<Int> {
    starts[lines.lowerBound]..<starts[lines.upperBound]
  }

  /// The line at `index`, LF included.
  public func line(_ index: Int) -> ArraySlice<UInt8> { bytes[range(index)] }

  /// Whether the line at `index` ends in LF, which only the last may not.
  func isTerminated(_ index: Int) -> Bool { line(index).last == UInt8(ascii: "\n") }

  /// Whether the line at `index` ends in CR LF.
  func endsInCRLF(_ index: Int) -> Bool {
    line(index).suffix(2).elementsEqual([UInt8(ascii: "\r"), UInt8(ascii: "\n")])
  }

  /// How many lines are the same at the start of both, and how many of the others at the end.
  func sharedEdges(with other: Lines) -> (first: Int, last: Int) {
    let (mine, others) = (bytes, other.bytes)
    let prefix = mine.span.sharedPrefixCount(with: others.span)
    // A last line without LF may go on in the other text.
    let first = min(countOfLines(endingBy: prefix), other.countOfLines(endingBy: prefix))
    let room = min(mine.count - starts[first], others.count - other.starts[first])
    let suffix = min(room, mine.span.sharedSuffixCount(with: others.span))
    // The line in which the shared end begins is shared in part only.
    let last = count - countOfLines(startingBy: mine.count - suffix)
    return (first, max(0, last))
  }

  /// The first lines of this text.
  func prefix(_ count: Int) -> Lines { Lines(bytes, starts: Array(starts[...count])) }

  /// Blocks of this many bytes that two texts both end with are left out of comparisons that are
  /// shown without context.
  private static let endBlockBytes = 1024

  /// How many lines of each are left when the end that both share is cut off in whole blocks, up to
  /// a line's end: what git compares when no context is asked for.
  func countsWithoutSharedEnd(_ other: Lines) -> (own: Int, other: Int) {
    let (mine, others) = (bytes, other.bytes)
    let shared = mine.span.sharedSuffixCount(with: others.span)
    let block = shared - shared % Self.endBlockBytes
    let start = mine.count - block
    guard let end = mine[start...].firstIndex(of: UInt8(ascii: "\n")) else {
      return (count, other.count)
    }
    let cut = mine.count - (end + 1)
    return (
      countOfLines(endingBy: end + 1), other.countOfLines(endingBy: others.count - cut)
    )
  }

  /// How many lines end at or before a byte. O(log n).
  private func countOfLines(endingBy end: Int) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = low + (high - low + 1) / 2
      if starts[middle] <= end { low = middle } else { high = middle - 1 }
    }
    return low
  }

  /// How many lines start at or before a byte. O(log n).
  private func countOfLines(startingBy start: Int) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = low + (high - low) / 2
      if starts[middle] <= start { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
