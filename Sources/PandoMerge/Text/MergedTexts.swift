/// Three texts on their way to become one.
struct MergedTexts {
  let base: Lines
  let ours: Lines
  let theirs: Lines
  let options: TextMerge.Options
  let ourClasses: [Int32]
  let theirClasses: [Int32]
  let ourChanges: [LineDiff.Change]
  let theirChanges: [LineDiff.Change]
  private let classCount: Int

  init(base: Lines, ours: Lines, theirs: Lines, _ options: TextMerge.Options) {
    self.base = base
    self.ours = ours
    self.theirs = theirs
    self.options = options
    var classifier = LineClassifier()
    let baseClasses = classifier.classes(of: base)
    ourClasses = classifier.classes(of: ours, like: base, baseClasses)
    theirClasses = classifier.classes(of: theirs, like: base, baseClasses)
    classCount = classifier.count
    var matcher = LineMatcher(classCount: classifier.count, options.comparison)
    ourChanges = matcher.changes(from: baseClasses, to: ourClasses)
    theirChanges = matcher.changes(from: baseClasses, to: theirClasses)
  }

  func merged() -> TextMerge.Result {
    var hunks = MergeHunks(self).hunks
    switch options.style {
    case .merge: hunks = simplified(refined(hunks))
    case .diff3: break
    case .zealousDiff3: hunks = hunks.map(withoutSharedEdges)
    }
    switch options.favor {
    case .neither: break
    case .ours: hunks = hunks.map { $0.resolved(as: .ours) }
    case .theirs: hunks = hunks.map { $0.resolved(as: .theirs) }
    case .union: hunks = hunks.map { $0.resolved(as: .both) }
    }
    var writer = MergeWriter(self)
    writer.write(hunks)
    let conflicts = hunks.count { $0.source == .conflict }
    return TextMerge.Result(bytes: writer.output, conflictCount: conflicts)
  }

  /// Compares the sides of each conflict with each other: only what differs stays a conflict.
  private func refined(_ hunks: [MergeHunk]) -> [MergeHunk] {
    var matcher = LineMatcher(classCount: classCount, options.comparison)
    return hunks.flatMap { hunk -> [MergeHunk] in
      guard hunk.source == .conflict, !hunk.ours.isEmpty, !hunk.theirs.isEmpty else {
        return [hunk]
      }
      let changes = matcher.changes(
        from: Array(ourClasses[hunk.ours]), to: Array(theirClasses[hunk.theirs]))
      guard !changes.isEmpty else { return [hunk.resolved(as: .same)] }
      return changes.map { change in
        let ours = change.old.shifted(by: hunk.ours.lowerBound)
        let theirs = change.new.shifted(by: hunk.theirs.lowerBound)
        return MergeHunk(source: .conflict, base: hunk.base, ours: ours, theirs: theirs)
      }
    }
  }

  /// The most lines between two conflicts that are not worth to part them.
  private static let joinLinesMax = 3

  /// Joins conflicts that have next to nothing between them.
  private func simplified(_ hunks: [MergeHunk]) -> [MergeHunk] {
    var kept: [MergeHunk] = []
    for hunk in hunks {
      guard let last = kept.last, last.source == .conflict, hunk.source == .conflict,
        isWorthJoining(last.ours.upperBound..<hunk.ours.lowerBound)
      else {
        kept.append(hunk)
        continue
      }
      kept[kept.count - 1].ours = last.ours.lowerBound..<hunk.ours.upperBound
      kept[kept.count - 1].theirs = last.theirs.lowerBound..<hunk.theirs.upperBound
    }
    return kept
  }

  private func isWorthJoining(_ between: Range<Int>) -> Bool {
    if between.count <= Self.joinLinesMax { return true }
    guard options.joinsOverPunctuation else { return false }
    return !ours.bytes[ours.range(between)].contains { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "a")...UInt8(ascii: "z"):
        true
      default: false
      }
    }
  }

  private func withoutSharedEdges(_ hunk: MergeHunk) -> MergeHunk {
    guard hunk.source == .conflict else { return hunk }
    var hunk = hunk
    while let mine = hunk.ours.first, let other = hunk.theirs.first,
      ourClasses[mine] == theirClasses[other]
    {
      hunk.ours = mine + 1..<hunk.ours.upperBound
      hunk.theirs = other + 1..<hunk.theirs.upperBound
    }
    while let mine = hunk.ours.last, let other = hunk.theirs.last,
      ourClasses[mine] == theirClasses[other]
    {
      hunk.ours = hunk.ours.lowerBound..<mine
      hunk.theirs = hunk.theirs.lowerBound..<other
    }
    return hunk
  }
}

extension Range<Int> {
  func shifted(by distance: Int) -> Range { lowerBound + distance..<upperBound + distance }
}

extension TextMerge.Options {
  /// How the texts are compared.
  fileprivate var comparison: LineDiff.Options {
    var comparison = LineDiff.Options()
    comparison.algorithm = algorithm
    comparison.usesIndentation = false
    return comparison
  }
}
