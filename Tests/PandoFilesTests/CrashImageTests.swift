import PandoFiles
import PandoTestKit
import Testing

@Suite struct CrashImageTests {
  static let seeds = 0..<UInt64(20)

  static var losses: [CrashLoss] {
    [.nothing, .everythingUnsynced, .unsyncedBytes, .unsyncedNames]
      + seeds.map { .some(seed: $0) }
  }

  private func recording(_ prepare: (MemoryFileSystem) throws -> Void) rethrows -> MemoryFileSystem
  {
    let files = MemoryFileSystem(clock: TestClock())
    try prepare(files)
    files.startRecording()
    return files
  }

  @Test("A synced commit is old or new at every moment, and new once it has returned")
  func everyCommit() throws {
    let files = try recording {
      try $0.replaceContents(of: "/ref", with: [1], durability: .none)
    }
    try files.replaceContents(of: "/ref", with: [2, 2], durability: .everyCommit)
    for count in 0...files.operationCount {
      for loss in Self.losses {
        let image = files.crashImage(after: count, losing: loss)
        let found = try image.contents(of: "/ref", limit: 10)
        #expect(found == [1] || found == [2, 2], "\(loss) after \(count)")
        if count == files.operationCount { #expect(found == [2, 2]) }
      }
    }
  }

  @Test("A commit as Git makes it can leave an empty file under the final name")
  func asGit() throws {
    let files = recording { _ in }
    try files.replaceContents(of: "/ref", with: [2, 2], durability: .asGit)
    #expect(try files.crashImage(losing: .unsyncedBytes).contents(of: "/ref", limit: 10) == [])
    #expect(try files.crashImage(losing: .unsyncedNames).contents(of: "/ref", limit: 10) == nil)
    #expect(try files.crashImage(losing: .nothing).contents(of: "/ref", limit: 10) == [2, 2])
  }

  @Test("Publishing over an unsynced file of that name makes that one safe")
  func alreadyPresent() throws {
    let files = recording { _ in }
    try files.replaceContents(of: "/f", with: [1], durability: .none)
    let file = try TemporaryFile.create(in: "/", prefix: "t", fileSystem: files)
    try file.write([1])
    #expect(try file.publish(to: "/f", durability: .everyCommit) == .alreadyPresent)
    let image = files.crashImage(losing: .everythingUnsynced)
    #expect(try image.contents(of: "/f", limit: 10) == [1])
  }

  @Test("Synced bytes without a synced name are lost with the name")
  func nameLost() throws {
    let files = recording { _ in }
    let file = try files.createExclusively("/f", permissions: 0o666)
    try file.write([1])
    try file.synchronize()
    #expect(try files.crashImage(losing: .everythingUnsynced).list("/") == [])
    try files.synchronizeDirectory("/")
    try file.write([2])
    let image = files.crashImage(losing: .everythingUnsynced)
    #expect(try image.contents(of: "/f", limit: 10) == [1])
  }

  @Test("A removal that no sync has reached is undone, with the bytes it freed")
  func removalUndone() throws {
    let files = try recording {
      try $0.replaceContents(of: "/f", with: [1], durability: .none)
    }
    try files.remove("/f")
    let undone = files.crashImage(losing: .everythingUnsynced)
    #expect(try undone.contents(of: "/f", limit: 10) == [1])
    try files.synchronizeDirectory("/")
    #expect(try files.crashImage(losing: .everythingUnsynced).list("/") == [])
  }

  @Test("A directory without a synced name takes what is below it along")
  func directoryLost() throws {
    let files = recording { _ in }
    try files.createDirectory("/d", permissions: 0o777)
    try files.replaceContents(of: "/d/f", with: [1], durability: .everyCommit)
    #expect(try files.crashImage(losing: .everythingUnsynced).list("/") == [])
    try files.removeTree("/d")
    try files.createDirectories("/d/e", durability: .everyCommit)
    try files.replaceContents(of: "/d/e/f", with: [1], durability: .everyCommit)
    let image = files.crashImage(losing: .everythingUnsynced)
    #expect(try image.contents(of: "/d/e/f", limit: 10) == [1])
  }

  @Test("By chance, a write survives whole, not at all, in its first part, or as zeros")
  func torn() throws {
    let files = recording { _ in }
    let file = try files.createExclusively("/f", permissions: 0o666)
    try files.synchronizeDirectory("/")
    try file.write([1, 2, 3, 4])
    var seen = Set<[UInt8]>()
    for seed in 0..<UInt64(200) {
      let image = files.crashImage(losing: .some(seed: seed))
      let found = try #require(try image.contents(of: "/f", limit: 10))
      #expect(found == [0, 0, 0, 0] || [1, 2, 3, 4].starts(with: found))
      seen.insert(found)
    }
    #expect(seen.count == 6)
  }

  @Test("An image is a disk of its own that can crash again")
  func independent() throws {
    let files = recording { _ in }
    try files.replaceContents(of: "/f", with: [1], durability: .everyCommit)
    let image = files.crashImage(losing: .nothing)
    try image.replaceContents(of: "/f", with: [2], durability: .none)
    #expect(try files.contents(of: "/f", limit: 10) == [1])
    let again = image.crashImage(losing: .everythingUnsynced)
    #expect(try again.contents(of: "/f", limit: 10) == [1])
    #expect(files.operationDescriptions.count == files.operationCount)
  }

  /// Seeded operations with few names, so that subsets of them meet in odd ways: directories
  /// entered twice, names of nodes that are gone.
  @Test("Images of wild histories are trees", arguments: seeds)
  func wild(seed: UInt64) throws {
    let files = recording { _ in }
    let random = TestRandom(seed: seed)
    func path() -> FilePath {
      let names = ["a", "b", "c"]
      return (0...random.next(below: 3)).reduce("/") { path, _ in
        path / names[random.next(below: 3)]
      }
    }
    for _ in 0..<200 {
      do throws(FileError) {
        switch random.next(below: 7) {
        case 0, 1: try files.createDirectory(path(), permissions: 0o777)
        case 2: try files.createExclusively(path(), permissions: 0o666).write([1, 2, 3])
        case 3, 4: try files.rename(path(), to: path())
        case 5: try files.link(path(), to: path())
        default: try files.synchronizeDirectory(path().parent)
        }
      } catch {
        continue
      }
    }
    for loss in Self.losses {
      for count in stride(from: 0, through: files.operationCount, by: 7) {
        let image = files.crashImage(after: count, losing: loss)
        for entry in try image.list("/") ?? [] {
          try image.removeTree(FilePath("/").appending(bytes: entry.nameBytes))
        }
        #expect(try image.list("/") == [])
      }
    }
  }
}
