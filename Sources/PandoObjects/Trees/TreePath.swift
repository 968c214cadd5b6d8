public import PandoBytes

/// The way from a root to a value: steps without slashes. As text, steps are joined by `/`; empty
/// steps are dropped, so that `a//b/` is `a/b` and the empty text is the root.
@frozen
public struct TreePath: Hashable, Comparable, Sendable {
  /// The steps from the root.
  public var steps: [ByteString]

  /// Makes a path of steps.
  public init(_ steps: [ByteString] = []) { self.steps = steps }

  /// Splits `text` at slashes.
  public init(_ text: String) { self.init(bytes: Array(text.utf8)) }

  /// Splits `bytes` at slashes.
  public init(bytes: [UInt8]) {
    steps = bytes.split(separator: UInt8(ascii: "/")).map { ByteString(Array($0)) }
  }

  /// The path of no steps.
  public static let root = TreePath()

  /// Whether this is the root.
  public var isRoot: Bool { steps.isEmpty }

  /// The number of steps.
  public var count: Int { steps.count }

  /// The last step; nil for the root.
  public var last: ByteString? { steps.last }

  /// The path one step shorter; the root's parent is the root.
  public var parent: TreePath { TreePath(Array(steps.dropLast())) }

  /// The path one step longer.
  public func appending(_ step: ByteString) -> TreePath { TreePath(steps + [step]) }

  /// The path that goes on with the steps of `other`.
  public func appending(_ other: TreePath) -> TreePath { TreePath(steps + other.steps) }

  /// Whether this path begins with the steps of `prefix`; every path begins with the root.
  public func hasPrefix(_ prefix: TreePath) -> Bool { steps.starts(with: prefix.steps) }

  /// The steps joined by `/`, as bytes.
  public var bytes: [UInt8] { Array(steps.map(\.bytes).joined(separator: [UInt8(ascii: "/")])) }

  public static func < (a: TreePath, b: TreePath) -> Bool {
    a.steps.lexicographicallyPrecedes(b.steps)
  }
}

extension TreePath: ExpressibleByStringInterpolation, CustomStringConvertible {
  public init(stringLiteral value: String) { self.init(value) }
  public var description: String { String(decoding: bytes, as: UTF8.self) }
}
