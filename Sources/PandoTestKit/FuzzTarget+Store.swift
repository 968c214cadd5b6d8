import PandoBytes
import PandoMerge
import PandoObjects
import PandoStorage
import PandoStore

/// The parsers of what people write: revisions, dates and patterns; and texts to compare.
extension FuzzTarget {
  /// The steps of a chain follow its base without gaps.
  func revision(_ bytes: [UInt8]) {
    _ = ReflogSelector.split(bytes)
    _ = RevisionParser.sides(of: String(decoding: bytes, as: UTF8.self))
    guard let expression = try? RevisionExpression(parsing: bytes.span) else { return }
    switch expression.form {
    case .chain(let chain), .path(let chain, _):
      precondition(chain.text.starts(with: chain.base), "a base is not the start of its chain")
      precondition(
        (chain.steps.last?.end ?? chain.base.count) == chain.text.count, "a chain has a rest")
    case .staged, .search: break
    }
  }

  /// Whatever can be read can be printed in every form.
  func date(_ bytes: [UInt8]) {
    let clock = LocalTime(now: 1_700_000_000) { $0 < 1_000_000_000 ? -210 : 345 }
    let seconds = ApproximateDate(clock).seconds(in: bytes, isStrict: false) ?? 0
    var parser = DateParser(bytes, clock)
    let exact = parser.read()
    let time = Signature.Time(
      seconds: exact?.seconds ?? seconds, offsetMinutes: exact?.offsetMinutes ?? 0)
    for style in [.normal, .iso, .isoStrict, .rfc2822, .short, .relative] as [DateFormat] {
      _ = style.text(of: time, at: clock)
    }
    let format = String(decoding: bytes, as: UTF8.self)
    _ = DateFormat(.custom(format), isLocal: true).text(of: time, at: clock)
    _ = DateFormat(.human).text(of: time, at: clock)
    _ = (try? DateFormat(named: format))?.text(of: time, at: clock)
  }

  /// The first byte chooses the algorithm.
  func index(_ bytes: [UInt8]) {
    let algorithm = HashAlgorithm.allCases[Int(bytes.first ?? 0) % HashAlgorithm.allCases.count]
    _ = try? IndexFile.entries(parsing: bytes.span, algorithm: algorithm)
    let rest = Array(bytes.dropFirst())
    _ = try? IndexFile.entries(parsing: rest.span, algorithm: algorithm)
    // A checksum of zeros counts as none.
    for index in [bytes, rest] {
      let whole = index + [UInt8](repeating: 0, count: algorithm.byteCount)
      _ = try? IndexExtensions(parsing: whole.span, algorithm: algorithm)
    }
  }

  /// A pattern, a NUL, and the text.
  func pattern(_ bytes: [UInt8]) {
    let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    let (pattern, text) = (Array(parts[0].prefix(256)), Array(parts.dropFirst().joined()))
    for syntax in [.basic, .extended, .fixed] as [TextPattern.Syntax] {
      for isByLine in [false, true] {
        let options = TextPattern.Options(
          syntax: syntax, ignoresCase: isByLine, isByLine: isByLine)
        _ = (try? TextPattern(pattern, options))?.matches(text)
      }
    }
  }

  /// A pattern, a NUL, and the path.
  func glob(_ bytes: [UInt8]) {
    let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    let (pattern, text) = (Array(parts[0]), Array(parts.dropFirst().joined()))
    for crossesSlashes in [false, true] {
      _ = Glob(pattern, crossesSlashes: crossesSlashes).matches(text)
      _ = Wildcard.matches(pattern, text, keepsSlashes: !crossesSlashes, ignoresCase: true)
    }
  }

  /// Three texts between NULs. A side that changed nothing gives way.
  func merge(_ bytes: [UInt8]) {
    let parts = bytes.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
    let texts = (0..<3).map { $0 < parts.count ? Array(parts[$0]) : [] }
    for var options in [TextMerge.Options(), .ofTreeMerge] {
      for style in [.merge, .diff3, .zealousDiff3] as [TextMerge.Style] {
        options.style = style
        _ = TextMerge.merge(base: texts[0], ours: texts[1], theirs: texts[2], options: options)
      }
      let idle = TextMerge.merge(
        base: texts[0], ours: texts[0], theirs: texts[2], options: options)
      precondition(idle.bytes == texts[2], "a side without changes has not given way")
    }
  }

  /// Two texts between NULs. The lines outside of the changes are the same on both sides.
  func difference(_ bytes: [UInt8]) {
    let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    let (old, new) = (Array(parts[0]), Array(parts.dropFirst().joined()))
    for algorithm in [.myers, .histogram, .patience] as [LineDiff.Algorithm] {
      for whiteSpace in [.all, .withoutAmounts] as [LineDiff.WhiteSpace] {
        var options = LineDiff.Options()
        (options.algorithm, options.whiteSpace) = (algorithm, whiteSpace)
        options.usesIndentation = whiteSpace == .all
        let diff = LineDiff(from: old, to: new, options: options)
        var (oldLine, newLine) = (0, 0)
        for change in diff.changes {
          let kept = change.old.lowerBound - oldLine
          precondition(kept == change.new.lowerBound - newLine, "changes are out of step")
          (oldLine, newLine) = (change.old.upperBound, change.new.upperBound)
        }
        precondition(
          diff.old.count - oldLine == diff.new.count - newLine, "changes are out of step")
      }
    }
    guard let combined = try? CombinedDiff(of: new, from: [old, new, old]) else { return }
    for hunk in combined.hunks(isDense: false) {
      let kept = hunk.lines.count { if case .kept = $0 { true } else { false } }
      precondition(kept == hunk.new.count, "a hunk's lines are out of step")
    }
  }
}
