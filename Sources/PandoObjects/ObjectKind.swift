/// The four kinds of object. Raw values are the type numbers of Git's pack format.
@frozen
public enum ObjectKind: UInt8, Sendable, Hashable, CaseIterable, CustomStringConvertible {
  case commit = 1
  case tree = 2
  case blob = 3
  case tag = 4

  /// Git's word for the kind.
  public var name: String {
    switch self {
    case .commit: "commit"
    case .tree: "tree"
    case .blob: "blob"
    case .tag: "tag"
    }
  }

  /// The kind of that name, or nil.
  public init?(name: some StringProtocol) {
    guard let kind = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = kind
  }

  public var description: String { name }

  /// The bytes that are hashed, and stored loose, before a body of `size` bytes: kind, space,
  /// decimal size, NUL. Source: gitformat-loose.
  public func header(size: Int) -> [UInt8] { Array("\(name) \(size)\0".utf8) }
}
