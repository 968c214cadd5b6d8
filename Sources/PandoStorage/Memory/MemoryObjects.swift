public import PandoBytes
public import PandoObjects
internal import Synchronization

/// Objects that live and die with the process.
public final class MemoryObjects: ObjectWriter {
  /// The algorithm that names the objects.
  public let hashAlgorithm: HashAlgorithm
  private let emptyTree: ObjectID
  private let objects = Mutex<[ObjectID: RawObject]>([:])

  /// Makes an empty place, which has only the empty tree.
  public init(_ algorithm: HashAlgorithm) {
    hashAlgorithm = algorithm
    emptyTree = Tree.emptyID(algorithm)
  }

  public func read(_ id: ObjectID) throws(PandoError) -> RawObject? {
    if let object = objects.withLock({ $0[id] }) { return object }
    return id == emptyTree ? RawObject(kind: .tree, body: []) : nil
  }

  public func header(of id: ObjectID) throws(PandoError) -> ObjectHeader? {
    try read(id)?.header
  }

  public func contains(_ id: ObjectID) throws(PandoError) -> Bool {
    id == emptyTree || objects.withLock { $0[id] != nil }
  }

  public func write(_ batch: ObjectBatch) throws(PandoError) {
    guard batch.hashAlgorithm == hashAlgorithm else {
      throw PandoError(.invalidInput, "objects named by another algorithm than the store's")
    }
    objects.withLock { objects in
      for id in batch.ids {
        if objects[id] == nil { objects[id] = batch[id] }
      }
    }
  }

  /// All names of written objects, sorted.
  public func ids() -> [ObjectID] { objects.withLock { $0.keys.sorted() } }

  /// The names that begin with `prefix`, sorted. O(n).
  public func ids(matching prefix: ObjectIDPrefix) -> [ObjectID] {
    objects.withLock { $0.keys.filter(prefix.matches).sorted() }
  }

  /// Forgets all objects but those of `kept`; for clean-up.
  public func removeAll(except kept: Set<ObjectID>) {
    objects.withLock { objects in objects = objects.filter { kept.contains($0.key) } }
  }
}
