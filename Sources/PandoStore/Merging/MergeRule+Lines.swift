internal import PandoBytes
internal import PandoMerge

extension MergeRule<String> {
  /// Merges text by lines, as git merges files: changes that do not touch each other both hold, and
  /// lines that both sides changed differently are a conflict. Deletion against a change is one
  /// too.
  public static var lines: MergeRule {
    optional { base, ours, theirs in
      let merged = TextMerge.merge(
        base: Array((base ?? "").utf8), ours: Array(ours.utf8), theirs: Array(theirs.utf8),
        options: .ofTreeMerge)
      guard merged.conflictCount == 0 else { return .conflict(reason(merged.conflictCount)) }
      return .value(String(decoding: merged.bytes, as: UTF8.self))
    }.markedAsByLines()
  }
}

extension MergeRule<[UInt8]> {
  /// Merges text by lines, as git merges files: changes that do not touch each other both hold, and
  /// lines that both sides changed differently are a conflict. So is anything with a NUL in its
  /// first 8000 bytes, which is no text, and deletion against a change.
  public static var lines: MergeRule {
    optional { base, ours, theirs in
      let texts = [base ?? [], ours, theirs]
      if texts.contains(where: TextMerge.isBinary) {
        return .conflict("binary contents that both sides changed")
      }
      let merged = TextMerge.merge(
        base: base ?? [], ours: ours, theirs: theirs, options: .ofTreeMerge)
      guard merged.conflictCount == 0 else { return .conflict(reason(merged.conflictCount)) }
      return .value(merged.bytes)
    }.markedAsByLines()
  }
}

private func reason(_ conflicts: Int) -> String {
  conflicts == 1
    ? "lines that both sides changed" : "lines that both sides changed, in \(conflicts) places"
}
