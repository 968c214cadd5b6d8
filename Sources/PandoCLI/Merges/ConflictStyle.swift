internal import PandoMerge
internal import PandoStorage

extension Configuration {
  /// How conflicts are written, as `merge.conflictStyle` says; nil where nothing is set.
  func conflictStyle() throws -> TextMerge.Style? {
    switch try string("merge.conflictStyle") {
    case nil: nil
    case "merge": .merge
    case "diff3": .diff3
    case "zdiff3": .zealousDiff3
    case let style?:
      throw CommandFailure.fatal("unknown style '\(style)' given for 'merge.conflictstyle'")
    }
  }
}
