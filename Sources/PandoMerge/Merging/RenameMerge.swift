internal import PandoBytes
internal import PandoObjects

/// Brings the versions of a file together that stand under several names.
extension TreeMerge {
  /// A rename of one side.
  private struct Rename {
    let old: ByteString
    let new: ByteString
    let side: MergeSide
  }

  /// Finds renames, and makes of each what has to be decided under the new name.
  mutating func mergeRenames(_ survey: MergeSurvey) throws(PandoError) {
    // Nothing to be found elsewhere on either side: nothing to bring together.
    guard MergeSide.allCases.contains(where: { survey.mayHaveRenames($0) }) else { return }
    var changes = Sided<[FileChange]>(ours: [], theirs: [])
    var moves = Sided<[ByteString: [ByteString: Int]]>(ours: [:], theirs: [:])
    for side in MergeSide.allCases {
      changes[side] = survey.moved[side].map(\.change)
      guard survey.mayHaveRenames(side) else { continue }
      let found = try RenameDetection.run(
        on: changes[side], in: reader, options: renameOptions,
        interest: survey.interest[side])
      changes[side] = found.changes
      moves[side] = found.directoryMoves
      if let needed = found.limitNeeded { renameLimitNeeded = max(renameLimitNeeded ?? 0, needed) }
    }
    let renames = collect(changes, moves)
    var position = 0
    while position < renames.count {
      position += try merge(renames, at: position)
    }
  }

  private var renameOptions: RenameDetection.Options {
    var detection = RenameDetection.Options()
    detection.limit = options.renameLimit
    detection.renamesEmptyFiles = false
    return detection
  }

  /// The renames of both sides in the order of old names, ours first, after directories that were
  /// renamed have had their part.
  private mutating func collect(
    _ changes: Sided<[FileChange]>, _ moves: Sided<[ByteString: [ByteString: Int]]>
  ) -> [Rename] {
    let follows = !isVirtual && options.renamedDirectories != .ignored
    var directories = DirectoryRenames(follows ? moves : Sided(ours: [:], theirs: [:]))
    for side in MergeSide.allCases {
      for directory in directories.split[side] { tellOfSplit(directory) }
    }
    for side in MergeSide.allCases where !directories.isEmpty {
      let files = changes[side].filter { $0.new != nil }.map { ByteString($0.path.bytes) }
      directories.expect(files, of: side)
    }
    var renames: [Rename] = []
    for side in MergeSide.allCases {
      for var change in changes[side] where change.new != nil {
        if !directories.isEmpty,
          let path = newPath(of: ByteString(change.path.bytes), on: side, &directories)
        {
          move(&change, to: path, on: side)
        }
        guard let old = change.old else { continue }
        renames.append(
          Rename(
            old: ByteString(old.path.bytes), new: ByteString(change.path.bytes), side: side))
      }
    }
    let order = renames.indices.sorted { a, b in
      renames[a].old == renames[b].old ? a < b : renames[a].old < renames[b].old
    }
    return order.map { renames[$0] }
  }

  private mutating func tellOfSplit(_ directory: ByteString) {
    tell(
      .directoryRenameSplit, [directory],
      """
      CONFLICT (directory rename split): Unclear where to rename \(directory) to; it was renamed \
      to multiple other directories, with no destination getting a majority of the files.
      """)
    add(.directoryRenameSplit, at: directory, from: directory, Versions())
  }

  /// Merges the rename at `position`; returns how many renames that were.
  private mutating func merge(
    _ renames: [Rename], at position: Int
  ) throws(PandoError) -> Int {
    let rename = renames[position]
    guard let source = contested[rename.old], !source.isGone, contested[rename.new] != nil else {
      return 1
    }
    if position + 1 < renames.count, renames[position + 1].old == rename.old {
      try merge(rename, renames[position + 1], source)
      return 2
    }
    try merge(rename, source)
    return 1
  }

  /// Both sides renamed a file.
  private mutating func merge(
    _ ours: Rename, _ theirs: Rename, _ source: ContestedPath
  ) throws(PandoError) {
    if ours.new == theirs.new {
      contested[ours.new]?.files.base = source.files.base
      contested[ours.old]?.isGone = true
      return
    }
    guard let mine = contested[ours.new]?.files.ours,
      let other = contested[theirs.new]?.files.theirs
    else { return }
    let names = Versions(base: ours.old, ours: ours.new, theirs: theirs.new)
    let files = Versions(base: source.files.base, ours: mine, theirs: other)
    let merged = try mergeRenamed(ours.old, files, names)
    // What cannot be merged stays as each side has it.
    let isOurs = !merged.isClean && merged.version == mine
    contested[ours.new]?.files.ours = merged.version
    contested[theirs.new]?.files.theirs = isOurs ? other : merged.version
    for path in [ours.old, ours.new, theirs.new] { contested[path]?.pathConflict = .renameRename }
    tell(
      .renameRename, [ours.old, ours.new, theirs.new],
      """
      CONFLICT (rename/rename): \(ours.old) renamed to \(ours.new) in \(options.oursLabel) and to \
      \(theirs.new) in \(options.theirsLabel).
      """)
  }

  /// One side renamed a file.
  private mutating func merge(_ rename: Rename, _ source: ContestedPath) throws(PandoError) {
    guard var target = contested[rename.new], let new = target.files[rename.side] else { return }
    let side = rename.side
    let staying = source.files[side.other]
    let isDeleted = source.files.present == .base
    let changesType = !isDeleted && staying?.mode.isRegular != new.mode.isRegular
    // With another type in place of the old name, both sides have renamed the file.
    let collides = target.files[side.other] != nil && !changesType
    if collides, isDeleted {
      target.pathConflict = .renameDelete
      tellOfDeletion(rename)
    } else if collides {
      try collide(rename, source, new, &target)
    } else {
      target.files.base = source.files.base
      target.names.base = rename.old
      if changesType {
        contested[rename.old]?.files.base = nil
      } else if isDeleted {
        target.pathConflict = .renameDelete
        tellOfDeletion(rename)
      } else {
        target.files[side.other] = staying
        target.names[side.other] = rename.old
      }
    }
    contested[rename.new] = target
    if !changesType { contested[rename.old]?.isGone = true }
  }

  private mutating func tellOfDeletion(_ rename: Rename) {
    tell(
      .renameDelete, [rename.new, rename.old],
      """
      CONFLICT (rename/delete): \(rename.old) renamed to \(rename.new) in \
      \(label(of: rename.side)), but deleted in \(label(of: rename.side.other)).
      """)
  }

  /// The other side has something else under the new name.
  private mutating func collide(
    _ rename: Rename, _ source: ContestedPath, _ new: FileVersion, _ target: inout ContestedPath
  ) throws(PandoError) {
    var files = source.files
    files[rename.side] = new
    var names = Versions(base: rename.old, ours: rename.old, theirs: rename.old)
    names[rename.side] = rename.new
    let merged = try mergeRenamed(rename.old, files, names)
    target.files[rename.side] = merged.version
    guard !merged.isClean else { return }
    tell(
      .renameCollides, [rename.new, rename.old],
      """
      CONFLICT (rename involved in collision): rename of \(rename.old) -> \(rename.new) has \
      content conflicts AND collides with another path; this may result in nested conflict markers.
      """)
  }

  private mutating func mergeRenamed(
    _ path: ByteString, _ files: Versions<FileVersion>, _ names: Versions<ByteString>
  ) throws(PandoError) -> MergedContent {
    try mergeContent(path, files, names, moreMarkers: 1 + 2 * depth, original: path)
  }
}

extension MergeSurvey {
  /// Whether a side took away a file of which it matters where it is now.
  func mayHaveRenames(_ side: MergeSide) -> Bool {
    !interest[side].sources.isEmpty && !moved[side].isEmpty
  }
}
