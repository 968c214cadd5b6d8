/// What names of files become on the disks of Windows and macOS, where several spellings lead to
/// one file.
///
/// Source: the messages `hasDotgit` and `gitmodulesSymlink` of git-fsck; NTFS drops blanks, dots
/// and
/// streams at the end and has short names, HFS+ ignores case and some code points.
public enum PathPolicy {
  /// A file that Git reads from a tree, or would write into.
  public enum SpecialFile: Sendable, CaseIterable {
    case modules, attributes, ignore, mailmap

    /// The name behind the dot.
    var word: String {
      switch self {
      case .modules: "gitmodules"
      case .attributes: "gitattributes"
      case .ignore: "gitignore"
      case .mailmap: "mailmap"
      }
    }

    /// The first bytes of the short name that NTFS makes when the plain ones are taken: two
    /// letters and a hash.
    fileprivate var hashedShortName: String {
      switch self {
      case .modules: "gi7eba"
      case .attributes: "gi7d29"
      case .ignore: "gi250a"
      case .mailmap: "maba30"
      }
    }
  }

  /// Whether a disk takes the name for `.git`, itself or behind a backslash.
  public static func isDotGit(_ name: [UInt8]) -> Bool {
    if isMacSpelling(name, of: "git") { return true }
    return steps(name).contains { step in
      [".git", "git~1"].contains { known in
        hasPrefix(step, known)
          && isWindowsEnd(step.dropFirst(known.utf8.count), endsAtSlash: true)
      }
    }
  }

  /// Whether a disk takes the name for that file.
  public static func isSpelling(_ name: [UInt8], of file: SpecialFile) -> Bool {
    isMacSpelling(name, of: file.word) || isWindowsSpelling(name[...], of: file)
  }

  /// Whether Windows takes what stands behind a backslash of the name for that file.
  public static func hasStep(_ name: [UInt8], spelling file: SpecialFile) -> Bool {
    steps(name).dropFirst().contains { isWindowsSpelling($0, of: file) }
  }

  /// The name and each part of it that follows a backslash, to the name's end.
  private static func steps(_ name: [UInt8]) -> [ArraySlice<UInt8>] {
    var steps = [name[...]]
    for index in name.indices where name[index] == UInt8(ascii: "\\") {
      steps.append(name[(index + 1)...])
    }
    return steps
  }

  // MARK: Windows

  private static func isWindowsSpelling(_ name: ArraySlice<UInt8>, of file: SpecialFile) -> Bool {
    if hasPrefix(name, ".\(file.word)") {
      return isWindowsEnd(name.dropFirst(file.word.utf8.count + 1))
    }
    let bytes = Array(name.prefix(8))
    if bytes.count == 8, hasPrefix(name, "\(file.word.prefix(6))~"), (49...52).contains(bytes[7]) {
      return isWindowsEnd(name.dropFirst(8))
    }
    return isHashedShortName(bytes, file) && isWindowsEnd(name.dropFirst(8))
  }

  /// Letters of the hashed name, a tilde after at most six, and a number up to the eighth byte.
  private static func isHashedShortName(_ bytes: [UInt8], _ file: SpecialFile) -> Bool {
    guard bytes.count == 8, let tilde = bytes.firstIndex(of: UInt8(ascii: "~")), tilde <= 6,
      hasPrefix(bytes[...], String(file.hashedShortName.prefix(tilde)))
    else { return false }
    let digits = bytes[(tilde + 1)...]
    return digits.first != UInt8(ascii: "0") && digits.allSatisfy { (48...57).contains($0) }
  }

  /// Blanks and dots, and a stream's name after a colon, are dropped by NTFS.
  private static func isWindowsEnd(
    _ tail: ArraySlice<UInt8>, endsAtSlash: Bool = false
  ) -> Bool {
    let rest = tail.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ".") }
    switch rest.first {
    case nil, UInt8(ascii: ":"): return true
    case UInt8(ascii: "/"), UInt8(ascii: "\\"): return endsAtSlash
    default: return false
    }
  }

  private static func hasPrefix(_ name: ArraySlice<UInt8>, _ word: String) -> Bool {
    name.count >= word.utf8.count && zip(name, word.utf8).allSatisfy { lowered($0) == $1 }
  }

  // MARK: macOS

  /// Whether HFS+ takes the name, up to a slash, for a dot and the word.
  private static func isMacSpelling(_ name: [UInt8], of word: String) -> Bool {
    var index = 0
    for expected in ".\(word)".utf8 {
      guard let scalar = nextScalar(name, &index), scalar < 128,
        lowered(UInt8(scalar)) == expected
      else { return false }
    }
    let end = nextScalar(name, &index)
    return end == nil || end == 0x2F
  }

  /// The next code point that HFS+ does not ignore; nil at the end, and where the name is no UTF-8.
  private static func nextScalar(_ name: [UInt8], _ index: inout Int) -> UInt32? {
    while index < name.count {
      var decoder = UTF8()
      var rest = name[index...].prefix(4).makeIterator()
      guard case .scalarValue(let scalar) = decoder.decode(&rest) else { return nil }
      // Two code points that are none.
      guard scalar.value & 0x1F_FFFE != 0xFFFE else { return nil }
      index += UTF8.width(scalar)
      if !isIgnorable(scalar.value) { return scalar.value }
    }
    return nil
  }

  /// Marks of direction and joining, and the byte order mark.
  private static func isIgnorable(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x200C...0x200F, 0x202A...0x202E, 0x206A...0x206F, 0xFEFF: true
    default: false
    }
  }

  private static func lowered(_ byte: UInt8) -> UInt8 {
    byte >= 65 && byte <= 90 ? byte + 32 : byte
  }
}
