public import PandoBytes

/// A place that objects are written to.
public protocol ObjectWriter: ObjectReader {
  /// Publishes the objects of `batch` that are not there yet. When it returns they are as durable
  /// as the place promises; when it throws, none, some or all may be there, and none is half there.
  func write(_ batch: ObjectBatch) throws(PandoError)

  /// Publishes a batch and then runs `body`, which makes references lead to it. Until that has
  /// returned nobody's clean-up may take the objects away again, though nothing leads to them.
  func write(_ batch: ObjectBatch, before body: () -> Void) throws(PandoError)
}

extension ObjectWriter {
  /// Publishes a batch, then runs `body`: for a place that nobody cleans up.
  public func write(_ batch: ObjectBatch, before body: () -> Void) throws(PandoError) {
    try write(batch)
    body()
  }

  /// Writes one object and returns its name.
  @discardableResult
  public func write(_ kind: ObjectKind, _ body: [UInt8]) throws(PandoError) -> ObjectID {
    var batch = ObjectBatch(hashAlgorithm)
    let id = try batch.insert(kind, body)
    try write(batch)
    return id
  }
}

/// Reads through a batch that is not published yet, then from the place below it.
public struct BatchedReader: ObjectReader {
  /// The unpublished objects.
  public var batch: ObjectBatch
  /// Where the others are.
  public let base: any ObjectReader

  /// Lays `batch` over `base`.
  public init(_ batch: ObjectBatch, over base: any ObjectReader) {
    self.batch = batch
    self.base = base
  }

  public var hashAlgorithm: HashAlgorithm { base.hashAlgorithm }

  public func read(_ id: ObjectID) throws(PandoError) -> RawObject? {
    if let object = batch[id] { return object }
    if let spool = batch.spool(of: id) { return try spool.read(id) }
    return try base.read(id)
  }

  public func header(of id: ObjectID) throws(PandoError) -> ObjectHeader? {
    if let header = batch.header(of: id) { return header }
    if let spool = batch.spool(of: id) { return try spool.header(of: id) }
    return try base.header(of: id)
  }

  public func contains(_ id: ObjectID) throws(PandoError) -> Bool {
    if batch.contains(id) { return true }
    return try base.contains(id)
  }

  public func commitLinks(_ id: ObjectID) throws(PandoError) -> CommitLinks {
    batch.contains(id) ? try parsedCommitLinks(id) : try base.commitLinks(id)
  }

  public var commitGraph: (any CommitGraphReader)? { base.commitGraph }
}
