public import PandoBytes

/// The name of an object: the digest of its header and body, 20 bytes in SHA-1 repositories and 32
/// in SHA-256 ones, in one inline value. Orders bytewise, as Git's indexes do.
@frozen
public struct ObjectID: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The digest that is the name.
  public let digest: Digest

  /// Names an object by `digest`.
  public init(_ digest: Digest) { self.digest = digest }

  /// Reads 40 or 64 hexadecimal digits of either case; nil for anything else.
  public init?(hex: some StringProtocol) {
    guard let digest = Digest(hex: hex) else { return nil }
    self.digest = digest
  }

  /// Reads 40 or 64 hexadecimal digits of either case; nil for anything else.
  public init?(hexBytes: Span<UInt8>) {
    guard let digest = Digest(hexBytes: hexBytes) else { return nil }
    self.digest = digest
  }

  /// Takes raw digest bytes; nil unless there are as many as `algorithm` makes.
  public init?(_ bytes: Span<UInt8>, algorithm: HashAlgorithm) {
    guard let digest = Digest(bytes, algorithm: algorithm) else { return nil }
    self.digest = digest
  }

  /// The all-zero name, which stands for "no object" in reference updates and reflogs.
  public static func null(_ algorithm: HashAlgorithm) -> ObjectID { ObjectID(.zero(algorithm)) }

  /// Whether this is the all-zero name.
  public var isNull: Bool { digest.isZero }

  /// The algorithm of the repository that the object lives in.
  public var algorithm: HashAlgorithm { digest.algorithm }

  /// All digits, lower case.
  public var hex: String { digest.hex }

  /// The first `count` digits.
  public func abbreviated(to count: Int) -> String { String(hex.prefix(count)) }

  public var description: String { hex }

  public static func < (a: ObjectID, b: ObjectID) -> Bool { a.digest < b.digest }
}
