/// Computes the checksum that ends a pack, an index or another of git's files.
///
/// It guards against damage, not against an attacker, so SHA-1 runs without collision detection and
/// twice as fast. Never name an object with it.
public struct ChecksumHasher: Sendable {
  private var hasher: BlockHasher

  /// A hasher that has seen no bytes.
  public init(_ algorithm: HashAlgorithm) {
    self.init(algorithm, kernels: .available)
  }

  /// A hasher that uses no kernels but `kernels`, which the CPU must have.
  package init(_ algorithm: HashAlgorithm, kernels: HashKernels) {
    hasher = BlockHasher(algorithm, detectsCollisions: false, kernels: kernels)
  }

  /// Takes `bytes` behind those taken before.
  public mutating func update(_ bytes: Span<UInt8>) {
    hasher.update(bytes)
  }

  /// The digest of all bytes taken. The hasher is spent: start a new one for the next file.
  public mutating func finish() -> Digest {
    hasher.finish()
  }

  /// The checksum of `bytes`.
  public static func digest(of bytes: Span<UInt8>, algorithm: HashAlgorithm) -> Digest {
    var hasher = ChecksumHasher(algorithm)
    hasher.update(bytes)
    return hasher.finish()
  }
}
