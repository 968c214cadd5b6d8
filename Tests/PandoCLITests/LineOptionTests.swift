import PandoTestKit
import Testing

/// How lines are compared, as options say, beside git's.
@Suite struct LineOptionTests {
  private static let comparisons = [
    "-w", "-b", "--ignore-space-at-eol", "--ignore-cr-at-eol", "--ignore-blank-lines",
    "-w --ignore-blank-lines", "--patience", "--minimal", "--histogram --minimal", "-b --patience",
    "--ignore-blank-lines -U1", "--ignore-blank-lines -U0", "-w -U0", "-w -b",
    "--ignore-blank-lines --inter-hunk-context=2", "--diff-algorithm=patience",
    "-w --ignore-blank-lines -U5", "--diff-algorithm=nope", "--diff-algorithm=Minimal",
  ]
  private static let formats = [
    "-p", "--numstat", "--stat", "--shortstat", "--cc", "--exit-code", "--quiet", "--name-status",
    "--raw -p",
  ]

  @Test(arguments: 20..<24 as Range<UInt64>)
  func `differences are those that git finds`(seed: UInt64) throws {
    var history = try EditingHistory(seed: seed)
    let commits = try history.commits()
    func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }
    for comparison in Self.comparisons {
      for format in Self.formats {
        let options = words(comparison) + words(format)
        let tellsByStatus = ["--exit-code", "--quiet"].contains(format)
        if tellsByStatus || format != "--cc" && history.below(2) == 0 {
          let ends = [history.pick(commits), history.pick(commits)]
          try history.harness.expectSame(["diff"] + options + ends, errors: .firstLine)
        } else {
          try history.harness.expectSame(["log", "-10"] + options, errors: .firstLine)
        }
      }
    }
  }

  /// Texts that differ in white space of every kind, and in blank lines.
  @Test func `white space of all kinds is told apart as git does`() throws {
    let harness = try CommandHarness()
    let git = harness.git()
    try git("init", "-q", "-b", "main", ".")
    func commit(_ text: String) throws {
      try harness.directory.write(Array(text.utf8), to: "f")
      try git("add", "f")
      try git("commit", "-q", "-m", "x")
    }
    try commit("a b\nc\r\nd\n  e\n\tf\u{0B}\u{0C}\n\n\ng h  i\nlast\r")
    try commit("a  b\nc\nd \ne\n\tf\n\n\n\n \ng h i\nlast")
    try commit("ab\nc\n\nd\r\r\ne\nf\n\u{0C}\n\n\n\n\ngh i\nlast\r\n")
    for comparison in Self.comparisons {
      for ends in [["HEAD~2", "HEAD~1"], ["HEAD~1", "HEAD"], ["HEAD", "HEAD~2"]] {
        let words = comparison.split(separator: " ").map(String.init)
        try harness.expectSame(["diff"] + words + ends, errors: .firstLine)
        try harness.expectSame(["diff", "--quiet"] + words + ends, errors: .firstLine)
      }
    }
    for words in ["-w", "--minimal", "-w -p"] {
      try harness.expectSame(
        ["blame"] + words.split(separator: " ").map(String.init) + ["HEAD", "--", "f"])
    }
  }
}
