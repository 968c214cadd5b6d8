/// Chooses among the places of a change by how the lines around it are indented, with the weights
/// that
/// Git learned from a corpus of diffs judged by people (git-diff, `--indent-heuristic`).
struct Indentation {
  private let text: Lines

  init(_ text: Lines) { self.text = text }

  private static let columnsMax = 200
  private static let blanksMax = 20
  private static let slideMax = 100
  private static let startOfText = 1
  private static let endOfText = 21
  private static let anyBlank = -30
  private static let blankAfter = 6
  private static let indented = (plain: -4, withBlank: 10)
  private static let outdented = (plain: 24, withBlank: 17)
  private static let dedented = (plain: 23, withBlank: 17)
  private static let indentWeight = 60

  /// How bad it is to cut a text somewhere.
  private struct Score {
    var indent = 0
    var penalty = 0

    /// Whether this is no worse than `other`.
    func isAsGood(as other: Score) -> Bool {
      (indent - other.indent).signum() * Indentation.indentWeight + (penalty - other.penalty) <= 0
    }
  }

  /// The best end for a run of `count` lines that may end anywhere from `earliest` to `latest`.
  func bestEnd(count: Int, earliest: Int, latest: Int) -> Int {
    let first = max(earliest, latest - count - 1, latest - Self.slideMax)
    var best: (end: Int, score: Score)?
    for end in first...latest {
      var score = Score()
      add(cut: end, to: &score)
      add(cut: end - count, to: &score)
      if let best, !score.isAsGood(as: best.score) { continue }
      best = (end, score)
    }
    return best?.end ?? latest
  }

  private func add(cut: Int, to score: inout Score) {
    let own = cut < text.count ? indent(cut) : nil
    let before = nearest(stride(from: cut - 1, through: 0, by: -1))
    let after = nearest(stride(from: cut + 1, to: text.count, by: 1))
    if before.indent == nil, before.blanks == 0 { score.penalty += Self.startOfText }
    if cut >= text.count { score.penalty += Self.endOfText }
    let blanksAfter = own == nil ? 1 + after.blanks : 0
    let blanks = before.blanks + blanksAfter
    score.penalty += Self.anyBlank * blanks + Self.blankAfter * blanksAfter
    let indent = own ?? after.indent
    score.indent += indent ?? -1
    guard let indent, let indentBefore = before.indent else { return }
    func weight(_ weights: (plain: Int, withBlank: Int)) -> Int {
      blanks != 0 ? weights.withBlank : weights.plain
    }
    if indent > indentBefore {
      score.penalty += weight(Self.indented)
    } else if indent < indentBefore {
      let opensBlock = (after.indent ?? -1) > indent
      score.penalty += weight(opensBlock ? Self.outdented : Self.dedented)
    }
  }

  /// The indentation of the first of `lines` that is not blank, and how many are blank before it.
  private func nearest(_ lines: some Sequence<Int>) -> (indent: Int?, blanks: Int) {
    var blanks = 0
    for line in lines {
      if let indent = indent(line) { return (indent, blanks) }
      blanks += 1
      if blanks == Self.blanksMax { return (0, blanks) }
    }
    return (nil, blanks)
  }

  /// The columns before the first visible character; nil in a blank line.
  private func indent(_ line: Int) -> Int? {
    var columns = 0
    for byte in text.line(line) {
      switch byte {
      case UInt8(ascii: " "): columns += 1
      case UInt8(ascii: "\t"): columns += 8 - columns % 8
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"), 11, 12: break
      default: return columns
      }
      if columns >= Self.columnsMax { return Self.columnsMax }
    }
    return nil
  }
}
