internal import PandoBytes
internal import PandoObjects

/// The objects of a repository, and those of commits that are on their way into it.
struct QueuedObjects: SpoolingWriter {
  let queue: any UnpublishedCommits
  let base: any ObjectWriter

  var hashAlgorithm: HashAlgorithm { base.hashAlgorithm }

  var commitGraph: (any CommitGraphReader)? { base.commitGraph }

  func read(_ id: ObjectID) throws(PandoError) -> RawObject? {
    if let object = queue.first({ $0[id] }) { return object }
    if let spool = queue.first({ $0.spool(of: id) }) { return try spool.read(id) }
    return try base.read(id)
  }

  func header(of id: ObjectID) throws(PandoError) -> ObjectHeader? {
    if let header = queue.first({ $0.header(of: id) }) { return header }
    if let spool = queue.first({ $0.spool(of: id) }) { return try spool.header(of: id) }
    return try base.header(of: id)
  }

  func contains(_ id: ObjectID) throws(PandoError) -> Bool {
    if isQueued(id) { return true }
    return try base.contains(id)
  }

  func commitLinks(_ id: ObjectID) throws(PandoError) -> CommitLinks {
    try isQueued(id) ? parsedCommitLinks(id) : base.commitLinks(id)
  }

  func parsedCommitLinks(_ id: ObjectID) throws(PandoError) -> CommitLinks {
    try isQueued(id) ? wholeCommitLinks(id) : base.parsedCommitLinks(id)
  }

  private func isQueued(_ id: ObjectID) -> Bool {
    queue.first { $0.contains(id) ? true : nil } == true
  }

  func write(_ batch: ObjectBatch) throws(PandoError) { try base.write(batch) }

  func write(_ batch: ObjectBatch, before body: () -> Void) throws(PandoError) {
    try base.write(batch, before: body)
  }

  func makeSpool() throws(PandoError) -> (any ObjectSpool)? {
    try (base as? any SpoolingWriter)?.makeSpool()
  }
}
