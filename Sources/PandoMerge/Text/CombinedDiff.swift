public import PandoObjects

/// The differences of a merged text from each of the texts it comes from, its parents, laid over
/// each other: what `git diff -c` prints.
///
/// Time is that of a `LineDiff` for each parent that differs from those before it, and for each run
/// of lost lines the product of the numbers that two parents lost. Memory is about 60 bytes a line.
public struct CombinedDiff: Sendable {
  /// Some of the parents, the first one in the lowest bit.
  public typealias Parents = UInt64

  /// A line of parents that the merged text does not have.
  struct LostLine {
    let parent: Int
    let line: Int
    /// The line's number among different ones, its end left aside.
    let number: Int32
    var parents: Parents
  }

  /// The most parents that are compared.
  public static let parentsMax = 62

  /// The merged text.
  public let result: Lines
  /// The texts it comes from.
  public let parents: [Lines]
  /// Which parents do not have a line of the merged text.
  let added: [Parents]
  /// What is lost before each line, and at the end.
  let lost: [[LostLine]]

  /// Compares texts. Throws `.limitExceeded` for more than `parentsMax` parents.
  ///
  /// - Parameter ignoresBlankLines: leaves out changes of blank lines alone. Numbers of parents'
  ///   lines are off behind those, as Git's are.
  public init(
    of result: [UInt8], from parents: [[UInt8]], options: LineDiff.Options = .init(),
    ignoresBlankLines: Bool = false
  ) throws(PandoError) {
    guard parents.count <= Self.parentsMax else {
      throw PandoError(
        .limitExceeded, "a merge of more than \(Self.parentsMax) parents is not compared")
    }
    let parents = parents.map { Lines($0) }
    var builder = CombinedDiffBuilder(Lines(result), options, ignoresBlankLines)
    for parent in parents { builder.add(parent) }
    self.result = builder.result
    self.parents = parents
    (added, lost) = (builder.added, builder.lost)
  }

  /// Whether lines differ from any parent.
  public var isEmpty: Bool { added.allSatisfy { $0 == 0 } && lost.allSatisfy(\.isEmpty) }

  /// The mask of all parents.
  var all: Parents { (1 << Parents(parents.count)) - 1 }
}

/// Lays the differences from parents over each other, one parent after the other.
private struct CombinedDiffBuilder {
  let result: Lines
  private var options: LineDiff.Options
  private let ignoresBlankLines: Bool
  private(set) var added: [CombinedDiff.Parents]
  private(set) var lost: [[CombinedDiff.LostLine]]
  private var parents: [Lines] = []
  private var numbers: [ArraySlice<UInt8>: Int32] = [:]

  init(_ result: Lines, _ options: LineDiff.Options, _ ignoresBlankLines: Bool) {
    self.ignoresBlankLines = ignoresBlankLines
    self.result = result
    self.options = options
    self.options.cutsSharedEnd = true
    added = [CombinedDiff.Parents](repeating: 0, count: result.count)
    lost = [[CombinedDiff.LostLine]](repeating: [], count: result.count + 1)
  }

  mutating func add(_ parent: Lines) {
    let number = parents.count
    let bit = CombinedDiff.Parents(1) << CombinedDiff.Parents(number)
    if let twin = parents.firstIndex(where: { $0.bytes == parent.bytes }) {
      repeatDifferences(of: CombinedDiff.Parents(1) << CombinedDiff.Parents(twin), for: bit)
    } else {
      for change in changes(from: parent) {
        for line in change.new { added[line] |= bit }
        let lines = change.old.map { line in
          CombinedDiff.LostLine(
            parent: number, line: line, number: lineNumber(parent.line(line)), parents: bit)
        }
        let place = change.new.lowerBound
        lost[place] = LostLineMerge.merged(lost[place], lines, bit)
      }
    }
    parents.append(parent)
  }

  private mutating func repeatDifferences(
    of twin: CombinedDiff.Parents, for bit: CombinedDiff.Parents
  ) {
    for line in added.indices where added[line] & twin != 0 { added[line] |= bit }
    for place in lost.indices {
      for index in lost[place].indices where lost[place][index].parents & twin != 0 {
        lost[place][index].parents |= bit
      }
    }
  }

  private func changes(from parent: Lines) -> [LineDiff.Change] {
    let diff = LineDiff(from: parent, to: result, options)
    guard ignoresBlankLines else { return diff.changes }
    return diff.hunks(context: 0, ignoresBlankLines: true).flatMap(\.changes)
  }

  private mutating func lineNumber(_ line: ArraySlice<UInt8>) -> Int32 {
    var text = line.last == UInt8(ascii: "\n") ? line.dropLast() : line
    if options.whiteSpace != .all {
      // As git: where any white space at an end does not count, none does here.
      let counts = options.whiteSpace == .withoutCarriageReturns ? .withoutEnds : options.whiteSpace
      var reduced: [UInt8] = []
      counts.reduce(text.span, into: &reduced)
      text = reduced[...]
    }
    if let known = numbers[text] { return known }
    let number = Int32(truncatingIfNeeded: numbers.count)
    numbers[text] = number
    return number
  }
}

/// Joins the lines that several parents lost in one place: what they share stands there once.
private enum LostLineMerge {
  private typealias LostLine = CombinedDiff.LostLine

  /// The most pairs of lines that are compared for one place. Beyond it, which takes 16,000 lines
  /// that two parents lost there, only what both end with is joined.
  private static let pairsMax = 1 << 28

  private enum Step: UInt8 { case both, onlyNew, onlyKnown }

  /// What was known to be lost and what another parent lost, by a longest common subsequence.
  static func merged(
    _ known: [CombinedDiff.LostLine], _ new: [CombinedDiff.LostLine], _ bit: CombinedDiff.Parents
  ) -> [CombinedDiff.LostLine] {
    if known.isEmpty { return new }
    var (i, j) = (known.count, new.count)
    var reversed: [CombinedDiff.LostLine] = []
    func take(_ step: Step) {
      var line = step == .onlyNew ? new[j - 1] : known[i - 1]
      if step == .both { line.parents |= bit }
      reversed.append(line)
      if step != .onlyNew { i -= 1 }
      if step != .onlyKnown { j -= 1 }
    }
    while i > 0, j > 0, known[i - 1].number == new[j - 1].number { take(.both) }
    let (pairs, overflow) = i.multipliedReportingOverflow(by: j)
    if !overflow, pairs > 0, pairs <= pairsMax {
      let (steps, width) = (steps(known[..<i], new[..<j]), j)
      while i > 0, j > 0 { take(steps[(i - 1) * width + j - 1]) }
    }
    while j > 0 { take(.onlyNew) }
    while i > 0 { take(.onlyKnown) }
    return reversed.reversed()
  }

  /// For each pair of lines how a longest common subsequence of what ends with them goes on.
  private static func steps(
    _ known: ArraySlice<CombinedDiff.LostLine>, _ new: ArraySlice<CombinedDiff.LostLine>
  ) -> [Step] {
    var steps: [Step] = []
    steps.reserveCapacity(known.count * new.count)
    var above = [Int32](repeating: 0, count: new.count + 1)
    for line in known {
      var diagonal: Int32 = 0
      for (index, other) in new.enumerated() {
        let up = above[index + 1]
        if line.number == other.number {
          above[index + 1] = diagonal + 1
          steps.append(.both)
        } else if above[index] >= up {
          above[index + 1] = above[index]
          steps.append(.onlyNew)
        } else {
          steps.append(.onlyKnown)
        }
        diagonal = up
      }
    }
    return steps
  }
}
