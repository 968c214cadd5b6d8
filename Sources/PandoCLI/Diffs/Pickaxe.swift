internal import PandoBytes
internal import PandoMerge
internal import PandoStore

/// Which differences are shown by what they do to a text: `-S` and `-G`. Source: gitdiffcore,
/// "diffcore-pickaxe".
struct Pickaxe {
  private enum Needle {
    /// How often this occurs has to change.
    case string([UInt8])
    /// A line that came or went has to match this.
    case pattern(TextPattern)
  }

  private let needle: Needle
  private let ignoresCase: Bool
  /// Whether all files of a comparison are shown when one is.
  private let keepsAll: Bool

  /// What the options ask for; nil when they ask for nothing. Throws git's complaints.
  init?(_ options: DiffOptions) throws {
    ignoresCase = options.ignoresCaseInNeedle
    keepsAll = options.keepsAllBesideNeedle
    switch (options.needle, options.linePattern) {
    case (nil, nil): return nil
    case (_?, _?):
      throw CommandFailure.fatal(
        "options '-G', '-S', and '--find-object' cannot be used together")
    case (let text?, nil):
      needle = .string(ignoresCase ? Self.lowercased(text) : text)
    case (nil, let pattern?):
      do {
        needle = .pattern(
          try TextPattern(
            pattern, .init(syntax: .extended, ignoresCase: ignoresCase, isByLine: true)))
      } catch {
        throw CommandFailure.fatal("invalid regex: \(error)")
      }
    }
  }

  /// The differences that are shown. Reads both sides of each file.
  func apply(_ changes: [FileChange], _ content: DiffContent) throws -> [FileChange] {
    guard keepsAll else { return try changes.filter { try matches($0, content) } }
    return try changes.contains { try matches($0, content) } ? changes : []
  }

  private func matches(_ change: FileChange, _ content: DiffContent) throws -> Bool {
    if change.hasSameContent { return false }
    let (old, new) = (try content.bytes(change.old), try content.bytes(change.new))
    switch needle {
    case .string(let text): return count(text, in: old) != count(text, in: new)
    case .pattern(let pattern):
      if content.isBinary(old, new) { return false }
      let diff = content.lines(from: old, to: new)
      return content.shownChanges(diff).contains { change in
        change.old.contains { pattern.matches(Self.line($0, of: diff.old)) }
          || change.new.contains { pattern.matches(Self.line($0, of: diff.new)) }
      }
    }
  }

  private static func line(_ number: Int, of text: Lines) -> [UInt8] {
    let line = text.line(number)
    return Array(line.last == UInt8(ascii: "\n") ? line.dropLast() : line)
  }

  private static func lowercased(_ text: [UInt8]) -> [UInt8] {
    text.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
  }

  /// How often a text occurs, each time behind the time before.
  private func count(_ needle: [UInt8], in text: [UInt8]) -> Int {
    guard let first = needle.first else { return 0 }
    let text = ignoresCase ? Self.lowercased(text) : text
    let (span, wanted) = (text.span, needle.span)
    var count = 0
    var start = 0
    while let found = span.firstIndex(of: first, from: start), found + needle.count <= text.count {
      if span.extracting(found..<found + needle.count).hasSameBytes(as: wanted) {
        count += 1
        start = found + needle.count
      } else {
        start = found + 1
      }
    }
    return count
  }
}
