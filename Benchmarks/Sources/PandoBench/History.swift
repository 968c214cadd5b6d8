/// A store's history as a stream for `git fast-import`: settings of services, a few lines each, of
/// which every commit changes one or two; every fortieth commit is a merge of a short branch.
struct History {
  private static let keys = 8_000
  private var chance = Chance()
  private var values: [[Int]]
  private var text = ""
  private var mark = 0

  init() { values = (0..<Self.keys).map { key in (0..<8 + key % 24).map { _ in 0 } } }

  /// Prints the stream of `commits` commits.
  mutating func print(commits: Int) {
    commit("main", from: nil, "Begin", Array(0..<Self.keys))
    var main = mark
    while mark < commits {
      if mark % 40 == 0 {
        let fork = main
        commit("draft", from: fork, "Try", [chance.below(Self.keys)])
        let draft = mark
        commit("main", from: fork, "Go on", [chance.below(Self.keys)])
        commit("main", from: mark, merging: draft, "Merge the draft", [chance.below(Self.keys)])
      } else {
        let changed = (0...chance.below(2)).map { _ in chance.below(Self.keys) }
        commit("main", from: main, "Set \(path(changed[0]))", changed)
      }
      main = mark
      if text.utf8.count > 1 << 20 { flush() }
    }
    flush()
  }

  private mutating func flush() {
    Swift.print(text, terminator: "")
    text = ""
  }

  private func path(_ key: Int) -> String {
    "region\(key % 8)/service\(padded(key / 8 % 50, 2))/setting\(padded(key, 5))"
  }

  private mutating func commit(
    _ branch: String, from parent: Int?, merging other: Int? = nil, _ message: String,
    _ changed: [Int]
  ) {
    mark += 1
    let time = 1_500_000_000 + mark * 60
    text += "commit refs/heads/\(branch)\nmark :\(mark)\n"
    text += "committer Writer \(mark % 7) <writer@example.com> \(time) +0000\n"
    text += "data \(message.utf8.count)\n\(message)\n"
    if let parent { text += "from :\(parent)\n" }
    if let other { text += "merge :\(other)\n" }
    for key in changed {
      values[key][chance.below(values[key].count)] = chance.below(1_000_000)
      var value = "# settings of \(path(key))\n"
      for (line, number) in values[key].enumerated() {
        value += "option-\(line)-of-\(key % 97) = \(number)\n"
      }
      text += "M 100644 inline \(path(key))\ndata \(value.utf8.count)\n\(value)\n"
    }
    text += "\n"
  }
}
