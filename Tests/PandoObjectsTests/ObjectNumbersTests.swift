import PandoBytes
import PandoObjects
import PandoTestKit
import Testing

@Suite("Numbers for object names")
struct ObjectNumbersTests {
  private static func id(_ random: inout SeededRandom, _ algorithm: HashAlgorithm) throws
    -> ObjectID
  {
    let bytes = (0..<algorithm.byteCount).map { _ in UInt8.random(in: 0...255, using: &random) }
    let id = ObjectID(bytes.span, algorithm: algorithm)
    return try #require(id)
  }

  @Test(
    "are given out in order, each name's once, and kept while the table grows",
    arguments: [HashAlgorithm.sha1, .sha256])
  func order(_ algorithm: HashAlgorithm) throws {
    var random = SeededRandom(seed: 7)
    var numbers = ObjectNumbers()
    // The null name is a name as any other.
    var ids = [ObjectID.null(algorithm)]
    for _ in 0..<3000 { ids.append(try Self.id(&random, algorithm)) }
    for (number, id) in ids.enumerated() {
      let found = numbers.insert(id)
      #expect(found.number == number && found.isNew)
    }
    for (number, id) in ids.enumerated() {
      let found = numbers.insert(id)
      #expect(found.number == number && !found.isNew)
    }
    #expect(numbers.ids == ids)
    #expect(numbers.count == ids.count)
  }

  @Test("given to nothing are found by no name")
  func unnamed() {
    var numbers = ObjectNumbers()
    let null = ObjectID.null(.sha1)
    for number in 0..<500 { #expect(numbers.insertUnnamed(null) == number) }
    let found = numbers.insert(null)
    #expect(found.number == 500 && found.isNew)
    #expect(!numbers.insert(null).isNew)
  }
}
