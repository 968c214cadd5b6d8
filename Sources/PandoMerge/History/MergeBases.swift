public import PandoObjects

/// Answers which commits histories have in common. Keeps what it has read, so that several
/// questions about one history are cheaper in one value than in several.
///
/// Right whatever the commits' dates say. A question reads the commits between its arguments and
/// their common ancestors, and, of the common ones, those that are newer than the oldest that is
/// not common. Commits that the reader's graph has are taken in the order of their corrected dates:
/// then none is met before all that is known of it has arrived. No recursion; about 30 bytes a
/// commit.
public struct MergeBases {
  var table: CommitTable
  /// What is known of each commit.
  private var marks: [Marks] = []
  /// When each commit comes; the least number for one of which that is not known yet.
  private var priorities: [Int64] = []
  /// How many in the queue could still lead to something new.
  private var freshWaiting = 0
  /// The commits that carry marks.
  private var marked: [CommitTable.Index] = []

  /// A set of one-bit marks.
  private struct Marks: OptionSet {
    let rawValue: UInt8

    /// The first commit reaches it.
    static let fromOne = Marks(rawValue: 1)
    /// One of the others reaches it.
    static let fromOthers = Marks(rawValue: 2)
    /// A common ancestor reaches it: it is common, and not the best.
    static let stale = Marks(rawValue: 4)
    /// It was found to be common.
    static let common = Marks(rawValue: 8)
    /// It is in the queue.
    static let waiting = Marks(rawValue: 16)
    /// What parents inherit.
    static let painted: Marks = [.fromOne, .fromOthers, .stale]
  }

  /// Answers about the history that `reader` has.
  public init(_ reader: any ObjectReader, grafts: Grafts = .none) {
    table = CommitTable(reader, grafts: grafts)
  }

  /// All best common ancestors of `a` and `b`: those that no other common ancestor descends from.
  /// In the order of `git merge-base --all`: the newest first. Empty when histories are unrelated.
  public mutating func all(_ a: ObjectID, _ b: ObjectID) throws(PandoError) -> [ObjectID] {
    try all(a, [b])
  }

  /// All best common ancestors of `one` and a merge of all `others`, as `git merge-base --all one
  /// others…` has it.
  public mutating func all(
    _ one: ObjectID, _ others: [ObjectID]
  ) throws(PandoError) -> [ObjectID] {
    let first = table.index(of: one)
    let rest = others.map { table.index(of: $0) }
    return try all(first, rest).map { table.id(of: $0) }
  }

  /// The best common ancestors of all `commits` together, as `git merge-base --octopus --all`.
  public mutating func octopus(_ commits: [ObjectID]) throws(PandoError) -> [ObjectID] {
    let indices = commits.map { table.index(of: $0) }
    guard let first = indices.first else { return [] }
    var found = [first]
    for commit in indices.dropFirst() {
      var next: [CommitTable.Index] = []
      for other in found { next += try all(commit, [other]) }
      found = next
    }
    return try independent(found).map { table.id(of: $0) }
  }

  /// Those of `commits` that no other of them reaches, without duplicates, in the order given: `git
  /// merge-base --independent`.
  public mutating func independent(_ commits: [ObjectID]) throws(PandoError) -> [ObjectID] {
    try independent(commits.map { table.index(of: $0) }).map { table.id(of: $0) }
  }

  /// Whether `descendant` reaches `ancestor`; a commit reaches itself.
  public mutating func isAncestor(
    _ ancestor: ObjectID, of descendant: ObjectID
  ) throws(PandoError) -> Bool {
    let one = table.index(of: ancestor)
    let other = table.index(of: descendant)
    if one == other { return true }
    if table.isInGraph(one) { return try reaches(one, from: other) }
    _ = try paint(one, [other], untilReached: one)
    defer { clearMarks() }
    return mark(of: one).contains(.fromOthers)
  }

  mutating func all(
    _ one: CommitTable.Index, _ others: [CommitTable.Index]
  ) throws(PandoError) -> [CommitTable.Index] {
    if others.contains(one) { return [one] }
    var found = try paint(one, others)
    found.removeAll { marks[Int($0)].contains(.stale) }
    clearMarks()
    found = byDate(found)
    guard found.count > 1 else { return found }
    return byDate(try withoutReachable(found))
  }

  private mutating func independent(
    _ commits: [CommitTable.Index]
  ) throws(PandoError) -> [CommitTable.Index] {
    var seen = Set<CommitTable.Index>()
    return try withoutReachable(commits.filter { seen.insert($0).inserted })
  }

  /// The newest first; equal dates stay as they are.
  private func byDate(_ commits: [CommitTable.Index]) -> [CommitTable.Index] {
    commits.enumerated().sorted { a, b in
      let dates = (table.date(of: a.element), table.date(of: b.element))
      return dates.0 != dates.1 ? dates.0 > dates.1 : a.offset < b.offset
    }.map(\.element)
  }

  private mutating func withoutReachable(
    _ commits: [CommitTable.Index]
  ) throws(PandoError) -> [CommitTable.Index] {
    var isRedundant = [Bool](repeating: false, count: commits.count)
    for position in commits.indices where !isRedundant[position] {
      let others = commits.indices.filter { $0 != position && !isRedundant[$0] }
      _ = try paint(commits[position], others.map { commits[$0] })
      if marks[Int(commits[position])].contains(.fromOthers) { isRedundant[position] = true }
      for other in others where marks[Int(commits[other])].contains(.fromOne) {
        isRedundant[other] = true
      }
      clearMarks()
    }
    return commits.indices.filter { !isRedundant[$0] }.map { commits[$0] }
  }

  /// Marks everything that `one` reaches and everything that the others reach, until all that waits
  /// is below something common. Returns the common commits that were met before anything common
  /// above them; with dates that lie some are common ancestors of others.
  private mutating func paint(
    _ one: CommitTable.Index, _ others: [CommitTable.Index],
    untilReached target: CommitTable.Index? = nil
  ) throws(PandoError) -> [CommitTable.Index] {
    var queue = CommitQueue()
    var common: [CommitTable.Index] = []
    freshWaiting = 0
    for (commits, mark) in [([one], Marks.fromOne), (others, .fromOthers)] {
      for commit in commits { try add(mark, to: commit, &queue) }
    }
    while freshWaiting > 0, let commit = queue.removeNext() {
      marks[Int(commit)].remove(.waiting)
      var inherited = marks[Int(commit)].intersection(.painted)
      if !inherited.contains(.stale) { freshWaiting -= 1 }
      if inherited == [.fromOne, .fromOthers] {
        if marks[Int(commit)].insert(.common).inserted { common.append(commit) }
        inherited.insert(.stale)
      }
      for position in table.parentRange(commit) {
        let parent = table.parent(at: position)
        if mark(of: parent).isSuperset(of: inherited) { continue }
        try add(inherited, to: parent, &queue)
      }
      if let target, mark(of: target).contains(.fromOthers) { break }
    }
    return common
  }

  private func mark(of commit: CommitTable.Index) -> Marks {
    Int(commit) < marks.count ? marks[Int(commit)] : []
  }

  private mutating func makeRoom() {
    guard marks.count < table.count else { return }
    let new = table.count - marks.count
    marks.append(contentsOf: repeatElement([], count: new))
    priorities.append(contentsOf: repeatElement(.min, count: new))
  }

  private mutating func add(
    _ added: Marks, to commit: CommitTable.Index, _ queue: inout CommitQueue
  ) throws(PandoError) {
    do {
      try table.read(commit)
    } catch {
      clearMarks()
      throw error
    }
    makeRoom()
    let before = marks[Int(commit)]
    if before.isEmpty { marked.append(commit) }
    marks[Int(commit)].formUnion(added)
    let isFresh = !marks[Int(commit)].contains(.stale)
    if before.contains(.waiting) {
      if !before.contains(.stale), !isFresh { freshWaiting -= 1 }
      return
    }
    marks[Int(commit)].insert(.waiting)
    if priorities[Int(commit)] == .min { priorities[Int(commit)] = priority(of: commit) }
    queue.insert(commit, date: priorities[Int(commit)])
    if isFresh { freshWaiting += 1 }
  }

  /// Commits that the graph has not come first, by date: they may descend from those it has, never
  /// the other way round. The others come by corrected date. As git, levels are not used: the
  /// newest commit of a long line would wait behind all of it.
  private func priority(of commit: CommitTable.Index) -> Int64 {
    guard table.commitGraph?.hasCorrectedDates == true else { return table.date(of: commit) }
    let half = Int64(1) << 62
    guard table.isInGraph(commit) else {
      return half + min(max(0, table.date(of: commit)), half - 1)
    }
    return Int64(min(table.generation(of: commit), UInt64(half - 1)))
  }

  private mutating func clearMarks() {
    for commit in marked { marks[Int(commit)] = [] }
    marked.removeAll(keepingCapacity: true)
  }
}

// MARK: By generation

extension MergeBases {
  /// Topological levels end here: of two that have come so far neither is known to be the higher.
  private static let levelMax = UInt64(1) << 30 - 1

  /// Whether a commit reaches one that the graph has. Only what has a higher generation is looked
  /// at.
  private mutating func reaches(
    _ target: CommitTable.Index, from start: CommitTable.Index
  ) throws(PandoError) -> Bool {
    let lowest = table.generation(of: target)
    defer { clearMarks() }
    var pending = [start]
    while let commit = pending.popLast() {
      makeRoom()
      guard marks[Int(commit)].isEmpty else { continue }
      marks[Int(commit)] = .fromOthers
      marked.append(commit)
      if commit == target { return true }
      let generation = table.generation(of: commit)
      guard generation > lowest || generation == lowest && lowest == Self.levelMax else { continue }
      try table.read(commit)
      for position in table.parentRange(commit) { pending.append(table.parent(at: position)) }
    }
    return false
  }
}
