public import PandoBytes

/// The name of a configuration value: `section.key` or `section.subsection.key`.
///
/// Section and key are the same in either case and kept in lower case; a subsection may hold
/// anything but line feeds, and its case counts. Source: git-config, "Syntax".
public struct ConfigName: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The name as `git config --list` shows it.
  public let bytes: ByteString

  /// Wraps a name that is canonical already, as files give it.
  package init(canonical bytes: [UInt8]) { self.bytes = ByteString(bytes) }

  private static let dot = UInt8(ascii: ".")

  /// Reads a name as people type it; throws `.invalidInput` in Git's words.
  public init(checking text: String) throws(PandoError) {
    let typed = Array(text.utf8)
    guard let last = typed.lastIndex(of: Self.dot), last > 0 else {
      throw PandoError(.invalidInput, "key does not contain a section: \(text)")
    }
    guard last < typed.count - 1 else {
      throw PandoError(.invalidInput, "key does not contain variable name: \(text)")
    }
    let first = typed.firstIndex(of: Self.dot) ?? last
    let key = typed[(last + 1)...]
    guard typed[..<first].allSatisfy(Self.isKeyByte), key.allSatisfy(Self.isKeyByte),
      key.first.map(Self.isLetter) == true
    else { throw PandoError(.invalidInput, "invalid key: \(text)") }
    guard !typed[first...last].contains(UInt8(ascii: "\n")) else {
      throw PandoError(.invalidInput, "invalid key (newline): \(text)")
    }
    bytes = ByteString(
      typed[..<first].map(Self.lowered) + typed[first...last] + key.map(Self.lowered))
  }

  /// Reads a name as people type it; nil when it cannot be one.
  public init?(_ text: String) {
    guard let name = try? ConfigName(checking: text) else { return nil }
    self = name
  }

  /// What stands before the first dot.
  public var section: ByteString {
    ByteString(Array(bytes.bytes.prefix { $0 != Self.dot }))
  }

  /// What stands after the last dot; the whole name when there is none.
  public var key: ByteString {
    let start = bytes.bytes.lastIndex(of: Self.dot).map { $0 + 1 } ?? 0
    return ByteString(Array(bytes.bytes[start...]))
  }

  /// What stands between the first and the last dot; nil when there are fewer than two.
  public var subsection: ByteString? {
    guard let first = bytes.bytes.firstIndex(of: Self.dot),
      let last = bytes.bytes.lastIndex(of: Self.dot), first < last
    else { return nil }
    return ByteString(Array(bytes.bytes[(first + 1)..<last]))
  }

  /// Section and subsection with the dot between them.
  package var sectionName: [UInt8] {
    Array(bytes.bytes[..<(bytes.bytes.lastIndex(of: Self.dot) ?? 0)])
  }

  public var description: String { bytes.text }

  public static func < (a: ConfigName, b: ConfigName) -> Bool { a.bytes < b.bytes }

  // MARK: Bytes

  package static func isLetter(_ byte: UInt8) -> Bool {
    (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
  }

  package static func isKeyByte(_ byte: UInt8) -> Bool {
    isLetter(byte) || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
      || byte == UInt8(ascii: "-")
  }

  package static func lowered(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
  }
}
