import PandoBytes
import PandoFiles
import PandoObjects
import PandoTestKit
import Testing

@testable import PandoStorage

/// Who wrote a bitmap file, and of what.
enum BitmapForm: String, CaseIterable {
  case gitPack, gitMany, gitLookupTable, ourPack, ourMany, ourLookupTable

  func make(_ repository: GitRepository) throws {
    let git = repository.git
    let database = try repository.database()
    let tip = try #require(ObjectID(hex: try git("rev-parse", "main").line))
    var request = BitmapRequest(tips: [tip])
    switch self {
    case .gitPack: try git("repack", "-adbq")
    case .gitLookupTable:
      try git("-c", "pack.writeBitmapLookupTable=true", "repack", "-adbq")
    case .gitMany: try git("multi-pack-index", "write", "--bitmap")
    case .ourPack, .ourLookupTable:
      request.writesLookupTable = self == .ourLookupTable
      try git("repack", "-adq")
      try database.rescan()
      try BitmapWriter.write(for: try #require(try database.packs().first), in: database, request)
    case .ourMany:
      var options = MultiPackIndexWriter.Options()
      options.bitmap = request
      _ = try MultiPackIndexWriter(database, options: options).write()
    }
  }

  static let cases = allCases.flatMap { form in HashAlgorithm.allCases.map { (form, $0) } }
}

@Suite struct BitmapTests {
  /// A history of several packs with merges, more than the hundred commits that all get a set.
  static func repository(_ algorithm: HashAlgorithm) throws -> GitRepository {
    let repository = try GitRepository.manyPacks(algorithm, count: 4, commits: 260, seed: 11)
    let git = repository.git
    let tree = try git("rev-parse", "main^{tree}").line
    var side = try git("rev-parse", "main~90").line
    for number in 0..<30 {
      side = try git("commit-tree", "-p", side, "-m", "side \(number)", "main~\(number)^{tree}")
        .line
    }
    let merge = try git("commit-tree", "-p", "main", "-p", side, "-m", "merge", tree).line
    try git("update-ref", "refs/heads/main", merge)
    try git("update-ref", "refs/heads/side", side)
    try git("repack", "-dq")
    return repository
  }

  private func ids(_ lines: [String]) -> Set<String> {
    Set(lines.map { String($0.prefix { $0 != " " }) })
  }

  @Test(arguments: BitmapForm.cases)
  func whatIsReachedIsWhatGitReaches(_ form: BitmapForm, _ algorithm: HashAlgorithm) throws {
    let repository = try Self.repository(algorithm)
    let git = repository.git
    try form.make(repository)
    // Commits that have no bit.
    let tree = try git("rev-parse", "main~3^{tree}").line
    let loose = try git("commit-tree", "-p", "main~1", "-p", "side", "-m", "x", tree).line
    try git("update-ref", "refs/heads/loose", loose)
    let database = try repository.database()
    let bitmaps = try #require(try ReachabilityBitmaps.open(database))
    #expect(bitmaps.isChecksumValid)
    #expect(bitmaps.commits.count > 100)
    for (wants, haves) in [
      (["main"], []), (["main"], ["main~100"]), (["loose"], ["main~50"]), (["v1"], ["side"]),
      (["loose", "v1"], []), (["main~200"], ["main"]), (["side~3", "main~77"], ["main~130"]),
    ] as [([String], [String])] {
      func resolve(_ names: [String]) throws -> [ObjectID] {
        try names.map { try #require(ObjectID(hex: try git("rev-parse", $0).line)) }
      }
      let found = try bitmaps.reachable(from: resolve(wants), excluding: resolve(haves))
      var ours: Set<String> = []
      found.forEach { id, _ in ours.insert(id.hex) }
      let theirs = try git.run(
        ["rev-list", "--objects"] + wants + haves.map { "^\($0)" })
      // Without bitmaps git leaves in what only other commits of the excluded side have.
      let exact = try git.run(
        ["rev-list", "--objects", "--use-bitmap-index"] + wants + haves.map { "^\($0)" })
      #expect(ours.isSubset(of: ids(theirs.lines)))
      #expect(ours == ids(exact.lines), "\(wants) \(haves)")
      #expect(found.count == ours.count)
      let commits = try git.run(["rev-list", "--count"] + wants + haves.map { "^\($0)" }).line
      #expect(String(found.count(.commit)) == commits)
    }
  }

  @Test(arguments: BitmapForm.cases.filter { $0.0.rawValue.hasPrefix("our") })
  func gitAcceptsOurs(_ form: BitmapForm, _ algorithm: HashAlgorithm) throws {
    let repository = try Self.repository(algorithm)
    let git = repository.git
    let expected = try git("rev-list", "--objects", "main", "v1").lines.count
    try form.make(repository)
    try git("rev-list", "--test-bitmap", "main")
    let counted = try git("rev-list", "--use-bitmap-index", "--count", "--objects", "main", "v1")
    #expect(counted.line == String(expected))
    #expect(counted.errors.isEmpty)
    try git("fsck", "--full", "--strict")
    try git("multi-pack-index", "verify")
    let used = try git.run(
      ["rev-list", "--use-bitmap-index", "--count", "--objects", "main"],
      environment: ["GIT_TRACE2_EVENT": "1"])
    #expect(used.errors.contains("bitmap"), "the file was not used")
    let pack = try git(
      "pack-objects", "--revs", "--stdout", "-q", input: Array("main\n^main~40\n".utf8)
    ).bytes
    let other = try GitRepository(algorithm)
    try git("update-ref", "refs/heads/base", "main~40")
    try other.git("fetch", "-q", repository.directory.path, "refs/heads/base:refs/heads/base")
    try other.git("unpack-objects", "-q", input: pack)
    let tip = try git("rev-parse", "main").line
    try other.git("update-ref", "refs/heads/main", tip)
    try other.git("fsck", "--full")
    let clone = try TemporaryDirectory()
    try git("clone", "-q", "--bare", "file://" + repository.directory.path, clone.path + "/c")
    #expect(
      try GitOracle(in: clone.path + "/c")("rev-list", "--all", "--objects", "--count").line
        == String(try git("rev-list", "--all", "--objects").lines.count))
  }

  @Test func staleAndDamagedFilesAreLeftAside() throws {
    let repository = try Self.repository(.sha1)
    let files = LocalFileSystem()
    try BitmapForm.ourPack.make(repository)
    let packs = repository.objects / "pack"
    let name = try #require(try files.list(packs)?.first { $0.name.hasSuffix(".bitmap") }?.name)
    let bytes = try files.get(packs / name)
    var stale = bytes
    stale[12] ^= 1
    for damaged in [stale, Array(bytes.prefix(200)), []] {
      try files.put(damaged, at: packs / name)
      #expect(try ReachabilityBitmaps.open(try repository.database()) == nil)
    }
    try files.put(bytes, at: packs / name)
    #expect(try ReachabilityBitmaps.open(try repository.database()) != nil)
  }

  @Test func packsThatAreNotClosedGetNone() throws {
    let repository = try Self.repository(.sha1)
    let database = try repository.database()
    let tip = try #require(ObjectID(hex: try repository.git("rev-parse", "main").line))
    let error = #expect(throws: PandoError.self) {
      try BitmapWriter.write(
        for: try #require(try database.packs().last), in: database, BitmapRequest(tips: [tip]))
    }
    #expect(error?.code == .notFound)
    let names = try LocalFileSystem().list(repository.objects / "pack")?.map(\.name) ?? []
    #expect(!names.contains { $0.contains("bitmap") })
  }

  @Test func everyTruncationAndFlipIsSafe() throws {
    let repository = try GitRepository()
    try repository.importHistory(commits: 12, seed: 4, large: 100)
    try repository.git("repack", "-adbq")
    let database = try repository.database()
    let pack = try #require(try database.packs().first)
    let bytes = try LocalFileSystem().get(PackNames.path(of: pack.path, ending: ".bitmap"))
    let count = pack.index.count
    func look(_ bytes: [UInt8]) {
      guard let file = try? BitmapFile(MappedFile(bytes), count: count, algorithm: .sha1) else {
        return
      }
      _ = file.isChecksumValid
      for position in file.positions {
        _ = (try? file.set(at: Int(position)))?.expanded(limit: count)
        _ = file.nameHash(at: Int(position))
      }
    }
    look(bytes)
    Damage.truncations(of: bytes, look)
    Damage.bitFlips(of: bytes, rounds: 2000, look)
  }

  @Test func hashesOfPathsAreGits() throws {
    let repository = try GitRepository()
    try repository.importHistory(commits: 12, seed: 4, large: 100)
    try repository.git("repack", "-adbq")
    let database = try repository.database()
    let bitmaps = try #require(try ReachabilityBitmaps.open(database))
    let blob = try #require(ObjectID(hex: try repository.git("rev-parse", "main:d1/file1").line))
    let bit = try #require(bitmaps.bit(of: blob))
    #expect(bitmaps.nameHash(ofBit: bit) == PathHash(Array("d1/file1".utf8).span).value)
    let tip = try #require(ObjectID(hex: try repository.git("rev-parse", "main").line))
    try BitmapWriter.write(
      for: try #require(try database.packs().first), in: database, BitmapRequest(tips: [tip]))
    let ours = try #require(try ReachabilityBitmaps.open(try repository.database()))
    for bit in 0..<bitmaps.count {
      // Git hashes the names of tags too.
      if bitmaps.objects(of: .tag).contains(bit) { continue }
      #expect(ours.nameHash(ofBit: bit) == bitmaps.nameHash(ofBit: bit))
    }
  }
}
