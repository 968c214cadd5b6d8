internal import PandoBytes
internal import PandoMerge
internal import PandoObjects

/// What stands on the two sides of a difference, as text to compare.
struct DiffContent {
  let objects: any ObjectReader
  let options: DiffOptions

  /// The bytes of a side; none for nothing. A submodule is a line that names its
  /// commit, a directory what its object is.
  func bytes(_ side: FileChange.Side?) throws(PandoError) -> [UInt8] {
    guard let side else { return [] }
    if side.mode.isSubmodule { return Array("Subproject commit \(side.id.hex)\n".utf8) }
    return try objects.body(of: side.id, side.mode.isDirectory ? .tree : .blob)
  }

  /// Whether lines mean nothing in one of two sides.
  func isBinary(_ old: [UInt8], _ new: [UInt8]) -> Bool {
    !options.treatsAllAsText && (TextMerge.isBinary(old) || TextMerge.isBinary(new))
  }

  /// The lines in which two sides differ.
  func lines(from old: [UInt8], to new: [UInt8]) -> LineDiff {
    var comparison = options.lines
    comparison.cutsSharedEnd = options.context == 0
    return LineDiff(from: old, to: new, options: comparison)
  }

  /// The changes that are shown: all but those of blank lines, where these do not count.
  func shownChanges(_ diff: LineDiff) -> [LineDiff.Change] {
    options.ignoresBlankLines ? hunks(diff).flatMap(\.changes) : diff.changes
  }

  /// What is shown of the lines in which two sides differ.
  func hunks(_ diff: LineDiff) -> [DiffHunk] {
    diff.hunks(
      context: options.context, gap: options.hunkGap,
      ignoresBlankLines: options.ignoresBlankLines)
  }
}

extension FileChange {
  /// Whether both sides hold the same.
  var hasSameContent: Bool { old != nil && old?.id == new?.id }

  /// Whether a file became another kind of thing.
  var changesType: Bool { kind == .typeChanged }

  /// A renamed or copied file's similarity in percent.
  var percent: Int { similarity * 100 / Similarity.all }

  /// The difference with its sides the other way round, before renames were looked for.
  var reversed: FileChange {
    var change = self
    (change.old, change.new) = (new, old)
    switch kind {
    case .added: change.kind = .deleted
    case .deleted: change.kind = .added
    default: break
    }
    return change
  }
}
