import PandoBytes
import PandoFiles
import PandoObjects
import PandoStorage
import PandoTestKit
import Testing

extension GitRepository {
  /// Spreads a history over `count` packs that share many objects, each pack an hour younger than
  /// the one before, so that nothing depends on the order in which a disk lists them.
  static func manyPacks(
    _ algorithm: HashAlgorithm = .sha1, count: Int = 5, commits: Int = 40, seed: UInt64 = 7
  ) throws -> GitRepository {
    let repository = try GitRepository(algorithm)
    try repository.importHistory(commits: commits, seed: seed, large: 3000)
    let files = LocalFileSystem()
    let originals = try repository.packs()
    let ids = try repository.git("cat-file", "--batch-all-objects", "--batch-check=%(objectname)")
      .lines
    var random = SeededRandom(seed: seed)
    var groups = [[String]](repeating: [], count: count)
    for id in ids {
      groups[Int(random.next() % UInt64(count))].append(id)
      if random.next() % 3 == 0 { groups[Int(random.next() % UInt64(count))].append(id) }
    }
    var packs: [FilePath] = []
    for group in groups {
      let name = try repository.git(
        "pack-objects", "-q", "--delta-base-offset", "objects/pack/pack",
        input: Array((Set(group).sorted().joined(separator: "\n") + "\n").utf8)
      ).line
      packs.append(repository.objects / "pack" / "pack-\(name).pack")
    }
    for path in originals where !packs.contains(path) {
      for suffix in [".pack", ".idx", ".rev"] {
        _ = try files.remove(FilePath(path.string.dropLast(5) + suffix))
      }
    }
    try repository.age(packs)
    return repository
  }

  /// Makes one more pack, of new blobs.
  @discardableResult
  func addPack(of count: Int, seed: UInt64 = 99) throws -> FilePath {
    var random = SeededRandom(seed: seed)
    let ids = try (0..<count).map { _ in
      try git("hash-object", "-w", "--stdin", input: random.bytes(100)).line
    }
    let name = try git(
      "pack-objects", "-q", "objects/pack/pack",
      input: Array((ids.joined(separator: "\n") + "\n").utf8)
    ).line
    try git("prune-packed", "-q")
    return objects / "pack" / "pack-\(name).pack"
  }

  /// Gives packs times an hour apart, in the given order.
  func age(_ packs: [FilePath]) throws {
    for (number, path) in packs.enumerated() {
      try LocalFileSystem().setModificationTime(
        of: path, to: (1_600_000_000 + Int64(number) * 3600, 0))
    }
  }

  var multiPackIndex: FilePath { objects / "pack" / "multi-pack-index" }

  /// The names of the indexes of all packs.
  func indexNames() throws -> [String] {
    try packs().map { String($0.lastComponent.dropLast(5)) + ".idx" }.sorted()
  }
}
