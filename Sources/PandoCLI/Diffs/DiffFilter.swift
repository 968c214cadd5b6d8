internal import PandoMerge

/// Which differences are shown by what happened to the file: `--diff-filter`.
struct DiffFilter {
  private var kinds: Set<Character> = Set(Self.known)
  private var isAllOrNone = false

  private static let known = "ACDMRTUXB"

  /// Reads letters: capitals choose, small ones leave out. Throws git's complaint for others.
  init(_ letters: String, after earlier: DiffFilter?) throws {
    if let earlier { self = earlier }
    let chosen = letters.filter { $0.isUppercase }
    if !chosen.isEmpty, earlier == nil { kinds = [] }
    for letter in letters {
      if letter == "*" {
        isAllOrNone = true
        continue
      }
      guard let kind = letter.uppercased().first, Self.known.contains(kind) else {
        throw CommandFailure(
          lines: ["error: unknown change class '\(letter)' in --diff-filter=\(letters)"],
          status: .usage)
      }
      if letter.isUppercase { kinds.insert(kind) } else { kinds.remove(kind) }
    }
  }

  /// The differences that are shown.
  func apply(_ changes: [FileChange]) -> [FileChange] {
    if isAllOrNone { return changes.contains(where: isWanted) ? changes : [] }
    return changes.filter(isWanted)
  }

  private func isWanted(_ change: FileChange) -> Bool { kinds.contains(change.kind.rawValue) }
}
