import PandoBytes
import PandoFiles
import PandoObjects
import PandoStorage
import PandoTestKit
import Testing

@Suite("Building packs: git reads them, and they are as small as git's")
struct PackBuildingTests {
  /// A history whose files grow and change, in one pack, and some loose objects.
  static func repository(_ algorithm: HashAlgorithm, commits: Int = 60) throws -> GitRepository {
    let repository = try GitRepository(algorithm)
    try repository.importHistory(commits: commits, seed: 11, depth: 4, large: 20_000)
    for number in 0..<3 {
      try repository.git("hash-object", "-w", "--stdin", input: Array("loose \(number)".utf8))
    }
    return repository
  }

  /// All objects with the paths that git gives them.
  static func listing(_ repository: GitRepository) throws -> [(id: ObjectID, path: [UInt8])] {
    try repository.git("rev-list", "--objects", "--all").lines.map { line in
      let words = line.split(separator: " ", maxSplits: 1)
      return (
        try #require(ObjectID(hex: words[0])),
        words.count > 1 ? Array(words[1].utf8) : []
      )
    }
  }

  static func builder(
    _ repository: GitRepository, _ change: (inout PackBuilder.Options) -> Void = { _ in }
  ) throws -> PackBuilder {
    var options = PackBuilder.Options()
    options.threads = 1
    change(&options)
    var builder = try PackBuilder(try repository.database(), options: options)
    for object in try listing(repository) { try builder.add(object.id, path: object.path) }
    return builder
  }

  /// Publishes into a fresh directory, where git checks everything.
  @discardableResult
  static func check(
    _ builder: inout PackBuilder, _ repository: GitRepository, format: String
  ) throws -> [String] {
    let scratch = try TemporaryDirectory()
    let git = GitOracle(in: scratch.path)
    try git("init", "-q", "--bare", "--object-format=\(format)", ".")
    let directory = FilePath(scratch.path) / "objects" / "pack"
    let packs = try builder.publish(in: directory)
    var ids: Set<String> = []
    for pack in packs {
      let name = pack.string
      let index = String(name.dropLast(5)) + ".idx"
      try git("verify-pack", index)
      try git("index-pack", "--strict", "-o", "again.idx", name)
      #expect(try scratch.read("again.idx") == LocalFileSystem().get(FilePath(index)))
      let listed = try git("show-index", input: LocalFileSystem().get(FilePath(index))).lines
      ids.formUnion(listed.map { String($0.split(separator: " ")[1]) })
    }
    try git("fsck", "--full", "--strict")
    let wanted = Set(try listing(repository).map(\.id.hex))
    #expect(ids == wanted)
    return packs.map(\.string)
  }

  static let algorithms: [(HashAlgorithm, String)] = [(.sha1, "sha1"), (.sha256, "sha256")]

  @Test("packs of every kind pass git's checks", arguments: algorithms)
  func accepted(algorithm: HashAlgorithm, format: String) throws {
    let repository = try Self.repository(algorithm)
    let changes: [(inout PackBuilder.Options) -> Void] = [
      { _ in }, { $0.reusesDeltas = false }, { $0.reusesObjects = false },
      { $0.allowsOffsetDeltas = false }, { $0.window = 0 }, { $0.depth = 1 },
      {
        $0.threads = 3; $0.reusesDeltas = false
      }, { $0.deltaCacheBytes = 0 },
      {
        $0.windowMemory = 3000; $0.reusesDeltas = false
      }, { $0.bigFileThreshold = 100 },
      { $0.level = 0 },
    ]
    for change in changes {
      var builder = try Self.builder(repository, change)
      try Self.check(&builder, repository, format: format)
    }
  }

  @Test("chains are no longer than allowed", arguments: [1, 2, 7])
  func depths(depth: Int) throws {
    let repository = try Self.repository(.sha1)
    for reuses in [false, true] {
      var builder = try Self.builder(repository) {
        $0.depth = depth
        $0.reusesDeltas = reuses
      }
      let directory = try TemporaryDirectory()
      let pack = try #require(
        try builder.publishPacks(in: FilePath(directory.path)).first?.pack)
      let deepest = pack.chainDepths.max() ?? 0
      #expect(deepest <= depth && deepest > 0)
      #expect(builder.statistics.deltas == pack.chainDepths.count { $0 > 0 })
    }
  }

  @Test("the pack is at most 3 % larger than git's of the same window and depth")
  func size() throws {
    let repository = try Self.repository(.sha1, commits: 300)
    var builder = try Self.builder(repository) { $0.reusesDeltas = false }
    let output = MemoryOutput()
    _ = try builder.write(to: output)
    let list = try repository.git("rev-list", "--objects", "--all").bytes
    let git = try repository.git(
      "pack-objects", "--stdout", "-q", "--no-reuse-delta", "--delta-base-offset",
      "--threads=1", input: list)
    #expect(output.bytes.count <= git.bytes.count + git.bytes.count * 3 / 100)
  }

  @Test("one thread always makes the same bytes")
  func deterministic() throws {
    let repository = try Self.repository(.sha1)
    let packs = try (0..<2).map { _ in
      var builder = try Self.builder(repository) { $0.reusesDeltas = false }
      let output = MemoryOutput()
      _ = try builder.write(to: output)
      return output.bytes
    }
    #expect(packs[0] == packs[1])
  }

  @Test("a limit of size makes several packs, each whole")
  func splitting() throws {
    let repository = try GitRepository(.sha1)
    var random = SeededRandom(seed: 3)
    for _ in 0..<5 {
      try repository.git("hash-object", "-w", "--stdin", input: random.bytes(400_000))
    }
    var options = PackBuilder.Options()
    options.packSizeLimit = 1 << 20
    let database = try repository.database()
    var builder = try PackBuilder(database, options: options)
    for id in try database.ids() { try builder.add(id) }
    let packs = try builder.publish(in: repository.objects / "pack")
    #expect(packs.count == 3)
    for pack in packs {
      #expect(try LocalFileSystem().get(pack).count <= 1 << 20)
      try repository.git("verify-pack", String(pack.string.dropLast(5)) + ".idx")
    }
    try repository.git("prune-packed")
    try repository.git("fsck", "--full", "--strict")
  }

  @Test("a damaged entry is not copied: the object is taken from where it is sound")
  func damage() throws {
    let repository = try Self.repository(.sha1)
    let path = try #require(try repository.packs().first)
    let database = try repository.database()
    // All is loose too, and the pack's bytes are no more what its index says.
    let ids = try Self.listing(repository)
    for object in ids {
      let raw = try #require(try database.read(object.id))
      try database.looseObjects.write(raw, as: object.id, durability: .none)
    }
    var bytes = try LocalFileSystem().get(path)
    for place in stride(from: 40, to: bytes.count - 40, by: 97) { bytes[place] ^= 4 }
    try LocalFileSystem().put(bytes, at: path)
    var options = PackBuilder.Options()
    options.threads = 1
    var builder = try PackBuilder(try repository.database(), options: options)
    for object in ids { try builder.add(object.id, path: object.path) }
    do {
      try Self.check(&builder, repository, format: "sha1")
    } catch let error as PandoError {
      // Headers that lie outside of the pack are found before anything is written.
      #expect(error.code == .corrupt)
    }
  }
}

@Suite("Building packs: after any crash, whole or not there")
struct PackBuildingFaultTests {
  private static let objects: FilePath = "/o"

  private static func disk() throws -> MemoryFileSystem {
    let files = MemoryFileSystem(clock: TestClock())
    try files.createDirectories(objects / "pack")
    var options = ObjectDatabase.Options()
    // The only pack is to be the one that is built.
    options.looseObjectsMax = .max
    let database = try ObjectDatabase(objects, algorithm: .sha1, files: files, options: options)
    try database.write(try ObjectWritingTests.batch(.sha1, blobs: 4, seed: 5).0)
    try files.synchronizeDirectory("/")
    return files
  }

  private static func build(_ files: any FileSystem) throws {
    let database = try ObjectDatabase(objects, algorithm: .sha1, files: files)
    var options = PackBuilder.Options()
    options.threads = 1
    var builder = try PackBuilder(database, options: options)
    for id in try database.ids() { try builder.add(id) }
    _ = try builder.publish(in: objects / "pack", random: TestRandom(seed: 1))
  }

  private static func check(_ files: MemoryFileSystem, isComplete: Bool) throws {
    let wanted = try ObjectWritingTests.batch(.sha1, blobs: 4, seed: 5).0
    let database = try ObjectDatabase(objects, algorithm: .sha1, files: files)
    let packs = try database.packs()
    if isComplete { #expect(packs.count == 1) }
    for pack in packs {
      #expect(pack.index.count == wanted.ids.count)
      for position in 0..<pack.index.count {
        #expect(try pack.read(at: position) == wanted[pack.index.id(at: position)])
      }
    }
  }

  @Test("power loss leaves the whole pack or none")
  func powerLoss() throws {
    try CrashExplorer().crash(Self.disk()) {
      try Self.build($0)
    } check: { files, moment in
      try Self.check(files, isComplete: moment.isComplete)
    }
  }

  @Test("a call that fails leaves no pack that is not whole")
  func failures() throws {
    try CrashExplorer().fail(on: Self.disk) {
      try Self.build($0)
    } check: { files, _, failure in
      try Self.check(files, isComplete: failure == nil)
    }
  }
}
