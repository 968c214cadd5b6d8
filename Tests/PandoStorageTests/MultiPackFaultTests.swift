import PandoBytes
import PandoFiles
import PandoObjects
import PandoTestKit
import Testing

@testable import PandoStorage

/// Writing a multi-pack-index with a bitmap on a disk that fails or loses power.
@Suite struct MultiPackFaultTests {
  private static let objects: FilePath = "/r/objects"

  /// Copies a repository's objects into memory, and tells all objects and a tip.
  private func sample() throws -> (
    files: () throws -> MemoryFileSystem, everything: [OracleObject], tip: ObjectID
  ) {
    let repository = try GitRepository.manyPacks(count: 3, commits: 8)
    let disk = LocalFileSystem()
    let directory = repository.objects / "pack"
    let contents = try (disk.list(directory) ?? []).map { entry in
      (entry.name, try disk.get(directory / entry.name))
    }
    let tip = try #require(ObjectID(hex: try repository.git("rev-parse", "main").line))
    func files() throws -> MemoryFileSystem {
      let files = MemoryFileSystem(clock: TestClock())
      for (name, bytes) in contents { try files.put(bytes, at: Self.objects / "pack" / name) }
      return files
    }
    return (files, try repository.everything(), tip)
  }

  private func database(_ files: any FileSystem) throws -> ObjectDatabase {
    try ObjectDatabase(
      Self.objects, algorithm: .sha1, files: files, random: TestRandom(seed: 1))
  }

  private func write(_ files: any FileSystem, _ tip: ObjectID) throws {
    var options = MultiPackIndexWriter.Options()
    options.bitmap = BitmapRequest(tips: [tip])
    _ = try MultiPackIndexWriter(try database(files), options: options).write()
  }

  /// All objects are there, and what is there of an index is whole.
  private func check(
    _ files: any FileSystem, _ everything: [OracleObject], isComplete: Bool
  ) throws {
    let database = try database(files)
    #expect(try database.ids() == everything.map(\.id))
    for oracle in everything { #expect(try database.read(oracle.id) == oracle.object) }
    if let (_, index) = try database.multiPackIndexes().first {
      #expect(index.isChecksumValid)
      #expect(try ReachabilityBitmaps.open(database)?.isChecksumValid == true)
    } else {
      #expect(!isComplete)
    }
  }

  @Test func powerLossLeavesTheOldOrTheNew() throws {
    let (make, everything, tip) = try sample()
    let files = try make()
    // What was there before survives in any case.
    for entry in try files.list(Self.objects / "pack") ?? [] {
      try files.synchronizeFile(Self.objects / "pack" / entry.name)
    }
    for directory in ["/r/objects/pack", "/r/objects", "/r", "/"] as [FilePath] {
      try files.synchronizeDirectory(directory)
    }
    try CrashExplorer().crash(files) { files in
      try write(files, tip)
    } check: { image, moment in
      try check(image, everything, isComplete: moment.isComplete)
    }
  }

  @Test func callsThatFailLeaveTheOldOrTheNew() throws {
    let (make, everything, tip) = try sample()
    try CrashExplorer().fail {
      try make()
    } _: { faulty in
      try write(faulty, tip)
    } check: { files, _, failure in
      try check(files, everything, isComplete: failure == nil)
    }
  }
}

@Suite struct OpenPacksTests {
  @Test func fewFilesAreOpenHoweverManyPacksThereAre() throws {
    let repository = try GitRepository.manyPacks(count: 40, commits: 60)
    let expected = try repository.everything()
    var options = ObjectDatabase.Options()
    options.openPacksMax = 4
    for writesIndex in [false, true] {
      if writesIndex { try repository.git("multi-pack-index", "write") }
      let database = try repository.database(options)
      for oracle in expected {
        #expect(try database.read(oracle.id) == oracle.object)
        #expect(database.resources.openPacks.count <= 4)
      }
      try MultiPackIndexTests.expectComplete(database, expected)
      #expect(database.resources.openPacks.count <= 4)
    }
  }

  @Test func aReaderInTheMiddleKeepsItsFile() throws {
    let repository = try GitRepository.manyPacks(count: 12, commits: 20)
    var options = ObjectDatabase.Options()
    options.openPacksMax = 1
    let database = try repository.database(options)
    let packs = try database.packs()
    let held = try #require(try packs[0].packFile())
    for pack in packs.dropFirst() { _ = try pack.packFile() }
    #expect(database.resources.openPacks.count == 1)
    #expect(try held.file.read(at: 0, count: 4) == Array("PACK".utf8))
  }
}
