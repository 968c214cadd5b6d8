internal import PandoBytes
internal import PandoObjects

/// What is decided about paths once renames are known.
extension TreeMerge {
  /// Decides about all contested paths, those below a directory before the directory. The edits
  /// that make the merged tree are in order then.
  mutating func settlePaths(_ settled: [TreeEdit]) throws(PandoError) {
    // Settled edits by their number, contested paths by -1.
    var items = settled.indices.map { (path: settled[$0].path, number: $0) }
    items += contested.keys.map { (path: $0, number: -1) }
    items.sort { a, b in
      if a.path == b.path { return a.number < b.number }
      return ByteString.directoriesFirst(a.path, b.path)
    }
    for item in items.reversed() {
      if item.number >= 0 { edits.append(settled[item.number]) } else { try settle(item.path) }
    }
    edits.reverse()
    guard !movedAside.isEmpty else { return }
    edits += movedAside
    edits.sort { ByteString.directoriesFirst($0.path, $1.path) }
  }

  private mutating func settle(_ path: ByteString) throws(PandoError) {
    guard var state = contested[path] else { return }
    // Files that followed a renamed directory may have made one where nobody had any.
    let isCrowded = state.hasDirectory || edits.last?.path.isBelow(path) == true
    let directory = isCrowded ? try takeDirectory(path) : nil
    if let directory { edits.append(TreeEdit(path: path, version: directory)) }
    switch (directory, state.isGone) {
    case (nil, true): edits.append(TreeEdit(path: path, version: nil))
    case (nil, false): try settle(path, &state)
    case (_?, true): break
    case (_?, false):
      if !state.files.present.subtracting(.base).isEmpty { try moveAside(path, &state) }
    }
  }

  /// What has become of a directory that has the name of a file; nil when nothing is left in it.
  private mutating func takeDirectory(_ path: ByteString) throws(PandoError) -> FileVersion? {
    var start = directories[path]?.template ?? Tree.emptyID(algorithm)
    if edits.last?.path == path, let set = edits.popLast()?.version { start = set.id }
    var inside: [TreeEdit] = []
    while let last = edits.last, last.path.isBelow(path) { inside.append(edits.removeLast()) }
    while let last = movedAside.last, last.path.isBelow(path) {
      inside.append(movedAside.removeLast())
    }
    inside.sort { ByteString.directoriesFirst($0.path, $1.path) }
    var making = TreeEdits(reader, directories)
    let id = try making.apply(inside, to: start, at: path, &batch)
    return id.map { FileVersion(mode: .directory, id: $0) }
  }

  /// A file that cannot keep its name, because a directory has it.
  private mutating func moveAside(
    _ path: ByteString, _ state: inout ContestedPath
  ) throws(PandoError) {
    // Renames may have put the file on every side: whose it is tells the side of the directory.
    let isTheirs =
      state.hasDirectory ? state.directories.contains(.ours) : state.files.ours == nil
    let side: MergeSide = isTheirs ? .theirs : .ours
    let name = madeName(path, label: label(of: side))
    tell(
      .fileDirectory, [name, path],
      """
      CONFLICT (file/directory): directory in the way of \(path) from \(label(of: side)); \
      moving it to \(name) instead.
      """)
    try settle(name, &state, from: path, side)
  }

  /// A name beside `path` that nothing has, made of a side's label.
  mutating func madeName(_ path: ByteString, label: ByteString) -> ByteString {
    let slash = UInt8(ascii: "/")
    let flat = label.bytes.map { $0 == slash ? UInt8(ascii: "_") : $0 }
    let wanted = path.bytes + [UInt8(ascii: "~")] + flat
    var made = ByteString(wanted)
    var number = 0
    while isTaken(made) {
      made = ByteString(wanted + Array("_\(number)".utf8))
      number += 1
    }
    madeNames.insert(made)
    return made
  }

  private func isTaken(_ path: ByteString) -> Bool {
    if madeNames.contains(path) || contested[path] != nil { return true }
    guard let trees = directories[path.directory]?.trees else { return false }
    let name = path.lastName
    return [trees.base, trees.ours, trees.theirs].contains { $0?.position(of: name) != nil }
  }
}

// MARK: One path

/// What a path was decided to have, and whether that is all there is to it.
private struct Decision {
  var version: FileVersion?
  var isClean = true
  var kind: Conflict.Kind?
}

extension TreeMerge {
  /// Decides what `path` has.
  ///
  /// - Parameters:
  ///   - original: where it was before it was moved, because a directory has its name, which is a
  ///     conflict whatever comes of it; nil when it stands where it was.
  ///   - side: whose it is, when it was moved.
  private mutating func settle(
    _ path: ByteString, _ state: inout ContestedPath, from original: ByteString? = nil,
    _ side: MergeSide = .ours
  ) throws(PandoError) {
    let isCrowded = original != nil
    let present = state.files.present
    let clean = !isCrowded && state.pathConflict == nil
    var decision: Decision
    if !state.agreement.isEmpty {
      decision = agreed(state, clean)
    } else if let ours = state.files.ours, let theirs = state.files.theirs {
      guard ours.hasType(of: theirs) else {
        separate(path, ours, theirs, state, original ?? path)
        return
      }
      decision = try mergeContent(path, &state, original ?? path)
      if decision.isClean, isCrowded {
        state.files = Versions()
        state.files[side] = decision.version
      }
      decision.isClean = decision.isClean && clean
    } else if present == .base {
      decision = Decision(version: nil, isClean: state.pathConflict == nil)
    } else if state.files.base != nil {
      decision = try mergeDeletion(path, state)
      if decision.isClean { decision.isClean = clean }
    } else {
      decision = Decision(version: state.files.any, isClean: clean)
    }
    place(path, decision.version, isAside: isCrowded)
    guard !decision.isClean else { return }
    let kind = isCrowded ? .fileDirectory : state.pathConflict ?? decision.kind ?? .content
    add(kind, at: path, from: original ?? path, state.files)
  }

  private mutating func place(_ path: ByteString, _ version: FileVersion?, isAside: Bool) {
    let edit = TreeEdit(path: path, version: version)
    if isAside { movedAside.append(edit) } else { edits.append(edit) }
  }

  mutating func add(
    _ kind: Conflict.Kind, at path: ByteString, from original: ByteString,
    _ files: Versions<FileVersion>
  ) {
    let name = path.lastName
    conflicts.append(
      Conflict(
        path: TreePath(bytes: path.bytes), originalPath: TreePath(bytes: original.bytes),
        kind: kind, base: files.base?.entry(name), ours: files.ours?.entry(name),
        theirs: files.theirs?.entry(name)))
  }

  /// Two of the three are the same.
  private func agreed(_ state: ContestedPath, _ clean: Bool) -> Decision {
    if state.agreement == [.ours, .theirs] {
      return Decision(version: state.files.ours, isClean: clean)
    }
    let changed = state.agreement.contains(.ours) ? state.files.theirs : state.files.ours
    return Decision(version: changed, isClean: changed == nil || clean)
  }

  /// Both sides have something of one type.
  private mutating func mergeContent(
    _ path: ByteString, _ state: inout ContestedPath, _ original: ByteString
  ) throws(PandoError) -> Decision {
    let merged = try mergeContent(
      path, state.files, state.names, moreMarkers: depth * 2, original: original)
    guard !merged.isClean else { return Decision(version: merged.version) }
    var kind = merged.kind
    var reason: ByteString = "content"
    if state.files.base == nil {
      reason = "add/add"
      if kind == .content || kind == .mode { kind = .addAdd }
    }
    if merged.version?.mode.isSubmodule == true { reason = "submodule" }
    tell(.contents, [path], "CONFLICT (\(reason)): Merge conflict in \(path)")
    return Decision(version: merged.version, isClean: false, kind: kind)
  }

  /// One side changed what the other deleted.
  private mutating func mergeDeletion(
    _ path: ByteString, _ state: ContestedPath
  ) throws(PandoError) -> Decision {
    let side: MergeSide = state.files.ours != nil ? .ours : .theirs
    guard let base = state.files.base, let changed = state.files[side] else {
      return Decision(version: nil)
    }
    if state.pathConflict == nil, base.mode.isRegular, changed.mode.isRegular,
      let decided = try decideDeletion(path, state, changed)
    {
      return decided
    }
    // Renamed here and deleted there was told already.
    if state.pathConflict == nil || base.id != changed.id {
      let (kept, gone) = (label(of: side), label(of: side.other))
      tell(
        .modifyDelete, [path],
        """
        CONFLICT (modify/delete): \(path) deleted in \(gone) and modified in \(kept).  \
        Version \(kept) of \(path) left in tree.
        """)
    }
    return Decision(version: isVirtual ? base : changed, isClean: false, kind: .modifyDelete)
  }

  /// What a rule of the store's own makes of it; nil when it leaves that to Git's.
  private mutating func decideDeletion(
    _ path: ByteString, _ state: ContestedPath, _ changed: FileVersion
  ) throws(PandoError) -> Decision? {
    let request = try request(path, state.files, state.names, moreMarkers: depth * 2)
    switch try options.contentMerger.merge(request) {
    case .merged(let bytes):
      return Decision(
        version: FileVersion(mode: changed.mode, id: try batch.insert(.blob, bytes)))
    case .removed: return Decision(version: nil)
    case .conflict(let bytes, let kind):
      return Decision(
        version: FileVersion(mode: changed.mode, id: try batch.insert(.blob, bytes)),
        isClean: false, kind: kind)
    case .undecided: return nil
    }
  }

  /// Two things of different types cannot be merged: what is a file is moved aside.
  private mutating func separate(
    _ path: ByteString, _ ours: FileVersion, _ theirs: FileVersion, _ state: ContestedPath,
    _ original: ByteString
  ) {
    let base = state.files.base
    if isVirtual {
      place(path, base, isAside: path != original)
      add(.distinctTypes, at: path, from: original, state.files)
      return
    }
    let movesOurs = ours.mode.isRegular || !theirs.mode.isRegular
    let movesTheirs = !ours.mode.isRegular
    let ourPath = movesOurs ? madeName(path, label: options.oursLabel) : path
    let theirPath = movesTheirs ? madeName(path, label: options.theirsLabel) : path
    let paths =
      movesOurs && movesTheirs
      ? [path, ourPath, theirPath] : [path, movesOurs ? ourPath : theirPath]
    let count: ByteString = movesOurs && movesTheirs ? "both" : "one"
    tell(
      .distinctTypes, paths,
      """
      CONFLICT (distinct types): \(path) had different types on each side; renamed \(count) \
      of them so each can be recorded somewhere.
      """)
    if movesOurs, movesTheirs { edits.append(TreeEdit(path: path, version: nil)) }
    place(ourPath, ours, isAside: movesOurs || path != original)
    place(theirPath, theirs, isAside: movesTheirs || path != original)
    add(
      .distinctTypes, at: ourPath, from: original,
      Versions(base: ours.hasType(of: base) ? base : nil, ours: ours))
    add(
      .distinctTypes, at: theirPath, from: original,
      Versions(base: theirs.hasType(of: base) ? base : nil, theirs: theirs))
  }
}

extension ContestedPath {
  /// Whether a file and a directory have the name.
  var hasDirectory: Bool { !directories.isEmpty }
}
