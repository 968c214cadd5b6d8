/// A version of a file, its lines numbered by what they say.
struct VersionText {
  let lines: Lines
  let classes: [Int32]
}

/// Compares versions of a file with the ones before them.
///
/// Lines are numbered once for all versions: of each new one, only what differs from the version
/// that it is compared with is looked at line by line. Memory is that of the different lines.
struct VersionTexts {
  private var classifier: LineClassifier
  private var matcher: LineMatcher

  init(_ options: LineDiff.Options) {
    classifier = LineClassifier(whiteSpace: options.whiteSpace)
    matcher = LineMatcher(classCount: 0, options)
  }

  /// A text of which nothing like it is known.
  mutating func text(_ bytes: [UInt8]) -> VersionText {
    let lines = Lines(bytes)
    return VersionText(lines: lines, classes: classifier.classes(of: lines))
  }

  /// A text that is much like another.
  mutating func text(_ bytes: [UInt8], like other: VersionText) -> VersionText {
    let lines = Lines(bytes)
    let classes = classifier.classes(of: lines, like: other.lines, other.classes)
    return VersionText(lines: lines, classes: classes)
  }

  /// How a text became another, as `git diff -U0` tells.
  mutating func changes(from old: VersionText, to new: VersionText) -> [LineDiff.Change] {
    let counts = old.lines.countsWithoutSharedEnd(new.lines)
    matcher.reserve(classCount: classifier.count)
    return matcher.changes(
      from: Array(old.classes[..<counts.own]), to: Array(new.classes[..<counts.other]),
      texts: (old.lines.prefix(counts.own), new.lines.prefix(counts.other)))
  }
}
