import PandoBytes
import PandoFiles
import PandoObjects
import PandoTestKit
import Testing

@testable import PandoStorage

@Suite struct MultiPackIndexTests {
  /// Everything that can be asked, beside git's answers.
  static func expectComplete(
    _ database: ObjectDatabase, _ expected: [OracleObject],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(try database.ids() == expected.map(\.id), sourceLocation: sourceLocation)
    for oracle in expected {
      #expect(try database.read(oracle.id) == oracle.object, sourceLocation: sourceLocation)
      #expect(
        try database.header(of: oracle.id) == oracle.object.header, sourceLocation: sourceLocation)
    }
    var stored: [ObjectID: RawObject] = [:]
    try database.forEachObject(.asStored) { id, object in
      #expect(stored.updateValue(object, forKey: id) == nil, sourceLocation: sourceLocation)
    }
    #expect(stored.count == expected.count, sourceLocation: sourceLocation)
    var headers: [ObjectID] = []
    try database.forEachHeader { id, _ in headers.append(id) }
    #expect(headers == expected.map(\.id), sourceLocation: sourceLocation)
  }

  @Test(arguments: HashAlgorithm.allCases)
  func gitsIndexOfManyPacksIsRead(_ algorithm: HashAlgorithm) throws {
    let repository = try GitRepository.manyPacks(algorithm)
    let expected = try repository.everything()
    try repository.git("multi-pack-index", "write", "--bitmap")
    let database = try repository.database()
    let (directory, index) = try #require(try database.multiPackIndexes().first)
    #expect(directory == repository.objects / "pack")
    #expect(index.count == expected.count)
    #expect(index.isChecksumValid)
    #expect(index.hasOrder)
    #expect(
      index.packNames.map { String(decoding: $0, as: UTF8.self) }
        == (try repository.indexNames()))
    try Self.expectComplete(database, expected)
    for oracle in expected {
      let prefix = try #require(ObjectIDPrefix(oracle.id.hex.prefix(6), algorithm: algorithm))
      #expect(try database.ids(matching: prefix).contains(oracle.id))
      #expect(index.position(of: oracle.id).map(index.id(at:)) == oracle.id)
    }
    #expect(index.position(of: .null(algorithm)) == nil)
    let counts = try database.counts()
    let theirs = try repository.git("count-objects", "-v").lines
    #expect(theirs.contains("packs: \(counts.packs)"))
    #expect(theirs.contains("in-pack: \(counts.packed)"))
    #expect(theirs.contains("prune-packable: \(counts.prunable)"))
    #expect(theirs.contains("garbage: \(counts.garbage)"))
  }

  @Test func coveredPacksAreReadWithoutTheirOwnIndexes() throws {
    let repository = try GitRepository.manyPacks()
    let expected = try repository.everything()
    try repository.git("multi-pack-index", "write")
    for pack in try repository.packs() {
      _ = try LocalFileSystem().remove(FilePath(pack.string.dropLast(5) + ".idx"))
    }
    let database = try repository.database()
    #expect(try database.ids() == expected.map(\.id))
    for oracle in expected { #expect(try database.read(oracle.id) == oracle.object) }
  }

  @Test func theSettingTurnsItOff() throws {
    let repository = try GitRepository.manyPacks()
    try repository.git("multi-pack-index", "write")
    try repository.git("config", "core.multiPackIndex", "false")
    var options = ObjectDatabase.Options()
    options.usesMultiPackIndex = false
    let database = try repository.database(options)
    #expect(try database.multiPackIndexes().isEmpty)
    try Self.expectComplete(database, try repository.everything())
    let opened = try Repository.open(at: FilePath(repository.directory.path))
    #expect(try (opened.objects as? ObjectDatabase)?.multiPackIndexes().isEmpty == true)
  }

  @Test func packsThatComeLaterAreFoundBesideIt() throws {
    let repository = try GitRepository.manyPacks()
    try repository.git("multi-pack-index", "write")
    let database = try repository.database()
    _ = try database.ids()
    try repository.addPack(of: 5)
    let expected = try repository.everything()
    for oracle in expected { #expect(try database.read(oracle.id) == oracle.object) }
    try Self.expectComplete(database, expected)
    try Self.expectComplete(try repository.database(), expected)
    // Covered from now on: the readers move over.
    try repository.git("multi-pack-index", "write")
    #expect(try database.rescan())
    #expect(try database.multiPackIndexes().first?.1.packNames.count == 6)
    try Self.expectComplete(database, expected)
  }

  @Test func whatAPackTakesAwayIsLookedForInTheOthers() throws {
    let repository = try GitRepository.manyPacks()
    try repository.git("multi-pack-index", "write")
    let database = try repository.database()
    let before = try database.ids()
    let gone = try #require(try repository.packs().first)
    for suffix in [".pack", ".idx"] {
      _ = try LocalFileSystem().remove(FilePath(gone.string.dropLast(5) + suffix))
    }
    try repository.git("config", "core.multiPackIndex", "false")
    let expected = try repository.everything()
    for each in [database, try repository.database()] {
      for oracle in expected { #expect(try each.read(oracle.id) == oracle.object) }
      for id in Set(before).subtracting(expected.map(\.id)) {
        #expect(try each.read(id) == nil)
      }
      try Self.expectComplete(each, expected)
    }
  }

  @Test func borrowedDirectoriesHaveTheirOwn() throws {
    let lender = try GitRepository.manyPacks()
    try lender.git("multi-pack-index", "write")
    let borrower = try GitRepository()
    try borrower.importHistory(commits: 5, seed: 3)
    try borrower.git("multi-pack-index", "write")
    try LocalFileSystem().put(
      Array((lender.objects.string + "\n").utf8), at: borrower.objects / "info/alternates")
    let database = try borrower.database()
    #expect(try database.multiPackIndexes().count == 2)
    try Self.expectComplete(database, try borrower.everything())
  }

  @Test func aDamagedFileIsPassedOver() throws {
    let repository = try GitRepository.manyPacks(count: 2, commits: 4)
    let expected = try repository.everything()
    try repository.git("multi-pack-index", "write")
    let bytes = try LocalFileSystem().get(repository.multiPackIndex)
    for damaged in [Array(bytes.prefix(100)), [], Array("MIDX".utf8) + [2] + bytes.dropFirst(5)] {
      try LocalFileSystem().put(damaged, at: repository.multiPackIndex)
      let database = try repository.database()
      #expect(try database.multiPackIndexes().isEmpty)
      try Self.expectComplete(database, expected)
    }
  }

  @Test func longOffsetsNeedTheirChunk() throws {
    let index = try MultiPackIndex(MappedFile(MultiPackSample.bytes(long: true)), algorithm: .sha1)
    #expect(try index.location(at: 0).offset == 0x1_2345_6789)
    #expect(try index.location(at: 1).offset == 7)
    let plain = try MultiPackIndex(MappedFile(MultiPackSample.bytes(long: false)), algorithm: .sha1)
    #expect(try plain.location(at: 0).offset == 0x8000_0000)
  }

  @Test func damageNeverTraps() {
    func look(_ bytes: [UInt8]) {
      guard let index = try? MultiPackIndex(MappedFile(bytes), algorithm: .sha1) else { return }
      for position in 0..<index.count {
        _ = try? index.location(at: position)
        _ = index.position(of: index.id(at: position))
        _ = index.position(atRank: position)
      }
      for name in index.packNames { _ = index.packNumber(named: name) }
      _ = ObjectIDPrefix("0000", algorithm: .sha1).map(index.positions(matching:))
    }
    let bytes = MultiPackSample.bytes(long: true)
    Damage.truncations(of: bytes, look)
    Damage.bitFlips(of: bytes, rounds: 3000, look)
  }
}

/// A multi-pack-index of two objects, made by hand.
enum MultiPackSample {
  static func bytes(long: Bool) -> [UInt8] {
    var header = Array("MIDX".utf8) + [1, 1, long ? 5 : 4, 0]
    header.append(bigEndian: UInt32(2))
    var writer = ChunkFileWriter(header: header, algorithm: .sha1)
    writer.add(ChunkFile.ID("PNAM"), Array("a.idx\0b.idx\0".utf8))
    var fanout: [UInt8] = []
    for first in 0..<256 { fanout.append(bigEndian: UInt32(first < 0x10 ? 0 : 2)) }
    writer.add(ChunkFile.ID("OIDF"), fanout)
    writer.add(
      ChunkFile.ID("OIDL"),
      [[1, 2], [1, 3]].flatMap { [0x10] + $0 + [UInt8](repeating: 0, count: 17) })
    var locations: [UInt8] = []
    for number in [1, 0x8000_0000, 0, 7] as [UInt32] { locations.append(bigEndian: number) }
    writer.add(ChunkFile.ID("OOFF"), locations)
    if long { writer.add(ChunkFile.ID("LOFF"), [0, 0, 0, 1, 0x23, 0x45, 0x67, 0x89]) }
    return writer.bytes()
  }
}
