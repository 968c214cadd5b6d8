public import PandoObjects

/// Answers which commits histories have in common. Keeps what it has read, so that several
/// questions
/// about one history are cheaper in one value than in several.
///
/// Right whatever the commits' dates say. A question reads the commits between its arguments and
/// their common ancestors, and, of the common ones, those that are newer than the oldest that is
/// not
/// common. No recursion; about 70 bytes a commit.
public struct MergeBases {
  var table: CommitTable
  /// How often each commit is in the queue.
  private var waiting: [Int32] = []
  /// How many in the queue could still lead to something new.
  private var freshWaiting = 0
  /// The commits that carry marks.
  private var marked: [CommitTable.Index] = []

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
    return try all(first, rest).map { table.ids[Int($0)] }
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
    return try independent(found).map { table.ids[Int($0)] }
  }

  /// Those of `commits` that no other of them reaches, without duplicates, in the order given: `git
  /// merge-base --independent`.
  public mutating func independent(_ commits: [ObjectID]) throws(PandoError) -> [ObjectID] {
    try independent(commits.map { table.index(of: $0) }).map { table.ids[Int($0)] }
  }

  /// Whether `descendant` reaches `ancestor`; a commit reaches itself.
  public mutating func isAncestor(
    _ ancestor: ObjectID, of descendant: ObjectID
  ) throws(PandoError) -> Bool {
    let one = table.index(of: ancestor)
    let other = table.index(of: descendant)
    if one == other { return true }
    _ = try paint(one, [other], untilReached: one)
    defer { clearMarks() }
    return table.marks[Int(one)].contains(.fromOthers)
  }

  mutating func all(
    _ one: CommitTable.Index, _ others: [CommitTable.Index]
  ) throws(PandoError) -> [CommitTable.Index] {
    if others.contains(one) { return [one] }
    var found = try paint(one, others)
    found.removeAll { table.marks[Int($0)].contains(.stale) }
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
      let dates = (table.dates[Int(a.element)], table.dates[Int(b.element)])
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
      if table.marks[Int(commits[position])].contains(.fromOthers) { isRedundant[position] = true }
      for other in others where table.marks[Int(commits[other])].contains(.fromOne) {
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
    for (commits, mark) in [([one], CommitTable.Marks.fromOne), (others, .fromOthers)] {
      for commit in commits { try add(mark, to: commit, &queue) }
    }
    while freshWaiting > 0, let commit = queue.removeNext() {
      waiting[Int(commit)] -= 1
      var marks = table.marks[Int(commit)].intersection(.painted)
      if !marks.contains(.stale) { freshWaiting -= 1 }
      if marks == [.fromOne, .fromOthers] {
        if table.marks[Int(commit)].insert(.common).inserted { common.append(commit) }
        marks.insert(.stale)
      }
      for position in table.parentRange(commit) {
        let parent = table.parent(at: position)
        if !table.marks[Int(parent)].isSuperset(of: marks) { try add(marks, to: parent, &queue) }
      }
      if let target, table.marks[Int(target)].contains(.fromOthers) { break }
    }
    return common
  }

  private mutating func add(
    _ marks: CommitTable.Marks, to commit: CommitTable.Index, _ queue: inout CommitQueue
  ) throws(PandoError) {
    do {
      try table.read(commit)
    } catch {
      clearMarks()
      throw error
    }
    if waiting.count < table.count {
      waiting.append(contentsOf: repeatElement(0, count: table.count - waiting.count))
    }
    let before = table.marks[Int(commit)]
    if before.isEmpty { marked.append(commit) }
    table.marks[Int(commit)].formUnion(marks)
    if !before.contains(.stale), marks.contains(.stale) {
      freshWaiting -= Int(waiting[Int(commit)])
    }
    queue.insert(commit, date: table.dates[Int(commit)])
    waiting[Int(commit)] += 1
    if !table.marks[Int(commit)].contains(.stale) { freshWaiting += 1 }
  }

  private mutating func clearMarks() {
    for commit in marked {
      table.marks[Int(commit)] = []
      waiting[Int(commit)] = 0
    }
    marked.removeAll(keepingCapacity: true)
  }
}

extension CommitTable.Marks {
  /// The first commit reaches it.
  fileprivate static let fromOne = CommitTable.Marks(rawValue: 1)
  /// One of the others reaches it.
  fileprivate static let fromOthers = CommitTable.Marks(rawValue: 2)
  /// A common ancestor reaches it: it is common, and not the best.
  fileprivate static let stale = CommitTable.Marks(rawValue: 4)
  /// It was found to be common.
  fileprivate static let common = CommitTable.Marks(rawValue: 8)
  /// What parents inherit.
  fileprivate static let painted: CommitTable.Marks = [.fromOne, .fromOthers, .stale]
}
