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
    if PathPolicy.isDotGit(bytes) { return "it is a spelling of .git" }
    if mode.isSymbolicLink,
      PathPolicy.isSpelling(bytes, of: .modules) || PathPolicy.hasStep(bytes, spelling: .modules)
    {
      return ".gitmodules may not be a symbolic link"
    }
    return nil
  }
}
