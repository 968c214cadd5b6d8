import PandoTestKit
import Testing

@Suite struct StoreVerbTests {
  let harness: CommandHarness

  init() throws {
    harness = try CommandHarness()
    #expect(harness.pando(["init", "-q", "--bare", "-b", "main"]).status == 0)
  }

  @Test func `Values come back byte for byte, and git sees them`() throws {
    let bytes: [UInt8] = [0, 255, 10, 13, 1]
    #expect(harness.pando(["set", "a/b"], input: bytes).status == 0)
    #expect(harness.pando(["set", "a/c", "-"], input: Array("by dash".utf8)).status == 0)
    #expect(harness.pando(["set", "d", "given", "-m", "Why\n\nMore."]).status == 0)
    #expect(harness.pando(["get", "a/b"]).bytes == bytes)
    #expect(harness.pando(["get", "a/c"]).text == "by dash")
    #expect(harness.pando(["get", "d"]).text == "given")
    let git = harness.git()
    #expect(try git("cat-file", "blob", "main:a/b").bytes == bytes)
    #expect(try git("log", "-1", "--format=%B").text == "Why\n\nMore.\n\n")
    #expect(try git("log", "--format=%s").lines == ["Why", "Set a/c", "Set a/b"])
    try git("fsck", "--strict")
  }

  @Test func `Absence is the status 1 and silence`() throws {
    #expect(harness.pando(["get", "x"]) == Outcome(status: 1, bytes: [], errors: ""))
    #expect(harness.pando(["remove", "x"]) == Outcome(status: 1, bytes: [], errors: ""))
    #expect(harness.pando(["list"]) == Outcome(status: 0, bytes: [], errors: ""))
    #expect(harness.pando(["tree"]) == Outcome(status: 0, bytes: [], errors: ""))
    #expect(harness.pando(["list", "x"]).status == 1)
    #expect(harness.pando(["get", "-b", "none", "x"]).status == 1)
    _ = harness.pando(["set", "d/x", "1"])
    #expect(harness.pando(["get", "d"]).status == 1)
    #expect(harness.pando(["list", "d/x"]).status == 1)
  }

  @Test func `Names are listed with slashes behind directories, paths whole`() throws {
    for path in ["b", "a/x", "a/y/z", "ä", "ta\tb"] { _ = harness.pando(["set", path, "1"]) }
    #expect(harness.pando(["list"]).text == "a/\nb\n\"ta\\tb\"\n\"\\303\\244\"\n")
    #expect(harness.pando(["list", "-z"]).text == "a/\0b\0ta\tb\0ä\0")
    #expect(harness.pando(["list", "a"]).text == "x\ny/\n")
    #expect(harness.pando(["tree"]).text == "a/x\na/y/z\nb\n\"ta\\tb\"\n\"\\303\\244\"\n")
    #expect(harness.pando(["tree", "a/y"]).text == "a/y/z\n")
    #expect(harness.pando(["tree", "-z", "a"]).text == "a/x\0a/y/z\0")
  }

  @Test func `Removal takes a directory whole, and branches are apart`() throws {
    _ = harness.pando(["set", "d/x", "1"])
    _ = harness.pando(["set", "e", "1"])
    _ = harness.pando(["set", "-b", "other", "only", "there"])
    #expect(harness.pando(["remove", "d"]).status == 0)
    #expect(harness.pando(["tree"]).text == "e\n")
    #expect(harness.pando(["tree", "-b", "other"]).text == "only\n")
    let count = try harness.git()("rev-list", "--count", "main").line
    #expect(harness.pando(["set", "e", "1"]).status == 0)
    #expect(try harness.git()("rev-list", "--count", "main").line == count)
  }

  @Test func `Branches are merged, and conflicts are told and change nothing`() throws {
    _ = harness.pando(["set", "base", "1"])
    let git = harness.git()
    try git("branch", "other", "main")
    #expect(harness.pando(["merge", "other"]).text == "Already up to date.\n")
    _ = harness.pando(["set", "-b", "other", "theirs", "2"])
    let theirs = try git("rev-parse", "other").line
    #expect(harness.pando(["merge", "other"]).text == "Fast-forward to \(theirs)\n")
    _ = harness.pando(["set", "-b", "other", "more", "3"])
    _ = harness.pando(["set", "ours", "4"])
    #expect(harness.pando(["merge", "--ff-only", "other"]).status == 128)
    let merged = harness.pando(["merge", "-m", "Both", "other"])
    #expect(merged.text == "Merged as \(try git("rev-parse", "main").line)\n")
    #expect(try git("log", "-1", "--format=%s %p", "main").line.split(separator: " ").count == 3)
    #expect(harness.pando(["tree"]).text == "base\nmore\nours\ntheirs\n")
    _ = harness.pando(["set", "base", "a\n"])
    _ = harness.pando(["set", "-b", "other", "base", "b\n"])
    let before = try git("rev-parse", "main").line
    let conflict = harness.pando(["merge", "other"])
    #expect(conflict.status == 1 && conflict.text.hasPrefix("CONFLICT base: "))
    #expect(try git("rev-parse", "main").line == before)
    #expect(harness.pando(["merge", "nope"]).status == 128)
    #expect(harness.pando(["merge"]).status == 129)
    #expect(harness.pando(["merge", "-b", "other", "main~3"]).text == "Already up to date.\n")
    try git("fsck", "--strict")
  }

  @Test(arguments: [
    ["get"], ["get", "a", "b"], ["set"], ["set", "a", "b", "c"], ["remove"], ["list", "a", "b"],
    ["get", "-b"], ["tree", "--bogus"],
  ])
  func `Command lines that cannot be meant end with 129`(words: [String]) {
    #expect(harness.pando(words).status == 129)
  }

  @Test(arguments: [
    ["set", ".git/x", "1"], ["set", "a/../b", "1"], ["set", "", "1"],
    ["set", "-b", "a..b", "x", "1"],
    ["get", "-b", "a..b", "x"],
  ])
  func `Names that git refuses end with 128 and change nothing`(words: [String]) {
    let outcome = harness.pando(words)
    #expect(outcome.status == 128 && outcome.errors.hasPrefix("fatal: "))
    #expect(harness.pando(["tree"]).text.isEmpty)
  }

  @Test func `Commits are picked, reverted and rebased, and conflicts change nothing`() throws {
    let git = harness.git()
    func tip(_ branch: String) throws -> String { try git("rev-parse", branch).line }
    _ = harness.pando(["set", "a", "1"])
    try git("branch", "other")
    _ = harness.pando(["set", "-b", "other", "b", "2", "-m", "Two"])
    _ = harness.pando(["set", "c", "3"])
    let picked = harness.pando(["cherry-pick", "other"])
    #expect(try picked.text == "Picked as \(tip("main"))\n" && picked.status == 0)
    #expect(try git("log", "-1", "--format=%s", "main").line == "Two")
    let again = harness.pando(["cherry-pick", "other"])
    #expect(try again.text == "Nothing to change for \(tip("other"))\n" && again.status == 0)
    #expect(harness.pando(["revert", "main"]).status == 0)
    #expect(try git("log", "-1", "--format=%s", "main").line == "Revert \"Two\"")
    #expect(harness.pando(["tree"]).text == "a\nc\n")
    _ = harness.pando(["set", "-b", "other", "d", "4"])
    let rebased = harness.pando(["rebase", "-b", "other", "main"])
    #expect(
      try rebased.text == "Rebased 2 commits; the branch is at \(tip("other"))\n"
        && rebased.status == 0)
    #expect(harness.pando(["tree", "-b", "other"]).text == "a\nb\nc\nd\n")
    #expect(harness.pando(["rebase", "-b", "other", "main"]).text == "Already up to date.\n")
    _ = harness.pando(["set", "-b", "other", "a", "5"])
    _ = harness.pando(["set", "a", "6"])
    let before = try tip("main")
    for words in [["cherry-pick", "other"], ["rebase", "other"]] {
      let conflict = harness.pando(words)
      #expect(conflict.status == 1)
      #expect(conflict.text.hasSuffix("CONFLICT a: both sides changed the same lines\n"))
    }
    #expect(try tip("main") == before)
    for words in [["cherry-pick"], ["revert"], ["rebase"], ["rebase", "main", "other"]] {
      #expect(harness.pando(words).status == 129)
    }
    #expect(harness.pando(["cherry-pick", "nope"]).status == 128)
    try git("fsck", "--strict")
  }
}
