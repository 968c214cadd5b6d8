import PandoBytes
import PandoCLI
import PandoFiles

/// The parsers inside of the program, driven by its verbs in a repository in memory.
extension FuzzTarget {
  func referenceFormat(_ bytes: [UInt8]) {
    let format = ByteString(bytes.filter { $0 != 0 })
    Sample.shared.run(["for-each-ref", ByteString("--format=".utf8 + format.bytes)])
  }

  func prettyFormat(_ bytes: [UInt8]) {
    let format = ByteString(bytes.filter { $0 != 0 })
    Sample.shared.run(["log", ByteString("--format=format:".utf8 + format.bytes)])
  }

  /// The first byte chooses between lines and `-z`.
  func referenceScript(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    let words: [ByteString] = ["update-ref", "--stdin"] + (first & 1 == 0 ? [] : ["-z"])
    Sample().run(words, input: Array(bytes.dropFirst()))
  }

  func mailmap(_ bytes: [UInt8]) {
    Sample.people.write("/w/.mailmap", bytes)
    Sample.people.run(["log", "--format=%aN <%aE>%cL"])
  }

  func trailers(_ bytes: [UInt8]) {
    let sample = Sample(message: bytes)
    sample.run(["log", "--format=%(trailers)%(trailers:only,unfold,separator=%x2C)%B%s%f%b%w(9)%B"])
    sample.run(["for-each-ref", "--format=%(contents:lines=2)%(trailers:key=A)%(contents)"])
  }

  func pathPattern(_ bytes: [UInt8]) {
    let path = ByteString(bytes.filter { $0 != 0 })
    Sample.shared.run(["ls-tree", "-r", "HEAD", "--", path])
    Sample.shared.run(["log", "--oneline", "HEAD", "--", path])
  }
}

/// A repository with one commit and one tag, in memory.
private struct Sample: Sendable {
  static let shared = Sample()
  /// One whose map of names changes.
  static let people = Sample()

  private let files = MemoryFileSystem()

  init() {
    self.init(message: Array("Subject\n\nBody\n\nAcked-by: A <a@b>\n".utf8))
    run(["tag", "-a", "-m", "Text", "v1"])
  }

  /// A repository whose only commit has this message.
  init(message: [UInt8]) {
    run(["init", "-q", "-b", "main"])
    let blob = run(["hash-object", "-w", "--stdin"], input: Array("text\n".utf8))
    let entry = Array("100644 blob ".utf8) + blob + Array("\ta\n".utf8)
    let tree = run(["mktree"], input: entry)
    let commit = run(["commit-tree", ByteString(tree)], input: message)
    if !commit.isEmpty { run(["update-ref", "refs/heads/main", ByteString(commit)]) }
  }

  /// Puts a file in the place of one that may be there.
  func write(_ path: FilePath, _ bytes: [UInt8]) {
    _ = try? files.remove(path)
    guard let file = try? files.createExclusively(path, permissions: 0o644) else { return }
    try? file.write(bytes)
    try? file.close()
  }

  /// What a verb prints, without the line's end.
  @discardableResult
  func run(
    _ words: [ByteString], input: [UInt8] = [], in directory: FilePath = "/w"
  ) -> [UInt8] {
    let output = MemoryOutput()
    try? files.createDirectories(directory)
    var variables = ["GIT_CONFIG_NOSYSTEM": "1"]
    for role in ["AUTHOR", "COMMITTER"] {
      variables["GIT_\(role)_NAME"] = "A U Thor"
      variables["GIT_\(role)_EMAIL"] = "author@example.com"
      variables["GIT_\(role)_DATE"] = "1112911993 -0700"
    }
    let context = CommandContext(
      input: MemoryInput(input), output: output, errors: MemoryOutput(),
      environment: ProcessEnvironment(variables: variables, currentDirectory: directory),
      fileSystem: files, clock: TestClock())
    _ = CommandRunner.run(words, in: context)
    let bytes = output.bytes
    return bytes.last == 10 ? Array(bytes.dropLast()) : bytes
  }
}
