import PandoBytes
import PandoFiles
import PandoObjects
import PandoStorage
import PandoTestKit
import Testing

/// Packs made by hand, to say what git would never say.
struct HostilePackTests {
  /// A database over one pack of these entries, named 1, 2, 3 … in the index.
  private func database(_ entries: [PackSample.Entry]) throws -> (ObjectDatabase, [ObjectID]) {
    let pack = PackSample(entries)
    let ids = entries.indices.map { Self.id($0) }
    let files = MemoryFileSystem(clock: TestClock())
    try files.put(pack.bytes, at: "/o/pack/p.pack")
    try files.put(pack.index(naming: ids), at: "/o/pack/p.idx")
    return (try ObjectDatabase("/o", algorithm: .sha1, files: files), ids)
  }

  static func id(_ number: Int) -> ObjectID {
    let hex = String(number + 1, radix: 16)
    return ObjectID(hex: String(repeating: "0", count: 40 - hex.count) + hex) ?? .null(.sha1)
  }

  private func expectCorrupt(_ entries: [PackSample.Entry], _ comment: Comment) throws {
    let (database, ids) = try database(entries)
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
    let base = PackSample.Entry.blob([1, 2, 3])
    let copy = PackSample.delta(base: 3, result: 3, [0x90, 3])
    try expectCorrupt([.raw(type: 0, claim: 1, [1])], "type 0")
    try expectCorrupt([.raw(type: 5, claim: 1, [1])], "type 5")
    try expectCorrupt([.raw(type: 3, claim: 2, [1])], "claims more")
    try expectCorrupt([.raw(type: 3, claim: 1, [1, 2])], "claims less")
    try expectCorrupt([.raw(type: 3, claim: 1 << 40, [1, 2])], "claims a tebibyte")
    try expectCorrupt([.raw(type: 3, claim: .max, [1, 2])], "claims all there is")
    try expectCorrupt([base, .distance(0, copy)], "a base at no distance")
    try expectCorrupt([base, .distance(4000, copy)], "a base before the pack")
    try expectCorrupt([base, .distance(3, copy)], "a base inside an entry")
    try expectCorrupt([.named(Self.id(0), copy)], "a delta on itself")
    try expectCorrupt([.named(Self.id(1), copy), .named(Self.id(0), copy)], "a ring")
    try expectCorrupt([base, .named(Self.id(77), copy)], "a base outside")
    let small = PackSample.delta(base: 2, result: 3, [0x90, 3])
    try expectCorrupt([base, .named(Self.id(0), small)], "another base size")
    let huge = PackSample.delta(base: 3, result: 1 << 50, [0x90, 3])
    try expectCorrupt([base, .named(Self.id(0), huge)], "a huge result")
    let empty: [UInt8] = []
    try expectCorrupt([base, .named(Self.id(0), empty)], "an empty delta")
  }

  @Test("deltas that multiply stop at what each says it makes")
  func bomb() throws {
    let block = 0x10000
    var entries = [PackSample.Entry.blob([UInt8](repeating: 0, count: block))]
    var size = block
    for level in 0..<4 {
      let instructions = [UInt8](repeating: 0x80, count: 16)
      let delta = PackSample.delta(base: size, result: 16 * block, instructions)
      entries.append(.named(Self.id(level), delta))
      size = 16 * block
    }
    let (database, ids) = try database(entries)
    #expect(try database.read(ids[4])?.body.count == 16 * block)
    #expect(try database.header(of: ids[4]) == ObjectHeader(kind: .blob, size: 16 * block))
  }

  @Test("small deltas above a large one are applied as they are")
  func largeDeltaBelow() throws {
    // A delta above a MiB is inflated when it is applied, the others on the way down.
    let inserted = [UInt8](repeating: 7, count: 127)
    let inserts = 9000
    let large = PackSample.delta(
      base: 3, result: inserts * 127 + 3,
      (0..<inserts).flatMap { _ in [127] + inserted } + [0x90, 3])
    let size = inserts * 127 + 3
    let copyEnd: [UInt8] = [
      0x80 | 7 | 0x10, UInt8((size - 3) & 255), UInt8((size - 3) >> 8 & 255),
      UInt8((size - 3) >> 16), 3,
    ]
    let small = PackSample.delta(base: size, result: 5, copyEnd + [2, 8, 9])
    let top = PackSample.delta(base: 5, result: 6, [0x90, 5, 1, 10])
    let (database, ids) = try database([
      .blob([1, 2, 3]), .named(Self.id(0), large),
      .named(Self.id(1), small), .named(Self.id(2), top),
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
