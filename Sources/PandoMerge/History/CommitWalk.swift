public import PandoObjects

/// Walks over commits from some tips to their ancestors, without those that other commits reach:
/// the answer, and the order, of `git rev-list`.
///
/// A walk by date that hides nothing reads as it goes, one commit per step beyond the tips. A walk
/// that hides commits, or that is topological, reads everything it will show at its first step. A
/// commit met costs about 70 bytes; commits are read once.
///
/// Git's rule decides when a walk that hides commits may stop: no commit to be shown is waiting,
/// and
/// five commits more were looked at. Where clocks lie badly Git then shows commits that it ought to
/// hide, and so do we; `Options.isThorough` looks on to the roots instead.
public struct CommitWalk {
  /// The order of commits.
  public enum Order: Sendable, Hashable {
    /// By commit date, newest first, as far as it was looked: Git's default.
    case date
    /// No parent before all its children; lines of history stay together (`--topo-order`).
    case topological
    /// No parent before all its children, else by commit date (`--date-order`).
    case dateTopological
    /// No parent before all its children, else by author date (`--author-date-order`).
    case authorDate
  }

  /// What to walk over and how.
  public struct Options: Sendable {
    /// The order.
    public var order: Order
    /// Follows only the first parent of what is shown.
    public var firstParentOnly: Bool
    /// Stops at commits older than this, in seconds since 1970 (`--since`).
    public var since: Int64?
    /// Leaves out commits newer than this, in seconds since 1970 (`--until`).
    public var until: Int64?
    /// Hides everything that hidden commits reach, however wrong their dates are. Git does not; it
    /// costs the whole history of what is hidden.
    public var isThorough: Bool
    /// Parents to believe instead of those that commits name.
    public var grafts: Grafts

    /// Makes options.
    public init(
      order: Order = .date, firstParentOnly: Bool = false, since: Int64? = nil,
      until: Int64? = nil, isThorough: Bool = false, grafts: Grafts = .none
    ) {
      self.order = order
      self.firstParentOnly = firstParentOnly
      self.since = since
      self.until = until
      self.isThorough = isThorough
      self.grafts = grafts
    }
  }

  let options: Options
  var table: CommitTable
  /// What waits to be looked at.
  var queue = CommitQueue()
  /// How many that wait are not hidden.
  var interestingWaiting = 0
  private let tips: [ObjectID]
  private let hidden: [ObjectID]
  private var isPrepared = false
  /// What a limited walk will show, the next at the end; nil when the walk reads as it goes.
  private var prepared: [CommitTable.Index]?

  /// Walks from `tips`, in the order given, without what `hidden` reaches. Nothing is read yet.
  /// Names must be commits' (see `ObjectReader.peelToCommit`).
  public init(
    _ reader: any ObjectReader, from tips: [ObjectID], hiding hidden: [ObjectID] = [],
    options: Options = Options()
  ) {
    self.options = options
    self.tips = tips
    self.hidden = hidden
    table = CommitTable(reader, grafts: options.grafts)
  }

  /// The next commit, or nil at the end. Throws `.notFound` for a parent that is missing and not
  /// grafted away; what hidden commits reach may be missing.
  public mutating func next() throws(PandoError) -> ObjectID? {
    if !isPrepared { try prepare() }
    if prepared != nil {
      while let index = prepared?.popLast() {
        if isShown(index) { return table.ids[Int(index)] }
      }
      return nil
    }
    while let index = queue.removeNext() {
      if let since = options.since, table.dates[Int(index)] < since { continue }
      try expand(index)
      if isShown(index) { return table.ids[Int(index)] }
    }
    return nil
  }

  /// The parents, after grafts, of a commit that this walk has read; nil for others.
  public func parents(of id: ObjectID) -> [ObjectID]? {
    guard let index = table.knownIndex(of: id), table.isRead(index) else { return nil }
    return table.parentIDs(index)
  }

  /// The committer date, in seconds since 1970, of a commit that this walk has read.
  public func committerSeconds(of id: ObjectID) -> Int64? {
    guard let index = table.knownIndex(of: id), table.isRead(index) else { return nil }
    return table.dates[Int(index)]
  }

  private func isShown(_ index: CommitTable.Index) -> Bool {
    guard !table.marks[Int(index)].contains(.hidden) else { return false }
    guard let until = options.until else { return true }
    return table.dates[Int(index)] <= until
  }

  private mutating func prepare() throws(PandoError) {
    isPrepared = true
    var starts: [CommitTable.Index] = []
    for (ids, marks) in [(hidden, [.seen, .hidden] as CommitTable.Marks), (tips, .seen)] {
      for id in ids {
        let index = table.index(of: id)
        try table.read(index)
        if !table.marks[Int(index)].contains(.seen) { starts.append(index) }
        table.marks[Int(index)].formUnion(marks)
      }
    }
    for index in starts where table.marks[Int(index)].contains(.hidden) { hideAncestors(index) }
    for index in starts { enqueue(index) }
    guard !hidden.isEmpty || options.order != .date else { return }
    var shown = try limited()
    if options.order != .date { shown = try sortedTopologically(shown) }
    prepared = shown.reversed()
  }

  /// Puts a commit that was read into the queue.
  mutating func enqueue(_ index: CommitTable.Index) {
    queue.insert(index, date: table.dates[Int(index)])
    table.marks[Int(index)].insert(.waiting)
    if !table.marks[Int(index)].contains(.hidden) { interestingWaiting += 1 }
  }
}

extension CommitTable.Marks {
  /// Was put into the queue.
  static let seen = CommitTable.Marks(rawValue: 1)
  /// Is reached by a hidden commit.
  static let hidden = CommitTable.Marks(rawValue: 2)
  /// Is in the queue now.
  static let waiting = CommitTable.Marks(rawValue: 4)
}
