internal import PandoFiles
internal import PandoObjects

/// The Git directories of a repository's worktrees: the main one's, and those below `worktrees`.
/// Source: gitrepository-layout.
enum WorktreeDirectories {
  /// The directories; the common one first.
  static func all(
    _ layout: RepositoryLayout, in fileSystem: any FileSystem
  ) throws(PandoError) -> [FilePath] {
    let directory = layout.commonDirectory / "worktrees"
    let entries = try PandoError.wrapping("cannot list \(directory)") { () throws(FileError) in
      try fileSystem.list(directory) ?? []
    }
    return [layout.commonDirectory] + entries.map { directory.appending(bytes: $0.nameBytes) }
  }
}
