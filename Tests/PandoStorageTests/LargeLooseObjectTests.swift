import PandoBytes
import PandoFiles
import PandoObjects
import PandoStorage
import PandoTestKit
import Testing

/// Loose objects that are inflated while they are read.
struct LargeLooseObjectTests {
  private func file(_ object: RawObject, level: Int) -> [UInt8] {
    var deflater = Deflater(level: level)
    var file: [UInt8] = []
    LooseObjectCoding.encode(object, &deflater, into: &file)
    return file
  }

  private func read(_ file: [UInt8], _ id: ObjectID) throws -> RawObject? {
    let files = MemoryFileSystem(clock: TestClock())
    try files.put(file, at: FilePath("/o/\(id.hex.prefix(2))/\(id.hex.dropFirst(2))"))
    return try ObjectDatabase("/o", algorithm: .sha1, files: files).read(id)
  }

  @Test("a large object reads as it was written, at any level", arguments: [0, 1, 6])
  func whole(level: Int) throws {
    var random = SeededRandom(seed: 4)
    for size in [1 << 20, 5_000_000, 9_000_001] {
      let word = Array(random.word(size / 2).utf8)
      let object = RawObject(kind: .blob, body: word + word)
      let id = try object.id(.sha1)
      #expect(try read(file(object, level: level), id) == object)
    }
  }

  @Test("a large object cut short, with more behind it or with flipped bits is refused")
  func damaged() throws {
    var random = SeededRandom(seed: 5)
    let object = RawObject(kind: .blob, body: Array(random.word(2_500_000).utf8))
    let id = try object.id(.sha1)
    let file = file(object, level: 1)
    #expect(file.count > 1 << 20)
    for count in [file.count - 1, file.count - 4, 1_200_000, 128 << 10 | 1 << 20] {
      #expect(throws: PandoError.self) { try read(Array(file[..<count]), id) }
    }
    #expect(throws: PandoError.self) { try read(file + [0], id) }
    Damage.bitFlips(of: file, rounds: 8, seed: 6) { bad in
      let found = try? read(bad, id)
      #expect(found == nil || found == object)
    }
  }
}
