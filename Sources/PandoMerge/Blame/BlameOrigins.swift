internal import PandoBytes
internal import PandoObjects

/// A version of the file that may have brought some lines.
struct BlameOrigin {
  let commit: CommitTable.Index
  let path: TreePath
  /// What the file is, and what the directories on the way to it are, the root first.
  let place: FilePlace
  /// The lines that are still to be explained, in the version's order.
  var lines: [SuspectLines] = []
  /// How many lines it was given, each of which comes once.
  var received = 0
  /// The version's text, while it may be needed.
  var text: VersionText?
  /// The first version that it was compared with.
  var previous: Int?
}

/// Where a file is found: the directories from the root on and the file itself.
struct FilePlace {
  let directories: [ObjectID]
  let file: TreeEntry

  /// Looks for a file; nil when none is there. Reads the trees on the way.
  ///
  /// - Parameter known: where the file is in a tree that is much the same: from the first equal
  ///   directory on nothing is read.
  static func find(
    _ path: TreePath, in root: ObjectID, like known: FilePlace? = nil, _ reader: any ObjectReader
  ) throws(PandoError) -> FilePlace? {
    var directories: [ObjectID] = []
    var next = root
    for (depth, step) in path.steps.enumerated() {
      if let known, known.directories[depth] == next {
        return FilePlace(
          directories: directories + known.directories[depth...], file: known.file)
      }
      directories.append(next)
      guard let entry = try reader.tree(next)[step] else { return nil }
      if depth == path.count - 1 { return FilePlace(directories: directories, file: entry) }
      guard entry.mode.isDirectory else { return nil }
      next = entry.id
    }
    return nil
  }

  /// Whether both are files, or both are links.
  func isSameKind(as other: FilePlace) -> Bool {
    file.mode.isSymbolicLink == other.file.mode.isSymbolicLink
      && file.mode.isSubmodule == other.file.mode.isSubmodule
      && file.mode.isDirectory == other.file.mode.isDirectory
  }
}

/// The versions that were met, by number and by commit.
struct BlameOrigins {
  private var all: [BlameOrigin] = []
  /// The versions of each commit, the one that was asked for last first.
  private var byCommit: [CommitTable.Index: [Int]] = [:]

  subscript(number: Int) -> BlameOrigin {
    _read { yield all[number] }
    _modify { yield &all[number] }
  }

  /// The version of that path in a commit, if it was met.
  func number(of path: TreePath, in commit: CommitTable.Index) -> Int? {
    byCommit[commit]?.first { all[$0].path == path }
  }

  /// The version of that path in a commit.
  mutating func insert(
    _ path: TreePath, in commit: CommitTable.Index, at place: FilePlace
  ) -> Int {
    if let known = number(of: path, in: commit) {
      byCommit[commit]?.removeAll { $0 == known }
      byCommit[commit]?.insert(known, at: 0)
      return known
    }
    all.append(BlameOrigin(commit: commit, path: path, place: place))
    byCommit[commit, default: []].insert(all.count - 1, at: 0)
    return all.count - 1
  }

  /// A version of the commit with lines that are still to be explained.
  func waiting(in commit: CommitTable.Index) -> Int? {
    byCommit[commit]?.first { !all[$0].lines.isEmpty }
  }
}
