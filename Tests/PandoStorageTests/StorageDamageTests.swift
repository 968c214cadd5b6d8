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
    try repository.importHistory(commits: 5, seed: 6, large: 3000)
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
