import Foundation
import PandoTestKit
import Testing

/// `pando show` beside `git show`, and how `log` compares merges.
@Suite struct ShowTests {
  /// A merge with a change of its own, tags of all kinds, a link, and names to quote.
  private static func repository() throws -> CommandHarness {
    let harness = try CommandHarness()
    let git = harness.git()
    func write(_ text: String, to name: String) throws {
      try harness.directory.write(Array(text.utf8), to: name)
    }
    try git("init", "-q", "-b", "main", ".")
    try write("one\ntwo\n", to: "f")
    try write("x\n", to: "d/e/g")
    try write("no end", to: "d/ü\"")
    try FileManager.default.createSymbolicLink(
      atPath: harness.path("l"), withDestinationPath: "f")
    try git("add", ".")
    try git("commit", "-q", "-m", "First\n\nbody")
    try git("tag", "-a", "-m", "tag message\n\nmore", "v1")
    _ = try git.run(["tag", "-a", "-m", "nested", "v2", "v1"])
    try git("tag", "light")
    try write("one\ntwo\nthree\n", to: "f")
    try git("commit", "-q", "-a", "-m", "Second")
    try git("tag", "-a", "-m", "x", "vt", "HEAD^{tree}")
    try git("tag", "-a", "-m", "blob", "vb", "HEAD:f")
    try git("checkout", "-q", "-b", "side", "HEAD~1")
    try write("one\ntwo\ndrei\n", to: "f")
    try git("commit", "-q", "-a", "-m", "Side")
    try git("checkout", "-q", "main")
    _ = try git.run(["merge", "-q", "side"])
    try write("one\ntwo\nthree & drei\n", to: "f")
    try git("commit", "-q", "-a", "-m", "Merged")
    return harness
  }

  private static func words(_ line: Substring) -> [String] {
    line.split(separator: " ").map(String.init)
  }

  @Test(arguments: [
    "|HEAD|v1|v2|light|vt|vb|HEAD:f|HEAD:d|HEAD^{tree}|HEAD~1 HEAD~2|v1 HEAD:f v2|HEAD:f HEAD",
    "HEAD HEAD:f HEAD|HEAD:d HEAD:f|HEAD~1..HEAD|HEAD~1...side|HEAD^@|HEAD^!|-1|-2 HEAD|nope",
    "--oneline|--oneline v1|--oneline HEAD~1 HEAD|--pretty=fuller v1|--pretty=short v1",
    "--pretty=full v1|--pretty=raw v1|--format=%H v1|--format=%H HEAD HEAD~1|--stat|--stat HEAD~1",
    "--format=tformat:%H HEAD HEAD~1|--format=format:%H HEAD HEAD~1|-s|-s HEAD~1 v1|--name-only",
    "--name-status HEAD~1|--raw HEAD|-p|-c|-m|--cc|--first-parent|-m --first-parent|HEAD -- f",
    "HEAD~1 -- d|HEAD -- d|HEAD:nope|--bogus|--decorate v1|--no-patch v1|--color HEAD~1 -s",
    "--color=always v1 -s|--color=always -s HEAD:d|--abbrev-commit|--graph|--graph HEAD~1",
    "--graph HEAD~1..|--quiet|--exit-code|-z HEAD~1|-z --raw HEAD HEAD~1|--no-walk|HEAD f|-- f",
    "--no-walk HEAD~1..HEAD|--do-walk -s|--date=short -s v1|--since=2000-01-01|--all -s|--tags -s",
    "--reverse -s HEAD~1 HEAD|HEAD^{commit} -s|--patch-with-stat HEAD~1|--stat -p|--summary HEAD~2",
    "--root HEAD~2|-R HEAD~1|-U0 HEAD|-t --raw HEAD~2|--left-right HEAD~1...side -s|-3|:f|:d",
    "--source -s v1|--encoding=latin1 -s",
  ])
  func `objects of all kinds are shown as git shows them`(lines: String) throws {
    let harness = try Self.repository()
    for line in lines.split(separator: "|", omittingEmptySubsequences: false) {
      try harness.expectSame(["show"] + Self.words(line), errors: .firstLine)
    }
  }

  @Test func `there is nothing to show before the first commit`() throws {
    let harness = try CommandHarness()
    try harness.git()("init", "-q", "-b", "main", ".")
    try harness.expectSame(["show"])
  }

  @Test(arguments: [
    "-m|-m -p|-c|--cc|-m --stat|--diff-merges=on -p|--diff-merges=m|--diff-merges=1|-m -c|--cc -m",
    "--diff-merges=first-parent -p|--diff-merges=separate|--diff-merges=combined|-c -m -p",
    "--diff-merges=dense-combined|--diff-merges=none -p|--diff-merges=off|--diff-merges=bogus",
    "--combined-all-paths|--combined-all-paths -c|--no-diff-merges -c|-c --no-diff-merges",
    "--diff-merges= -p|-p -m --first-parent|-c --quiet|-q -p|--stat -q|--diff-filter=A",
    "--diff-filter=A -1|--diff-filter=A -2 --reverse|--root -p",
  ])
  func `merges are compared as the last option says`(lines: String) throws {
    let harness = try Self.repository()
    for line in lines.split(separator: "|") {
      try harness.expectSame(["log"] + Self.words(line), errors: .firstLine)
    }
  }

  @Test(arguments: [
    "log.diffMerges=first-parent", "log.diffMerges=cc", "log.diffMerges=bogus",
    "log.diffMerges=off", "format.pretty=oneline", "log.showRoot=false", "log.date=short",
    "log.decorate=full",
  ])
  func `settings are heeded`(setting: String) throws {
    let harness = try Self.repository()
    for line in ["log -m -p", "show", "log --diff-merges=on -p", "log -p", "show v1"] {
      try harness.expectSame(["-c", setting] + Self.words(line[...]), errors: .firstLine)
    }
    let parts = setting.split(separator: "=").map(String.init)
    try harness.git()("config", parts[0], parts[1])
    try harness.expectSame(["log", "-m", "-p"], errors: .firstLine)
  }

  @Test(arguments: [
    "HEAD~1:f HEAD:f|HEAD:f HEAD~1:f|HEAD:f HEAD:f|HEAD:f HEAD:d/e/g|HEAD:f HEAD:l",
    "--raw HEAD~1:f HEAD:f|--stat HEAD:f HEAD:d/e/g|--name-only HEAD~1:f HEAD:d/e/g",
    "--exit-code HEAD:f HEAD:f|--exit-code HEAD:f HEAD~1:f|--quiet HEAD:f HEAD~1:f",
    "-R HEAD:f HEAD~1:f|--name-status HEAD:f HEAD~1:f|-Sdrei HEAD:f HEAD~1:f",
  ])
  func `blobs are compared under the names that they were found by`(lines: String) throws {
    let harness = try Self.repository()
    for line in lines.split(separator: "|") {
      try harness.expectSame(["diff"] + Self.words(line))
    }
    let ids = try ["HEAD:f", "HEAD~1:f"].map { try harness.git()("rev-parse", $0).line }
    try harness.expectSame(["diff"] + ids)
  }
}
