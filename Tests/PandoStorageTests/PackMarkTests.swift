import PandoBytes
import PandoFiles
import PandoObjects
import PandoStorage
import PandoTestKit
import Testing

/// What keeps clean-ups of others from objects that nothing leads to yet.
@Suite struct PackMarkTests {
  private static let directory = FilePath("/r/objects/pack")

  private static func batch(_ texts: String...) throws -> ObjectBatch {
    var batch = ObjectBatch(.sha1)
    for text in texts { _ = try batch.insert(.blob, Array(text.utf8)) }
    return batch
  }

  /// The packs, each with whether it is marked, as another process finds them.
  private static func packs(of files: any FileSystem) throws -> [String: Bool] {
    let names = Set(try files.list(directory)?.map(\.name) ?? [])
    return Dictionary(
      uniqueKeysWithValues: names.filter { $0.hasSuffix(".pack") }.map {
        ($0, names.contains($0.dropLast(5) + ".keep"))
      })
  }

  /// A clean-up that listed the first pack without a mark would leave out what it then finds in a
  /// marked one of the same name, and remove that.
  @Test func `what is written again gets a name that nobody has seen without a mark`() throws {
    let files = MemoryFileSystem()
    let database = try ObjectDatabase("/r/objects", algorithm: .sha1, files: files)
    let batch = try Self.batch("one", "two")
    for attempt in 0..<3 {
      let before = try Self.packs(of: files)
      #expect(before.count == attempt && !before.values.contains(true))
      try database.write(batch) {
        let during = try? Self.packs(of: files)
        #expect(during?.filter(\.value).count == 1)
        #expect(during?.filter { !$0.value } == before)
      }
    }
    for id in batch.ids { #expect(try database.read(id) == batch[id]) }
  }

  @Test func `a mark that a process left stays with its pack`() throws {
    let files = MemoryFileSystem()
    let database = try ObjectDatabase("/r/objects", algorithm: .sha1, files: files)
    let batch = try Self.batch("one", "two")
    try database.write(batch) {}
    let pack = try #require(try Self.packs(of: files).keys.first)
    let mark = Self.directory / (pack.dropLast(5) + ".keep")
    try files.createExclusively(mark, permissions: 0o444).close()
    try database.write(batch) {}
    #expect(try Self.packs(of: files).count == 2)
    #expect(try files.status(of: mark, followingLinks: false) != nil)
  }

  /// Another clean-up may have found `shared` in the last pack while that was marked, and be about
  /// to remove the first one for it.
  @Test func `packs that are rolled up lose nothing to a pack that stays`() throws {
    let files = try MaintenanceFixture.disk()
    let repository = try MaintenanceFixture.open(files)
    let database = try #require(repository.objects as? ObjectDatabase)
    try database.write(Self.batch("shared", "a", "b", "c", "d", "e", "f", "g", "h")) {}
    let large = try Self.packs(of: files)
    try database.write(Self.batch("shared", "1")) {}
    try database.write(Self.batch("shared", "2")) {}
    var options = Repacking.Options()
    options.mode = .geometric(factor: 2)
    options.geometricCounts = 1...4
    options.removesRedundant = true
    #expect(try Repacking(repository, options: options).run().removedPacks.count >= 2)
    for pack in large.keys {
      for ending in [".idx", ".pack"] {
        try files.remove(Self.directory / (pack.dropLast(5) + ending))
      }
    }
    let opened = try MaintenanceFixture.open(files)
    for id in try Self.batch("shared", "1", "2").ids {
      #expect(try opened.objects.contains(id))
    }
  }
}
