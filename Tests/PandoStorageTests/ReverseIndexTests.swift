import PandoBytes
import PandoFiles
import PandoObjects
import PandoTestKit
import Testing

@testable import PandoStorage

@Suite struct ReverseIndexTests {
  @Test(arguments: HashAlgorithm.allCases)
  func theFileIsReadAndEqualsWhatIsSorted(_ algorithm: HashAlgorithm) throws {
    let repository = try GitRepository(algorithm)
    try repository.importHistory(commits: 30, seed: 3, large: 500)
    try repository.git("-c", "pack.writeReverseIndex=true", "repack", "-adfq")
    let files = LocalFileSystem()
    let pack = try #require(try repository.packs().first)
    let path = FilePath(pack.string.dropLast(5) + ".rev")
    let bytes = try files.get(path)
    let expected = try repository.everything()
    let read = try #require(try repository.database().packs().first)
    let stored = try #require(try read.storedOrder())
    _ = try files.remove(path)
    let sorted = try ReverseIndex(of: try #require(try repository.database().packs().first))
    #expect(stored.positions == sorted.positions)
    #expect(stored.places().enumerated().allSatisfy { stored.positions[Int($1)] == UInt32($0) })
    // Whole but wrong: two objects change places, under a checksum that nobody compares.
    var wrong = bytes
    wrong.swapAt(15, 19)
    for damaged in [wrong, Array(bytes.dropLast()), []] {
      try files.put(damaged, at: path)
      let database = try repository.database()
      var count = 0
      try database.forEachObject { _, _ in count += 1 }
      #expect(count == expected.count)
      for oracle in expected {
        let location = try #require(try database.packedLocation(of: oracle.id))
        let size = try PackOrder(location.pack).placement(atOffset: location.offset)?.size
        #expect((size ?? 0) > 0)
      }
    }
  }
}
