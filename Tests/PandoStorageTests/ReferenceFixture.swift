import Foundation
import PandoBytes
import PandoFiles
import PandoObjects
import PandoTestKit

@testable import PandoStorage

/// A repository made by real git with a few commits, and our view of it.
struct ReferenceFixture {
  let directory: TemporaryDirectory
  let git: GitOracle
  let commits: [ObjectID]
  let tag: ObjectID
  let tree: ObjectID

  init(bare: Bool = false, algorithm: HashAlgorithm = .sha1) throws {
    directory = try TemporaryDirectory()
    git = GitOracle(in: directory.path)
    try git("init", "-q", bare ? "--bare" : "--quiet", "--object-format=\(algorithm.name)", ".")
    let tree = try git("mktree").line
    var commits: [ObjectID] = []
    for message in ["a", "b", "c"] {
      commits.append(try Self.id(git("commit-tree", "-m", message, tree).line))
    }
    self.commits = commits
    self.tree = try Self.id(tree)
    try git("tag", "-a", "-m", "x", "fixture", commits[0].hex)
    tag = try Self.id(git("rev-parse", "fixture").line)
    try git("update-ref", "-d", "refs/tags/fixture")
  }

  /// A copy of what `other` is now.
  init(copying other: ReferenceFixture) throws {
    directory = try TemporaryDirectory()
    for name in try FileManager.default.contentsOfDirectory(atPath: other.directory.path) {
      try FileManager.default.copyItem(
        atPath: "\(other.directory.path)/\(name)", toPath: "\(directory.path)/\(name)")
    }
    git = GitOracle(in: directory.path)
    (commits, tag, tree) = (other.commits, other.tag, other.tree)
  }

  static func id(_ hex: String) throws -> ObjectID {
    guard let id = ObjectID(hex: hex) else { throw OracleFailure("'\(hex)' is no ID") }
    return id
  }

  var path: FilePath { FilePath(directory.path) }

  var options: Repository.Options {
    Repository.Options(
      durability: .none,
      environment: ProcessEnvironment(
        variables: GitOracle.scrubbed, currentDirectory: path,
        userID: ProcessEnvironment.current().userID))
  }

  func open(_ path: FilePath? = nil) throws -> Repository {
    try Repository.open(at: path ?? self.path, options: options)
  }

  func references(_ fileSystem: any FileSystem = LocalFileSystem()) throws -> FileReferences {
    let repository = try Repository.open(at: path, in: fileSystem, options: options)
    guard let references = repository.references as? FileReferences else {
      throw OracleFailure("a repository on a disk without files")
    }
    return references
  }

  static let note = ReflogNote(
    signature: Signature(
      name: "C O Mitter", email: "committer@example.com",
      time: .init(seconds: 1_112_911_993, zone: -700)),
    message: "why")
}

extension ReferenceName {
  /// A name that a test knows to be well formed.
  init(known name: String) throws { try self.init(checking: name) }
}
