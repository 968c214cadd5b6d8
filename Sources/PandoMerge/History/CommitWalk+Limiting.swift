internal import PandoObjects

extension CommitWalk {
  /// How many commits are looked at after the last that could be shown: Git's figure.
  private static let slop = 5

  /// Everything to show, by date, computed before the first is shown: hidden commits may turn up
  /// after commits that they hide. What this returns may still hold hidden ones.
  mutating func limited() throws(PandoError) -> [CommitTable.Index] {
    var shown: [CommitTable.Index] = []
    var slop = Self.slop
    var lastDate = Int64.max
    while let index = queue.removeNext() {
      let date = table.dates[Int(index)]
      leaveQueue(index)
      if let since = options.since, date < since { table.marks[Int(index)].insert(.hidden) }
      try expand(index)
      if table.marks[Int(index)].contains(.hidden) {
        hideAncestors(index)
        slop = remainingSlop(slop, lastDate)
        if slop == 0 { break }
        continue
      }
      if let until = options.until, date > until { continue }
      lastDate = date
      shown.append(index)
    }
    return shown
  }

  /// How many more hidden commits to look at; 0 ends the walk.
  private func remainingSlop(_ slop: Int, _ lastDate: Int64) -> Int {
    guard let nextDate = queue.nextDate else { return 0 }
    let mayMatter = lastDate <= nextDate || interestingWaiting > 0 || options.isThorough
    return mayMatter ? Self.slop : slop - 1
  }

  private mutating func leaveQueue(_ index: CommitTable.Index) {
    table.marks[Int(index)].remove(.waiting)
    if !table.marks[Int(index)].contains(.hidden) { interestingWaiting -= 1 }
  }

  /// Puts the commit's parents into the queue, hidden when it is.
  mutating func expand(_ index: CommitTable.Index) throws(PandoError) {
    let parents = table.parentRange(index)
    if table.marks[Int(index)].contains(.hidden) {
      for position in parents { try expandHidden(table.parent(at: position)) }
      return
    }
    for position in parents {
      let parent = table.parent(at: position)
      try table.read(parent)
      if table.marks[Int(parent)].insert(.seen).inserted { enqueue(parent) }
      if options.firstParentOnly { break }
    }
  }

  private mutating func expandHidden(_ parent: CommitTable.Index) throws(PandoError) {
    hide(parent)
    do {
      try table.read(parent)
    } catch  where error.code == .notFound {
      // What is hidden need not be there.
      return
    }
    hideAncestors(parent)
    if table.marks[Int(parent)].insert(.seen).inserted { enqueue(parent) }
  }

  private mutating func hide(_ index: CommitTable.Index) {
    guard table.marks[Int(index)].insert(.hidden).inserted else { return }
    if table.marks[Int(index)].contains(.waiting) { interestingWaiting -= 1 }
  }

  /// Hides all ancestors that were read already, down to those that were hidden before.
  mutating func hideAncestors(_ index: CommitTable.Index) {
    var pending = [index]
    while let commit = pending.popLast() {
      for position in table.parentRange(commit) {
        let parent = table.parent(at: position)
        guard !table.marks[Int(parent)].contains(.hidden) else { continue }
        hide(parent)
        pending.append(parent)
      }
    }
  }

  /// Sorts so that no parent comes before all its children.
  func sortedTopologically(
    _ commits: [CommitTable.Index]
  ) throws(PandoError) -> [CommitTable.Index] {
    // How many children a commit waits for, plus one; zero for commits that are not sorted.
    var waits = [Int32](repeating: 0, count: table.count)
    for commit in commits { waits[Int(commit)] = 1 }
    for commit in commits {
      for position in table.parentRange(commit) where waits[Int(table.parent(at: position))] > 0 {
        waits[Int(table.parent(at: position))] += 1
      }
    }
    var ready = ReadyCommits(isStack: options.order == .topological)
    for commit in commits where waits[Int(commit)] == 1 {
      ready.insert(commit, date: try sortDate(commit))
    }
    ready.reverse()
    var sorted: [CommitTable.Index] = []
    sorted.reserveCapacity(commits.count)
    while let commit = ready.removeNext() {
      for position in table.parentRange(commit) {
        let parent = table.parent(at: position)
        guard waits[Int(parent)] > 0 else { continue }
        waits[Int(parent)] -= 1
        if waits[Int(parent)] == 1 { ready.insert(parent, date: try sortDate(parent)) }
      }
      waits[Int(commit)] = 0
      sorted.append(commit)
    }
    return sorted
  }

  private func sortDate(_ commit: CommitTable.Index) throws(PandoError) -> Int64 {
    switch options.order {
    case .topological: return 0
    case .date, .dateTopological: return table.dates[Int(commit)]
    case .authorDate:
      return try table.reader.commit(table.ids[Int(commit)]).author?.time?.seconds ?? 0
    }
  }
}

/// Commits whose children are all out: by date, or the last that came first.
private struct ReadyCommits {
  private let isStack: Bool
  private var stack: [CommitTable.Index] = []
  private var queue = CommitQueue()

  init(isStack: Bool) { self.isStack = isStack }

  mutating func insert(_ commit: CommitTable.Index, date: Int64) {
    if isStack {
      stack.append(commit)
    } else {
      queue.insert(commit, date: date)
    }
  }

  /// Turns the stack around: tips come out in the order they went in.
  mutating func reverse() { stack.reverse() }

  mutating func removeNext() -> CommitTable.Index? {
    isStack ? stack.popLast() : queue.removeNext()
  }
}
