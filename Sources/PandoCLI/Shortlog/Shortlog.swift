internal import PandoBytes
internal import PandoFiles

/// Subjects of commits under the names of those they belong to, as `shortlog` lists them.
struct Shortlog {
  /// How lines are wrapped: the width, and how far the first line and the others are indented.
  struct Wrapping {
    var width = 76
    var first = 6
    var others = 9
  }

  /// Whether only counts are shown.
  var isSummary = false
  /// Whether those with the most commits come first.
  var isNumbered = false
  var wrapping: Wrapping?

  private var numbers: [[UInt8]: Int] = [:]
  private var groups: [(name: [UInt8], count: Int, subjects: [[UInt8]])] = []

  /// Adds a commit under a name. Of its text the first paragraph counts.
  mutating func add(_ name: [UInt8], _ text: [UInt8]) {
    let number = numbers[name] ?? groups.count
    if number == groups.count {
      numbers[name] = number
      groups.append((name, 0, []))
    }
    groups[number].count += 1
    if !isSummary { groups[number].subjects.append(Self.subject(text)) }
  }

  /// The first paragraph as one line, without the `[PATCH …]` that mail puts before it.
  private static func subject(_ text: [UInt8]) -> [UInt8] {
    var rest = text[...].drop(while: CommitMessageText.isSpace)
    if rest.starts(with: "[PATCH".utf8),
      let close = rest.prefix(while: { $0 != 10 }).firstIndex(of: UInt8(ascii: "]"))
    {
      rest = rest[(close + 1)...]
    }
    rest = rest.drop { $0 != 10 && CommitMessageText.isSpace($0) }
    let lines = rest.split(separator: 10, omittingEmptySubsequences: false)
      .map(CommitMessageText.trimmedEnd).prefix { !$0.isEmpty }
    return Array(lines.joined(separator: [32]))
  }

  /// Writes the groups in the order of their names, or of their sizes.
  func write(to output: any ByteOutput) throws {
    var sorted = groups.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    if isNumbered {
      sorted = sorted.enumerated().sorted { a, b in
        let counts = (a.element.count, b.element.count)
        return counts.0 != counts.1 ? counts.0 > counts.1 : a.offset < b.offset
      }.map(\.element)
    }
    for group in sorted {
      var text: [UInt8] = []
      if isSummary {
        let count = String(group.count)
        text.append(text: String(repeating: " ", count: max(0, 6 - count.utf8.count)))
        text.append(text: "\(count)\t")
        text += group.name
      } else {
        text += group.name
        text.append(text: " (\(group.count)):\n")
        for subject in group.subjects.reversed() {
          text += wrapped(subject)
          text.append(10)
        }
      }
      text.append(10)
      try output.write(text)
    }
  }

  private func wrapped(_ subject: [UInt8]) -> [UInt8] {
    guard let wrapping else { return Array("      ".utf8) + subject }
    return TextWrapping.wrap(
      subject, width: wrapping.width, first: wrapping.first, others: wrapping.others)
  }
}
