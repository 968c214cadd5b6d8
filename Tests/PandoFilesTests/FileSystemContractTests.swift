import PandoFiles
import PandoTestKit
import Testing

/// What any file system must do, tried on each.
@Suite struct FileSystemContractTests {
  @Test("Absence is nil or false, also behind a file", arguments: Disk.allCases)
  func absence(disk: Disk) throws {
    let play = try disk.playground()
    try play.put("x", play.root / "file")
    for path in [play.root / "none", play.root / "none/below", play.root / "file/below"] {
      #expect(try play.files.status(of: path, followingLinks: true) == nil)
      #expect(try play.files.status(of: path, followingLinks: false) == nil)
      #expect(try play.files.contents(of: path, limit: 10) == nil)
      #expect(try play.files.openForReading(path) == nil)
      #expect(try play.files.map(path) == nil)
      #expect(try play.files.list(path) == nil)
      #expect(try play.files.readLink(path) == nil)
      #expect(try play.files.remove(path) == false)
      #expect(try play.files.removeDirectory(path) == false)
      #expect(try play.files.setModificationTime(of: path, to: nil) == false)
    }
    #expect(try play.files.list(play.root / "file") == nil)
    #expect(try play.files.readLink(play.root / "file") == nil)
  }

  @Test("What is written is read back, whole, in part and mapped", arguments: Disk.allCases)
  func readBack(disk: Disk) throws {
    let play = try disk.playground()
    let path = play.root / "file"
    let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let file = try play.files.createExclusively(path, permissions: 0o444)
    try file.write(Array(bytes[..<10]))
    try file.write(Array(bytes[10...]))
    try file.synchronize()
    try file.close()
    try file.close()
    #expect(try play.files.contents(of: path, limit: bytes.count) == bytes)
    let mapped = try #require(try play.files.map(path))
    #expect(mapped.count == bytes.count)
    #expect(mapped.withBytes { span in span.count == bytes.count && span[99_999] == bytes[99_999] })
    mapped.releasePages(0..<50_000)
    #expect(mapped.withBytes { $0[20_000] } == bytes[20_000])
    let open = try #require(try play.files.openForReading(path))
    #expect(open.size == bytes.count)
    #expect(try open.read(at: 0, count: 5) == Array(bytes[..<5]))
    #expect(try open.read(at: 99_990, count: Int.max) == Array(bytes[99_990...]))
    #expect(try open.read(at: 100_000, count: 5) == [])
    #expect(try open.read(at: Int.max, count: 5) == [])
    #expect(try open.read(at: -1, count: 5) == [])
    let status = try #require(try play.files.status(of: path, followingLinks: false))
    #expect(status.kind == .file && status.size == bytes.count)
    #expect(status.permissions == 0o444 && !status.isExecutable)
    #expect(try open.status().inode == status.inode)
  }

  @Test("An empty file has no bytes in every way to read", arguments: Disk.allCases)
  func emptyFile(disk: Disk) throws {
    let play = try disk.playground()
    try play.put("", play.root / "empty")
    #expect(try play.files.contents(of: play.root / "empty", limit: 0) == [])
    #expect(try play.files.map(play.root / "empty")?.count == 0)
    #expect(try play.files.openForReading(play.root / "empty")?.read(at: 0, count: 1) == [])
  }

  @Test("A file above the limit is refused, one at the limit is read", arguments: Disk.allCases)
  func limit(disk: Disk) throws {
    let play = try disk.playground()
    try play.put("12345", play.root / "file")
    #expect(try play.files.contents(of: play.root / "file", limit: 5)?.count == 5)
    let error = failure { () throws(FileError) in
      try play.files.contents(of: play.root / "file", limit: 4)
    }
    #expect(error?.isTooLarge == true)
  }

  @Test("Creation is exclusive, even over a dangling link", arguments: Disk.allCases)
  func exclusive(disk: Disk) throws {
    let play = try disk.playground()
    try play.put("one", play.root / "file")
    try play.files.createSymbolicLink(play.root / "dangling", target: "nowhere")
    for name in ["file", "dangling"] {
      let error = failure { () throws(FileError) in
        try play.files.createExclusively(play.root / name, permissions: 0o666)
      }
      #expect(error?.isExists == true)
      #expect(error?.path == play.root / name)
    }
    #expect(try play.text(play.root / "file") == "one")
  }

  @Test("Positioned writes leave the end alone, appends find it", arguments: Disk.allCases)
  func positions(disk: Disk) throws {
    let play = try disk.playground()
    let path = play.root / "file"
    let file = try play.files.createExclusively(path, permissions: 0o666)
    try file.write("0123456789")
    try file.write(Array("ab".utf8).span, at: 2)
    try file.write("!")
    try file.write(Array("??".utf8).span, at: 12)
    #expect(try play.text(path) == "01ab456789!\0??")
    try file.truncate(to: 3)
    try file.close()
    let appended = try play.files.openForAppending(path, permissions: 0o666)
    try appended.write("x")
    let other = try play.files.openForAppending(path, permissions: 0o666)
    try other.write("y")
    try appended.write("z")
    #expect(try play.text(path) == "01axyz")
    #expect(failure { () throws(FileError) in try appended.write([1].span, at: 0) } != nil)
    #expect(failure { () throws(FileError) in try file.write([1]) } != nil)
    let made = try play.files.openForAppending(play.root / "made", permissions: 0o666)
    try made.write("new")
    #expect(try play.text(play.root / "made") == "new")
  }

  @Test("Lists come in byte order with kinds", arguments: Disk.allCases)
  func lists(disk: Disk) throws {
    let play = try disk.playground()
    try play.put("", play.root / "b")
    try play.put("", play.root.appending(bytes: [0xFF]))
    try play.files.createDirectory(play.root / "a", permissions: 0o777)
    try play.files.createSymbolicLink(play.root / "B", target: "a")
    let entries = try #require(try play.files.list(play.root))
    #expect(entries.map(\.nameBytes) == [[66], [97], [98], [0xFF]])
    #expect(entries.map(\.kind) == [.symbolicLink, .directory, .file, .file])
    #expect(try play.files.list(play.root / "B") == [])
  }

  @Test("A rename replaces a file in one step and keeps its inode", arguments: Disk.allCases)
  func rename(disk: Disk) throws {
    let play = try disk.playground()
    try play.put("new", play.root / "new")
    try play.put("old", play.root / "old")
    let old = try #require(try play.files.openForReading(play.root / "old"))
    let inode = try play.files.status(of: play.root / "new", followingLinks: false)?.inode
    try play.files.rename(play.root / "new", to: play.root / "old")
    #expect(try play.names() == ["old"])
    #expect(try play.text(play.root / "old") == "new")
    #expect(try play.files.status(of: play.root / "old", followingLinks: true)?.inode == inode)
    #expect(try old.read(at: 0, count: 3) == Array("old".utf8))
  }

  @Test("A hard link is a second name of one file", arguments: Disk.allCases)
  func hardLink(disk: Disk) throws {
    let play = try disk.playground()
    try play.put("x", play.root / "one")
    try play.files.link(play.root / "one", to: play.root / "two")
    try play.files.rename(play.root / "one", to: play.root / "two")
    #expect(try play.names() == ["one", "two"])
    let error = failure { () throws(FileError) in
      try play.files.link(play.root / "one", to: play.root / "two")
    }
    #expect(error?.isExists == true)
    #expect(try play.files.remove(play.root / "one"))
    #expect(try play.text(play.root / "two") == "x")
  }

  @Test("Symbolic links are followed unless asked not to", arguments: Disk.allCases)
  func symbolicLinks(disk: Disk) throws {
    let play = try disk.playground()
    let files = play.files
    try files.createDirectory(play.root / "d", permissions: 0o777)
    try play.put("x", play.root / "d/f")
    try files.createSymbolicLink(play.root / "l", target: "d")
    try files.createSymbolicLink(play.root / "abs", target: play.root / "l/f")
    try files.createSymbolicLink(play.root / "loop", target: "loop")
    #expect(try play.text(play.root / "l/../abs") == "x")
    #expect(try files.readLink(play.root / "l") == "d")
    #expect(try files.status(of: play.root / "l", followingLinks: true)?.kind == .directory)
    let status = try files.status(of: play.root / "l", followingLinks: false)
    #expect(status?.kind == .symbolicLink && status?.size == 1)
    #expect(try files.followingLinks(play.root / "abs") == play.root / "l/f")
    let error = failure { () throws(FileError) in
      try files.status(of: play.root / "loop", followingLinks: true)
    }
    #expect(error?.isTooManyLinks == true)
    #expect(try files.remove(play.root / "l"))
    #expect(try play.text(play.root / "d/f") == "x")
  }

  @Test("Permissions and times are what was set", arguments: Disk.allCases)
  func descriptions(disk: Disk) throws {
    let play = try disk.playground()
    let path = play.root / "file"
    try play.put("x", path)
    #expect(try play.files.status(of: path, followingLinks: true)?.permissions == 0o644)
    try play.files.setPermissions(of: path, to: 0o755)
    #expect(try play.files.status(of: path, followingLinks: true)?.isExecutable == true)
    try play.files.setModificationTime(of: path, to: (1_000_000_000, 5))
    let old = try #require(try play.files.status(of: path, followingLinks: true))
    #expect(old.modificationSeconds == 1_000_000_000 && old.modificationNanoseconds == 5)
    try play.files.setModificationTime(of: path, to: nil)
    let new = try #require(try play.files.status(of: path, followingLinks: true))
    #expect(new.modificationSeconds > 1_000_000_000)
  }

  @Test(
    "Directories are made on the way and removed with what is in them", arguments: Disk.allCases)
  func directories(disk: Disk) throws {
    let play = try disk.playground()
    let deep = play.root / "a/b/c"
    try play.files.createDirectories(deep, durability: .everyCommit)
    try play.files.createDirectories(deep)
    try play.put("x", deep / "f")
    try play.files.createSymbolicLink(deep / "up", target: "../..")
    #expect(try play.files.isDirectory(deep))
    let error = failure { () throws(FileError) in
      try play.files.createDirectories(deep / "f/below")
    }
    #expect(error?.isNotDirectory == true)
    let taken = failure { () throws(FileError) in try play.files.createDirectories(deep / "f") }
    #expect(taken?.isExists == true)
    #expect(failure { () throws(FileError) in try play.files.createDirectories("") } != nil)
    try play.files.synchronizeDirectory(deep)
    try play.files.removeTree(play.root / "a")
    try play.files.removeTree(play.root / "a")
    #expect(try play.names() == [])
  }

  @Test("Removed names live on in open files", arguments: Disk.allCases)
  func removedWhileOpen(disk: Disk) throws {
    let play = try disk.playground()
    let file = try play.files.createExclusively(play.root / "f", permissions: 0o666)
    try file.write("abc")
    let open = try #require(try play.files.openForReading(play.root / "f"))
    #expect(try play.files.remove(play.root / "f"))
    try file.write("def")
    #expect(try open.read(at: 2, count: 3) == Array("cde".utf8))
    #expect(try play.files.exists(play.root / "f") == false)
  }

  @Test("A file is held by one at a time, until that one lets go", arguments: Disk.allCases)
  func hold(disk: Disk) throws {
    let play = try disk.playground()
    let path = play.root / "held"
    var held = try play.files.hold(path, permissions: 0o644)
    #expect(held?.path == path)
    #expect(try play.files.hold(path, permissions: 0o644) == nil)
    #expect(try play.files.hold(play.root / "other", permissions: 0o644) != nil)
    held = nil
    held = try play.files.hold(path, permissions: 0o644)
    #expect(held != nil)
    // Without its name it holds nobody off.
    #expect(try play.files.remove(path))
    let next = try play.files.hold(path, permissions: 0o644)
    #expect(next != nil)
    #expect(throws: FileError.self) {
      try play.files.hold(play.root / "none/below", permissions: 0o644)
    }
    _ = (held, next)
  }
}
