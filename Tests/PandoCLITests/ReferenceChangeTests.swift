import PandoTestKit
import Testing

/// The same change made by git and by `pando` leaves the same references, logs and settings.
@Suite struct ReferenceChangeTests {
  private typealias Step = ReferenceSample.Step
  private static let shared = Result { try ReferenceSample() }
  private static let zero = String(repeating: "0", count: 40)
  private static let one = String(repeating: "1", count: 40)

  private static func check(_ verb: String, _ lines: [String], after setup: String? = nil) throws {
    let sample = try shared.get()
    for line in lines { try sample.expectSameChanges([Step("\(verb) \(line)")], after: setup) }
  }

  @Test func `update-ref changes and refuses as git does`() throws {
    try Self.check(
      "update-ref",
      [
        "", "x", "-m '' refs/heads/a HEAD", "refs/heads/a nope", "refs/heads/a HEAD nope",
        "refs/heads/a HEAD HEAD", "refs/heads/a HEAD", "refs/heads/a HEAD ''",
        "refs/heads/main HEAD \(Self.zero)", "refs/heads/main HEAD \(Self.one)",
        "refs/heads/main \(Self.one)", "refs/heads/main HEAD^{tree}", "refs/foo HEAD^{tree}",
        "refs/heads/main/x HEAD", "refs/heads HEAD", "refs/heads/feature HEAD",
        "refs/heads/a..b HEAD", "-d refs/heads/a..b", "-d refs/heads/none",
        "-d refs/heads/none HEAD", "-d refs/heads/main \(Self.one)",
        "-d refs/heads/main \(Self.zero)", "refs/heads/main \(Self.zero)",
        "-d refs/heads/Upper", "-d refs/heads/feature/one", "-d refs/heads/loose", "-d", "-z",
        "--stdin x", "-d a b c", "HEAD HEAD ''", "-m 'some  reason' HEAD HEAD~1",
        "-m why refs/heads/main HEAD~1 HEAD", "--no-deref -m detach HEAD HEAD~1",
        "-m via refs/heads/sym HEAD topic", "--no-deref refs/heads/sym HEAD",
        "-d refs/heads/sym", "-d --no-deref refs/heads/sym", "refs/heads/dangling HEAD",
        "-d --no-deref refs/heads/dangling", "--create-reflog refs/tags/n HEAD",
        "--create-reflog -m made refs/foo/bar HEAD", "refs/tags/n v1.1",
        "-m same refs/heads/main HEAD", "refs/heads/new/deep/name HEAD", "FOO_HEAD HEAD",
        "-d -m gone refs/heads/main", "refs/heads/a v1.1", "--bogus",
      ])
    try Self.check(
      "update-ref", ["refs/heads/l HEAD"], after: "touch .git/refs/heads/l.lock")
    try Self.check("update-ref", ["HEAD HEAD~1"], after: "git checkout -q --detach")
    try Self.check("update-ref", ["-m x HEAD main"], after: "git checkout -q --orphan un")
    try Self.check(
      "update-ref", ["-m m refs/tags/x HEAD"], after: "git config core.logAllRefUpdates always")
  }

  @Test(arguments: [
    "foo\n", "update\n", "update \n", "update refs/heads/q\n", "update refs/heads/q \n",
    "update refs/heads/q nope\n", "update refs/heads/q HEAD nope\n",
    "update refs/heads/q HEAD HEAD x\n", "create refs/heads/q\n",
    "create refs/heads/q \(zero)\n", "create refs/heads/q HEAD x\n",
    "create refs/heads/main HEAD\n", "delete refs/heads/none \(zero)\n",
    "delete refs/heads/none\n", "delete refs/heads/none HEAD\n",
    "verify refs/heads/main\n", "verify refs/heads/none\n", "verify refs/heads/main HEAD x\n",
    "verify refs/heads/main HEAD~1\n", "verify refs/heads/topic topic\n", "option no-deref\n",
    "option x\n", "start\n", "start\nstart\n", "start\ncommit\n", "commit\n", "prepare\n",
    "prepare\nupdate refs/heads/q HEAD\n", "prepare\ncommit\nstart\nabort\n", "abort\n",
    "commit\nupdate refs/heads/q HEAD\n", "create refs/heads/q HEAD\ncreate refs/heads/q HEAD\n",
    "create \"refs/heads/q HEAD\n", "create \"refs/heads/q\"x HEAD\n",
    "create \"refs/heads/\\303\\244\" \"HEAD\"\n", "create refs/heads/a..b HEAD\n",
    " create refs/heads/q HEAD\n", "\n", "create refs/heads/noeol HEAD",
    "update refs/heads/noeol", "update refs/heads/noeol HEAD", "start", "start x\n",
    "start\nupdate refs/heads/z1 HEAD\n", "update refs/heads/z2 \"\" HEAD\n",
    "update refs/heads/z2 HEAD \"\"\n",
    "start\nprepare\nabort\nstart\ncreate refs/heads/z3 HEAD\ncommit\n",
    "update refs/heads/q HEAD\nstart\n", "prepare\nprepare\n", "commit\ncommit\n",
    "start\ncreate refs/heads/p1 HEAD\nprepare\ncommit\n",
    "start\ncreate refs/heads/p1 HEAD\nprepare\n",
    "start\ncreate refs/heads/main HEAD\nprepare\n",
    "option no-deref\nupdate HEAD HEAD~1\nupdate refs/heads/sym HEAD\n",
    "update HEAD HEAD~1\nupdate refs/heads/main HEAD\n",
    "delete refs/heads/topic\ndelete refs/heads/sym\n",
    "update refs/heads/n1 HEAD\ndelete refs/tags/v1.0\ncreate refs/tags/n HEAD\n",
    "create refs/heads/q HEAD\ncreate refs/heads/r nope\n", "",
    "create refs/heads/q  HEAD\n", "create  refs/heads/q HEAD\n",
    "update refs/heads/main HEAD~1 HEAD\ncommit\nstart\n"
      + "update refs/heads/main topic HEAD~1\ncommit\n",
  ])
  func `Scripts of update-ref run as git runs them`(script: String) throws {
    try Self.shared.get().expectSameChanges([Step("update-ref --stdin", input: script)])
  }

  @Test(arguments: [
    "update refs/heads/q|HEAD||", "update refs/heads/q|HEAD|", "update refs/heads/q|HEAD",
    "update refs/heads/q|", "update refs/heads/q", "update refs/heads/main|||",
    "update refs/heads/main|HEAD~1|HEAD|", "create refs/heads/q|HEAD|", "create refs/heads/q||",
    "create refs/heads/q|", "delete refs/heads/Upper||", "delete refs/heads/Upper|HEAD|",
    "delete refs/heads/Upper|", "verify refs/heads/main||",
    "option no-deref|update HEAD|HEAD~1||", "start|commit|",
    "start|create refs/heads/q|HEAD|prepare|commit|", "foo|", "|", "update |", "option x|",
    "create refs/heads/q HEAD|", "update refs/heads/q|nope||", "update refs/heads/q|HEAD|nope|",
  ])
  func `Scripts with zero bytes run as git runs them`(script: String) throws {
    let input = script.map { $0 == "|" ? "\0" : String($0) }.joined()
    try Self.shared.get().expectSameChanges([Step("update-ref -z --stdin", input: input)])
  }

  @Test func `symbolic-ref sets and removes as git does`() throws {
    try Self.check(
      "symbolic-ref",
      [
        "HEAD refs/heads/topic", "-m sw HEAD refs/heads/topic", "-m x HEAD refs/heads/unborn",
        "refs/heads/s2 refs/heads/main", "-m why refs/heads/sym refs/heads/main",
        "refs/heads/main refs/heads/topic", "-d refs/heads/sym", "-d refs/heads/dangling",
        "-d refs/remotes/origin/HEAD", "refs/heads/main/x refs/heads/main",
        "refs/heads/feature refs/heads/main", "HEAD HEAD", "HEAD refs/tags/v1.0",
      ])
  }

  @Test func `branch makes and removes as git does`() throws {
    try Self.check(
      "branch",
      [
        "new", "new HEAD~1", "new topic", "new v1.1", "new nope", "new HEAD^{tree}",
        "new origin/topic", "--no-track new origin/main", "-t new origin/main", "-t new main",
        "-t new HEAD~1", "-t new nope", "-q -t new main", "-t new sym", "main", "topic HEAD",
        "-f topic HEAD~1", "-f main HEAD~1", "a..b", "HEAD", "-- -x", "feature", "main/x",
        "--create-reflog new", "new :/second", "new @", "-d nope", "-d main", "-d topic",
        "-D topic", "-D Upper feature/one", "-d feature/two loose", "-d nope topic", "-d sym",
        "-d dangling", "-d odd", "-D odd", "-d HEAD", "-D @", "-d", "-r -d origin/main",
        "-r -d nope", "-d -r origin/HEAD", "-q -d loose", "-a -d x", "-f -d odd",
        "-u origin/topic", "-u origin/topic loose", "-u topic", "-u main", "-u nope",
        "-u HEAD~1", "-u origin/main nope", "-q -u topic", "--unset-upstream",
        "--unset-upstream topic", "--unset-upstream loose", "-u a b c", "a b c", "-r x",
        "--set-upstream x", "--track=inherit new topic", "--track=inherit new loose",
        "--track=foo new",
      ])
  }

  @Test func `branch renames and copies as git does`() throws {
    try Self.check(
      "branch",
      [
        "-m", "-m new", "-m topic new", "-m nope new", "-m topic main", "-M topic loose",
        "-m a b c", "-m topic a..b", "-m a..b x", "-m topic topic/x", "-m loose loose/deep",
        "-m feature/one one", "-m sym x", "-m dangling x", "-m Upper upper2",
        "-m -f topic loose", "-m HEAD x", "-c new", "-c topic new", "-c nope new",
        "-c topic main", "-C topic loose", "-c feature/one f1", "-c sym x", "-c a b c",
        "-c Upper upper2", "-c topic a..b", "-c",
      ])
    try Self.shared.get().expectSameChanges(
      ["a/b", "a", "-m a/b a", "-m a a/b/c", "-d a/b/c"].map { Step("branch \($0)") })
    try Self.shared.get().expectSameChanges(
      ["-m topic t2", "-m t2 t3", "-c t3 t4", "-d t4", "-D t3"].map { Step("branch \($0)") })
  }

  @Test func `branch works without a branch and before the first commit as git does`() throws {
    try Self.check(
      "branch",
      [
        "", "-v", "-m x", "-m topic x", "-c y", "-u topic", "--unset-upstream", "new",
        "-D main", "--show-current", "-f main HEAD~1", "--list HEAD*", "-a -v",
        "--sort=-refname", "--format=%(HEAD)%(refname:short)%(symref)", "-r", "-vv",
        "--points-at HEAD", "-u topic HEAD",
      ], after: "git checkout -q --detach")
    for setup in [
      "git checkout -q v1.1", "git checkout -q origin/topic", "git checkout -q topic~1",
      "git checkout -q --detach; git update-ref --no-deref HEAD HEAD~1",
      "git checkout -q v1.0; git tag -f v1.0 main", "git checkout -q --detach; rm .git/logs/HEAD",
    ] {
      try Self.check("branch", ["-v"], after: setup)
    }
    try Self.check(
      "branch",
      [
        "", "-v", "-m x", "-m unb x", "-m topic x", "-c y", "-u topic", "--unset-upstream",
        "new", "new main", "-D unb", "-d loose", "--show-current", "-M topic loose",
      ], after: "git checkout -q --orphan unb")
  }

  @Test(arguments: [
    "branch.autosetupmerge=false", "branch.autosetupmerge=always",
    "branch.autosetuprebase=always", "branch.autosetuprebase=local",
    "branch.autosetupmerge=simple", "branch.autosetupmerge=inherit", "branch.sort=-refname",
    "core.abbrev=12", "advice.setUpstreamFailure=false",
  ])
  func `Settings of branches count as for git`(setting: String) throws {
    let words = setting.split(separator: "=").joined(separator: " ")
    try Self.shared.get().expectSameChanges(
      ["new origin/main", "main2 main", "", "-t x y", "topic2 topic", "-v"]
        .map { Step("branch \($0)") }, after: "git config \(words)")
  }

  @Test func `tag makes and removes as git does`() throws {
    try Self.check(
      "tag",
      [
        "new", "new HEAD~1", "new topic", "new nope", "v1.0", "-f v1.0", "-f v1.0 v1.0",
        "a..b", "-- -x", "HEAD", "a b c", "-a -m msg new", "-m msg new",
        "-a -m one -m two new", "-m '' new", "-m 'a  \n\n\n#c\n b\n' new", "-m '#only' new",
        "-F /nonexistent new", "-F a -m b new", "-f -m new v1.1", "-m x v1.1",
        "-m tree new HEAD^{tree}", "-m blob new HEAD:f", "-m nest new v1.1",
        "-a -f -m x new v1.1", "--cleanup=verbatim -m '#x\n \n' new",
        "--cleanup=whitespace -m '#x  \n\n' new", "--cleanup=strip -m '#x\ny' new",
        "--cleanup=foo -m x new", "-d v1.0", "-d nope", "-d v1.0 nope v1.1", "-d",
        "-d nest treetag lightblob", "--create-reflog new", "--create-reflog new HEAD^{tree}",
        "--create-reflog new HEAD:f", "--create-reflog new v1.1",
        "--create-reflog -m x new topic", "v1.0/x", "-n x y", "-l -f", "-d -f v1.0",
        "--contains HEAD -d x", "-am x new", "-fam x v1.0", "-m a -m '' -m b new",
      ])
    try Self.shared.get().expectSameChanges([Step("tag -F - new", input: "in put\n\n")])
    try Self.shared.get().expectSameChanges(
      ["new", "-f new HEAD~1", "-f new HEAD~1", "-d new"].map { Step("tag \($0)") },
      after: "git config core.logAllRefUpdates always")
    try Self.check(
      "tag", ["-m x new v1.1"], after: "git config advice.nestedTag false")
    try Self.check(
      "tag", ["", "--sort=objecttype", "--no-sort"], after: "git config tag.sort -refname")
  }

  @Test func `Signing and editing are refused in words`() throws {
    let sample = try Self.shared.get()
    for line in ["tag -s x", "tag -u key x", "tag -v v1.1", "branch --edit-description"] {
      let outcome = sample.harness.pando(ReferenceSample.words(line))
      #expect(outcome.status == 128)
      #expect(
        outcome.errors.hasPrefix("fatal: ") && outcome.errors.contains("not supported")
          || outcome.errors.contains("cannot be signed"))
    }
    #expect(sample.harness.pando(["tag", "-a", "x"]).errors == "fatal: no tag message?\n")
  }
}
