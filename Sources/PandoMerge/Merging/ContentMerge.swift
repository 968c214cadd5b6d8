internal import PandoBytes
internal import PandoObjects

/// What became of two files of one type, links or submodules.
struct MergedContent {
  var version: FileVersion?
  var isClean = true
  var kind: Conflict.Kind?
}

extension TreeMerge {
  /// Merges what both sides have of one thing.
  ///
  /// - Parameters:
  ///   - names: where each version has its name from, if not `path`.
  ///   - moreMarkers: how much longer than usual the markers of conflicts are, so that they are
  ///     told from those inside of the versions.
  ///   - original: the path whose merge this is for a rule of values.
  mutating func mergeContent(
    _ path: ByteString, _ files: Versions<FileVersion>, _ names: Versions<ByteString>,
    moreMarkers: Int, original: ByteString
  ) throws(PandoError) -> MergedContent {
    guard let ours = files.ours, let theirs = files.theirs else {
      return MergedContent(version: files.any)
    }
    let base = files.base
    var merged = MergedContent(version: theirs)
    if ours.mode != theirs.mode, ours.mode != base?.mode {
      merged.version?.mode = ours.mode
      if theirs.mode != base?.mode { (merged.isClean, merged.kind) = (false, .mode) }
    }
    if ours.id == theirs.id || ours.id == base?.id { return merged }
    if theirs.id == base?.id {
      merged.version?.id = ours.id
    } else if ours.mode.isRegular {
      try mergeFiles(path, files, names, moreMarkers, original, &merged)
    } else if ours.mode.isSymbolicLink {
      mergeLinks(ours, theirs, base, &merged)
    } else {
      mergeSubmodules(names.base ?? path, ours, base, &merged)
    }
    return merged
  }

  private func mergeLinks(
    _ ours: FileVersion, _ theirs: FileVersion, _ base: FileVersion?,
    _ merged: inout MergedContent
  ) {
    switch options.favor {
    case _ where isVirtual:
      // Nobody can choose in a base: what both come from stands for both.
      merged = MergedContent(version: base, isClean: false, kind: .symbolicLink)
    case .ours: merged.version?.id = ours.id
    case .theirs: merged.version?.id = theirs.id
    case .neither, .union:
      merged.version?.id = ours.id
      (merged.isClean, merged.kind) = (false, .symbolicLink)
    }
  }

  /// The commits of a submodule are in another repository: which has the other is not looked for.
  private mutating func mergeSubmodules(
    _ path: ByteString, _ ours: FileVersion, _ base: FileVersion?, _ merged: inout MergedContent
  ) {
    (merged.isClean, merged.kind) = (false, .submodule)
    let hasBase = ours.hasType(of: base)
    if isVirtual, !hasBase {
      merged.version = base
    } else {
      merged.version?.id = isVirtual ? base?.id ?? ours.id : ours.id
    }
    if !isVirtual { unmergedSubmodules.append(path) }
    tell(
      .submoduleNotInitialized, [path],
      "Failed to merge submodule \(path) (not checked out)")
  }

  private mutating func mergeFiles(
    _ path: ByteString, _ files: Versions<FileVersion>, _ names: Versions<ByteString>,
    _ moreMarkers: Int, _ original: ByteString, _ merged: inout MergedContent
  ) throws(PandoError) {
    let request = try request(path, files, names, moreMarkers: moreMarkers, original: original)
    var outcome = try options.contentMerger.merge(request)
    if outcome == .undecided { outcome = try LineMerger().merge(request) }
    switch outcome {
    case .removed: merged = MergedContent(version: nil)
    case .merged(let bytes): merged.version?.id = try batch.insert(.blob, bytes)
    case .conflict(let bytes, let kind):
      merged.version?.id = try batch.insert(.blob, bytes)
      (merged.isClean, merged.kind) = (false, kind)
      if kind == .binary { tellOfBinary(path, request.textOptions) }
    case .undecided: (merged.isClean, merged.kind) = (false, .content)
    }
    tell(.autoMerging, [path], "Auto-merging \(path)")
  }

  private mutating func tellOfBinary(_ path: ByteString, _ text: TextMerge.Options) {
    let labels = (ByteString(text.oursLabel ?? []), ByteString(text.theirsLabel ?? []))
    tell(
      .binary, [path],
      "warning: Cannot merge binary files: \(path) (\(labels.0) vs. \(labels.1))")
  }

  /// What whoever merges content is asked.
  func request(
    _ path: ByteString, _ files: Versions<FileVersion>, _ names: Versions<ByteString>,
    moreMarkers: Int, original: ByteString? = nil
  ) throws(PandoError) -> ContentMergeRequest {
    func version(
      _ file: FileVersion?, _ name: ByteString?
    ) throws(PandoError) -> ContentMergeRequest.Version? {
      guard let file, file.mode.isRegular else { return nil }
      let entry = file.entry((name ?? original ?? path).lastName)
      // What was merged for a rename may be merged again with what has its new name.
      if let made = batch[file.id] { return .init(entry: entry, bytes: made.body) }
      return .init(entry: entry, bytes: try reader.body(of: file.id, .blob))
    }
    var text = TextMerge.Options.ofTreeMerge
    let isMoved = !names.present.isEmpty
    let place = original ?? path
    func label(_ label: ByteString, _ name: ByteString?) -> [UInt8] {
      isMoved ? label.bytes + [UInt8(ascii: ":")] + (name ?? place).bytes : label.bytes
    }
    text.oursLabel = label(options.oursLabel, names.ours)
    text.baseLabel = label(options.baseLabel, names.base)
    text.theirsLabel = label(options.theirsLabel, names.theirs)
    text.style = options.style
    text.favor = isVirtual ? .neither : options.favor
    text.markerSize += moreMarkers
    return ContentMergeRequest(
      path: TreePath(bytes: place.bytes), base: try version(files.base, names.base),
      ours: try version(files.ours, names.ours), theirs: try version(files.theirs, names.theirs),
      isVirtual: isVirtual, textOptions: text)
  }
}
