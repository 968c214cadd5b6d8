import PandoTestKit
import Testing

/// `pando merge-tree` beside git's: trees, conflicts, stages and messages.
@Suite struct MergeTreeTests {
  @Test(arguments: Array(1...8) as [UInt64])
  func `merges with renames come out as git's do`(_ seed: UInt64) throws {
    let history = try MergingHistory(seed: seed, merges: 250)
    try expectSame(history)
  }

  @Test(arguments: [
    ["merge.directoryRenames", "true"], ["merge.directoryRenames", "false"],
    ["merge.conflictStyle", "diff3"], ["merge.conflictStyle", "zdiff3"],
    ["merge.renameLimit", "1"],
  ])
  func `settings count as they do for git`(_ setting: [String]) throws {
    let history = try MergingHistory(seed: 100, merges: 120)
    try history.harness.git()("config", setting[0], setting[1])
    try expectSame(history)
  }

  /// One process of each for all merges; then the answers one by one.
  private func expectSame(
    _ history: MergingHistory, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let words = ["merge-tree", "--stdin"]
    let wanted = try history.harness.git().run(words, input: history.lines, environment: [:])
    let got = history.harness.pando(words, input: history.lines)
    #expect(wanted.status == 0 && got.status == 0, "\(got.errors)")
    let answers = (Self.answers(got.bytes), Self.answers(wanted.bytes))
    #expect(answers.1.count == history.merges.count)
    #expect(answers.0.count == answers.1.count)
    var different = 0
    for ((merge, answer), git) in zip(zip(history.merges, answers.0), answers.1)
    where answer != git {
      different += 1
      if Self.isKnown(git, answer) { continue }
      Issue.record(
        "\(merge): got\n\(answer)\nwanted\n\(git)", sourceLocation: sourceLocation)
    }
    try expectObjects(answers.0, history)
    // What is known to differ is rare.
    #expect(different <= history.merges.count / 100)
  }

  /// Trees, and the versions of what is in conflict, are there for git to read.
  private func expectObjects(_ answers: [String], _ history: MergingHistory) throws {
    var ids: [Substring] = []
    for answer in answers {
      let fields = answer.split(separator: "|", omittingEmptySubsequences: false)
      ids.append(fields[1])
      for field in fields.dropFirst(2).prefix(while: { !$0.isEmpty })
      where !field.hasPrefix("160000") {
        ids.append(field.split(separator: " ")[1])
      }
    }
    let input = Array(ids.joined(separator: "\n").utf8)
    let lines = try history.harness.git()("cat-file", "--batch-check", input: input).lines
    #expect(lines.count == ids.count)
    #expect(!lines.contains { $0.hasSuffix("missing") })
  }

  /// Each answer begins with whether the merge is clean, and a tree.
  private static func answers(_ output: [UInt8]) -> [String] {
    let fields = String(decoding: output, as: UTF8.self).split(
      separator: "\0", omittingEmptySubsequences: false)
    var answers: [String] = []
    var start = 0
    for index in fields.indices.dropLast() {
      let isStart =
        ["0", "1"].contains(fields[index]) && fields[index + 1].utf8.count == 40
        && fields[index + 1].allSatisfy(\.isHexDigit)
      guard isStart else { continue }
      if index > start { answers.append(fields[start..<index].joined(separator: "|")) }
      start = index
    }
    answers.append(fields[start...].joined(separator: "|"))
    return answers
  }

  /// What Docs/COMPATIBILITY.md tells of: git's answer depends on whether it went through the trees
  /// a second time, names an object of zeros, or has a file and a directory of one name.
  private static func isKnown(_ git: String, _ answer: String) -> Bool {
    if git.contains("|000000 0000") { return true }
    let conflicted = git.split(separator: "|").compactMap { $0.split(separator: "\t").last }
    for path in conflicted where conflicted.contains(where: { $0.hasPrefix(path + "/") }) {
      return true
    }
    let trees = [git, answer].map { $0.split(separator: "|").dropFirst().first }
    return trees[0] == trees[1] && [git, answer].contains { $0.contains("in the way of") }
  }

  @Test(arguments: [11, 12, 13] as [UInt64])
  func `a merge is clean either way round or neither, and then gives one tree`(
    _ seed: UInt64
  ) throws {
    let history = try MergingHistory(seed: seed, merges: 200)
    let turned = history.merges.map { "\($0.theirs) \($0.ours)\n" }.joined()
    let inputs = [history.lines, Array(turned.utf8)]
    let answers = inputs.map { input in
      Self.answers(history.harness.pando(["merge-tree", "--stdin"], input: input).bytes)
    }
    #expect(answers[0].count == history.merges.count && answers[1].count == answers[0].count)
    var clean = 0
    for (one, other) in zip(answers[0], answers[1]) {
      #expect(one.first == other.first)
      guard one.first == "1" else { continue }
      clean += 1
      #expect(one == other)
    }
    #expect(clean > 40)
    // A side without changes gives way, and what is merged already changes nothing.
    for merge in history.merges.prefix(20) {
      let base = try history.harness.git()("merge-base", merge.ours, merge.theirs).line
      let tree = try history.harness.git()("rev-parse", "\(merge.ours)^{tree}").line
      for pair in [[merge.ours, base], [base, merge.ours], [merge.ours, merge.ours]] {
        #expect(history.harness.pando(["merge-tree"] + pair).line == tree)
      }
    }
  }

  @Test func `words and formats are git's`() throws {
    let history = try MergingHistory(seed: 7, merges: 30)
    let harness = history.harness
    for merge in history.merges {
      let names = [merge.ours, merge.theirs]
      for way in [
        [], ["-z"], ["--name-only"], ["--name-only", "-z"], ["--no-messages"], ["--messages"],
        ["--write-tree", "--name-only", "--no-messages"],
      ] {
        try harness.expectSame(["merge-tree"] + way + names)
      }
    }
    for words in [
      [], ["k1x"], ["nope", "k1x"], ["k1x", "nope"], ["k1x^{tree}", "k2x"], ["k1x", "k1x"],
      ["--bogus", "k1x", "k2x"], ["--write-tree", "k1x"],
    ] {
      try harness.expectSame(["merge-tree"] + words, errors: .firstLine)
    }
    for input in ["k2x k3x k1x\n", "k2x\n", "k2x nope\n", "k2x k3x", ""] {
      try harness.expectSame(["merge-tree", "--stdin"], input: Array(input.utf8))
    }
  }

  @Test func `unrelated histories are merged only when that is wanted`() throws {
    let history = try MergingHistory(seed: 3, merges: 2)
    let (one, two) = (history.merges[0].ours, history.merges[1].ours)
    try history.harness.expectSame(["merge-tree", one, two])
    try history.harness.expectSame(["merge-tree", "--allow-unrelated-histories", one, two])
    try history.harness.git()("config", "merge.conflictStyle", "diff3")
    try history.harness.expectSame(["merge-tree", "--allow-unrelated-histories", one, two])
  }

  @Test func `submodules that both sides moved are told of with what to do`() throws {
    let harness = try CommandHarness()
    try harness.git()("init", "-q", "--bare", ".")
    var stream = ""
    for (number, name) in ["base", "ours", "theirs"].enumerated() {
      stream += "commit refs/heads/\(name)\nmark :\(number + 1)\n"
      stream += "committer A <a@b> \(1000 + number) +0000\ndata 2\nx\n"
      if number > 0 { stream += "from :1\n" }
      for path in ["s1", "s2", "new"] where number > 0 || path != "new" {
        stream += "M 160000 \(String(repeating: String(number + 1), count: 40)) \(path)\n"
      }
      stream += "\n"
    }
    let outcome = try harness.git().run(
      ["fast-import", "--quiet"], input: Array(stream.utf8), environment: [:])
    #expect(outcome.status == 0)
    for way in [[], ["-z"], ["--name-only"]] {
      try harness.expectSame(["merge-tree"] + way + ["ours", "theirs"])
    }
  }
}
