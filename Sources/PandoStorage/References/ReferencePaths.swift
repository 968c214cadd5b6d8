internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// Where references have their files. A linked worktree has its own `HEAD` and the like, and shares
/// the others.
///
/// Source: gitrepository-layout and git-worktree, "REFS".
struct ReferencePaths: Sendable {
  /// The Git directory of this worktree.
  let gitDirectory: FilePath
  /// The directory that all worktrees share.
  let commonDirectory: FilePath

  /// Below `refs`, what each worktree has for itself.
  static let worktreePrefixes = ["refs/bisect/", "refs/worktree/", "refs/rewritten/"]

  /// Whether this is a linked worktree.
  var isLinked: Bool { gitDirectory != commonDirectory }

  /// The packed references of all worktrees.
  var packed: FilePath { commonDirectory / "packed-refs" }

  /// Where the reference `name` belongs and what it is called there; nil for names that no
  /// reference of a repository has, such as `objects/pack`.
  private func place(_ name: ByteString) -> (directory: FilePath, name: ByteString)? {
    if name.hasPrefix("refs/") {
      let isOwn = Self.worktreePrefixes.contains { name.hasPrefix($0) }
      return (isOwn ? gitDirectory : commonDirectory, name)
    }
    guard let slash = name.bytes.firstIndex(of: UInt8(ascii: "/")) else {
      return (gitDirectory, name)
    }
    let rest = name.bytes[(slash + 1)...]
    if name.hasPrefix("main-worktree/") { return inside(commonDirectory, rest) }
    guard name.hasPrefix("worktrees/"), let end = rest.firstIndex(of: UInt8(ascii: "/")) else {
      return nil
    }
    let worktree = (commonDirectory / "worktrees").appending(bytes: Array(rest[..<end]))
    return inside(worktree, rest[(end + 1)...])
  }

  private func inside(
    _ directory: FilePath, _ name: ArraySlice<UInt8>
  ) -> (directory: FilePath, name: ByteString)? {
    guard let name = ReferenceName(ByteString(Array(name))) else { return nil }
    let isPseudo = !name.bytes.bytes.contains(UInt8(ascii: "/"))
    if isPseudo || Self.worktreePrefixes.contains(where: { name.bytes.hasPrefix($0) }) {
      return (directory, name.bytes)
    }
    return name.bytes.hasPrefix("refs/") ? (commonDirectory, name.bytes) : nil
  }

  /// The reference's own file.
  func loose(_ name: ReferenceName) -> FilePath? {
    place(name.bytes).map { $0.directory.appending(bytes: $0.name.bytes) }
  }

  /// The reference's log.
  func reflog(_ name: ReferenceName) -> FilePath? {
    place(name.bytes).map { ($0.directory / "logs").appending(bytes: $0.name.bytes) }
  }

  /// Whether the reference can be in the packed file.
  func isPackable(_ name: ReferenceName) -> Bool {
    name.bytes.hasPrefix("refs/")
      && !Self.worktreePrefixes.contains { name.bytes.hasPrefix($0) }
  }
}

extension ReferencePaths {
  /// Whether a reference of that name may be made: below `refs`, of one level, or another
  /// worktree's own.
  static func isWritable(_ name: ReferenceName) -> Bool {
    ReferencePaths(gitDirectory: ".", commonDirectory: ".").loose(name) != nil
  }
}
