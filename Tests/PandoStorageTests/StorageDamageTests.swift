import PandoBytes
import PandoFiles
import PandoObjects
import PandoStorage
import PandoTestKit
import Testing

/// Damaged and hostile files give errors or other bytes; they never trap, hang or take memory.
struct StorageDamageTests {
  static let directory: FilePath = "/objects"

  /// A small repository's one pack and index.
  static func small(_ form: StoredForm) throws -> (pack: [UInt8], index: [UInt8], ids: [ObjectID]) {
    let repository = try GitRepository()
    try repository.importHistory(commits: 5, seed: 6)
    switch form {
    case .referenceDeltas:
      try repository.git("-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq")
    case .indexVersion1: try repository.git("-c", "pack.indexVersion=1", "repack", "-adfq")
    default: try repository.git("repack", "-adfq")
    }
    let pack = try #require(try repository.packs().first)
    let files = LocalFileSystem()
    return (
      try files.get(pack), try files.get(FilePath(pack.string.dropLast(5) + ".idx")),
      try repository.everything().map(\.id)
    )
  }

  /// Opens a database that has one pack and runs through all of it; what throws is a `PandoError`.
  private func exercise(_ pack: [UInt8], _ index: [UInt8], _ ids: [ObjectID]) throws {
    let files = MemoryFileSystem(clock: TestClock())
    try files.put(pack, at: Self.directory / "pack/pack-1.pack")
    try files.put(index, at: Self.directory / "pack/pack-1.idx")
    var options = ObjectDatabase.Options()
    options.verifiesOnRead = true
    let database = try ObjectDatabase(
      Self.directory, algorithm: .sha1, files: files, options: options)
    for id in ids {
      if let object = try? database.read(id) { #expect(try object.id(.sha1) == id) }
      _ = try? database.header(of: id)
    }
    try? database.forEachObject(.asStored) { _, _ in }
    try? database.packs().first?.index.verify()
    _ = try database.counts()
  }

  @Test(
    "packs cut short or with flipped bits", arguments: [StoredForm.offsetDeltas, .referenceDeltas])
  func packs(form: StoredForm) throws {
    let (pack, index, ids) = try Self.small(form)
    try Damage.truncations(of: pack, limit: 60) { try exercise($0, index, ids) }
    try Damage.bitFlips(of: pack, rounds: 60) { try exercise($0, index, ids) }
    // Damage near the headers, where it is not caught by a checksum of zlib.
    for position in 12..<60 {
      var bad = pack
      bad[position] = ~bad[position]
      try exercise(bad, index, ids)
    }
  }

  @Test(
    "indexes cut short or with flipped bits", arguments: [StoredForm.offsetDeltas, .indexVersion1])
  func indexes(form: StoredForm) throws {
    let (pack, index, ids) = try Self.small(form)
    for length in index.indices {
      let cut = Array(index[..<length])
      #expect(throws: ParseError.self) { try PackIndex(MappedFile(cut), algorithm: .sha1) }
    }
    try Damage.bitFlips(of: index, rounds: 150) { try exercise(pack, $0, ids) }
  }

  @Test("a damaged index does not verify")
  func verification() throws {
    let (_, index, _) = try Self.small(.offsetDeltas)
    Damage.bitFlips(of: index, rounds: 200) { bytes in
      #expect(throws: ParseError.self) {
        try PackIndex(MappedFile(bytes), algorithm: .sha1).verify()
      }
    }
  }

  @Test("a long offset outside its table, or above 63 bits, is refused")
  func longOffsets() throws {
    let repository = try StoredForm.longOffsets.make(.sha1)
    let pack = try #require(try repository.packs().first)
    var bytes = try LocalFileSystem().get(FilePath(pack.string.dropLast(5) + ".idx"))
    let count = try PackIndex(MappedFile(bytes), algorithm: .sha1).count
    let offsets = 8 + 1024 + count * 24
    for position in 0..<count { bytes[offsets + position * 4] = 0xFF }
    let outside = try PackIndex(MappedFile(bytes), algorithm: .sha1)
    for position in 0..<count {
      #expect(throws: ParseError.self) { try outside.offset(at: position) }
    }
    for position in 0..<count { bytes[offsets + position * 4] = 0x80 }
    for index in (offsets + count * 4)..<(bytes.count - 40) { bytes[index] = 0xFF }
    let above = try PackIndex(MappedFile(bytes), algorithm: .sha1)
    for position in 0..<count {
      #expect(throws: ParseError.self) { try above.offset(at: position) }
    }
  }

  @Test("loose objects cut short, with flipped bits or with more behind them are refused")
  func loose() throws {
    var deflater = Deflater(level: 1)
    var inflater = Inflater()
    let object = RawObject(kind: .blob, body: Array("some text that is some text".utf8))
    var file: [UInt8] = []
    LooseObjectCoding.encode(object, &deflater, into: &file)
    #expect(try LooseObjectCoding.decode(file.span, &inflater) == object)
    #expect(try LooseObjectCoding.decodeHeader(file.span, &inflater) == object.header)
    for length in file.indices {
      let cut = Array(file[..<length])
      #expect(throws: ParseError.self) { try LooseObjectCoding.decode(cut.span, &inflater) }
    }
    let longer = file + [0]
    #expect(throws: ParseError.self) { try LooseObjectCoding.decode(longer.span, &inflater) }
    Damage.bitFlips(of: file) { bytes in
      let found = try? LooseObjectCoding.decode(bytes.span, &inflater)
      #expect(found == nil || found == object)
      _ = try? LooseObjectCoding.decodeHeader(bytes.span, &inflater)
    }
  }

  @Test(
    "headers that git would not write are refused",
    arguments: [
      "blob 03\0abc", "blob +3\0abc", "blob  3\0abc", "blob 3 \0abc", "blub 3\0abc", "blob\0abc",
      "blob \0abc", "blob 4\0abc", "blob 2\0abc", "blob 99999999999999999999\0abc", "", "blob 3",
      "blob 9223372036854775807\0abc", "blob 9000000000000000000\0abc", " 3\0abc",
      "blob 0000000000000000000000000000000000003\0abc",
    ])
  func looseHeaders(text: String) {
    var deflater = Deflater(level: 1)
    var inflater = Inflater()
    let plain = Array(text.utf8)
    let file = deflater.deflate(plain.span)
    #expect(throws: ParseError.self) { try LooseObjectCoding.decode(file.span, &inflater) }
  }

  @Test("any valid zlib stream is a loose object, in one block or many")
  func looseStreams() throws {
    var inflater = Inflater()
    for level in Deflater.levels {
      for size in [0, 1, 20, 25, 26, 100, 100_000] {
        var deflater = Deflater(level: level)
        let object = RawObject(kind: .blob, body: [UInt8](repeating: 65, count: size))
        var file: [UInt8] = []
        LooseObjectCoding.encode(object, &deflater, into: &file)
        #expect(try LooseObjectCoding.decode(file.span, &inflater) == object)
      }
    }
  }
}

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

  @Test("a bomb of deltas on deltas stops at the limit of one object")
  func bomb() throws {
    // Each delta copies its base 16 times: ten of them would make 4 TiB of 4 bytes … the limit ends it.
    var bodies = [Body.raw(type: 3, claim: 0x10000, [UInt8](repeating: 0, count: 0x10000))]
    var size = 0x10000
    for level in 0..<4 {
      let instructions = [UInt8](repeating: 0x80, count: 16)
      bodies.append(
        .reference(Self.id(level), Self.delta(base: size, result: 16 * 0x10000, instructions)))
      size = 16 * 0x10000
    }
    let (database, ids) = try database(bodies)
    #expect(try database.read(ids[4])?.body.count == 0x100000)
    #expect(try database.header(of: ids[4]) == ObjectHeader(kind: .blob, size: 0x100000))
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
