/// The hash functions git names objects with. Raw values are the numbers git's formats store.
public enum HashAlgorithm: UInt8, Sendable, CaseIterable, Hashable {
  /// SHA-1, git's default.
  case sha1 = 1
  /// SHA-256, for repositories made with `--object-format=sha256`.
  case sha256 = 2

  /// Bytes in a digest: 20 or 32.
  public var byteCount: Int {
    switch self {
    case .sha1: 20
    case .sha256: 32
    }
  }

  /// Hexadecimal digits in a digest: 40 or 64.
  public var hexCount: Int { byteCount * 2 }

  /// The name git's configuration and protocol use.
  public var name: String {
    switch self {
    case .sha1: "sha1"
    case .sha256: "sha256"
    }
  }

  /// The algorithm that git calls `name`, or nil.
  public init?(name: some StringProtocol) {
    switch name {
    case "sha1": self = .sha1
    case "sha256": self = .sha256
    default: return nil
    }
  }
}
