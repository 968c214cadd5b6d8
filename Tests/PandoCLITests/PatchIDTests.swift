import PandoFiles
import PandoMerge
import PandoObjects
import PandoStorage
import PandoTestKit
import Testing

/// Names of changes beside `git patch-id`.
@Suite struct PatchIDTests {
  @Test(arguments: [1, 2, 3] as [UInt64])
  func `changes have the names that git gives them`(_ seed: UInt64) throws {
    let harness = try BranchingHistory(seed: seed).harness
    let git = harness.git()
    let repository = try Repository.discover(
      from: FilePath(harness.path("")), in: LocalFileSystem(),
      options: Repository.Options(environment: .init(variables: [:], currentDirectory: "/")))
    for commit in try git("rev-list", "main").line.split(separator: "\n").map(String.init) {
      let patch = try git.run(
        ["diff-tree", "--root", "-p", "--no-renames", "--no-indent-heuristic", commit]
      ).bytes
      let wanted = try git.run(["patch-id", "--stable"], input: patch).bytes
      let id = try #require(ObjectID(hex: commit))
      let links = try repository.objects.commitLinks(id)
      var diff = TreeDiff(
        repository.objects, from: try links.parents.first.map { try tree(of: $0, repository) },
        to: links.tree)
      let found = try PatchID(of: diff.remaining(), in: repository.objects)
      let hex = found.bytes.map { byte in
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }.joined()
      let text = String(decoding: wanted, as: UTF8.self)
      if text.isEmpty { continue }
      #expect(text.hasPrefix(hex), "\(commit) \(text)")
    }
  }

  private func tree(of commit: ObjectID, _ repository: Repository) throws -> ObjectID {
    try repository.objects.commitLinks(commit).tree
  }
}
