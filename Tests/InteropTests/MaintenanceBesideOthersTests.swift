import Foundation
import Pando
import PandoCLI
import PandoFiles
import PandoStorage
import PandoTestKit
import Testing

private let builtExecutable = ProcessInfo.processInfo.environment["PANDO_EXECUTABLE"]

/// Clean-up beside programs that write and read the same repository: nothing fails, nothing is
/// lost. With a grace where git commits: without one, git's own clean-up takes objects that it has
/// not yet put into an index or under a reference. The programs end with this one.
@Suite struct MaintenanceBesideOthersTests {
  /// Commits, pushes and reads with git until a file appears; fails when one of them fails.
  private static let writer = """
    set -e
    n=0
    while [ ! -e ../stop ] && kill -0 $PPID; do
      n=$((n+1)); seq $n 200 > file; echo $n > other-$((n % 7)); git add .
      git commit -q -m "commit $n"
      git log --oneline | tail -1 > /dev/null
      git show HEAD~0:file > /dev/null
      if [ $((n % 5)) = 0 ]; then git push -q ../clone HEAD:refs/heads/in-$n; fi
      if [ $((n % 6)) = 0 ]; then (cd ../clone; git push -q ../work HEAD:refs/heads/back-$n); fi
      if [ $((n % 11)) = 0 ]; then git reset -q --hard HEAD~2; fi
    done
    echo $n > ../commits
    """

  private static func setUp(_ directory: TemporaryDirectory) throws -> GitOracle {
    for name in ["work", "clone"] {
      try FileManager.default.createDirectory(
        atPath: directory.path + "/" + name, withIntermediateDirectories: true)
      let git = GitOracle(in: directory.path + "/" + name)
      try git("init", "-q", "-b", "main", ".")
      try git("config", "gc.auto", "0")
      try git("config", "receive.autogc", "false")
      for number in 0..<30 { try git("commit", "-q", "--allow-empty", "-m", "\(name) \(number)") }
    }
    return GitOracle(in: directory.path + "/work")
  }

  private static func start(_ script: String, in directory: String) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script]
    process.currentDirectoryURL = URL(fileURLWithPath: directory, isDirectory: true)
    process.environment = GitOracle.scrubbed
    try process.run()
    return process
  }

  private static func pando(_ words: [String], in directory: String) -> (Int32, String) {
    let errors = MemoryOutput()
    let context = CommandContext(
      input: MemoryInput([]), output: MemoryOutput(), errors: errors,
      environment: ProcessEnvironment(
        variables: GitOracle.scrubbed, currentDirectory: FilePath(directory)),
      fileSystem: LocalFileSystem(), clock: SystemClock())
    let status = CommandRunner.run(words.map { ByteString($0) }, in: context)
    return (status.code, errors.string)
  }

  @Test(arguments: [
    ["gc", "--prune=5.minutes.ago", "-q"], ["repack", "-a", "-d", "-q"],
    ["repack", "-d", "--geometric=2"],
    ["repack", "--cruft", "-d", "-q"],
  ])
  func `git commits, pushes and reads while we clean up`(words: [String]) throws {
    let directory = try TemporaryDirectory()
    let git = try Self.setUp(directory)
    let writer = try Self.start(Self.writer, in: git.directory)
    for _ in 0..<12 {
      let (status, errors) = Self.pando(words, in: git.directory)
      #expect(status == 0, "\(errors)")
      if !writer.isRunning { break }
    }
    try Data().write(to: URL(fileURLWithPath: directory.path + "/stop"))
    writer.waitUntilExit()
    #expect(writer.terminationStatus == 0)
    let fsck = try git.run(["fsck", "--strict", "--full"])
    #expect(fsck.status == 0, "\(fsck.errors)")
    #expect(!fsck.errors.contains("missing") && !fsck.text.contains("missing"), "\(fsck.text)")
  }

  @Test(arguments: [
    "git repack -a -d -q", "git gc -q --prune=now", "git repack -A -d -q",
  ])
  func `we commit and read while git cleans up`(line: String) throws {
    let directory = try TemporaryDirectory()
    let git = try Self.setUp(directory)
    let cleaner = try Self.start(
      "set -e; while [ ! -e ../stop ] && kill -0 $PPID; do \(line); git pack-refs --all; done",
      in: git.directory)
    var options = StoreOptions()
    options.repository.environment = ProcessEnvironment(variables: GitOracle.scrubbed)
    let store = try Store<String>(at: git.directory, options: options)
    let branch = try store.branch("values")
    for number in 0..<60 {
      try branch.set("value \(number)", at: "key-\(number % 9)/value", "Set \(number)")
      #expect(try branch.get("key-\(number % 9)/value") == "value \(number)")
      // Objects that nothing leads to when they are wanted again.
      let side = try branch.fork("side")
      try side.set("seldom", at: "seldom", "Make what is needed once")
      #expect(try side.delete())
    }
    try Data().write(to: URL(fileURLWithPath: directory.path + "/stop"))
    cleaner.waitUntilExit()
    #expect(cleaner.terminationStatus == 0)
    #expect(try git("rev-list", "--count", "values").line == "60")
    let fsck = try git.run(["fsck", "--strict", "--full"])
    #expect(fsck.status == 0, "\(fsck.errors)")
  }

  @Test(.enabled(if: builtExecutable != nil))
  func `two of our processes clean up, and a third one writes`() throws {
    let directory = try TemporaryDirectory()
    let git = try Self.setUp(directory)
    let program = try #require(builtExecutable)
    let work = ["gc -q --prune=5.minutes.ago --force", "repack -a -d -q"]
    let cleaners = try work.map { words in
      try Self.start(
        """
        while [ ! -e ../stop ] && kill -0 $PPID; do
          '\(program)' \(words) || exit 1
        done
        """, in: git.directory)
    }
    for number in 0..<40 {
      let output = try ChildProcess.run(
        program, ["set", "key-\(number % 5)", "value \(number)"], in: git.directory,
        environment: GitOracle.scrubbed)
      #expect(output.status == 0, "\(output.errors)")
    }
    try Data().write(to: URL(fileURLWithPath: directory.path + "/stop"))
    for cleaner in cleaners {
      cleaner.waitUntilExit()
      #expect(cleaner.terminationStatus == 0)
    }
    let fsck = try git.run(["fsck", "--strict", "--full"])
    #expect(fsck.status == 0, "\(fsck.errors)")
  }

  /// Commits in a clone and pushes to a branch of its own until a file appears. A clean-up that
  /// spares nothing takes git's own quarantine away at times, and then the push fails.
  private static let pusher = """
    set -e
    n=0
    while [ ! -e ../stop ] && kill -0 $PPID; do
      n=$((n+1)); echo $n > file-$((n % 7)); git add .; git commit -q -m "commit $n"
      git push -q ../store.git HEAD:refs/heads/pushed 2>/dev/null || true
    done
    until git push -q ../store.git HEAD:refs/heads/pushed 2>/dev/null; do kill -0 $PPID; done
    echo $n > ../pushed
    """

  @Test(.enabled(if: builtExecutable != nil), arguments: [Durability.everyCommit, .journaled])
  func `two of our processes commit beside pushes and a clean-up that spares nothing`(
    durability: Durability
  ) throws {
    let directory = try TemporaryDirectory()
    _ = try Self.setUp(directory)
    let program = try #require(builtExecutable)
    var options = StoreOptions()
    options.repository.environment = ProcessEnvironment(variables: GitOracle.scrubbed)
    options.repository.durability = durability
    options.checkpointMilliseconds = 30
    let store = try Store<String>(at: directory.path + "/store.git", options: options)
    let git = GitOracle(in: directory.path + "/store.git")
    // Packs that are pushed have a mark as ours have; loose objects have none.
    for setting in ["gc.auto=0", "receive.autogc=false", "receive.unpackLimit=1"] {
      let parts = setting.split(separator: "=").map(String.init)
      try git("config", parts[0], parts[1])
    }
    let cleaner = try Self.start(
      """
      while [ ! -e ../stop ] && kill -0 $PPID; do
        git gc -q --prune=now && git repack -a -d -q && git pack-refs --all || exit 1
      done
      """, in: git.directory)
    let pusher = try Self.start(Self.pusher, in: directory.path + "/clone")
    let own = try store.branch("own")
    let (each, threads) = (25, 2)
    let other = try Self.start(
      """
      n=0
      while [ $n -lt \(each) ]; do
        n=$((n+1)); '\(program)' set -b shared "other-$n" "value $n" || exit 1
      done
      """, in: git.directory)
    // What is journaled has branches to itself; the other ones are shared.
    let mine = durability.publishing == .journaled ? own : try store.branch("shared")
    for number in 0..<each * threads {
      try mine.set("value \(number)", at: "key-\(number)", "Set \(number)")
      #expect(try mine.get("key-\(number)") == "value \(number)")
    }
    other.waitUntilExit()
    try store.close()
    try Data().write(to: URL(fileURLWithPath: directory.path + "/stop"))
    cleaner.waitUntilExit()
    pusher.waitUntilExit()
    #expect([other, cleaner, pusher].map(\.terminationStatus) == [0, 0, 0])
    let counts = try ["shared", "own"].map { branch in
      Int(try git.run(["rev-list", "--count", branch]).lines.first ?? "0") ?? 0
    }
    let isShared = durability.publishing != .journaled
    #expect(counts == (isShared ? [each * (threads + 1), 0] : [each, each * threads]))
    let pushed = try String(contentsOfFile: directory.path + "/pushed", encoding: .utf8)
    let commits = try git("rev-list", "--count", "pushed").line
    #expect(Int(commits) == 30 + (Int(pushed.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0))
    let fsck = try git.run(["fsck", "--strict", "--full"])
    #expect(fsck.status == 0, "\(fsck.errors)")
    #expect(!fsck.errors.contains("missing") && !fsck.text.contains("missing"), "\(fsck.text)")
  }
}
