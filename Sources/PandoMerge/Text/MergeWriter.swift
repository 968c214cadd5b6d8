internal import PandoBytes

/// Writes a merged text.
struct MergeWriter {
  private(set) var output: [UInt8] = []
  private let texts: MergedTexts
  /// The first of our lines that is not written.
  private var position = 0

  init(_ texts: MergedTexts) {
    self.texts = texts
    output.reserveCapacity(texts.ours.bytes.count + texts.theirs.bytes.count / 8)
  }

  mutating func write(_ hunks: [MergeHunk]) {
    for hunk in hunks where hunk.source != .same {
      copy(texts.ours, position..<max(position, hunk.ours.lowerBound))
      write(hunk)
      position = hunk.ours.upperBound
    }
    copy(texts.ours, position..<max(position, texts.ours.count))
  }

  private mutating func write(_ hunk: MergeHunk) {
    let ending = usesCRLF(hunk) ? "\r\n" : "\n"
    switch hunk.source {
    case .same: break
    case .ours: copy(texts.ours, hunk.ours)
    case .theirs: copy(texts.theirs, hunk.theirs)
    case .both:
      copy(texts.ours, hunk.ours, terminatedBy: ending)
      copy(texts.theirs, hunk.theirs)
    case .conflict:
      marker("<", texts.options.oursLabel, ending)
      copy(texts.ours, hunk.ours, terminatedBy: ending)
      if texts.options.style != .merge {
        marker("|", texts.options.baseLabel, ending)
        copy(texts.base, hunk.base, terminatedBy: ending)
      }
      marker("=", nil, ending)
      copy(texts.theirs, hunk.theirs, terminatedBy: ending)
      marker(">", texts.options.theirsLabel, ending)
    }
  }

  private mutating func marker(_ character: Character, _ label: [UInt8]?, _ ending: String) {
    output.append(text: String(repeating: character, count: texts.options.markerSize))
    if let label {
      output.append(UInt8(ascii: " "))
      output.append(contentsOf: label)
    }
    output.append(text: ending)
  }

  private mutating func copy(
    _ lines: Lines, _ range: Range<Int>, terminatedBy ending: String? = nil
  ) {
    guard let last = range.last else { return }
    output.append(copying: lines.bytes.span.extracting(lines.range(range)))
    if let ending, !lines.isTerminated(last) { output.append(text: ending) }
  }

  /// Whether markers end in CR LF: when the lines before the conflict on both sides do, and the
  /// base's first. A side that cannot tell agrees; a base that cannot tell says no.
  private func usesCRLF(_ hunk: MergeHunk) -> Bool {
    var answer: Bool?
    let places = [
      (texts.ours, max(0, hunk.ours.lowerBound - 1)),
      (texts.theirs, max(0, hunk.theirs.lowerBound - 1)), (texts.base, 0),
    ]
    for (lines, index) in places {
      answer = Self.usesCRLF(lines, index)
      if answer == false { return false }
    }
    return answer ?? false
  }

  /// Whether the line, or the one before a last line that has no end, ends in CR LF; nil when
  /// nothing tells.
  private static func usesCRLF(_ lines: Lines, _ index: Int) -> Bool? {
    guard index < lines.count else { return nil }
    if index < lines.count - 1 || lines.isTerminated(index) { return lines.endsInCRLF(index) }
    return index == 0 ? nil : lines.endsInCRLF(index - 1)
  }
}
