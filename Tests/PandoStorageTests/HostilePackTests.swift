import PandoBytes
import PandoFiles
import PandoObjects
import PandoStorage
import PandoTestKit
import Testing

/// Packs made by hand, to say what git would never say.
struct HostilePackTests {
  enum Body {
    case raw(type: UInt8, claim: Int, [UInt8]), offset(Int, [UInt8]), reference(ObjectID, [UInt8])
  }

  /// A database over one pack of these entries, named 1, 2, 3 … in the index.
  private func database(_ bodies: [Body]) throws -> (ObjectDatabase, [ObjectID]) {
    var deflater = Deflater(level: 9)
    var pack = Array("PACK".utf8)
    pack.append(bigEndian: UInt32(2))
    pack.append(bigEndian: UInt32(bodies.count))
    var offsets: [Int] = []
    for body in bodies {
      offsets.append(pack.count)
      switch body {
      case .raw(let type, let claim, let bytes):
        pack.append(packEntryType: type, size: claim)
        deflater.deflate(bytes.span, into: &pack)
      case .offset(let distance, let delta):
        pack.append(packEntryType: 6, size: delta.count)
        pack.append(baseDistance: distance)
        deflater.deflate(delta.span, into: &pack)
      case .reference(let id, let delta):
        pack.append(packEntryType: 7, size: delta.count)
        id.digest.append(to: &pack)
        deflater.deflate(delta.span, into: &pack)
      }
    }
    let checksum = ChecksumHasher.digest(of: pack.span, algorithm: .sha1)
    checksum.append(to: &pack)
    let ids = bodies.indices.map { Self.id($0) }
    var index: [UInt8] = [0xFF, 0x74, 0x4F, 0x63, 0, 0, 0, 2]
    for _ in 0..<256 { index.append(bigEndian: UInt32(bodies.count)) }
    for id in ids { id.digest.append(to: &index) }
    for _ in ids { index.append(bigEndian: UInt32(0)) }
    for offset in offsets { index.append(bigEndian: UInt32(offset)) }
    checksum.append(to: &index)
    index += [UInt8](repeating: 0, count: 20)
    let files = MemoryFileSystem(clock: TestClock())
    try files.put(pack, at: "/o/pack/p.pack")
    try files.put(index, at: "/o/pack/p.idx")
    return (try ObjectDatabase("/o", algorithm: .sha1, files: files), ids)
  }

  static func id(_ number: Int) -> ObjectID {
    let hex = String(number + 1, radix: 16)
    return ObjectID(hex: String(repeating: "0", count: 40 - hex.count) + hex) ?? .null(.sha1)
  }

  static func delta(base: Int, result: Int, _ instructions: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(deltaSize: base)
    bytes.append(deltaSize: result)
    return bytes + instructions
  }

  private func expectCorrupt(_ bodies: [Body], _ comment: Comment) throws {
    let (database, ids) = try database(bodies)
    guard let last = ids.last else { return }
    do {
      _ = try database.read(last)
      Issue.record("was read: \(comment)")
    } catch {
      #expect(error.code == .corrupt, comment)
      #expect("\(error)".contains("/o/pack/p.pack") && "\(error)".contains("offset"), comment)
    }
    #expect(throws: PandoError.self, comment) { try database.forEachObject(.asStored) { _, _ in } }
  }

  @Test("each broken rule is an error that names file and offset")
  func rules() throws {
    let base = Body.raw(type: 3, claim: 3, [1, 2, 3])
    let copy = Self.delta(base: 3, result: 3, [0x90, 3])
    try expectCorrupt([.raw(type: 0, claim: 1, [1])], "type 0")
    try expectCorrupt([.raw(type: 5, claim: 1, [1])], "type 5")
    try expectCorrupt([.raw(type: 3, claim: 2, [1])], "claims more")
    try expectCorrupt([.raw(type: 3, claim: 1, [1, 2])], "claims less")
    try expectCorrupt([.raw(type: 3, claim: 1 << 40, [1, 2])], "claims a tebibyte")
    try expectCorrupt([.raw(type: 3, claim: .max, [1, 2])], "claims all there is")
    try expectCorrupt([base, .offset(0, copy)], "a base at no distance")
    try expectCorrupt([base, .offset(4000, copy)], "a base before the pack")
    try expectCorrupt([base, .offset(3, copy)], "a base inside an entry")
    try expectCorrupt([.reference(Self.id(0), copy)], "a delta on itself")
    try expectCorrupt([.reference(Self.id(1), copy), .reference(Self.id(0), copy)], "a ring")
    try expectCorrupt([base, .reference(Self.id(77), copy)], "a base outside")
    let small = Self.delta(base: 2, result: 3, [0x90, 3])
    try expectCorrupt([base, .reference(Self.id(0), small)], "another base size")
    let huge = Self.delta(base: 3, result: 1 << 50, [0x90, 3])
    try expectCorrupt([base, .reference(Self.id(0), huge)], "a huge result")
    let empty: [UInt8] = []
    try expectCorrupt([base, .reference(Self.id(0), empty)], "an empty delta")
  }

  @Test("deltas that multiply stop at what each says it makes")
  func bomb() throws {
    let block = 0x10000
    var bodies = [Body.raw(type: 3, claim: block, [UInt8](repeating: 0, count: block))]
    var size = block
    for level in 0..<4 {
      let instructions = [UInt8](repeating: 0x80, count: 16)
      let delta = Self.delta(base: size, result: 16 * block, instructions)
      bodies.append(.reference(Self.id(level), delta))
      size = 16 * block
    }
    let (database, ids) = try database(bodies)
    #expect(try database.read(ids[4])?.body.count == 16 * block)
    #expect(try database.header(of: ids[4]) == ObjectHeader(kind: .blob, size: 16 * block))
  }

  @Test("small deltas above a large one are applied as they are")
  func largeDeltaBelow() throws {
    // A delta above a MiB is inflated when it is applied, the others on the way down.
    let inserted = [UInt8](repeating: 7, count: 127)
    let inserts = 9000
    let large = Self.delta(
      base: 3, result: inserts * 127 + 3,
      (0..<inserts).flatMap { _ in [127] + inserted } + [0x90, 3])
    let size = inserts * 127 + 3
    let copyEnd: [UInt8] = [
      0x80 | 7 | 0x10, UInt8((size - 3) & 255), UInt8((size - 3) >> 8 & 255),
      UInt8((size - 3) >> 16), 3,
    ]
    let small = Self.delta(base: size, result: 5, copyEnd + [2, 8, 9])
    let top = Self.delta(base: 5, result: 6, [0x90, 5, 1, 10])
    let (database, ids) = try database([
      .raw(type: 3, claim: 3, [1, 2, 3]), .reference(Self.id(0), large),
      .reference(Self.id(1), small), .reference(Self.id(2), top),
    ])
    #expect(try database.read(ids[3])?.body == [1, 2, 3, 8, 9, 10])
    #expect(try database.read(ids[1])?.body.count == size)
  }

  @Test("a sound loose copy stands in for a damaged packed one")
  func fallback() throws {
    let object = RawObject(kind: .blob, body: [1, 2, 3])
    let (broken, ids) = try database([.raw(type: 5, claim: 1, [1])])
    try broken.looseObjects.write(object, as: ids[0], durability: .none)
    #expect(try broken.read(ids[0]) == object)
    #expect(try broken.header(of: ids[0]) == object.header)
  }
}
