import PandoBytes
import PandoTestKit
import Testing

@testable import PandoStorage

@Suite struct ChunkFileTests {
  static func read(
    _ bytes: [UInt8], count: Int, alignment: Int = 1
  ) throws(ParseError) -> ChunkFile {
    try ChunkFile(
      bytes.span, at: 4, count: count, end: bytes.count - 20, alignment: alignment, format: "test")
  }

  static func sample() -> [UInt8] {
    var writer = ChunkFileWriter(header: Array("HEAD".utf8), algorithm: .sha1)
    writer.add(ChunkFile.ID("ONE1"), [1, 2, 3, 4])
    writer.add(ChunkFile.ID("NONE"), [])
    writer.add(ChunkFile.ID("TWO2"), [5, 6, 7])
    return writer.bytes()
  }

  @Test func whatIsWrittenIsRead() throws {
    let bytes = Self.sample()
    let file = try Self.read(bytes, count: 3, alignment: 4)
    let contents = file.chunks.map { "\($0.id)=\(Array(bytes[$0.range]))" }
    #expect(contents == ["ONE1=[1, 2, 3, 4]", "NONE=[]", "TWO2=[5, 6, 7]"])
    #expect(file.range(of: ChunkFile.ID("NOPE")) == nil)
    #expect(try file.requiredRange(of: ChunkFile.ID("TWO2"), size: 3).count == 3)
    #expect(throws: ParseError.self) { try file.requiredRange(of: ChunkFile.ID("NOPE")) }
    #expect(throws: ParseError.self) { try file.requiredRange(of: ChunkFile.ID("TWO2"), size: 4) }
    let covered = Array(bytes.dropLast(20))
    var checksum: [UInt8] = []
    ChecksumHasher.digest(of: covered.span, algorithm: .sha1).append(to: &checksum)
    #expect(bytes == covered + checksum)
  }

  /// The offset of a row of the table, what to put there, and what is wrong then.
  static let patches: [(Int, [UInt8], String)] = [
    (4, [0, 0, 0, 0], "ends its table"), (16, [0x4F, 0x4E, 0x45, 0x31], "twice"),
    (40, [1, 1, 1, 1], "not aligned"), (15, [1], "outside its place"),
    (15, [57], "not aligned"), (27, [0], "outside its place"), (20, [1], "outside its place"),
    (51, [255], "outside its place"), (8, [255, 255, 255, 255], "outside its place"),
  ]

  @Test(arguments: patches)
  func aWrongTableIsRefused(_ offset: Int, _ patch: [UInt8], _ reason: String) throws {
    var bytes = Self.sample()
    bytes.replaceSubrange(offset..<offset + patch.count, with: patch)
    let error = try #require(throws: ParseError.self) {
      try Self.read(bytes, count: 3, alignment: 4)
    }
    #expect(error.reason.contains(reason), "\(error)")
  }

  @Test func aTableOfAnotherLengthIsRefused() {
    for count in [0, 1, 2, 4, 255, Int.max, -1] {
      #expect(throws: ParseError.self) { try Self.read(Self.sample(), count: count) }
    }
  }

  @Test func damageNeverTraps() {
    let bytes = Self.sample()
    Damage.truncations(of: bytes) { _ = try? Self.read($0, count: 3) }
    Damage.bitFlips(of: bytes) { _ = try? Self.read($0, count: 3) }
  }
}
