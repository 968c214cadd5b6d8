public import PandoBytes

/// A place that objects are written to.
public protocol ObjectWriter: ObjectReader {
  /// Publishes the objects of `batch` that are not there yet. When it returns they are as durable
  /// as
  /// the place promises; when it throws, none, some or all may be there, and none is half there.
  func write(_ batch: ObjectBatch) throws(PandoError)
}

extension ObjectWriter {
  /// Writes one object and returns its name.
  @discardableResult
  public func write(_ kind: ObjectKind, _ body: [UInt8]) throws(PandoError) -> ObjectID {
    var batch = ObjectBatch(hashAlgorithm)
    let id = try batch.insert(kind, body)
    try write(batch)
    return id
  }
}

/// Objects on their way into a store: each named and kept once, in the order they came.
public struct ObjectBatch: Sendable {
  /// The algorithm that names the objects.
  public let hashAlgorithm: HashAlgorithm
  /// The names, in order of insertion.
  public private(set) var ids: [ObjectID] = []
  private var objects: [ObjectID: RawObject] = [:]

  /// Makes an empty batch.
  public init(_ algorithm: HashAlgorithm) { hashAlgorithm = algorithm }

  /// The number of objects.
  public var count: Int { ids.count }

  /// Whether there are no objects.
  public var isEmpty: Bool { ids.isEmpty }

  /// The object of that name, or nil.
  public subscript(id: ObjectID) -> RawObject? { objects[id] }

  /// Names an object and keeps it. O(n) for the hash. Throws `.corrupt` for a body that is part of
  /// a
  /// SHA-1 collision attack.
  @discardableResult
  public mutating func insert(_ kind: ObjectKind, _ body: [UInt8]) throws(PandoError) -> ObjectID {
    let object = RawObject(kind: kind, body: body)
    let id = try object.id(hashAlgorithm)
    insert(object, named: id)
    return id
  }

  /// Keeps an object whose name was computed already.
  package mutating func insert(_ object: RawObject, named id: ObjectID) {
    if objects.updateValue(object, forKey: id) == nil { ids.append(id) }
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
    return try base.read(id)
  }

  public func header(of id: ObjectID) throws(PandoError) -> ObjectHeader? {
    if let object = batch[id] { return object.header }
    return try base.header(of: id)
  }

  public func contains(_ id: ObjectID) throws(PandoError) -> Bool {
    if batch[id] != nil { return true }
    return try base.contains(id)
  }

  public func commitLinks(_ id: ObjectID) throws(PandoError) -> CommitLinks {
    batch[id] == nil ? try base.commitLinks(id) : try parsedCommitLinks(id)
  }

  public var commitGraph: (any CommitGraphReader)? { base.commitGraph }
}
