internal import PandoObjects
internal import Synchronization

/// Where a branch keeps the commit it is at.
enum BranchHead: Sendable {
  /// In a reference.
  case named(ReferenceName)
  /// In memory, shared by the copies of one detached branch.
  case detached(DetachedHead)

  /// The branch's name, without `refs/heads/`; nil when it has none.
  var name: String? {
    if case .named(let reference) = self { reference.branchName ?? reference.text } else { nil }
  }
}

/// A head without a name.
final class DetachedHead: Sendable {
  private let current: Mutex<ObjectID?>

  init(_ id: ObjectID?) { current = Mutex(id) }

  var id: ObjectID? { current.withLock { $0 } }

  func move(to id: ObjectID?, expecting expected: ObjectID?) -> Bool {
    current.withLock { current in
      guard current == expected else { return false }
      current = id
      return true
    }
  }
}

extension StoreEngine {
  /// The commit that a head is at; nil before the first one.
  func id(of head: BranchHead) throws(PandoError) -> ObjectID? {
    try loader.lifetime.check()
    switch head {
    case .named(let name): return try references.id(of: name)
    case .detached(let head): return head.id
    }
  }

  /// Moves a head, or removes it, if it is at `expected`; tells whether it was.
  func move(
    _ head: BranchHead, to id: ObjectID?, expecting expected: ObjectID?, _ note: ReflogNote?
  ) throws(PandoError) -> Bool {
    try loader.lifetime.check()
    switch head {
    case .detached(let head): return head.move(to: id, expecting: expected)
    case .named(let name):
      let change: ReferenceEdit.Change = id.map { .set(.direct($0)) } ?? .delete
      return try apply(
        ReferenceEdit(name, change, expected: expected.map { .id($0) } ?? .absent), note)
    }
  }

  /// Applies an edit; tells whether its expectation held. A lock that somebody holds for a moment
  /// is waited for.
  private func apply(_ edit: ReferenceEdit, _ note: ReflogNote?) throws(PandoError) -> Bool {
    defer { watcher.wake() }
    guard let unpublished else { return try applyAlone(edit, note) }
    return try unpublished.alone { () throws(PandoError) in try applyAlone(edit, note) }
  }

  private func applyAlone(_ edit: ReferenceEdit, _ note: ReflogNote?) throws(PandoError) -> Bool {
    var attempt = 1
    while true {
      do {
        try storedReferences.apply([edit], note: note)
        return true
      } catch  where error.code == .conflictingUpdate {
        return false
      } catch  where error.code == .locked && attempt < options.updateAttemptsMax {
        backOff(beforeAttempt: attempt)
        attempt += 1
      } catch {
        throw error
      }
    }
  }
}
