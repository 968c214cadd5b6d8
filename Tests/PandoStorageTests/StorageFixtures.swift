import PandoBytes
import PandoFiles
import PandoObjects
import PandoStorage
import PandoTestKit
import Testing

/// An object as git tells it.
struct OracleObject: Equatable {
  let id: ObjectID
  let object: RawObject
}

/// A repository that real git made, and its answers.
struct GitRepository {
  let directory: TemporaryDirectory
  let git: GitOracle
  let algorithm: HashAlgorithm

  var objects: FilePath { FilePath(directory.path + "/objects") }

  /// Makes an empty bare repository.
  init(_ algorithm: HashAlgorithm = .sha1) throws {
    directory = try TemporaryDirectory()
    git = GitOracle(in: directory.path)
    self.algorithm = algorithm
    try git("init", "-q", "--bare", "--object-format=\(algorithm.name)", ".")
  }

  /// Opens the objects.
  func database(
    _ options: ObjectDatabase.Options = .init()
  ) throws -> ObjectDatabase {
    try ObjectDatabase(objects, algorithm: algorithm, files: LocalFileSystem(), options: options)
  }

  /// The paths of the packs.
  func packs() throws -> [FilePath] {
    try (LocalFileSystem().list(objects / "pack") ?? []).map(\.name)
      .filter { $0.hasSuffix(".pack") }.map { objects / "pack" / $0 }
  }

  /// Every object, in order of names.
  func everything() throws -> [OracleObject] {
    let output = try git("cat-file", "--batch-all-objects", "--batch").bytes
    var found: [OracleObject] = []
    var index = 0
    while index < output.count, let end = output[index...].firstIndex(of: 10) {
      let words = String(decoding: output[index..<end], as: UTF8.self).split(separator: " ")
      let id = try #require(ObjectID(hex: words[0]))
      let kind = try #require(ObjectKind(name: words[1]))
      let size = try #require(Int(words[2]))
      let body = Array(output[end + 1..<end + 1 + size])
      found.append(OracleObject(id: id, object: RawObject(kind: kind, body: body)))
      index = end + size + 2
    }
    return found
  }

  /// Imports a history of `commits` commits over a few files that grow and change, with a tag, an
  /// empty file and a large one. All of it ends in one pack.
  func importHistory(
    commits: Int, seed: UInt64, depth: Int = 50, large: Int = 200_000
  ) throws {
    var random = SeededRandom(seed: seed)
    var stream = ""
    var files = (0..<4).map { _ in (0..<40).map { _ in random.word(12) } }
    for commit in 0..<commits {
      let file = commit % files.count
      files[file][Int(random.next() % 40)] = random.word(12)
      if commit % 3 == 0 { files[file].append(random.word(20)) }
      stream += "commit refs/heads/main\ncommitter A <a@b> \(1_000_000_000 + commit) +0000\n"
      stream += Self.data("commit \(commit)\n")
      let body = files[file].joined(separator: "\n")
      stream += "M 100644 inline d\(file % 2)/file\(file)\n" + Self.data(body)
      if commit == 0 {
        stream += "M 100644 inline empty\n" + Self.data("")
        stream += "M 100755 inline large\n" + Self.data(random.word(large))
      }
    }
    stream += "tag v1\nfrom refs/heads/main\ntagger A <a@b> 1000000000 +0000\n" + Self.data("one\n")
    try git(
      "-c", "fastimport.unpackLimit=0", "fast-import", "--quiet", "--depth=\(depth)",
      input: Array(stream.utf8))
  }

  private static func data(_ text: String) -> String { "data \(text.utf8.count)\n\(text)\n" }
}

extension FileSystem {
  /// Puts a file in place, with the directories above it.
  func put(_ bytes: [UInt8], at path: FilePath) throws {
    try createDirectories(path.parent)
    try remove(path)
    let file = try createExclusively(path, permissions: 0o644)
    try file.write(bytes)
    try file.close()
  }

  /// The bytes of a file that must be there.
  func get(_ path: FilePath) throws -> [UInt8] {
    try #require(try contents(of: path, limit: 1 << 30))
  }
}
