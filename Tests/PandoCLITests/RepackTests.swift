import Foundation
import PandoTestKit
import Testing

/// Repacking and cleaning up leave the objects, and as many packs, as git leaves.
@Suite struct RepackTests {
  /// Two packs, one of them kept when asked for, loose, unreachable and duplicate objects.
  static func sample(_ harness: CommandHarness, _ name: String, _ more: String = "") throws {
    try FileManager.default.createDirectory(
      atPath: harness.path(name), withIntermediateDirectories: true)
    let script = """
      git init -q -b main . && git config core.logAllRefUpdates true
      git config gc.writeCommitGraph false
      for i in 1 2 3 4; do
        seq 1 ${i}00 > f; mkdir -p d$i; echo $i > d$i/g; git add .; git commit -qm c$i
        if [ $i -lt 4 ]; then git repack -q -d; fi
      done
      git tag -a v1 -m v1 HEAD~1
      git checkout -q -b gone; seq 5 900 > f; echo gone > gone; git add .; git commit -qm gone
      git repack -q -d
      echo loose > gone; git add .; git commit -qm loose
      git checkout -q main; git branch -q -D gone; rm -f .git/logs/HEAD
      echo staged > staged; git add staged
      echo dangling | git hash-object -w --stdin
      find .git/objects -type f -exec touch -d '2020-01-02 03:04:05' {} +
      \(more)
      """
    let done = try ChildProcess.run(
      "sh", ["-ec", script], in: harness.path(name), environment: GitOracle.scrubbed)
    guard done.status == 0 else { throw OracleFailure(done.errors) }
  }

  /// What is there, whatever packs are called: all objects with where they are, and counts.
  static func state(_ harness: CommandHarness, _ name: String) throws -> [String] {
    let script = """
      git cat-file --batch-all-objects --batch-check
      git count-objects -v | grep -v size
      find .git/objects -type f | grep '/objects/[0-9a-f][0-9a-f]/' | sort
      find .git/objects/pack -type f | sed 's/.*[.]//' | sort | uniq -c
      for i in $(ls .git/objects/pack/*.idx | sort -r); do
        git show-index < $i | cut -d' ' -f2 | sort | sha1sum; done | sort
      ls .git | grep -v index; cat .git/packed-refs 2>/dev/null || true
      ls .git/worktrees 2>/dev/null || true
      """
    let done = try ChildProcess.run(
      "sh", ["-c", script], in: harness.path(name), environment: GitOracle.scrubbed)
    return done.lines
  }

  private static func check(_ line: String, _ more: String = "") throws {
    let harness = try CommandHarness()
    try sample(harness, "git", more)
    try sample(harness, "pando", more)
    for words in line.split(separator: ";").map({ $0.split(separator: " ").map(String.init) }) {
      let wanted = try harness.git("git").run(words)
      let got = harness.pando(words, in: "pando")
      #expect(got.text == wanted.text, "\(words)")
      #expect(got.status == wanted.status, "\(words): \(got.errors)")
      #expect(got.errors == wanted.errors, "\(words)")
    }
    let (got, wanted) = (try state(harness, "pando"), try state(harness, "git"))
    #expect(
      got == wanted,
      "\(line)\nours: \(Set(got).subtracting(wanted))\ngit's: \(Set(wanted).subtracting(got))")
    let fsck = try harness.git("pando").run(["fsck", "--strict", "--full"])
    #expect(fsck.status == 0, "\(fsck.errors)")
  }

  @Test(arguments: [
    "repack", "repack -d", "repack -a", "repack -a -d", "repack -A -d", "repack -q",
    "repack -a -d -f", "repack -a -d -F", "repack -a -d -l -n", "repack -a -d -k",
    "repack -A -d --unpack-unreachable=2019-01-01",
    "repack -A -d --unpack-unreachable=2021-01-01", "repack --cruft -d",
    "repack --cruft -d --cruft-expiration=2021-01-01",
    "repack --cruft -d --cruft-expiration=2019-01-01", "repack --cruft -d;repack --cruft -d",
    "repack --cruft -d;repack -A -d", "repack --cruft -d;repack -a -d",
    "repack -d --geometric=2", "repack --geometric=2 -d;repack --geometric=2 -d",
    "repack -d --geometric=10", "repack -a -d;repack -d --geometric=2",
    "repack -a -d;repack -a -d", "repack -a -d --write-midx", "repack -d --write-midx",
    "repack -a -d --write-midx;repack -a -d -f", "repack -a -d -b",
    "repack -d --geometric=2 --write-midx", "repack -a -d --window=0 --depth=2 --threads=1",
  ])
  func `repack leaves the packs and objects that git leaves`(line: String) throws {
    try Self.check(line)
  }

  @Test(arguments: [
    "repack -a -d", "repack -A -d", "repack --cruft -d", "repack -a -d --pack-kept-objects",
    "repack -d --geometric=2", "repack -a -d -b",
  ])
  func `packs that are kept stay`(line: String) throws {
    try Self.check(line, "touch $(ls .git/objects/pack/*.pack | head -1 | sed 's/pack$/keep/')")
  }

  @Test(arguments: [
    "gc", "gc --prune=now", "gc --prune=2021-01-01", "gc --no-prune", "gc --prune=2019-01-01",
    "gc --aggressive -q", "gc --cruft", "gc --cruft --prune=2021-01-01", "gc --auto",
    "gc --keep-largest-pack", "gc;gc", "gc --force", "gc --prune=2021-01-01;gc",
  ])
  func `gc leaves what git leaves`(line: String) throws {
    try Self.check(line)
  }

  @Test(arguments: [
    "git config gc.auto 1 && for i in $(seq 1 300); do echo $i | git hash-object -w --stdin; done",
    "git config gc.autoPackLimit 2", "git config gc.auto 0", "git config gc.packRefs false",
    "git config gc.pruneExpire now", "git config gc.cruftPacks true",
    "git config gc.bigPackThreshold 1k", "git config core.bare true",
    "d=../x-$(basename $PWD); git worktree add -q --detach $d/side; rm -r $d",
  ])
  func `settings of gc mean what they mean to git`(setup: String) throws {
    try Self.check("gc -q --auto", setup)
    try Self.check("gc -q", setup)
  }

  @Test(arguments: [
    "repack -A -k -d", "repack --cruft -k", "repack -A --cruft -k", "repack --geometric=2 -a",
    "repack -b", "repack --bogus", "gc --bogus", "gc x", "gc --prune=gibberish",
    "reflog delete", "reflog delete x",
    "reflog exists x..y", "reflog exists nope", "reflog expire nope", "reflog exists HEAD",
  ])
  func `what cannot be meant is refused as git refuses it`(line: String) throws {
    let harness = try CommandHarness()
    try harness.git()("init", "-q", ".")
    try harness.git()("config", "core.bare", "false")
    try harness.git()("commit", "-q", "--allow-empty", "-m", "x")
    try harness.expectSame(line.split(separator: " ").map(String.init), errors: .firstLine)
  }

  @Test func `git reads our cruft times, and we read git's`() throws {
    let harness = try CommandHarness()
    for (name, isOurs) in [("ours", true), ("theirs", false)] {
      try Self.sample(harness, name)
      let words = ["repack", "--cruft", "-d", "-q"]
      if isOurs {
        #expect(harness.pando(words, in: name).status == 0)
      } else {
        _ = try harness.git(name).run(words)
      }
    }
    func times(_ name: String) throws -> [UInt8] {
      let folder = harness.path(name + "/.git/objects/pack")
      let file = try #require(
        try FileManager.default.contentsOfDirectory(atPath: folder)
          .first { $0.hasSuffix(".mtimes") })
      return [UInt8](FileManager.default.contents(atPath: folder + "/" + file) ?? Data())
    }
    // All but the checksums: of the pack, which is compressed otherwise, and of the file.
    #expect(try times("ours").dropLast(40) == times("theirs").dropLast(40))
    // Each goes on with what the other wrote.
    try harness.git("ours")("repack", "--cruft", "-d", "-q", "--cruft-expiration=2021-01-01")
    #expect(
      harness.pando(
        ["repack", "--cruft", "-d", "-q", "--cruft-expiration=2021-01-01"], in: "theirs"
      ).status == 0)
    #expect(try Self.state(harness, "ours") == Self.state(harness, "theirs"))
  }
}
