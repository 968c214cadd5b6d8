import PandoBytes
import PandoFiles
import PandoObjects
import PandoStorage
import PandoTestKit
import Testing

struct ObjectWriteFaultTests {
  static let objects: FilePath = "/r/objects"

  private func database(_ files: any FileSystem, looseMax: Int = 9) throws -> ObjectDatabase {
    var options = ObjectDatabase.Options()
    options.looseObjectsMax = looseMax
    options.verifiesOnRead = true
    return try ObjectDatabase(
      Self.objects, algorithm: .sha1, files: files, options: options, random: TestRandom(seed: 1))
  }

  /// Whatever is there is whole, and there are no more names than objects.
  private func check(_ files: any FileSystem, _ batch: ObjectBatch, isComplete: Bool) throws {
    let database = try database(files)
    for id in try database.ids() { #expect(try database.read(id) == batch[id]) }
    if isComplete {
      for id in batch.ids { #expect(try database.read(id) == batch[id]) }
    }
  }

  @Test(
    "power loss at any moment leaves whole objects, and all once the write has returned",
    arguments: [0, 100])
  func powerLoss(looseMax: Int) throws {
    let (batch, _) = try ObjectWritingTests.batch(.sha1, blobs: 5, seed: 1)
    let files = MemoryFileSystem(clock: TestClock())
    try files.createDirectories(Self.objects / "pack", durability: .everyCommit)
    try CrashExplorer().crash(files) { files in
      try database(files, looseMax: looseMax).write(batch)
    } check: { image, moment in
      try check(image, batch, isComplete: moment.isComplete)
    }
  }

  @Test("a call that fails, or a disk that dies, leaves whole objects", arguments: [0, 100])
  func failures(looseMax: Int) throws {
    let (batch, _) = try ObjectWritingTests.batch(.sha1, blobs: 5, seed: 1)
    try CrashExplorer().fail {
      MemoryFileSystem(clock: TestClock())
    } _: { faulty in
      try database(faulty, looseMax: looseMax).write(batch)
    } check: { files, _, failure in
      try check(files, batch, isComplete: failure == nil)
    }
  }
}
