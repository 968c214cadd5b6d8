import Foundation
import PandoBytes
import PandoFiles
import PandoObjects
import PandoStorage
import PandoTestKit
import Testing

@Suite("Real packs, indexed as git indexes them")
struct RealPacksTests {
  private static func packs(_ real: RealRepository) throws -> [String] {
    let folder = real.path + "/objects/pack"
    return try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".pack") }.map { folder + "/" + $0 }
  }

  @Test(
    "the index of each pack, from the file and from a stream", arguments: RealRepository.all,
    [1, 2])
  func existing(_ real: RealRepository, threads: Int) throws {
    let files = LocalFileSystem()
    let repository = try Repository.open(at: FilePath(real.path))
    var options = PackIndexer.Options()
    options.threads = threads
    // Little room, so that bases are made again.
    options.memoryBudget = threads == 1 ? 16 << 20 : 100_000
    let indexer = PackIndexer(
      repository.hashAlgorithm, files: files, options: options, objects: repository.objects)
    for path in try Self.packs(real) {
      let index = String(path.dropLast(5)) + ".idx"
      let wanted = [UInt8](try Data(contentsOf: URL(fileURLWithPath: index)))
      let isSame = try indexer.index(packAt: FilePath(path)).index() == wanted
      #expect(isSame, "\(path)")
      let scratch = try TemporaryDirectory()
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      let received = try indexer.index(
        stream: MemoryInput(bytes), in: FilePath(scratch.path))
      let isReceived = try received.pack.index() == wanted
      #expect(isReceived, "\(path)")
    }
  }

  @Test("a pack whose deltas name their bases", arguments: RealRepository.all)
  func named(_ real: RealRepository) throws {
    let scratch = try TemporaryDirectory()
    let git = GitOracle(in: real.path)
    let pack = try git("pack-objects", "--all", "--stdout", "-q").bytes
    try scratch.write(pack, to: "p.pack")
    try git("index-pack", scratch.path + "/p.pack")
    let algorithm = try Repository.open(at: FilePath(real.path)).hashAlgorithm
    let indexer = PackIndexer(algorithm, files: LocalFileSystem())
    let indexed = try indexer.index(packAt: FilePath(scratch.path + "/p.pack"))
    let isSame = try indexed.index() == scratch.read("p.idx")
    #expect(isSame)
  }
}
