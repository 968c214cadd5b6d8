internal import PandoBytes
public import PandoObjects

/// Draws history as lines of text beside its commits, as `git log --graph` does.
///
/// A commit is put in with ``begin(_:mark:parents:)``, children before their parents; then lines
/// are taken until ``isFinished``, one of which has the commit's mark. What is written beside the
/// drawing may have more lines: those get ``paddingLine()``. A commit costs time in proportion to
/// the number of lines of history beside it.
public struct HistoryGraph: Sendable {
  /// A line of history on its way down.
  struct Column {
    let commit: ObjectID
    let color: Int
  }

  /// What the next line shows.
  enum State {
    /// Nothing is left to be drawn of the commit: lines of history go straight down.
    case padding
    /// Dots, as the commit before was not drawn to its end.
    case skip
    /// Room is made for a merge of many parents.
    case beforeCommit
    case commit
    /// The edges from a merge to its parents.
    case afterMerge
    /// Lines of history move to the left.
    case collapsing
  }

  /// One line of text.
  public struct Line: Sendable {
    /// The text, without a line end.
    public internal(set) var bytes: [UInt8] = []
    /// Whether the commit's mark is in it.
    public internal(set) var hasCommit = false
    /// How many columns of a screen it takes.
    var width = 0
  }

  /// Escape sequences for the colours of lines; none for no colours.
  private let colors: [String]
  private let reset: String
  private var lastColor: Int

  var commit: ObjectID?
  var mark = UInt8(ascii: "*")
  var parents: [ObjectID] = []
  private(set) var state = State.padding
  private(set) var previousState = State.padding
  /// How many columns all lines of the commit take.
  var width = 0
  /// How many lines have made room for the commit.
  var expansionRow = 0
  var commitColumn = 0
  var previousCommitColumn = 0
  /// Whether the first parent of a merge is to its left (0) or below it (1).
  var mergeLayout = 0
  /// How many columns the commit adds to its right.
  var edgesAdded = 0
  var previousEdgesAdded = 0
  /// The columns above and below the commit.
  var columns: [Column] = []
  var newColumns: [Column] = []
  private var newNumbers: [ObjectID: Int] = [:]
  /// Which of the new columns the line at each place of the screen belongs to; -1 for none.
  var mapping: [Int] = []
  var oldMapping: [Int] = []

  /// An empty drawing. `colors` are escape sequences that are taken in turn, `reset` ends them.
  public init(colors: [String] = [], reset: String = "") {
    self.colors = colors
    self.reset = reset
    lastColor = max(0, colors.count - 1)
  }

  /// Whether all lines that the commit needs have been taken.
  public var isFinished: Bool { state == .padding }

  /// Puts in the next commit. `parents` are those that are going to be put in too.
  public mutating func begin(_ commit: ObjectID, mark: UInt8, parents: [ObjectID]) {
    self.commit = commit
    self.mark = mark
    self.parents = parents
    previousCommitColumn = commitColumn
    placeColumns(of: commit)
    expansionRow = 0
    // No line of this state has been shown, so the previous one stays what it was.
    state = state != .padding ? .skip : needsRoom ? .beforeCommit : .commit
  }

  mutating func advance(to next: State) {
    previousState = state
    state = next
  }

  // MARK: Columns

  private mutating func placeColumns(of commit: ObjectID) {
    columns = newColumns
    newColumns = []
    newNumbers.removeAll(keepingCapacity: true)
    mapping = [Int](repeating: -1, count: 2 * (columns.count + parents.count))
    width = 0
    previousEdgesAdded = edgesAdded
    edgesAdded = 0
    let current = columns.firstIndex { $0.commit == commit }
    for (number, column) in columns.enumerated() {
      if number == current {
        placeParents(at: number, isNew: false)
      } else {
        place(column.commit, color: column.color)
      }
    }
    if current == nil { placeParents(at: columns.count, isNew: true) }
    while mapping.count > 1, mapping.last == -1 { mapping.removeLast() }
  }

  private mutating func placeParents(at column: Int, isNew: Bool) {
    commitColumn = column
    mergeLayout = -1
    for parent in parents {
      if !colors.isEmpty, parents.count > 1 || isNew { lastColor = (lastColor + 1) % colors.count }
      let color = columns.first { $0.commit == parent }?.color ?? lastColor
      place(parent, color: color, below: column)
    }
    // The commit's own mark takes room too.
    if parents.isEmpty { width += 2 }
  }

  /// Gives a commit its place among the new columns. `column` is the current commit's when the
  /// other one is its parent.
  private mutating func place(_ other: ObjectID, color: Int, below column: Int? = nil) {
    let number = newNumbers[other] ?? newColumns.count
    if number == newColumns.count {
      newNumbers[other] = number
      newColumns.append(Column(commit: other, color: color))
    }
    var position = width
    if let column, parents.count > 1, mergeLayout < 0 {
      // The first parent decides whether the merge leans to the left or to the right.
      let distance = column - number
      let shift = distance > 1 ? 2 * distance - 3 : 1
      mergeLayout = distance > 0 ? 0 : 1
      edgesAdded = parents.count + mergeLayout - 2
      position = width + (mergeLayout - 1) * shift
      width += 2 * mergeLayout
    } else if edgesAdded > 0, width >= 2, mapping[width - 2] == number {
      // The merge's last edge and the line to its right join at once.
      position = width - 2
      edgesAdded = -1
    } else {
      width += 2
    }
    if mapping.indices.contains(position) { mapping[position] = number }
  }

  /// The number of a commit's new column.
  func newColumn(of commit: ObjectID) -> Int? { newNumbers[commit] }

  // MARK: What the drawing is like

  /// How many parents of a merge are joined to it by dashes.
  var dashedParents: Int { parents.count + mergeLayout - 3 }

  /// Whether lines to the right have to make room for the commit first.
  var needsRoom: Bool {
    parents.count >= 3 && commitColumn < columns.count - 1 && expansionRow < dashedParents * 2
  }

  /// Whether all lines are where they have to go, or one step beside it.
  var isInPlace: Bool {
    mapping.enumerated().allSatisfy { $0.element < 0 || $0.element == $0.offset / 2 }
  }

  /// The current commit's column and the others above it, the commit's at the end when it has none.
  func forEachColumn(_ body: (_ number: Int, _ column: Column?) -> Void) {
    for (number, column) in columns.enumerated() { body(number, column) }
    if commitColumn == columns.count { body(columns.count, nil) }
  }

  // MARK: Text

  func draw(_ sign: Unicode.Scalar, _ column: Column?, _ line: inout Line) {
    line.width += 1
    let color = column.flatMap { $0.color < colors.count ? colors[$0.color] : nil }
    if let color { line.bytes.append(text: color) }
    line.bytes.append(UInt8(ascii: sign))
    if color != nil { line.bytes.append(text: reset) }
  }

  func space(_ count: Int, _ line: inout Line) {
    guard count > 0 else { return }
    line.width += count
    line.bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: count))
  }
}
