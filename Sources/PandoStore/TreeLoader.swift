package import PandoBytes
package import PandoObjects
internal import Synchronization

/// Whether a store is still open; shared by everything that was made from it.
package final class StoreLifetime: Sendable {
  private let isClosed = Atomic(false)

  package init() {}

  /// Ends it. Ending it again does nothing.
  package func end() { isClosed.store(true, ordering: .releasing) }

  /// Throws `.closed` after the end.
  package func check() throws(PandoError) {
    if isClosed.load(ordering: .acquiring) {
      throw PandoError(.closed, "the store is closed: open it again to use it")
    }
  }
}

/// Reads trees through the cache, and walks paths through them.
package struct TreeLoader: Sendable {
  package let objects: any ObjectReader
  package let cache: TreeCache
  package let lifetime: StoreLifetime
  /// Whether everything that can be read is in the store, and not only in a batch over it.
  package let isPublished: Bool

  package init(
    objects: any ObjectReader, cache: TreeCache, lifetime: StoreLifetime, isPublished: Bool = true
  ) {
    self.objects = objects
    self.cache = cache
    self.lifetime = lifetime
    self.isPublished = isPublished
  }

  /// Reads through `batch` first. It gets a cache of its own: what the shared one holds exists.
  package func layering(_ batch: ObjectBatch) -> TreeLoader {
    TreeLoader(
      objects: BatchedReader(batch, over: objects), cache: TreeCache(bytesMax: cache.bytesMax),
      lifetime: lifetime, isPublished: false)
  }

  /// Reads through `batch` first, which has no trees, so that the cache can be the same.
  func layeringBlobs(of batch: ObjectBatch) -> TreeLoader {
    TreeLoader(
      objects: BatchedReader(batch, over: objects), cache: cache, lifetime: lifetime,
      isPublished: false)
  }

  /// Whether what this one reads is in the store that `other` reads from, and will stay there.
  package func sharesObjects(with other: TreeLoader) -> Bool {
    isPublished && lifetime === other.lifetime
  }

  package var hashAlgorithm: HashAlgorithm { objects.hashAlgorithm }

  /// The name of the directory without entries.
  package var emptyTree: ObjectID { Tree.emptyID(hashAlgorithm) }

  /// The tree of that name, which must be present.
  package func tree(_ id: ObjectID) throws(PandoError) -> Tree {
    try lifetime.check()
    if let tree = cache[id] { return tree }
    let tree = try objects.tree(id)
    cache.insert(tree, id: id)
    return tree
  }

  /// The body of the blob of that name, which must be present.
  package func blob(_ id: ObjectID) throws(PandoError) -> [UInt8] {
    try lifetime.check()
    return try objects.body(of: id, .blob)
  }

  /// The entry at a path below the tree `root`; the root itself is a directory without a name. Nil
  /// when a step is missing, or leads through something that is not a directory.
  package func entry(at path: TreePath, in root: ObjectID) throws(PandoError) -> TreeEntry? {
    var found = TreeEntry(name: "", mode: .directory, id: root)
    for step in path.steps {
      guard found.mode.isDirectory, let next = try tree(found.id)[step] else { return nil }
      found = next
    }
    return found
  }

  /// The blob at a path below the tree `root`, without making an entry: the hot path of reads. Nil
  /// when there is none.
  package func blobID(at path: TreePath, in root: ObjectID) throws(PandoError) -> ObjectID? {
    var id = root
    var mode = TreeEntry.Mode.directory
    for step in path.steps {
      guard mode.isDirectory else { return nil }
      let tree = try tree(id)
      guard let position = tree.position(of: step) else { return nil }
      id = tree.id(at: position)
      mode = tree.mode(at: position)
    }
    return mode.kind == .blob ? id : nil
  }
}

extension Contents {
  /// Reads a value, and says where when its bytes are not one.
  static func parse(_ bytes: [UInt8], at path: TreePath) throws(PandoError) -> Self {
    do { return try Self(parsing: bytes.span) } catch {
      throw PandoError(
        .corrupt, "the contents of '\(path)' cannot be read as \(Self.self)", cause: error)
    }
  }

  /// Makes the bytes of a value, and says where when it has none.
  func bytes(at path: TreePath) throws(PandoError) -> [UInt8] {
    do { return try serialized } catch {
      throw PandoError(.invalidInput, "the value for '\(path)' cannot be serialised", cause: error)
    }
  }
}
