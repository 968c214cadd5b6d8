import PandoBytes
import PandoFiles
import PandoObjects
import PandoStorage
import PandoTestKit
import Testing

struct ObjectWritingTests {
  /// A batch of blobs, a tree over them, a commit and a tag: a history that fsck can walk.
  static func batch(_ algorithm: HashAlgorithm, blobs: Int, seed: UInt64) throws -> (
    ObjectBatch, tip: ObjectID
  ) {
    var random = SeededRandom(seed: seed)
    var batch = ObjectBatch(algorithm)
    var tree: [UInt8] = []
    for number in 0..<blobs {
      let id = try batch.insert(.blob, Array(random.word(Int(random.next() % 3000)).utf8))
      tree += Array("100644 file\(10_000 + number)\0".utf8)
      id.digest.append(to: &tree)
    }
    let treeID = try batch.insert(.tree, tree)
    let who = "A U Thor <a@b> 1000000000 +0000"
    let commit = try batch.insert(
      .commit, Array("tree \(treeID)\nauthor \(who)\ncommitter \(who)\n\nSeed \(seed)\n".utf8))
    let tag = try batch.insert(
      .tag, Array("object \(commit)\ntype commit\ntag v\(seed)\ntagger \(who)\n\nT\n".utf8))
    return (batch, tag)
  }

  static let cases = HashAlgorithm.allCases.flatMap { algorithm in
    [1, 5, 6, 7, 40, 400].map { (algorithm, $0) }
  }

  @Test("what we write passes git's fsck and reads as it was", arguments: cases)
  func gitAccepts(algorithm: HashAlgorithm, blobs: Int) throws {
    let repository = try GitRepository(algorithm)
    let database = try repository.database()
    let (batch, tip) = try Self.batch(algorithm, blobs: blobs, seed: 7)
    try database.write(batch)
    try repository.git("update-ref", "refs/tags/v7", tip.hex)
    try repository.git("update-ref", "HEAD", "v7^{commit}")
    let fsck = try repository.git.run(["fsck", "--strict", "--full"])
    #expect(fsck.status == 0 && fsck.errors.isEmpty, "\(fsck.errors)")
    let packs = try repository.packs()
    // One pack needs fewer syncs than two loose objects.
    #expect(packs.isEmpty == (batch.count <= 1))
    for pack in packs {
      try repository.git("verify-pack", pack.string)
      let copy = repository.directory.path + "/copy.idx"
      try repository.git("index-pack", "-o", copy, pack.string)
      let ours = try LocalFileSystem().get(FilePath(pack.string.dropLast(5) + ".idx"))
      #expect(try repository.directory.read("copy.idx") == ours)
    }
    let expected = try repository.everything()
    #expect(expected.map(\.id) == batch.ids.sorted())
    #expect(expected.allSatisfy { batch[$0.id] == $0.object })
    #expect(try database.ids() == expected.map(\.id))
    for place in [database, try repository.database()] {
      for item in expected { #expect(try place.read(item.id) == item.object) }
    }
  }

  @Test("a loose object has git's bytes at every level", arguments: [0, 1, 6, 9])
  func looseBytes(level: Int) throws {
    let body = noise(2000, seed: 8) + Array("text text text text".utf8)
    let theirs = try GitRepository()
    let id = try theirs.git(
      "-c", "core.looseCompression=\(level)", "hash-object", "-w", "--stdin", input: body
    ).line
    let ours = try GitRepository()
    var options = ObjectDatabase.Options()
    options.looseLevel = level
    let database = try ours.database(options)
    let written = try database.write(.blob, body)
    #expect(written.hex == id)
    let name = "\(id.prefix(2))/\(id.dropFirst(2))"
    let files = LocalFileSystem()
    #expect(try files.get(ours.objects / name) == files.get(theirs.objects / name))
    let status = try #require(try files.status(of: ours.objects / name, followingLinks: false))
    #expect(status.permissions == 0o444)
  }

  private func noise(_ count: Int, seed: UInt64) -> [UInt8] {
    var random = SeededRandom(seed: seed)
    return random.bytes(count)
  }

  @Test("an object that is there is not written again but made young")
  func freshens() throws {
    let repository = try GitRepository()
    let database = try repository.database()
    let files = LocalFileSystem()
    let id = try database.write(.blob, [1, 2, 3])
    let path = database.looseObjects.path(of: id)
    try files.setModificationTime(of: path, to: (1000, 0))
    try database.write(.blob, [1, 2, 3])
    #expect(
      try #require(try files.status(of: path, followingLinks: true)).modificationSeconds > 1000)
    try repository.git("repack", "-adq")
    try repository.git("update-ref", "refs/tags/t", id.hex)
    try repository.git("repack", "-adq")
    let pack = try #require(try repository.packs().first)
    try files.setModificationTime(of: pack, to: (1000, 0))
    try repository.database().write(.blob, [1, 2, 3])
    #expect(try !files.exists(path))
    #expect(
      try #require(try files.status(of: pack, followingLinks: true)).modificationSeconds > 1000)
  }

  @Test("an empty file that power loss left is replaced")
  func emptied() throws {
    let files = MemoryFileSystem(clock: TestClock())
    let database = try ObjectDatabase("/objects", algorithm: .sha1, files: files)
    let id = try RawObject(kind: .blob, body: [9]).id(.sha1)
    try files.put([], at: database.looseObjects.path(of: id))
    #expect(throws: PandoError.self) { try database.read(id) }
    try database.write(.blob, [9])
    #expect(try database.read(id)?.body == [9])
  }

  @Test("objects of another algorithm are refused")
  func otherAlgorithm() throws {
    let files = MemoryFileSystem(clock: TestClock())
    let database = try ObjectDatabase("/objects", algorithm: .sha1, files: files)
    let (batch, _) = try Self.batch(.sha256, blobs: 1, seed: 1)
    #expect(throws: PandoError.self) { try database.write(batch) }
  }

  @Test("counts are git's")
  func counts() throws {
    let repository = try GitRepository()
    try repository.importHistory(commits: 10, seed: 5)
    let database = try repository.database()
    try database.write(.blob, [1])
    let packed = try #require(try repository.everything().first { $0.object.kind == .commit })
    try database.looseObjects.write(packed.object, as: packed.id, durability: .none)
    try repository.directory.write([1, 2, 3], to: "objects/pack/stray.pack")
    try repository.directory.write([1, 2, 3], to: "objects/12/stray")
    let counts = try database.counts()
    let lines = try repository.git("count-objects", "-v").lines
    var theirs: [String: Int] = [:]
    for line in lines {
      let words = line.split(separator: " ")
      theirs[String(words[0].dropLast())] = Int(words[1])
    }
    #expect(counts.loose == theirs["count"])
    #expect(counts.packs == theirs["packs"])
    #expect(counts.packed == theirs["in-pack"])
    #expect(counts.prunable == theirs["prune-packable"])
    #expect(counts.garbage == theirs["garbage"])
    #expect(counts.looseBytes / 1024 == theirs["size"])
    #expect(counts.garbageBytes / 1024 == theirs["size-garbage"])
    #expect(counts.packBytes / 1024 == theirs["size-pack"])
  }
}
