internal import PandoObjects

/// The references of a repository as they will be when all that is deferred is published.
struct DeferredReferences: ReferenceStore {
  let queue: any UnpublishedCommits
  let base: any ReferenceStore

  func read(_ name: ReferenceName) throws(PandoError) -> ReferenceTarget? {
    if let id = queue.head(of: name) { return .direct(id) }
    return try base.read(name)
  }

  func references(withPrefix prefix: String) throws(PandoError) -> [Reference] {
    // In this order: what is published between the two is seen twice, not missed.
    let heads = queue.heads().filter { $0.key.text.hasPrefix(prefix) }
    let stored = try base.references(withPrefix: prefix)
    if heads.isEmpty { return stored }
    let others = stored.filter { heads[$0.name] == nil }
    let queued = heads.map { Reference(name: $0.key, target: .direct($0.value)) }
    return (others + queued).sorted { $0.name < $1.name }
  }

  /// Publishes what is deferred first, which the edits may expect.
  func apply(_ edits: [ReferenceEdit], note: ReflogNote?) throws(PandoError) {
    try queue.alone { () throws(PandoError) in try base.apply(edits, note: note) }
  }

  /// Publishes what is deferred first, which the edits may expect.
  func applyInOneStep(_ edits: [ReferenceEdit], note: ReflogNote?) throws(PandoError) {
    try queue.alone { () throws(PandoError) in try base.applyInOneStep(edits, note: note) }
  }

  /// Publishes what is deferred first, which is what writes its lines.
  func reflog(of name: ReferenceName) throws(PandoError) -> [ReflogEntry]? {
    try queue.flush()
    return try base.reflog(of: name)
  }
}
