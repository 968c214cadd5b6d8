internal import PandoBytes
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
///     while let entry = try history.next() { print(entry.id) }
///
/// Each step costs the read of a commit and, for the history of a path, of the directories on the
/// way to it that differ. Memory grows with the commits seen.
public struct History {
  private let engine: StoreEngine
  private var walk: RevisionWalk

  init(
    engine: StoreEngine, from start: ObjectID?, path: TreePath? = nil
  ) throws(PandoError) {
    try engine.loader.lifetime.check()
    self.engine = engine
    var options = RevisionWalk.Options()
    options.keepsBodies = true
    if let path {
      var item = PathFilter.Item(path.bytes)
      item.isLiteral = true
      options.paths = PathFilter([item])
    }
    let starts = start.map { [RevisionTerm(id: $0, name: $0.hex)] } ?? []
    walk = try RevisionWalk(engine.objects, from: starts, options)
  }

  /// The next commit; nil at the end.
  public mutating func next() throws(PandoError) -> HistoryEntry? {
    try engine.loader.lifetime.check()
    guard let item = try walk.next() else { return nil }
    do {
      let body = item.body ?? []
      let commit = try Commit(parsing: body.span, algorithm: engine.hashAlgorithm)
      return HistoryEntry(id: item.id, commit: commit)
    } catch {
      throw .corrupt("object \(item.id)", error)
    }
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

// MARK: Asking

extension Branch {
  /// The commits that the branch holds now, newest first; none before the first commit.
  public func history() throws(PandoError) -> History {
    try History(engine: engine, from: try head)
  }

  /// The commits that changed what is at `path`, newest first, as `git log -- path` shows them.
  public func log(_ path: TreePath) throws(PandoError) -> History {
    try History(engine: engine, from: try head, path: path)
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
    return try History(engine: engine, from: commit)
  }
}
