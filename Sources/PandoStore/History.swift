public import PandoObjects

/// A commit in a history.
public struct HistoryEntry: Hashable, Sendable {
  /// The commit's name.
  public let id: ObjectID
  /// The commit.
  public let commit: Commit
}

/// Commits, newest first, read one by one as they are asked for. A commit comes before its parents
/// as far as the committers' clocks agree, as in `git log`.
///
///     var history = try main.history()
///     while let entry = try history.next() { print(entry.commit.subject) }
///
/// Each step costs the read of a commit and, for the history of a path, of the directories on the
/// way to it that differ. Memory grows with the commits seen.
public struct History: Sendable {
  private struct Candidate: Sendable {
    let id: ObjectID
    let links: CommitLinks
    let turn: Int
  }

  private let engine: StoreEngine
  private let path: TreePath?
  private var queue: [Candidate] = []
  private var seen: Set<ObjectID> = []
  private var turn = 0

  init(
    engine: StoreEngine, from start: [ObjectID], path: TreePath? = nil
  ) throws(PandoError) {
    self.engine = engine
    self.path = path
    for id in start { try add(id) }
  }

  /// The next commit; nil at the end.
  public mutating func next() throws(PandoError) -> HistoryEntry? {
    try engine.loader.lifetime.check()
    while let candidate = popNewest() {
      let (isShown, parents) = try step(candidate)
      for parent in parents { try add(parent) }
      if isShown {
        return HistoryEntry(id: candidate.id, commit: try engine.objects.commit(candidate.id))
      }
    }
    return nil
  }

  /// The next commits, at most `limit`.
  public mutating func next(_ limit: Int) throws(PandoError) -> [HistoryEntry] {
    var entries: [HistoryEntry] = []
    while entries.count < limit, let entry = try next() { entries.append(entry) }
    return entries
  }

  /// All commits that are left.
  public mutating func rest() throws(PandoError) -> [HistoryEntry] { try next(.max) }
}

// MARK: Following a path

extension History {
  /// Whether a commit is shown, and which parents are followed. For a path, git-log's default
  /// simplification: a commit that has it as some parent does is left out, and only that parent is
  /// followed.
  private func step(_ candidate: Candidate) throws(PandoError) -> (Bool, [ObjectID]) {
    let parents = candidate.links.parents
    guard let path else { return (true, parents) }
    let own = try state(at: path, in: candidate.links.tree)
    if parents.isEmpty { return (own != nil, []) }
    for parent in parents {
      let tree = try engine.objects.commitLinks(parent).tree
      if tree == candidate.links.tree { return (false, [parent]) }
      if try state(at: path, in: tree) == own { return (false, [parent]) }
    }
    return (true, parents)
  }

  private func state(at path: TreePath, in tree: ObjectID) throws(PandoError) -> TreeEntry? {
    if path.isRoot, tree == engine.loader.emptyTree { return nil }
    return try engine.loader.entry(at: path, in: tree)
  }
}

// MARK: The queue: a binary heap, newest first, first come first among equals

extension History {
  private mutating func add(_ id: ObjectID) throws(PandoError) {
    guard seen.insert(id).inserted else { return }
    turn += 1
    queue.append(
      Candidate(id: id, links: try engine.objects.commitLinks(id), turn: turn))
    var child = queue.count - 1
    while child > 0, precedes(child, (child - 1) / 2) {
      queue.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  private mutating func popNewest() -> Candidate? {
    guard let first = queue.first, let last = queue.popLast() else { return nil }
    if queue.isEmpty { return first }
    queue[0] = last
    var parent = 0
    while true {
      var best = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < queue.count && precedes(child, best) {
        best = child
      }
      if best == parent { return first }
      queue.swapAt(parent, best)
      parent = best
    }
  }

  private func precedes(_ a: Int, _ b: Int) -> Bool {
    let (a, b) = (queue[a], queue[b])
    if a.links.committerSeconds != b.links.committerSeconds {
      return a.links.committerSeconds > b.links.committerSeconds
    }
    return a.turn < b.turn
  }
}

// MARK: Asking

extension Branch {
  /// The commits that the branch holds now, newest first; none before the first commit.
  public func history() throws(PandoError) -> History {
    try History(engine: engine, from: try head.map { [$0] } ?? [])
  }

  /// The commits that changed what is at `path`, newest first, as `git log -- path` shows them.
  public func log(_ path: TreePath) throws(PandoError) -> History {
    try History(engine: engine, from: try head.map { [$0] } ?? [], path: path)
  }

  /// The newest commit that changed what is at `path`; nil when nothing ever was there. O(history)
  /// until it is found.
  public func lastModified(_ path: TreePath) throws(PandoError) -> HistoryEntry? {
    var log = try log(path)
    return try log.next()
  }
}

extension Store {
  /// The commits that lead to `commit`, itself included, newest first.
  public func history(of commit: ObjectID) throws(PandoError) -> History {
    try engine.requireCommit(commit)
    return try History(engine: engine, from: [commit])
  }
}
