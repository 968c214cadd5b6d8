public import PandoBytes

/// Which names a tree that we write may hold: those that stock Git fetches and checks out.
///
/// Source: the messages `hasDot`, `hasDotdot`, `hasDotgit`, `emptyName`, `fullPathname` and
/// `gitmodulesSymlink` of git-fsck.
public enum EntryName {
  /// Throws `.invalidInput` for a name that `git fsck --strict` would refuse.
  public static func check(_ name: ByteString, mode: TreeEntry.Mode) throws(PandoError) {
    guard let reason = refusal(of: name, mode: mode) else { return }
    throw PandoError(.invalidInput, "'\(name)' cannot name a tree entry: \(reason)")
  }

  /// Why the name is refused, or nil when it is fine.
  public static func refusal(of name: ByteString, mode: TreeEntry.Mode) -> String? {
    let bytes = name.bytes
    if bytes.isEmpty { return "it is empty" }
    if bytes == [46] { return "it stands for the directory itself" }
    if bytes == [46, 46] { return "it stands for the directory above" }
    if bytes.contains(UInt8(ascii: "/")) { return "it holds a slash" }
    if bytes.contains(0) { return "it holds a NUL" }
    if isDotGit(bytes) { return "it is a spelling of .git" }
    if mode.isSymbolicLink, isSpelling(bytes, of: "gitmodules", shortName: "gitmod~1") {
      return ".gitmodules may not be a symbolic link"
    }
    return nil
  }

  private static func isDotGit(_ bytes: [UInt8]) -> Bool {
    // After a backslash, Windows would see another step.
    bytes.split(separator: UInt8(ascii: "\\"), omittingEmptySubsequences: false)
      .contains { isSpelling(Array($0), of: "git", shortName: "git~1") }
  }

  /// Whether a disk of Windows or macOS takes `bytes` for `.` followed by `word`.
  private static func isSpelling(_ bytes: [UInt8], of word: String, shortName: String) -> Bool {
    let visible = lowercased(withoutIgnorable(bytes))
    if visible.elementsEqual(".\(word)".utf8) { return true }
    let lowered = lowercased(bytes)
    return [".\(word)", shortName].contains { candidate in
      lowered.starts(with: candidate.utf8) && isWindowsTail(lowered.dropFirst(candidate.utf8.count))
    }
  }

  /// Trailing spaces and dots, and a stream name after a colon, are dropped by NTFS.
  private static func isWindowsTail(_ tail: ArraySlice<UInt8>) -> Bool {
    let rest = tail.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ".") }
    return rest.isEmpty || rest.first == UInt8(ascii: ":")
  }

  private static func lowercased(_ bytes: [UInt8]) -> [UInt8] {
    bytes.map { $0 >= 65 && $0 <= 90 ? $0 + 32 : $0 }
  }

  /// HFS+ ignores these code points in names: U+200C to U+200F, U+202A to U+202E, U+206A to U+206F
  /// and U+FEFF.
  private static func withoutIgnorable(_ bytes: [UInt8]) -> [UInt8] {
    var kept: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if index + 2 < bytes.count, isIgnorable(bytes[index], bytes[index + 1], bytes[index + 2]) {
        index += 3
      } else {
        kept.append(bytes[index])
        index += 1
      }
    }
    return kept
  }

  private static func isIgnorable(_ a: UInt8, _ b: UInt8, _ c: UInt8) -> Bool {
    switch (a, b, c) {
    case (0xE2, 0x80, 0x8C...0x8F), (0xE2, 0x80, 0xAA...0xAE), (0xE2, 0x81, 0xAA...0xAF),
      (0xEF, 0xBB, 0xBF):
      true
    default: false
    }
  }
}
