internal import PandoBytes
internal import PandoObjects

/// A name that both sides changed, and that is not a directory on at least one side.
struct FileMerge {
  let path: TreePath
  /// The versions that are not directories. No two are equal.
  let files: Versions<TreeEntry>
  /// Whether a directory has the name now.
  let hasDirectory: Bool
  /// What the merged directory gets.
  var entries: [TreeEntry] = []
  var conflicts: [Conflict] = []

  init(path: TreePath, files: Versions<TreeEntry>, hasDirectory: Bool) {
    self.path = path
    self.files = files
    self.hasDirectory = hasDirectory
  }

  mutating func add(_ entry: TreeEntry?, as name: ByteString? = nil) {
    guard var entry else { return }
    if let name { entry.name = name }
    entries.append(entry)
  }

  /// Records a conflict over the versions given, at the name that they have now.
  mutating func conflict(
    _ kind: Conflict.Kind, _ versions: Versions<TreeEntry>, as name: ByteString? = nil
  ) {
    let place = name.map { path.parent.appending($0) } ?? path
    conflicts.append(
      Conflict(
        path: place, originalPath: path, kind: kind, base: versions.base, ours: versions.ours,
        theirs: versions.theirs))
  }
}

extension TreeEntry.Mode {
  /// Whether both are files, or links, or submodules.
  func hasType(of other: TreeEntry.Mode?) -> Bool {
    guard let other else { return false }
    return bits & 0o170000 == other.bits & 0o170000
  }
}

extension TreeMerge {
  var isVirtual: Bool { depth > 0 }

  /// Decides what becomes of the files of one name.
  mutating func decide(_ merge: inout FileMerge, names: inout MergeFrame) throws(PandoError) {
    switch (merge.files.ours, merge.files.theirs) {
    case (nil, nil): break
    case (let ours?, let theirs?):
      if ours.mode.hasType(of: theirs.mode) {
        try mergeContent(ours, theirs, &merge)
      } else {
        separate(ours, theirs, &merge, &names)
      }
    case (let file?, nil), (nil, let file?):
      if merge.hasDirectory {
        moveAside(file, &merge, &names)
      } else if merge.files.base == nil {
        merge.add(file)
      } else {
        try mergeDeletion(file, &merge)
      }
    }
  }

  /// A file that cannot keep its name, because a directory has it.
  private func moveAside(_ file: TreeEntry, _ merge: inout FileMerge, _ names: inout MergeFrame) {
    let label = merge.files.ours == nil ? options.theirsLabel : options.oursLabel
    let name = names.madeName(file.name, label: label)
    merge.add(isVirtual ? merge.files.base ?? file : file, as: name)
    merge.conflict(.fileDirectory, merge.files, as: name)
  }

  /// Two things of different types cannot be merged: what is a file is moved aside.
  private func separate(
    _ ours: TreeEntry, _ theirs: TreeEntry, _ merge: inout FileMerge, _ names: inout MergeFrame
  ) {
    let base = merge.files.base
    if isVirtual {
      merge.add(base)
      merge.conflict(.distinctTypes, merge.files)
      return
    }
    let oursIsFile = ours.mode.kind == .blob && !ours.mode.isSymbolicLink
    let theirsIsFile = theirs.mode.kind == .blob && !theirs.mode.isSymbolicLink
    var ourName: ByteString?
    var theirName: ByteString?
    if oursIsFile || !theirsIsFile { ourName = names.madeName(ours.name, label: options.oursLabel) }
    if !oursIsFile { theirName = names.madeName(theirs.name, label: options.theirsLabel) }
    func baseOf(_ entry: TreeEntry) -> TreeEntry? {
      entry.mode.hasType(of: base?.mode) ? base : nil
    }
    merge.add(ours, as: ourName)
    merge.conflict(.distinctTypes, Versions(base: baseOf(ours), ours: ours), as: ourName)
    merge.add(theirs, as: theirName)
    merge.conflict(.distinctTypes, Versions(base: baseOf(theirs), theirs: theirs), as: theirName)
  }

  /// One side changed what the other deleted.
  private mutating func mergeDeletion(
    _ file: TreeEntry, _ merge: inout FileMerge
  ) throws(PandoError) {
    let base = merge.files.base
    if isRegular(file), base.map(isRegular) == true {
      switch try options.contentMerger.merge(request(merge)) {
      case .merged(let bytes):
        merge.add(
          TreeEntry(name: file.name, mode: file.mode, id: try batch.insert(.blob, bytes)))
        return
      case .removed: return
      case .conflict(let bytes, let kind):
        merge.add(
          TreeEntry(name: file.name, mode: file.mode, id: try batch.insert(.blob, bytes)))
        merge.conflict(kind, merge.files)
        return
      case .undecided: break
      }
    }
    merge.add(isVirtual ? base : file)
    merge.conflict(.modifyDelete, merge.files)
  }

  private func isRegular(_ entry: TreeEntry) -> Bool {
    entry.mode.kind == .blob && !entry.mode.isSymbolicLink
  }

  private func request(_ merge: FileMerge) throws(PandoError) -> ContentMergeRequest {
    func version(_ entry: TreeEntry?) throws(PandoError) -> ContentMergeRequest.Version? {
      guard let entry, isRegular(entry) else { return nil }
      return .init(entry: entry, bytes: try reader.body(of: entry.id, .blob))
    }
    var text = TextMerge.Options.ofTreeMerge
    text.oursLabel = options.oursLabel.bytes
    text.baseLabel = options.baseLabel.bytes
    text.theirsLabel = options.theirsLabel.bytes
    text.style = options.style
    text.favor = isVirtual ? .neither : options.favor
    // Markers of a base's conflicts are longer, so that they are told from those around them.
    text.markerSize += depth * 2
    return ContentMergeRequest(
      path: merge.path, base: try version(merge.files.base), ours: try version(merge.files.ours),
      theirs: try version(merge.files.theirs), isVirtual: isVirtual, textOptions: text)
  }

  /// Both sides have something of one type.
  private mutating func mergeContent(
    _ ours: TreeEntry, _ theirs: TreeEntry, _ merge: inout FileMerge
  ) throws(PandoError) {
    let base = merge.files.base
    var result = theirs
    var kind: Conflict.Kind?
    if ours.mode != theirs.mode, ours.mode != base?.mode {
      result.mode = ours.mode
      if theirs.mode != base?.mode { kind = base == nil ? .addAdd : .mode }
    }
    if ours.id == theirs.id || ours.id == base?.id {
      result.id = theirs.id
    } else if theirs.id == base?.id {
      result.id = ours.id
    } else if isRegular(ours) {
      switch try mergeBytes(merge) {
      case .removed: return
      case .merged(let bytes): result.id = try batch.insert(.blob, bytes)
      case .conflict(let bytes, let conflict):
        result.id = try batch.insert(.blob, bytes)
        kind = conflict
      case .undecided: kind = .content
      }
    } else {
      let isLink = ours.mode.isSymbolicLink
      kind = isLink ? .symbolicLink : .submodule
      let keepsBase = isVirtual && (isLink || !ours.mode.hasType(of: base?.mode))
      if keepsBase {
        // Nobody can choose in a base: what both come from stands for both.
        merge.add(base)
        merge.conflict(kind ?? .content, merge.files)
        return
      }
      result.id = isVirtual ? base?.id ?? ours.id : ours.id
      if isLink, options.favor == .ours || options.favor == .theirs {
        result.id = options.favor == .ours ? ours.id : theirs.id
        kind = nil
      }
    }
    merge.add(result)
    if let kind { merge.conflict(kind, merge.files) }
  }

  /// Merges the bytes of two files, by lines where the merger leaves it to Git's rule.
  private func mergeBytes(_ merge: FileMerge) throws(PandoError) -> ContentMergeResult {
    let request = try request(merge)
    let outcome = try options.contentMerger.merge(request)
    return outcome == .undecided ? try LineMerger().merge(request) : outcome
  }
}
