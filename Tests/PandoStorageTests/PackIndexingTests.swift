import PandoBytes
import PandoFiles
import PandoObjects
import PandoStorage
import PandoTestKit
import Testing

/// Standard input that gives few bytes at a time.
private final class Drip: ByteInput {
  private let input: MemoryInput
  private let step: Int

  init(_ bytes: [UInt8], step: Int) {
    input = MemoryInput(bytes)
    self.step = step
  }

  func read(upTo count: Int) throws(FileError) -> [UInt8] {
    try input.read(upTo: min(count, step))
  }

  func readLine(endingWith delimiter: UInt8, limit: Int) throws(FileError) -> [UInt8]? { nil }

  func readAll(limit: Int) throws(FileError) -> [UInt8] { try input.readAll(limit: limit) }

  var isTerminal: Bool { false }
}

@Suite("Indexing packs: the bytes that git writes")
struct PackIndexingTests {
  private let files = LocalFileSystem()

  /// The index and reverse index that git makes of a pack.
  private func oracle(
    _ pack: [UInt8], _ algorithm: HashAlgorithm, _ options: [String] = []
  ) throws -> (index: [UInt8], reverse: [UInt8]) {
    let scratch = try TemporaryDirectory()
    try scratch.write(pack, to: "p.pack")
    let git = GitOracle(in: scratch.path)
    let words = ["index-pack", "--object-format=\(algorithm.name)", "--rev-index"] + options
    let output = try git.run(words + ["p.pack"])
    guard output.status == 0 else { throw OracleFailure(output.errors) }
    return (try scratch.read("p.idx"), try scratch.read("p.rev"))
  }

  /// Expects the same of us, from the file and from a stream, with few and many threads, with room
  /// for bases and without.
  private func expectSame(
    _ pack: [UInt8], _ algorithm: HashAlgorithm, _ comment: Comment? = nil
  ) throws {
    let wanted = try oracle(pack, algorithm)
    let scratch = try TemporaryDirectory()
    try scratch.write(pack, to: "p.pack")
    for (threads, budget) in [(1, 16 << 20), (1, 0), (3, 0), (3, 5000), (2, 16 << 20)] {
      var options = PackIndexer.Options()
      options.threads = threads
      options.memoryBudget = budget
      let indexer = PackIndexer(algorithm, files: files, options: options)
      let indexed = try indexer.index(packAt: FilePath(scratch.path + "/p.pack"))
      #expect(try indexed.index() == wanted.index, comment)
      var reverse: [UInt8] = []
      let collector = Collector()
      try indexed.writeReverseIndex { collector.bytes += $0 }
      reverse = collector.bytes
      #expect(reverse == wanted.reverse, comment)
      let received = try indexer.index(
        stream: Drip(pack, step: threads * 997), in: FilePath(scratch.path))
      #expect(try received.pack.index() == wanted.index, comment)
    }
  }

  private final class Collector { var bytes: [UInt8] = [] }

  @Test(
    "of real histories, with deltas by offset and by name",
    arguments: HashAlgorithm.allCases, [true, false])
  func histories(_ algorithm: HashAlgorithm, _ usesOffsets: Bool) throws {
    let repository = try GitRepository(algorithm)
    try repository.importHistory(commits: 120, seed: 4, large: 1_300_000)
    let options = usesOffsets ? ["--delta-base-offset"] : []
    let pack = try repository.git.run(
      ["pack-objects", "--all", "--stdout", "-q", "--window=20", "--depth=40", "--no-reuse-delta"]
        + options
    ).bytes
    try expectSame(pack, algorithm)
  }

  @Test("in version 1, and with offsets put early into the table of long ones")
  func formats() throws {
    let repository = try GitRepository()
    try repository.importHistory(commits: 20, seed: 5)
    let pack = try repository.git("pack-objects", "--all", "--stdout", "-q").bytes
    let scratch = try TemporaryDirectory()
    try scratch.write(pack, to: "p.pack")
    let indexed = try PackIndexer(.sha1, files: files)
      .index(packAt: FilePath(scratch.path + "/p.pack"))
    var format = IndexedPack.IndexFormat()
    format.version = 1
    #expect(try indexed.index(format) == oracle(pack, .sha1, ["--index-version=1"]).index)
    format.version = 2
    format.longOffsetMin = 0x401
    #expect(try indexed.index(format) == oracle(pack, .sha1, ["--index-version=2,0x400"]).index)
    // Git makes version 2 of an index that version 1 cannot hold.
    format.version = 1
    #expect(try indexed.index(format) == oracle(pack, .sha1, ["--index-version=1,0x400"]).index)
  }

  @Test("of a pack without objects", arguments: HashAlgorithm.allCases)
  func empty(_ algorithm: HashAlgorithm) throws {
    try expectSame(PackSample([], algorithm: algorithm).bytes, algorithm)
  }

  @Test("of bases that lie behind their deltas, in chains and in families")
  func laterBases() throws {
    var random = SeededRandom(seed: 8)
    var texts = [random.bytes(300)]
    var entries: [PackSample.Entry] = []
    for number in 1..<60 {
      let base = texts[Int(random.next() % UInt64(number))]
      let tail = random.bytes(Int(random.next() % 90) + 1)
      texts.append(Array(base.prefix(200)) + tail)
      entries.append(
        .named(
          try PackSample.id(base),
          PackSample.delta(base: base.count, keeping: 200, then: tail)))
    }
    entries.append(.blob(texts[0]))
    try expectSame(PackSample(entries).bytes, .sha1)
    try expectSame(PackSample(entries.reversed()).bytes, .sha1)
  }

  @Test("of objects that come twice, whole and as deltas, on bases that come twice")
  func duplicates() throws {
    let base = Array("a base with some text in it".utf8)
    let result = Array(base.prefix(10)) + [1, 2, 3]
    let delta = PackSample.delta(base: base.count, keeping: 10, then: [1, 2, 3])
    let onResult = PackSample.delta(base: result.count, keeping: 5, then: [9])
    let entries: [PackSample.Entry] = [
      .blob(base), .offset(0, delta), .blob(result), .blob(base), .offset(3, delta),
      .offset(1, onResult), .offset(4, onResult),
    ]
    let pack = PackSample(entries).bytes
    try expectSame(pack, .sha1)
    var options = PackIndexer.Options()
    options.refusesRepeatedObjects = true
    let strict = PackIndexer(.sha1, files: MemoryFileSystem(), options: options)
    let error = #expect(throws: PandoError.self) {
      _ = try strict.index(stream: MemoryInput(pack), in: "/")
    }
    #expect(error?.message.contains("appears twice in the pack") == true)
    // Git gives up on a delta whose base is there twice by name; nothing is wrong with it.
    let named = PackSample(
      entries + [
        .named(try PackSample.id(base), delta), .named(try PackSample.id(result), onResult),
      ])
    let received = try PackIndexer(.sha1, files: MemoryFileSystem())
      .index(stream: MemoryInput(named.bytes), in: "/")
    #expect(received.pack.entry(8).id == received.pack.entry(5).id)
  }

  @Test("of chains so long that no recursion would end, with room for few bases")
  func longChains() throws {
    let length = 12_000
    var entries: [PackSample.Entry] = [.blob([UInt8](repeating: 7, count: 600))]
    for number in 0..<length {
      let tail = [UInt8(number & 255), UInt8(number >> 8), 1]
      let delta = PackSample.delta(
        base: number == 0 ? 600 : 203, keeping: 200, then: tail)
      entries.append(.offset(number, delta))
    }
    // A second delta on each keeps all bases alive until the end of the chain is reached.
    for number in 1..<length where number % 3 == 0 {
      let tail = [UInt8(number & 255), UInt8(number >> 8), 2]
      entries.append(
        .offset(number, PackSample.delta(base: 203, keeping: 200, then: tail)))
    }
    let pack = PackSample(entries).bytes
    let wanted = try oracle(pack, .sha1)
    for (threads, budget) in [(1, 20_000), (2, 3000), (1, 1 << 20)] {
      var options = PackIndexer.Options()
      options.threads = threads
      options.memoryBudget = budget
      let memory = MemoryFileSystem()
      let indexer = PackIndexer(.sha1, files: memory, options: options)
      let received = try indexer.index(stream: MemoryInput(pack), in: "/")
      #expect(try received.pack.index() == wanted.index)
      #expect(received.pack.chainDepths.max() == UInt32(length))
    }
  }

  @Test("of thin packs, completed with the same bytes", arguments: HashAlgorithm.allCases)
  func thin(_ algorithm: HashAlgorithm) throws {
    let repository = try GitRepository(algorithm)
    try repository.importHistory(commits: 60, seed: 6)
    let git = repository.git
    let pack = try git(
      "pack-objects", "--revs", "--thin", "--stdout", "-q",
      input: Array("main\n^main~30\n".utf8)
    ).bytes
    // Git completes the pack from the same objects, in a repository that has only the older ones.
    let other = try GitRepository(algorithm)
    let older = try git(
      "pack-objects", "--revs", "--stdout", "-q", input: Array("main~30\n".utf8)
    ).bytes
    try other.git("index-pack", "--stdin", input: older)
    let line = try other.git("index-pack", "--stdin", "--fix-thin", input: pack).line
    let hash = try #require(line.split(separator: "\t").last)
    let wanted = try files.get(other.objects / "pack" / "pack-\(hash).pack")

    let third = try GitRepository(algorithm)
    try third.git("index-pack", "--stdin", input: older)
    var options = PackIndexer.Options()
    let bare = PackIndexer(algorithm, files: files, options: options, objects: try third.database())
    #expect(throws: PandoError.self) {
      _ = try bare.index(stream: MemoryInput(pack), in: third.objects / "pack")
    }
    options.completesThinPacks = true
    let indexer = PackIndexer(
      algorithm, files: files, options: options, objects: try third.database())
    let received = try indexer.index(stream: MemoryInput(pack), in: third.objects / "pack")
    #expect(received.pack.addedCount > 0)
    let place = try received.publish(.init())
    #expect(try files.get(place.path) == wanted)
    #expect(
      try files.get(place.indexPath) == files.get(other.objects / "pack" / "pack-\(hash).idx"))
    try third.git("fsck", "--full", "--strict")
  }

  @Test("an object that is there already must be the same")
  func collisions() throws {
    let repository = try GitRepository()
    let body = Array("the same name".utf8)
    let id = try repository.git("hash-object", "-w", "--stdin", input: body).line
    let path = repository.objects / String(id.prefix(2)) / String(id.dropFirst(2))
    let pack = PackSample([.blob(body)]).bytes
    func index() throws {
      _ = try PackIndexer(.sha1, files: files, objects: try repository.database())
        .index(stream: MemoryInput(pack), in: repository.objects / "pack")
    }
    try index()
    // Another content under that name.
    var deflater = Deflater(level: 1)
    let other = Array("blob 13\0another bytes".utf8)
    try files.put(deflater.deflate(other.span), at: path)
    let error = #expect(throws: PandoError.self) { try index() }
    #expect(error?.message == "SHA1 COLLISION FOUND WITH \(id) !")
  }
}
