import PandoFiles
import PandoTestKit
import Testing

@Suite struct LockFileTests {
  @Test("A commit replaces the file and gives the lock back", arguments: Disk.allCases)
  func commit(disk: Disk) throws {
    let play = try disk.playground()
    try play.put("old", play.root / "ref")
    let lock = try LockFile.acquire(play.root / "ref", in: play.files)
    try lock.write(Array("new".utf8))
    #expect(try play.text(play.root / "ref") == "old")
    #expect(try play.names() == ["ref", "ref.lock"])
    try lock.commit(.everyCommit)
    #expect(try play.names() == ["ref"])
    #expect(try play.text(play.root / "ref") == "new")
  }

  @Test("A dropped or rolled back lock changes nothing", arguments: Disk.allCases)
  func rollBack(disk: Disk) throws {
    let play = try disk.playground()
    try play.put("old", play.root / "ref")
    for isDropped in [true, false] {
      let lock = try LockFile.acquire(play.root / "ref", in: play.files)
      try lock.write([1, 2, 3])
      if isDropped { _ = consume lock } else { try lock.rollBack() }
      #expect(try play.names() == ["ref"])
      #expect(try play.text(play.root / "ref") == "old")
    }
  }

  @Test("A held lock is an error that names the lock file", arguments: Disk.allCases)
  func held(disk: Disk) throws {
    let play = try disk.playground()
    let lock = try LockFile.acquire(play.root / "ref", in: play.files)
    let error = failure { () throws(FileError) in
      try LockFile.acquire(play.root / "ref", in: play.files).rollBack()
    }
    #expect(error?.isExists == true)
    #expect(error?.path == lock.lockPath)
    #expect(error?.description.hasPrefix("create \(play.root)/ref.lock: File exists; ") == true)
    try lock.rollBack()
    #expect(try play.names() == [])
  }

  @Test("A waiter gives up when its patience is over, having slept just that long")
  func patience() throws {
    let files = MemoryFileSystem()
    let clock = TestClock(seconds: 0)
    let lock = try LockFile.acquire("ref", in: files)
    let patience = LockFile.Patience(
      milliseconds: 1500, clock: clock, random: TestRandom(seed: 1))
    let error = failure { () throws(FileError) in
      try LockFile.acquire("ref", in: files, patience: patience).rollBack()
    }
    #expect(error?.isExists == true)
    #expect(clock.now() == (seconds: 1, nanoseconds: 500_000_000))
    try lock.rollBack()
    try LockFile.acquire("ref", in: files, patience: patience).rollBack()
    #expect(clock.now().seconds == 1)
  }

  @Test("Locks of many threads admit one at a time", arguments: Disk.allCases)
  func contention(disk: Disk) async throws {
    let play = try disk.playground()
    let path = play.root / "count"
    try play.put("0", path)
    let files = play.files
    await withTaskGroup(of: Void.self) { group in
      for seed in 0..<4 {
        group.addTask {
          for round in 0..<10 {
            let random = TestRandom(seed: UInt64(seed * 100 + round))
            let patience = LockFile.Patience(milliseconds: 60_000, random: random)
            do throws(FileError) {
              let lock = try LockFile.acquire(path, in: files, patience: patience)
              let text = try files.contents(of: path, limit: 10) ?? []
              let count = Int(String(decoding: text, as: UTF8.self)) ?? -1000
              try lock.write(Array("\(count + 1)".utf8))
              try lock.commit(.none)
            } catch {
              Issue.record(error)
            }
          }
        }
      }
    }
    #expect(try play.text(path) == "40")
  }

  @Test(
    "Whatever call fails, the file is old or new and the lock is not left", arguments: Disk.allCases
  )
  func faults(disk: Disk) throws {
    var failed = 0
    var number = 0
    while true {
      let play = try disk.playground()
      try play.put("old", play.root / "ref")
      let faulty = FaultyFileSystem(play.files, failing: .call(number))
      let error = failure { () throws(FileError) in
        try faulty.replaceContents(
          of: play.root / "ref", with: Array("new".utf8), durability: .everyCommit)
      }
      let text = try play.text(play.root / "ref")
      #expect(text == "new" || error != nil && text == "old")
      #expect(try play.names() == ["ref"], "\(faulty.calls)")
      if error == nil { break }
      failed += 1
      number += 1
    }
    // create, write, sync, close, rename, sync of the directory.
    #expect(failed == 6)
  }
}
