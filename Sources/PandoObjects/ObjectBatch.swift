public import PandoBytes

/// Objects on their way into a store: each named and kept once, in the order they came.
///
/// An object that was made from another of the batch, as the next version of a directory is, can be
/// kept as its delta alone: a thousand versions of a wide directory then take little more than one.
/// What is too much for memory waits in spools, which belong to the batch.
public struct ObjectBatch: Sendable {
  /// The longest chain of deltas, which is what Git allows when it packs.
  static let depthMax = 50

  /// The algorithm that names the objects.
  public let hashAlgorithm: HashAlgorithm
  /// The names, in order of insertion: a base before what is made from it.
  public private(set) var ids: [ObjectID] = []
  /// The bytes that the objects and deltas take, about.
  public private(set) var byteCount = 0
  private var entries: [ObjectID: Entry] = [:]
  /// Where more objects are, which `ids` does not name.
  package private(set) var spools: [any ObjectSpool] = []

  /// What is kept of an object.
  private enum Entry {
    case whole(RawObject)
    /// Whole, and how it can be made from an object that need not be in the batch.
    indirect case derived(RawObject, BatchDelta)
    indirect case delta(ObjectHeader, BatchDelta, depth: Int, root: ObjectID)
  }

  /// Makes an empty batch.
  public init(_ algorithm: HashAlgorithm) { hashAlgorithm = algorithm }

  /// The number of objects in memory.
  public var count: Int { ids.count }

  /// Whether there are no objects.
  public var isEmpty: Bool { ids.isEmpty && spools.isEmpty }

  /// The object of that name if it is in memory. O(n), and O(n) more for each delta that it stands
  /// on.
  public subscript(id: ObjectID) -> RawObject? {
    var deltas: [[UInt8]] = []
    var current = id
    while true {
      switch entries[current] {
      case nil: return nil
      case .whole(let object)?, .derived(let object, _)?:
        guard let delta = deltas.popLast() else { return object }
        return RawObject(kind: object.kind, body: Self.apply(delta, deltas, object.body))
      case .delta(_, let delta, _, _)?:
        deltas.append(delta.bytes)
        current = delta.base
      }
    }
  }

  /// Applies deltas, the first one and then those of a list from its end.
  private static func apply(_ first: [UInt8], _ more: [[UInt8]], _ base: [UInt8]) -> [UInt8] {
    ([first] + more.reversed()).reduce(base) { body, delta in
      do { return try DeltaReader.apply(delta.span, to: body.span, limit: .max) } catch {
        // They were made here, from these very bytes.
        preconditionFailure("a delta of a batch does not fit its base: \(error)")
      }
    }
  }

  /// Kind and size of the object of that name if it is in memory. O(1).
  public func header(of id: ObjectID) -> ObjectHeader? {
    switch entries[id] {
    case nil: nil
    case .whole(let object)?, .derived(let object, _)?: object.header
    case .delta(let header, _, _, _)?: header
    }
  }

  /// Whether the object of that name is there. O(1).
  public func contains(_ id: ObjectID) -> Bool { entries[id] != nil || spool(of: id) != nil }

  /// The spool that has the object of that name; nil when none has.
  package func spool(of id: ObjectID) -> (any ObjectSpool)? { spools.first { $0.has(id) } }

  /// The delta that an object is kept as; nil when it is kept whole.
  package func delta(of id: ObjectID) -> BatchDelta? {
    if case .delta(_, let delta, _, _)? = entries[id] { delta } else { nil }
  }

  /// How an object is made from another one, which need not be in the batch; nil when that is not
  /// known.
  package func origin(of id: ObjectID) -> BatchDelta? {
    switch entries[id] {
    case .derived(_, let delta)?, .delta(_, let delta, _, _)?: delta
    case .whole?, nil: nil
    }
  }
}

/// A delta, and the object that it starts from.
package struct BatchDelta: Sendable {
  package var base: ObjectID
  package var bytes: [UInt8]

  package init(base: ObjectID, bytes: [UInt8]) {
    self.base = base
    self.bytes = bytes
  }
}

// MARK: Inserting

extension ObjectBatch {
  /// Names an object and keeps it. O(n) for the hash. Throws `.corrupt` for a body that is part of
  /// a SHA-1 collision attack.
  @discardableResult
  public mutating func insert(_ kind: ObjectKind, _ body: [UInt8]) throws(PandoError) -> ObjectID {
    let object = RawObject(kind: kind, body: body)
    let id = try object.id(hashAlgorithm)
    insert(object, named: id)
    return id
  }

  /// Keeps an object whose name was computed already, and how it is made from another, if that is
  /// known.
  package mutating func insert(
    _ object: RawObject, named id: ObjectID, from delta: BatchDelta? = nil
  ) {
    guard entries[id] == nil else { return }
    ids.append(id)
    let entry = delta.map { self.entry(object, $0) } ?? Entry.whole(object)
    entries[id] = entry
    switch entry {
    case .whole, .derived: byteCount += object.body.count
    case .delta(_, let delta, _, _): byteCount += delta.bytes.count
    }
  }

  /// Keeps the objects of a spool as well.
  package mutating func insert(contentsOf spool: any ObjectSpool) { spools.append(spool) }

  /// Keeps the objects of `other` as well. O(objects of `other`).
  package mutating func insert(contentsOf other: ObjectBatch) {
    if isEmpty {
      self = other
      return
    }
    spools += other.spools
    for id in other.ids {
      switch other.entries[id] {
      case .whole(let object)?: insert(object, named: id)
      case .derived(let object, let delta)?: insert(object, named: id, from: delta)
      case .delta(_, let delta, _, _)?:
        if let object = other[id] { insert(object, named: id, from: delta) }
      case nil: break
      }
    }
  }

  private func entry(_ object: RawObject, _ delta: BatchDelta) -> Entry {
    let depth: Int
    let root: ObjectID
    switch entries[delta.base] {
    case nil: return .derived(object, delta)
    case .whole?, .derived?: (depth, root) = (1, delta.base)
    case .delta(_, _, let below, let first)?: (depth, root) = (below + 1, first)
    }
    var delta = delta
    if depth > Self.depthMax {
      guard let anew = rooted(object, at: root) else { return .whole(object) }
      delta = anew
    }
    // What has changed that much is worth a new start.
    guard delta.bytes.count <= object.body.count / 2 else { return .whole(object) }
    return .delta(object.header, delta, depth: depth > Self.depthMax ? 1 : depth, root: root)
  }

  /// A delta from the start of a chain that has become too long.
  private func rooted(_ object: RawObject, at root: ObjectID) -> BatchDelta? {
    guard let base = self[root]?.body else { return nil }
    let index = DeltaIndex(base: base.span)
    let found = index.delta(to: object.body.span, from: base.span, limit: object.body.count / 2)
    return found.map { BatchDelta(base: root, bytes: $0) }
  }
}
