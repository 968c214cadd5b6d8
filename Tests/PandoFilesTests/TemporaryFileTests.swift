import PandoFiles
import PandoTestKit
import Testing

@Suite struct TemporaryFileTests {
  @Test("A published file has its final name alone", arguments: Disk.allCases)
  func publish(disk: Disk) throws {
    let play = try disk.playground()
    let file = try TemporaryFile.create(
      in: play.root, prefix: "tmp_obj_", fileSystem: play.files)
    try file.write(Array("hello".utf8))
    try file.write(Array("J".utf8).span, at: 0)
    #expect(file.path.lastComponent.hasPrefix("tmp_obj_"))
    #expect(file.path.lastComponent.utf8.count == 14)
    let publication = try file.publish(to: play.root / "final", durability: .everyCommit)
    #expect(publication == .published)
    #expect(try play.names() == ["final"])
    #expect(try play.text(play.root / "final") == "Jello")
    let status = try play.files.status(of: play.root / "final", followingLinks: false)
    #expect(status?.permissions == 0o444)
  }

  @Test("A file that is there already is left alone", arguments: Disk.allCases)
  func alreadyPresent(disk: Disk) throws {
    let play = try disk.playground()
    try play.put("first", play.root / "final")
    let file = try TemporaryFile.create(
      in: play.root, prefix: "tmp_obj_", fileSystem: play.files)
    let publication = try file.publish(to: play.root / "final", durability: .none)
    #expect(publication == .alreadyPresent)
    #expect(try play.names() == ["final"])
    #expect(try play.text(play.root / "final") == "first")
  }

  @Test("A dropped file is removed, a replacing one replaces", arguments: Disk.allCases)
  func dropAndReplace(disk: Disk) throws {
    let play = try disk.playground()
    try play.put("first", play.root / "final")
    do {
      let file = try TemporaryFile.create(
        in: play.root, prefix: "tmp_pack_", fileSystem: play.files)
      try file.write([1, 2, 3])
    }
    #expect(try play.names() == ["final"])
    let file = try TemporaryFile.create(
      in: play.root, prefix: "tmp_pack_", fileSystem: play.files)
    try file.write(Array("second".utf8))
    try file.replace(play.root / "final", durability: .none)
    #expect(try play.names() == ["final"])
    #expect(try play.text(play.root / "final") == "second")
  }

  @Test("A name in use is passed over for another")
  func nameInUse() throws {
    let files = MemoryFileSystem()
    func create() throws(FileError) -> FilePath {
      let file = try TemporaryFile.create(
        in: "/", prefix: "t", fileSystem: files, random: TestRandom(seed: 5))
      return file.path
    }
    let path = try create()
    _ = try files.createExclusively(path, permissions: 0o666)
    #expect(try create() != path)
  }

  @Test("A disk without hard links gets a rename")
  func noHardLinks() throws {
    let memory = MemoryFileSystem()
    // create, write, close come first; the link is refused.
    let files = FaultyFileSystem(memory, failing: .call(3), errno: FileErrorNumber.notPermitted)
    let file = try TemporaryFile.create(in: "/", prefix: "t", fileSystem: files)
    try file.write([1])
    #expect(try file.publish(to: "/final", durability: .none) == .published)
    #expect(files.calls.contains { $0.hasPrefix("rename") })
    #expect(try memory.list("/")?.map(\.name) == ["final"])
  }

  @Test("Whatever call fails, the destination is absent or whole and no other file is left")
  func faults() throws {
    for number in 0... {
      let memory = MemoryFileSystem()
      let faulty = FaultyFileSystem(memory, failing: .call(number))
      let error = failure { () throws(FileError) in
        let file = try TemporaryFile.create(in: "/", prefix: "t", fileSystem: faulty)
        try file.write(Array("whole".utf8))
        _ = try file.publish(to: "/final", durability: .everyCommit)
      }
      let found = try memory.contents(of: "/final", limit: 10)
      #expect(found == nil || found == Array("whole".utf8))
      if error == nil { return }
      // All but the last removal itself, which only leaves litter.
      if faulty.calls.last?.hasPrefix("unlink") != true || error?.call != "unlink" {
        #expect(try memory.list("/")?.allSatisfy { $0.name == "final" } == true)
      }
    }
  }
}
