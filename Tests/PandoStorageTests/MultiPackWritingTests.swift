import PandoBytes
import PandoFiles
import PandoObjects
import PandoTestKit
import Testing

@testable import PandoStorage

@Suite struct MultiPackWritingTests {
  private let files = LocalFileSystem()

  /// The bytes of the index that git writes and those that we write, each from the same start.
  private func both(
    _ repository: GitRepository, _ arguments: [String] = [], input: [String] = [],
    from start: [UInt8]? = nil, _ options: MultiPackIndexWriter.Options = .init()
  ) throws -> (theirs: [UInt8], ours: [UInt8]) {
    let path = repository.multiPackIndex
    func reset() throws {
      _ = try files.remove(path)
      if let start { try files.put(start, at: path) }
    }
    try reset()
    let output = try repository.git.run(
      ["multi-pack-index", "write"] + arguments, input: Array(input.joined().utf8))
    #expect(output.status == 0, "\(output.errors)")
    let theirs = try files.get(path)
    try reset()
    _ = try MultiPackIndexWriter(try repository.database(), options: options).write()
    let ours = try files.get(path)
    try repository.git("multi-pack-index", "verify")
    return (theirs, ours)
  }

  @Test(arguments: HashAlgorithm.allCases)
  func theBytesAreGits(_ algorithm: HashAlgorithm) throws {
    let repository = try GitRepository.manyPacks(algorithm)
    let fresh = try both(repository)
    #expect(fresh.theirs == fresh.ours)
    try repository.git("fsck", "--full")

    // The order in time reversed: other copies win.
    try repository.age(try repository.packs().reversed())
    let reversed = try both(repository)
    #expect(reversed.theirs == reversed.ours)
    #expect(reversed.ours != fresh.ours)

    for name in try repository.indexNames() {
      var options = MultiPackIndexWriter.Options()
      options.preferredPack = Array(name.utf8)
      let preferred = try both(repository, ["--preferred-pack=\(name)"], options)
      #expect(preferred.theirs == preferred.ours)
    }

    var options = MultiPackIndexWriter.Options()
    let some = try repository.indexNames().dropLast(2)
    options.included = Set(some.map { Array($0.utf8) })
    let included = try both(
      repository, ["--stdin-packs"], input: some.map { $0 + "\n" }, options)
    #expect(included.theirs == included.ours)
  }

  @Test(arguments: HashAlgorithm.allCases)
  func theOrderForBitmapsIsGits(_ algorithm: HashAlgorithm) throws {
    let repository = try GitRepository.manyPacks(algorithm)
    var options = MultiPackIndexWriter.Options()
    options.writesOrder = true
    let plain = try both(repository, ["--bitmap"], options)
    #expect(plain.theirs == plain.ours)
    for name in try repository.indexNames() {
      options.preferredPack = Array((name.dropLast(4) + ".pack").utf8)
      let preferred = try both(
        repository, ["--bitmap", "--preferred-pack=\(name.dropLast(4)).pack"], options)
      #expect(preferred.theirs == preferred.ours)
    }
  }

  @Test func whatTheIndexThereIsHasChosenStands() throws {
    let repository = try GitRepository.manyPacks()
    let first = try both(repository).ours
    // Were all packs read again, other copies would win now.
    try repository.age(try repository.packs().reversed())
    let ids = try repository.database().ids().prefix(40).map { $0.hex + "\n" }
    try repository.git("pack-objects", "-q", "objects/pack/pack", input: Array(ids.joined().utf8))
    let grown = try both(repository, from: first)
    #expect(grown.theirs == grown.ours)
    let afresh = try both(repository)
    #expect(afresh.theirs == afresh.ours)
    #expect(afresh.ours != grown.ours)
    var options = MultiPackIndexWriter.Options()
    options.writesOrder = true
    options.preferredPack = try repository.indexNames().first.map { Array($0.utf8) }
    let name = try #require(try repository.indexNames().first)
    let preferred = try both(
      repository, ["--bitmap", "--preferred-pack=\(name)"], from: first, options)
    #expect(preferred.theirs == preferred.ours)
  }

  @Test func theSamePacksAreNotWrittenAgain() throws {
    let repository = try GitRepository.manyPacks()
    let database = try repository.database()
    let stale =
      repository.objects / "pack/multi-pack-index-\(String(repeating: "1", count: 40)).rev"
    try files.put([1], at: stale)
    guard case .written(let checksum) = try MultiPackIndexWriter(database).write() else {
      Issue.record("nothing was written")
      return
    }
    #expect(try files.exists(stale) == false)
    #expect(try database.multiPackIndexes().first?.1.checksum == checksum)
    #expect(try MultiPackIndexWriter(database).write() == .unchanged)
  }

  @Test func longOffsetsAreWrittenAsGitWritesThem() throws {
    for (offsets, needsTable) in [
      ([12, 0x8000_0000], false), ([12, 0x8000_0000, 0x1_0000_0000], true), ([12], false),
    ] as [([UInt64], Bool)] {
      var rows = MultiPackRows(algorithm: .sha1)
      rows.offsets = offsets
      rows.packs = offsets.map { _ in 0 }
      let (locations, long) = rows.locations([0])
      #expect(locations.count == offsets.count * 8)
      #expect(long?.count == (needsTable ? 16 : nil))
    }
  }

  @Test func whatCannotBeWrittenIsSaid() throws {
    let repository = try GitRepository()
    let database = try repository.database()
    let none = #expect(throws: PandoError.self) { _ = try MultiPackIndexWriter(database).write() }
    #expect(none?.message == "no pack files to index.")
    try repository.importHistory(commits: 3, seed: 1)
    try files.put([], at: LockFile.lockPath(for: repository.multiPackIndex))
    let locked = #expect(throws: PandoError.self) { _ = try MultiPackIndexWriter(database).write() }
    #expect(locked?.code == .locked)
    #expect(try files.exists(repository.multiPackIndex) == false)
    _ = try files.remove(LockFile.lockPath(for: repository.multiPackIndex))
    var said: [String] = []
    var options = MultiPackIndexWriter.Options()
    options.preferredPack = Array("pack-no.idx".utf8)
    _ = try MultiPackIndexWriter(database, options: options) { said.append($0) }.write()
    #expect(said == ["unknown preferred pack: 'pack-no.idx'"])
  }

  @Test func verificationFindsWhatGitFinds() throws {
    let repository = try GitRepository.manyPacks()
    try repository.git("multi-pack-index", "write")
    let bytes = try files.get(repository.multiPackIndex)
    let index = try MultiPackIndex(MappedFile(bytes), algorithm: .sha1)
    let ids = try #require(bytes.count > 4000 ? bytes.count - 20 - index.count * 28 : nil)
    var places = [bytes.count - 1, ids + 25, bytes.count - 21, bytes.count - 22]
    places += [ids + 20 * index.count + 7]
    for place in places {
      var damaged = bytes
      damaged[place] ^= 1
      try files.put(damaged, at: repository.multiPackIndex)
      let theirs = try repository.git.run(["multi-pack-index", "verify"])
      var ours = ""
      try MultiPackIndex(MappedFile(damaged), algorithm: .sha1).verify(
        in: repository.objects / "pack", files: files
      ) { ours += $0 + "\n" }
      #expect(ours == theirs.errors)
      #expect(!ours.isEmpty)
    }
  }
}
