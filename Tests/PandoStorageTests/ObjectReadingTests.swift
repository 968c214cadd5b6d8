import PandoBytes
import PandoFiles
import PandoObjects
import PandoStorage
import PandoTestKit
import Testing

/// The ways in which git stores objects.
enum StoredForm: String, CaseIterable {
  case offsetDeltas, referenceDeltas, indexVersion1, longOffsets, deepChain, wholeObjects
  case loose, severalPacks

  func make(_ algorithm: HashAlgorithm) throws -> GitRepository {
    let repository = try GitRepository(algorithm)
    let git = repository.git
    if self == .deepChain {
      try repository.importHistory(commits: 200, seed: 2, depth: 4095)
      return repository
    }
    try repository.importHistory(commits: 60, seed: 1)
    switch self {
    case .offsetDeltas: try git("repack", "-adfq", "--depth=50", "--window=50")
    case .referenceDeltas:
      try git("-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq", "--depth=50")
    case .indexVersion1: try git("-c", "pack.indexVersion=1", "repack", "-adfq")
    case .longOffsets:
      try git("repack", "-adfq")
      for pack in try repository.packs() {
        try LocalFileSystem().remove(FilePath(pack.string.dropLast(5) + ".idx"))
        try git("index-pack", "--index-version=2,0x40", pack.string)
      }
    case .wholeObjects: try git("repack", "-adfq", "--depth=0", "--window=0")
    case .loose:
      let packs = try repository.packs()
      for pack in packs {
        let bytes = try LocalFileSystem().get(pack)
        try LocalFileSystem().rename(pack, to: FilePath(pack.string + ".away"))
        try LocalFileSystem().remove(FilePath(pack.string.dropLast(5) + ".idx"))
        try git("unpack-objects", "-q", input: bytes)
      }
    case .severalPacks:
      for _ in 0..<3 {
        try git("commit-tree", "-m", "more", "main^{tree}")
        try git("repack", "-dq")
      }
      try git("hash-object", "-w", "--stdin", input: [65])
    case .deepChain: break
    }
    return repository
  }
}

struct ObjectReadingTests {
  static let cases = StoredForm.allCases.flatMap { form in
    HashAlgorithm.allCases.map { (form, $0) }
  }

  @Test("every object reads as git reads it", arguments: cases)
  func reads(form: StoredForm, algorithm: HashAlgorithm) throws {
    let repository = try form.make(algorithm)
    let expected = try repository.everything()
    #expect(expected.count > 150)
    for cacheBytes in [20_000, 1 << 20] {
      var options = ObjectDatabase.Options()
      options.deltaCacheBytes = cacheBytes
      options.verifiesOnRead = true
      let database = try repository.database(options)
      #expect(try database.ids() == expected.map(\.id))
      for item in expected {
        #expect(try database.header(of: item.id) == item.object.header)
        #expect(try database.contains(item.id))
        #expect(try database.read(item.id) == item.object)
      }
      var stored: [ObjectID: RawObject] = [:]
      try database.forEachObject(.asStored) { id, object in
        #expect(stored.updateValue(object, forKey: id) == nil)
      }
      #expect(stored.count == expected.count)
      #expect(expected.allSatisfy { stored[$0.id] == $0.object })
      var named: [OracleObject] = []
      try database.forEachObject(.byID) { named.append(OracleObject(id: $0, object: $1)) }
      #expect(named == expected)
    }
  }

  @Test(
    "prefixes find what git finds", arguments: [StoredForm.offsetDeltas, .loose, .indexVersion1])
  func prefixes(form: StoredForm) throws {
    let repository = try form.make(.sha1)
    let ids = try repository.everything().map(\.id)
    let database = try repository.database()
    for id in ids {
      for digits in [4, 5, 39, 40] {
        let prefix = try #require(ObjectIDPrefix(id.abbreviated(to: digits), algorithm: .sha1))
        let expected = ids.filter { prefix.matches($0) }
        #expect(try database.ids(matching: prefix) == expected)
        #expect(try database.rememberedIDs(matching: prefix) == expected)
      }
    }
    let nothing = try #require(ObjectIDPrefix("00000000ff", algorithm: .sha1))
    #expect(try database.ids(matching: nothing).isEmpty)
    #expect(try database.rememberedIDs(matching: nothing).isEmpty)
  }

  @Test("a chain of 4,095 deltas is followed without recursion", arguments: [0, 1 << 20])
  func longestChain(cacheBytes: Int) throws {
    let repository = try GitRepository()
    var random = SeededRandom(seed: 9)
    var words = (0..<30).map { _ in random.word(8) }
    var stream = ""
    for number in 0...4095 {
      words[number % 30] = random.word(8)
      let body = words.joined(separator: " ")
      stream += "blob\nmark :\(number + 1)\ndata \(body.utf8.count)\n\(body)\n"
    }
    try repository.git(
      "-c", "fastimport.unpackLimit=0", "fast-import", "--quiet", "--depth=4095",
      input: Array(stream.utf8))
    let pack = try #require(try repository.packs().first)
    let shown = try repository.git("verify-pack", "-v", pack.string).lines
    let deepest = try #require(shown.last { $0.split(separator: " ").dropFirst(5).first == "4095" })
    let id = try #require(ObjectID(hex: deepest.prefix(40)))
    var options = ObjectDatabase.Options()
    options.deltaCacheBytes = cacheBytes
    let database = try repository.database(options)
    #expect(try database.header(of: id) == ObjectHeader(kind: .blob, size: 269))
    #expect(try database.read(id)?.body == Array(words.joined(separator: " ").utf8))
  }

  @Test("absent objects are absent, and the empty tree is always there")
  func absence() throws {
    let repository = try GitRepository()
    let database = try repository.database()
    let absent = try #require(ObjectID(hex: String(repeating: "1", count: 40)))
    #expect(try database.read(absent) == nil)
    #expect(try database.header(of: absent) == nil)
    #expect(try !database.contains(absent))
    let empty = Tree.emptyID(.sha1)
    #expect(try database.read(empty) == RawObject(kind: .tree, body: []))
    #expect(try database.header(of: empty) == ObjectHeader(kind: .tree, size: 0))
    #expect(try database.contains(empty))
    #expect(try database.ids().isEmpty)
  }

  @Test("packs that come and go beside an open database are followed")
  func rescans() throws {
    let repository = try GitRepository()
    let database = try repository.database()
    #expect(try database.packs().isEmpty)
    try repository.importHistory(commits: 20, seed: 3)
    let expected = try repository.everything()
    for item in expected { #expect(try database.read(item.id) == item.object) }
    let fresh = try repository.database()
    #expect(try fresh.packs().count == 1)
    try repository.git("repack", "-adfq", "--depth=5")
    for item in expected {
      #expect(try fresh.read(item.id) == item.object)
      #expect(try database.read(item.id) == item.object)
    }
  }

  @Test("the index of every pack verifies, and its offsets and checksums are git's")
  func indexes() throws {
    for form in [StoredForm.offsetDeltas, .longOffsets, .indexVersion1] {
      let repository = try form.make(.sha1)
      let pack = try #require(try repository.packs().first)
      let reader = try PackReader(pack, algorithm: .sha1, files: LocalFileSystem())
      try reader.index.verify()
      let path = FilePath(pack.string.dropLast(5) + ".idx")
      let shown = try repository.git("show-index", input: LocalFileSystem().get(path)).lines
      for (position, line) in shown.enumerated() {
        let words = line.split(separator: " ")
        #expect(try reader.index.offset(at: position) == Int(words[0]))
        #expect(reader.index.id(at: position).hex == words[1])
        let checksum = reader.index.checksum(at: position)
        #expect(
          checksum == (words.count > 2 ? UInt32(words[2].dropFirst().dropLast(), radix: 16) : nil))
      }
    }
  }
}
