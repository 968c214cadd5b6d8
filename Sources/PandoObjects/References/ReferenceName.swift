public import PandoBytes

/// The full name of a reference, checked by the rules of git-check-ref-format: `refs/heads/main`,
/// or
/// a one-level name in capitals such as `HEAD`.
@frozen
public struct ReferenceName: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The name's bytes.
  public let bytes: ByteString

  /// Checks a full name; nil when Git would refuse it.
  public init?(_ name: ByteString) {
    guard Self.isWellFormed(name.bytes) else { return nil }
    guard name.bytes.contains(UInt8(ascii: "/")) || Self.isPseudo(name.bytes) else { return nil }
    bytes = name
  }

  /// Checks a full name; nil when Git would refuse it.
  public init?(_ name: String) { self.init(ByteString(name)) }

  /// Checks a full name and throws `.invalidInput` with the name when Git would refuse it.
  public init(checking name: String) throws(PandoError) {
    guard let checked = ReferenceName(name) else {
      throw PandoError(.invalidInput, "'\(name)' is not a valid reference name")
    }
    self = checked
  }

  private init(unchecked name: String) { bytes = ByteString(name) }

  /// What is checked out, or a bare repository's default branch.
  public static let head = ReferenceName(unchecked: "HEAD")

  /// The reference of the branch `name`; throws `.invalidInput` when that is no branch name.
  public static func branch(_ name: String) throws(PandoError) -> ReferenceName {
    guard !name.hasPrefix("-"), name != "HEAD", let full = ReferenceName("refs/heads/\(name)")
    else {
      throw PandoError(.invalidInput, "'\(name)' is not a valid branch name")
    }
    return full
  }

  /// The reference of the tag `name`; throws `.invalidInput` when that is no tag name.
  public static func tag(_ name: String) throws(PandoError) -> ReferenceName {
    guard !name.hasPrefix("-"), let full = ReferenceName("refs/tags/\(name)") else {
      throw PandoError(.invalidInput, "'\(name)' is not a valid tag name")
    }
    return full
  }

  /// The name as text.
  public var text: String { bytes.text }

  /// The name without `refs/heads/`, `refs/tags/`, `refs/remotes/` or `refs/`.
  public var shortened: String {
    for prefix in ["refs/heads/", "refs/tags/", "refs/remotes/", "refs/"]
    where text.hasPrefix(prefix) {
      return String(text.dropFirst(prefix.count))
    }
    return text
  }

  /// The branch's name when this is a branch, otherwise nil.
  public var branchName: String? {
    bytes.hasPrefix("refs/heads/") ? String(text.dropFirst("refs/heads/".count)) : nil
  }

  public var description: String { text }

  public static func < (a: ReferenceName, b: ReferenceName) -> Bool { a.bytes < b.bytes }
}

extension ReferenceName {
  /// Whether `name` keeps the rules that hold for names of any number of levels.
  /// Source: git-check-ref-format, rules 1 to 10.
  public static func isWellFormed(_ name: [UInt8]) -> Bool {
    guard !name.isEmpty, name != [UInt8(ascii: "@")], name.last != UInt8(ascii: ".") else {
      return false
    }
    let lock = ".lock".utf8
    var previous = UInt8(ascii: "/")
    for (index, byte) in name.enumerated() {
      switch byte {
      case 0...32, 127: return false
      case UInt8(ascii: "~"), UInt8(ascii: "^"), UInt8(ascii: ":"), UInt8(ascii: "?"): return false
      case UInt8(ascii: "*"), UInt8(ascii: "["), UInt8(ascii: "\\"): return false
      case UInt8(ascii: "."):
        if previous == UInt8(ascii: ".") || previous == UInt8(ascii: "/") { return false }
      case UInt8(ascii: "{"): if previous == UInt8(ascii: "@") { return false }
      case UInt8(ascii: "/"):
        if previous == UInt8(ascii: "/") || name[..<index].suffix(5).elementsEqual(lock) {
          return false
        }
      default: break
      }
      previous = byte
    }
    return previous != UInt8(ascii: "/") && !name.suffix(5).elementsEqual(lock)
  }

  /// Whether a one-level name is one that Git keeps beside `refs`: capitals and underscores.
  static func isPseudo(_ name: [UInt8]) -> Bool {
    name.allSatisfy {
      ($0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z")) || $0 == UInt8(ascii: "_")
    }
  }
}
