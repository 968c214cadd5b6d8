/// The bytes of a path, any POSIX name.
///
/// A path is not text: file names that are not UTF-8 are kept byte for byte. Nothing is normalised
/// unless ``normalized`` is asked for, since `a/../b` and `b` differ where `a` is a symbolic link.
public struct FilePath: Hashable, Sendable {
  /// The path as the system sees it, without a final zero.
  public let bytes: [UInt8]

  static let slash = UInt8(ascii: "/")

  /// Makes a path of these bytes; calls to the system refuse a path that holds a zero byte.
  public init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Makes a path of a string's UTF-8.
  public init(_ string: String) {
    self.init(bytes: Array(string.utf8))
  }

  /// The path as text; bytes that are not UTF-8 become replacement characters.
  public var string: String {
    String(decoding: bytes, as: UTF8.self)
  }

  /// Whether the path starts at the root.
  public var isAbsolute: Bool { bytes.first == Self.slash }

  /// Whether there are no bytes at all.
  public var isEmpty: Bool { bytes.isEmpty }
}

// MARK: Joining

extension FilePath {
  /// This path followed by a slash, where one is missing, and a component or relative path.
  public func appending(_ component: String) -> FilePath {
    appending(bytes: Array(component.utf8))
  }

  /// This path followed by a slash, where one is missing, and a component or relative path.
  public func appending(bytes component: [UInt8]) -> FilePath {
    if bytes.isEmpty { return FilePath(bytes: component) }
    if component.isEmpty { return self }
    var joined = bytes
    joined.reserveCapacity(bytes.count + component.count + 1)
    if joined.last != Self.slash { joined.append(Self.slash) }
    joined += component
    return FilePath(bytes: joined)
  }

  /// This path with bytes added to its last component: `config` and `.lock` make `config.lock`.
  public func adding(suffix: String) -> FilePath {
    FilePath(bytes: bytes + Array(suffix.utf8))
  }

  /// The same as ``appending(_:)``.
  public static func / (path: FilePath, component: String) -> FilePath {
    path.appending(component)
  }

  /// This path when absolute, else `base` followed by it.
  public func resolved(against base: FilePath) -> FilePath {
    isAbsolute ? self : base.appending(bytes: bytes)
  }
}

// MARK: Taking apart

extension FilePath {
  /// The names between the slashes, empty ones left out.
  public var components: [[UInt8]] {
    bytes.split(separator: Self.slash).map(Array.init)
  }

  /// The path of the containing directory: `.` for a single relative name, `/` for the root.
  public var parent: FilePath {
    guard let name = lastComponentRange else { return FilePath(isAbsolute ? "/" : ".") }
    let before = bytes[..<name.lowerBound]
    guard let last = before.lastIndex(where: { $0 != Self.slash }) else {
      return FilePath(isAbsolute ? "/" : ".")
    }
    return FilePath(bytes: Array(before[...last]))
  }

  /// The last name as text; empty for the root and for an empty path.
  public var lastComponent: String {
    String(decoding: lastComponentBytes, as: UTF8.self)
  }

  /// The last name's bytes; empty for the root and for an empty path.
  public var lastComponentBytes: [UInt8] {
    lastComponentRange.map { Array(bytes[$0]) } ?? []
  }

  private var lastComponentRange: Range<Int>? {
    guard let last = bytes.lastIndex(where: { $0 != Self.slash }) else { return nil }
    let start = bytes[...last].lastIndex(of: Self.slash).map { $0 + 1 } ?? 0
    return start..<(last + 1)
  }

  /// The path with `.`, `..` and doubled slashes worked out by spelling alone, symbolic links
  /// notwithstanding; `..` above the root stays at the root, an empty result is `.`.
  public var normalized: FilePath {
    var kept: [[UInt8]] = []
    let dot = [UInt8(ascii: ".")]
    let dotDot = dot + dot
    for component in components where component != dot {
      if component != dotDot {
        kept.append(component)
      } else if let last = kept.last, last != dotDot {
        kept.removeLast()
      } else if !isAbsolute {
        kept.append(dotDot)
      }
    }
    let joined = Array(kept.joined(separator: [Self.slash]))
    if isAbsolute { return FilePath(bytes: [Self.slash] + joined) }
    return joined.isEmpty ? "." : FilePath(bytes: joined)
  }

  /// The rest of this path below `directory`, by spelling alone; nil when it is not below it.
  ///
  /// A path is `.` relative to itself.
  public func relative(to directory: FilePath) -> FilePath? {
    let (mine, theirs) = (components, directory.components)
    guard isAbsolute == directory.isAbsolute, mine.starts(with: theirs) else { return nil }
    let rest = Array(mine.dropFirst(theirs.count).joined(separator: [Self.slash]))
    return rest.isEmpty ? "." : FilePath(bytes: rest)
  }
}

// MARK: Conformances

extension FilePath: ExpressibleByStringLiteral {
  /// Makes a path of a literal's UTF-8.
  public init(stringLiteral value: String) {
    self.init(value)
  }
}

extension FilePath: CustomStringConvertible {
  /// The same as ``string``.
  public var description: String { string }
}

extension FilePath: Comparable {
  /// Orders by bytes, as Git orders names.
  public static func < (left: FilePath, right: FilePath) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}
