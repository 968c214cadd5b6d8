internal import PandoMerge
internal import PandoObjects

/// How commits differ from their parents.
struct CommitDifferences {
  /// What a commit shows.
  struct Part {
    fileprivate enum Changes {
      case fromOne([FileChange])
      case fromAll([[FileChange]])
    }

    /// The parent that the commit is compared with, where it is compared with several in turn.
    var parent: ObjectID?
    fileprivate let changes: Changes

    /// Whether the commit is compared with all of its parents at once. That is told even if it
    /// says nothing.
    var isCombined: Bool { if case .fromAll = changes { true } else { false } }
  }

  private(set) var trees: TreeDifferences
  let merges: MergeComparison.Way
  let showsAllPaths: Bool
  /// Whether commits that are no merges are not compared.
  var comparesMergesOnly = false
  /// Whether the one file that is compared is followed to the names that it had before.
  var followsFile = false

  /// What differs between a commit, given by its tree, and its parents; nothing where nothing does,
  /// except for what is combined.
  mutating func parts(
    tree: ObjectID, parents: [ObjectID], showsRoots: Bool = true
  ) throws -> [Part] {
    guard parents.count > 1 else {
      if comparesMergesOnly || parents.isEmpty && !showsRoots { return [] }
      return try [part(tree, from: parents.first)].compactMap { $0 }
    }
    switch merges {
    case .none: return []
    case .firstParent: return try [part(tree, from: parents[0])].compactMap { $0 }
    case .separate:
      return try parents.compactMap { parent in
        var part = try part(tree, from: parent)
        part?.parent = parent
        return part
      }
    case .combined, .dense:
      let old = try parents.map(treeID)
      // As git: what is found here counts for the other parents, and not beyond the merge.
      var followed = trees
      let changes =
        followsFile
        ? try old.map { try followed.followedChanges($0, tree) }
        : try trees.changes(ofMerge: tree, from: old)
      return [Part(changes: .fromAll(changes))]
    }
  }

  private mutating func part(_ tree: ObjectID, from parent: ObjectID?) throws -> Part? {
    let old = try parent.map(treeID)
    let changes =
      followsFile ? try trees.followedChanges(old, tree) : try trees.changes(old, tree)
    return changes.isEmpty ? nil : Part(changes: .fromOne(changes))
  }

  private func treeID(_ commit: ObjectID) throws -> ObjectID {
    try trees.printer.objects.commitLinks(commit).tree
  }

  /// A part, written. Widths that nobody asked for are narrowed by a margin.
  func text(_ part: Part, narrowedBy margin: Int = 0) throws -> [UInt8] {
    switch part.changes {
    case .fromOne(let changes): return try trees.printer.text(changes, narrowedBy: margin)
    case .fromAll(let changes):
      let printer = CombinedPrinter(
        printer: trees.printer, isDense: merges == .dense, showsAllPaths: showsAllPaths)
      return try printer.text(changes, narrowedBy: margin)
    }
  }
}
