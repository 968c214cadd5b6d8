import PandoTestKit

/// A repository made by git with one of everything that commands have to show.
struct SampleRepository {
  let harness: CommandHarness
  /// A name that no object has.
  let absent: String

  /// Makes two commits: the first is packed, the second is loose.
  init(algorithm: String = "sha1") throws {
    harness = try CommandHarness()
    absent =
      String(repeating: "1234567890", count: 8).prefix(algorithm == "sha1" ? 40 : 64)
      .description
    let git = harness.git()
    let directory = harness.directory
    try git("init", "-q", "-b", "main", "--object-format=\(algorithm)", ".")
    try directory.write(Array("hi\n".utf8), to: "a")
    try directory.write(Array("x\n".utf8), to: "d/e/f")
    try directory.write(Array("y\n".utf8), to: "d/ä")
    try directory.write(Array("tab\n".utf8), to: "d/ta\tb")
    try directory.write(Array(String(repeating: "line\n", count: 400).utf8), to: "long")
    try git("add", ".")
    try git("update-index", "--add", "--cacheinfo", "160000,\(absent),sub")
    let target = try git("hash-object", "-w", "--stdin", input: Array("d/e/f".utf8)).line
    try git("update-index", "--add", "--cacheinfo", "120000,\(target),link")
    try git("update-index", "--chmod=+x", "a")
    try git("commit", "-qm", "first")
    try git("tag", "-a", "v1", "-m", "tag of a commit")
    try git("repack", "-adq")
    try directory.write(
      Array((String(repeating: "line\n", count: 400) + "end\n").utf8), to: "long")
    try git("commit", "-qm", "second", "long")
    try git("tag", "-a", "v2", "v1", "-m", "tag of a tag")
    try git("tag", "-a", "tree", "HEAD^{tree}", "-m", "tag of a tree")
    try git("tag", "-a", "blob", "HEAD:a", "-m", "tag of a blob")
  }
}
