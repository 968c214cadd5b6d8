import Foundation
import PandoTestKit
import Testing

/// Cleaning up leaves what git leaves, and says what git says.
@Suite struct PruneTests {
  /// A repository with loose, packed, unreachable and duplicate objects, an index with something
  /// staged, a linked worktree with a detached head, and files of dead processes.
  static func sample(_ harness: CommandHarness, _ name: String) throws {
    try FileManager.default.createDirectory(
      atPath: harness.path(name), withIntermediateDirectories: true)
    let script = """
      git init -q -b main . && git config core.logAllRefUpdates true
      for i in 1 2 3; do
        echo $i > f$i; mkdir -p d$i; echo $i > d$i/g; git add .; git commit -qm c$i
      done
      git tag -a v1 -m v1 HEAD~1
      git repack -q -d
      echo dup > dup; git add dup; git commit -qm dup; git repack -q
      git checkout -q -b gone HEAD~1; echo gone > gone; git add gone; git commit -qm gone
      git checkout -q main; git branch -D gone; rm -f .git/logs/HEAD
      echo staged > staged; git add staged
      git worktree add -q --detach ../\(name)-side HEAD~1
      (cd ../\(name)-side; echo side > side; git add side; git commit -qm side
        echo s2 > s2; git add s2)
      git replace HEAD~2 HEAD~1
      echo loose | git hash-object -w --stdin
      echo young | git hash-object -w --stdin
      touch .git/objects/pack/tmp_pack_abc .git/objects/tmp_objdir .git/objects/00x
      mkdir -p .git/objects/tmp_objdir-incoming-x/pack
      touch .git/objects/tmp_objdir-incoming-x/pack/p
      d=$(ls -d .git/objects/?? | head -1); touch $d/tmp_obj_xyz $d/strange
      find .git/objects -exec touch -h -d '2 hours ago' {} +
      young=$(echo young | git hash-object --stdin | sed 's/^../&\\//')
      touch -d '1 minute ago' .git/objects/$young
      """
    let done = try ChildProcess.run(
      "sh", ["-ec", script], in: harness.path(name), environment: GitOracle.scrubbed)
    guard done.status == 0 else { throw OracleFailure(done.errors) }
  }

  static func files(_ harness: CommandHarness, _ name: String) throws -> [String] {
    let output = try ChildProcess.run(
      "find", [".git/objects", "-printf", "%y %p\\n"], in: harness.path(name),
      environment: GitOracle.scrubbed)
    return output.lines.sorted()
  }

  @Test(arguments: [
    "prune", "prune -n", "prune -v", "prune --expire now", "prune --expire=1.hour.ago -v",
    "prune --expire=never -v", "prune --expire=all -v", "prune --expire=3.hours.ago",
    "prune -v HEAD",
    "prune --expire=1.hour.ago -n", "prune-packed", "prune-packed -n", "prune-packed -q",
    "pack-refs", "pack-refs --all", "pack-refs --all --no-prune", "pack-refs --no-prune",
  ])
  func `the same files are left and the same words said`(line: String) throws {
    let harness = try CommandHarness()
    try Self.sample(harness, "git")
    try Self.sample(harness, "pando")
    let words = line.split(separator: " ").map(String.init)
    let wanted = try harness.git("git").run(words)
    let got = harness.pando(words, in: "pando")
    // Git lists a directory in the order of the disk.
    #expect(got.text.split(separator: "\n").map(String.init).sorted() == wanted.lines.sorted())
    #expect(got.status == wanted.status)
    #expect(got.errors == wanted.errors)
    #expect(try Self.files(harness, "pando") == Self.files(harness, "git"))
    for name in ["packed-refs", "refs/heads/main", "refs/tags/v1"] {
      let (a, b) = (harness.path("git/.git/\(name)"), harness.path("pando/.git/\(name)"))
      #expect(FileManager.default.contents(atPath: a) == FileManager.default.contents(atPath: b))
    }
    try harness.git("pando")("fsck", "--strict", "--no-dangling")
  }

  @Test(arguments: [
    "prune nope", "prune --expire=gibberish", "prune --bogus", "prune-packed x", "prune-packed -x",
    "pack-refs x", "pack-refs --bogus",
  ])
  func `what cannot be meant is refused as git refuses it`(line: String) throws {
    let harness = try CommandHarness()
    try harness.git()("init", "-q", ".")
    try harness.expectSame(line.split(separator: " ").map(String.init), errors: .firstLine)
  }

  @Test func `nothing is removed while something that is needed is missing`() throws {
    let harness = try CommandHarness()
    try Self.sample(harness, "r")
    let git = harness.git("r")
    try git("commit", "-qm", "loose")
    let tree = try git("rev-parse", "HEAD^{tree}").line
    let path = ".git/objects/\(tree.prefix(2))/\(tree.dropFirst(2))"
    try FileManager.default.removeItem(atPath: harness.path("r/" + path))
    let before = try Self.files(harness, "r")
    let got = harness.pando(["prune", "--expire=all"], in: "r")
    #expect(got.status == 128)
    #expect(got.errors.contains(tree))
    #expect(try Self.files(harness, "r") == before)
  }
}
