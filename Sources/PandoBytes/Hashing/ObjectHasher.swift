/// The object's content is part of a collision attack on SHA-1: another content with the same
/// digest can be made from it. Git refuses such objects, and so must whoever catches this.
public struct CollisionDetected: Error, Sendable, Hashable {
  /// The digest the content has, and shares.
  public let digest: Digest

  /// A refusal of the content with `digest`.
  public init(digest: Digest) { self.digest = digest }
}

/// Computes the digest an object is named by.
///
/// SHA-1 runs with collision detection (see `CollisionDetector`); SHA-256 needs none. Input is not
/// copied when it comes in pieces of half a kibibyte or more.
public struct ObjectHasher: Sendable {
  private var hasher: BlockHasher

  /// A hasher that has seen no bytes.
  public init(_ algorithm: HashAlgorithm) {
    self.init(algorithm, kernels: .available)
  }

  /// A hasher that uses no kernels but `kernels`, which the CPU must have.
  package init(_ algorithm: HashAlgorithm, kernels: HashKernels) {
    hasher = BlockHasher(algorithm, detectsCollisions: true, kernels: kernels)
  }

  /// Takes `bytes` behind those taken before.
  public mutating func update(_ bytes: Span<UInt8>) {
    hasher.update(bytes)
  }

  /// The digest of all bytes taken. The hasher is spent: start a new one for the next object.
  /// Throws `CollisionDetected` where git would die.
  public mutating func finish() throws(CollisionDetected) -> Digest {
    let digest = hasher.finish()
    if hasher.foundCollision { throw CollisionDetected(digest: digest) }
    return digest
  }

  /// The digest of `header` followed by `body`, without joining them.
  public static func digest(
    of header: Span<UInt8>, _ body: Span<UInt8>, algorithm: HashAlgorithm
  ) throws(CollisionDetected) -> Digest {
    var hasher = ObjectHasher(algorithm)
    hasher.update(header)
    hasher.update(body)
    return try hasher.finish()
  }

  /// The digest of `bytes`, header included.
  public static func digest(
    of bytes: Span<UInt8>, algorithm: HashAlgorithm
  ) throws(CollisionDetected) -> Digest {
    var hasher = ObjectHasher(algorithm)
    hasher.update(bytes)
    return try hasher.finish()
  }
}
