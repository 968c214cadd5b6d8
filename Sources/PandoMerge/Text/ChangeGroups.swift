/// The changed lines of one text in runs, and the moving of runs: a run that ends with the line
/// that
/// stands before it may as well stand one line higher, and the other way round.
struct ChangeGroups {
  let lines: [Int32]
  private(set) var changed: [Bool]
  /// The text, when indentation may decide.
  private let text: Lines?

  /// A run of changed lines; empty between two unchanged ones.
  private struct Group {
    var start = 0
    var end = 0

    var isEmpty: Bool { start == end }
    var count: Int { end - start }
  }

  init(lines: [Int32], changed: [Bool], text: Lines?) {
    self.lines = lines
    self.changed = changed
    self.text = text
  }

  private func isChanged(_ line: Int) -> Bool {
    line >= 0 && line < changed.count && changed[line]
  }

  private var firstGroup: Group {
    var group = Group()
    while isChanged(group.end) { group.end += 1 }
    return group
  }

  /// Goes to the run after the next unchanged line; false when there is none.
  private func advance(_ group: inout Group) -> Bool {
    guard group.end < changed.count else { return false }
    group.start = group.end + 1
    group.end = group.start
    while isChanged(group.end) { group.end += 1 }
    return true
  }

  /// Goes to the run before the unchanged line above; false when there is none.
  private func retreat(_ group: inout Group) -> Bool {
    guard group.start > 0 else { return false }
    group.end = group.start - 1
    group.start = group.end
    while isChanged(group.start - 1) { group.start -= 1 }
    return true
  }

  /// Moves a run up by a line, and takes in the run that it meets.
  private mutating func slideUp(_ group: inout Group) -> Bool {
    guard group.start > 0, lines[group.start - 1] == lines[group.end - 1] else { return false }
    group.start -= 1
    group.end -= 1
    changed[group.start] = true
    changed[group.end] = false
    while isChanged(group.start - 1) { group.start -= 1 }
    return true
  }

  /// Moves a run down by a line, and takes in the run that it meets.
  private mutating func slideDown(_ group: inout Group) -> Bool {
    guard group.end < lines.count, lines[group.start] == lines[group.end] else { return false }
    changed[group.start] = false
    changed[group.end] = true
    group.start += 1
    group.end += 1
    while isChanged(group.end) { group.end += 1 }
    return true
  }

  /// Moves every run to where Git puts it: beside a run of the other text when it can, else where
  /// indentation says, else as far down as it goes.
  mutating func compact(beside other: ChangeGroups) {
    var group = firstGroup
    var otherGroup = other.firstGroup
    while true {
      if !group.isEmpty { settle(&group, &otherGroup, other) }
      guard advance(&group), other.advance(&otherGroup) else { return }
    }
  }

  private mutating func settle(
    _ group: inout Group, _ otherGroup: inout Group, _ other: ChangeGroups
  ) {
    var count = 0
    var earliestEnd = 0
    var meetsOther = false
    repeat {
      count = group.count
      while slideUp(&group) { _ = other.retreat(&otherGroup) }
      earliestEnd = group.end
      meetsOther = !otherGroup.isEmpty
      while slideDown(&group) {
        _ = other.advance(&otherGroup)
        if !otherGroup.isEmpty { meetsOther = true }
      }
    } while count != group.count
    guard group.end != earliestEnd else { return }
    if meetsOther {
      while otherGroup.isEmpty, slideUp(&group) { _ = other.retreat(&otherGroup) }
    } else if let text {
      let indentation = Indentation(text)
      let best = indentation.bestEnd(count: count, earliest: earliestEnd, latest: group.end)
      while group.end > best, slideUp(&group) { _ = other.retreat(&otherGroup) }
    }
  }
}
