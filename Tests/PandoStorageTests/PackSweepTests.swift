import PandoBytes
import PandoFiles
import PandoObjects
import PandoTestKit
import Testing

@testable import PandoStorage

/// All objects in the order of their names, whatever is kept of them.
struct PackSweepTests {
  /// From nothing at all to more than there is.
  static let budgets: [Int?] = [0, 1, 1000, 20_000, 100_000, 1 << 20, 100 << 20, nil]

  private func expectAll(
    _ repository: GitRepository, _ comment: Comment
  ) throws {
    let expected = try repository.everything()
    for budget in Self.budgets {
      var options = ObjectDatabase.Options()
      options.sweepCacheBytes = budget
      let database = try repository.database(options)
      var found: [OracleObject] = []
      try database.forEachObject(.byID) { found.append(OracleObject(id: $0, object: $1)) }
      #expect(found == expected, "\(comment), budget \(String(describing: budget))")
    }
  }

  @Test("deep chains come whole with every budget", arguments: [HashAlgorithm.sha1, .sha256])
  func deepChains(algorithm: HashAlgorithm) throws {
    let repository = try GitRepository(algorithm)
    try repository.importHistory(commits: 400, seed: 5, depth: 300)
    try expectAll(repository, "as imported")
    try repository.git("repack", "-adfq", "--depth=250", "--window=20")
    try expectAll(repository, "repacked")
  }

  @Test("bases by name, some behind their deltas, come whole")
  func basesByName() throws {
    let repository = try GitRepository()
    try repository.importHistory(commits: 120, seed: 6)
    try repository.git("-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq", "--depth=60")
    try expectAll(repository, "bases by name")
  }

  @Test("several packs with the same objects, and loose ones, give each object once")
  func severalPlaces() throws {
    let repository = try GitRepository()
    try repository.importHistory(commits: 60, seed: 7)
    try repository.git("repack", "-aq")
    try repository.importHistory(commits: 90, seed: 7)
    try repository.git("hash-object", "-w", "--stdin", input: Array("loose one".utf8))
    try expectAll(repository, "several packs")
    try repository.git("multi-pack-index", "write")
    try expectAll(repository, "a multi-pack-index")
  }

  @Test("no more bytes are held than the budget says")
  func budget() throws {
    let repository = try GitRepository()
    try repository.importHistory(commits: 300, seed: 9)
    try repository.git("repack", "-adfq", "--depth=50")
    let path = try #require(try repository.packs().first)
    let reader = try PackReader(path, algorithm: .sha1, files: LocalFileSystem())
    let file = try #require(try reader.packFile())
    for bytes in [0, 30_000, 200_000, 100 << 20] {
      let budget = PackSweep.Budget(cacheBytes: bytes)
      var sweep = PackSweep(try PackTraversal(reader, file), budget: budget)
      try sweep.prepare()
      var most = sweep.bytesHeld
      var given = 0
      for position in 0..<reader.index.count {
        if try sweep.object(at: position) != nil { given += 1 }
        most = max(most, sweep.bytesHeld)
      }
      #expect(most <= bytes, "budget \(bytes)")
      if bytes >= 200_000 { #expect(given >= reader.index.count - 1, "budget \(bytes)") }
    }
  }

  @Test("damage in a pack leaves the objects that are whole, in order")
  func damage() throws {
    let repository = try GitRepository()
    try repository.importHistory(commits: 40, seed: 10, large: 2000)
    let path = try #require(try repository.packs().first)
    let files = LocalFileSystem()
    let pack = try files.get(path)
    let index = try files.get(FilePath("\(path)".replacing(".pack", with: ".idx")))
    let expected = try repository.everything()
    try Damage.bitFlips(of: pack, rounds: 300, seed: 3) { bad in
      let memory = MemoryFileSystem(clock: TestClock())
      try memory.put(bad, at: "/o/pack/p.pack")
      try memory.put(index, at: "/o/pack/p.idx")
      let database = try ObjectDatabase("/o", algorithm: .sha1, files: memory)
      var found: [ObjectID] = []
      try? database.forEachObject(.byID) { id, _ in found.append(id) }
      #expect(found == expected.prefix(found.count).map(\.id))
    }
  }
}
