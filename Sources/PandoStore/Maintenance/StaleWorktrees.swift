internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage

/// Removes what a repository remembers of worktrees whose directories are gone: the work of
/// `git worktree prune`.
struct StaleWorktrees {
  private let directory: FilePath
  private let files: any FileSystem

  init(_ repository: Repository) throws(PandoError) {
    guard let layout = repository.layout, let files = repository.fileSystem else {
      throw PandoError(.unsupported, "only a repository on a disk is maintained")
    }
    directory = layout.commonDirectory / "worktrees"
    self.files = files
  }

  /// Removes those that were last used at `cutoff` or before; returns their names.
  func remove(upTo cutoff: Int64) throws(PandoError) -> [String] {
    do throws(FileError) {
      var removed: [String] = []
      for entry in try files.list(directory) ?? [] {
        let path = directory.appending(bytes: entry.nameBytes)
        guard try isStale(path, cutoff) else { continue }
        try files.removeTree(path)
        removed.append(entry.name)
      }
      // Others are in it unless it is empty.
      if !removed.isEmpty { _ = try? files.removeDirectory(directory) }
      return removed
    } catch {
      throw PandoError(.unreadable, "cannot prune worktrees in \(directory)", cause: error)
    }
  }

  private func isStale(_ path: FilePath, _ cutoff: Int64) throws(FileError) -> Bool {
    guard try files.isDirectory(path) else { return true }
    if try files.exists(path / "locked") { return false }
    guard let pointer = try files.contents(of: path / "gitdir", limit: 1 << 20) else {
      return true
    }
    var name = pointer
    while name.last == 10 || name.last == 13 { name.removeLast() }
    guard !name.isEmpty else { return true }
    if try files.exists(FilePath(bytes: name).resolved(against: path)) { return false }
    guard let status = try files.status(of: path / "index", followingLinks: true) else {
      return true
    }
    return status.modificationSeconds <= cutoff
  }
}
