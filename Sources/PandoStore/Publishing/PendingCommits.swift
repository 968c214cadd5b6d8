internal import PandoBytes
internal import PandoObjects

/// Commits on their way into a repository: the group that gathers, and the one before it while it
/// is being published.
struct PendingCommits: Sendable {
  private(set) var gathering: CommitGroup
  private(set) var publishing: CommitGroup?

  init(_ algorithm: HashAlgorithm) { gathering = CommitGroup(number: 0, algorithm) }

  var isEmpty: Bool { gathering.isEmpty && publishing == nil }

  /// The bytes that the objects take, about.
  var byteCount: Int { gathering.batch.byteCount + (publishing?.batch.byteCount ?? 0) }

  /// Where a branch goes; nil when it stays.
  func head(of name: ReferenceName) -> ObjectID? {
    gathering.head(of: name) ?? publishing?.head(of: name)
  }

  /// All branches that go somewhere.
  var heads: [ReferenceName: ObjectID] {
    [publishing, gathering].compactMap(\.self).reduce(into: [:]) { heads, group in
      for name in group.heads.keys { heads[name] = group.head(of: name) }
    }
  }

  /// What `find` finds in the objects.
  func first<R>(_ find: (ObjectBatch) -> R?) -> R? {
    find(gathering.batch) ?? publishing.flatMap { find($0.batch) }
  }

  /// Lends the group that gathers.
  mutating func gather<R>(_ body: (inout CommitGroup) -> R) -> R { body(&gathering) }

  /// Counts one more thread that waits for the latest group that is as wanted; its number, nil
  /// when there is no such group.
  mutating func awaitGroup(where isWanted: (CommitGroup) -> Bool) -> Int? {
    if isWanted(gathering) {
      gathering.waiters += 1
      return gathering.number
    }
    guard let group = publishing, isWanted(group) else { return nil }
    publishing?.waiters += 1
    return group.number
  }

  /// Begins to publish what has gathered; nil while the group before it is being published. Another
  /// group gathers from then on.
  mutating func seal() -> CommitGroup? {
    guard publishing == nil else { return nil }
    let group = gathering
    publishing = group
    gathering = CommitGroup(number: group.number + 1, group.batch.hashAlgorithm)
    return group
  }

  /// Ends publishing; tells how many threads wait for that.
  ///
  /// - Parameter isFailed: tells which branches could not be moved, and are to be moved by the
  ///   group that gathers, before what that has for them.
  mutating func end(requeuing isFailed: (ReferenceName) -> Bool = { _ in false }) -> Int {
    guard let group = publishing else { return 0 }
    publishing = nil
    var again = group
    again.keepHeads(isFailed)
    if !again.isEmpty {
      again.number = gathering.number
      again.waiters = 0
      again.append(gathering)
      gathering = again
    }
    return group.waiters
  }
}

/// Commits that this process has taken and that are not in the repository yet, as readers see them.
protocol UnpublishedCommits: AnyObject, Sendable {
  /// Lends the commits; nil, at no cost, when there are none.
  func look<R>(_ body: (PendingCommits) -> R) -> R?

  /// Publishes all of them; returns when they are durable and seen by everybody.
  func flush() throws(PandoError)

  /// Publishes all of them, for the last time.
  func close() throws(PandoError)

  /// Runs `body`, which changes references in another way than by commits. All is published before,
  /// and no commit is taken meanwhile: it would stand on what was changed.
  func alone<R>(_ body: () throws(PandoError) -> R) throws(PandoError) -> R
}

extension UnpublishedCommits {
  /// Where a branch goes; nil when no commit takes it anywhere.
  func head(of name: ReferenceName) -> ObjectID? { look { $0.head(of: name) } ?? nil }

  /// All branches that go somewhere.
  func heads() -> [ReferenceName: ObjectID] { look(\.heads) ?? [:] }

  /// What `find` finds in the objects.
  func first<R>(_ find: (ObjectBatch) -> R?) -> R? { look { $0.first(find) } ?? nil }
}
