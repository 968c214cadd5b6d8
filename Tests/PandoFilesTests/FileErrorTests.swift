import PandoFiles
import PandoTestKit
import Testing

@Suite struct FileErrorTests {
  /// A call that must fail, and what its error says.
  struct Case: Sendable, CustomTestStringConvertible {
    let call: String
    let reason: String
    let paths: [FilePath]
    let run: @Sendable (any FileSystem, FilePath) throws(FileError) -> Void

    var testDescription: String { "\(call): \(reason)" }

    init(
      _ call: String, _ reason: String, _ paths: [FilePath],
      _ run: @escaping @Sendable (any FileSystem, FilePath) throws(FileError) -> Void
    ) {
      (self.call, self.reason, self.paths, self.run) = (call, reason, paths, run)
    }
  }

  static let cases: [Case] = [
    Case("create", "No such file or directory", ["none/x"]) { files, root throws(FileError) in
      _ = try files.createExclusively(root / "none/x", permissions: 0o666)
    },
    Case("create", "Not a directory", ["file/x"]) { files, root throws(FileError) in
      _ = try files.createExclusively(root / "file/x", permissions: 0o666)
    },
    Case("create", "File name too long", [FilePath(String(repeating: "n", count: 256))]) {
      files, root throws(FileError) in
      _ = try files.createExclusively(
        root / String(repeating: "n", count: 256), permissions: 0o666)
    },
    Case("open", "Is a directory", ["full"]) { files, root throws(FileError) in
      _ = try files.openForReading(root / "full")
    },
    Case("open", "Is a directory", ["full"]) { files, root throws(FileError) in
      _ = try files.contents(of: root / "full", limit: 10)
    },
    Case("open", "Is a directory", ["full"]) { files, root throws(FileError) in
      _ = try files.openForAppending(root / "full", permissions: 0o666)
    },
    Case("mkdir", "File exists", ["full"]) { files, root throws(FileError) in
      try files.createDirectory(root / "full", permissions: 0o777)
    },
    Case("rmdir", "Directory not empty", ["full"]) { files, root throws(FileError) in
      try files.removeDirectory(root / "full")
    },
    Case("rmdir", "Not a directory", ["file"]) { files, root throws(FileError) in
      try files.removeDirectory(root / "file")
    },
    Case("unlink", "Is a directory", ["full"]) { files, root throws(FileError) in
      try files.remove(root / "full")
    },
    Case("rename", "No such file or directory", ["none", "x"]) { files, root throws(FileError) in
      try files.rename(root / "none", to: root / "x")
    },
    Case("rename", "Is a directory", ["file", "full"]) { files, root throws(FileError) in
      try files.rename(root / "file", to: root / "full")
    },
    Case("rename", "Not a directory", ["full", "file"]) { files, root throws(FileError) in
      try files.rename(root / "full", to: root / "file")
    },
    Case("rename", "Directory not empty", ["empty", "full"]) { files, root throws(FileError) in
      try files.rename(root / "empty", to: root / "full")
    },
    Case("rename", "Invalid argument", ["full", "full/in"]) { files, root throws(FileError) in
      try files.rename(root / "full", to: root / "full/in")
    },
    Case("link", "Operation not permitted", ["full", "x"]) { files, root throws(FileError) in
      try files.link(root / "full", to: root / "x")
    },
    Case("sync", "No such file or directory", ["none"]) { files, root throws(FileError) in
      try files.synchronizeDirectory(root / "none")
    },
  ]

  @Test("An error names the call, the paths and the reason", arguments: Disk.allCases, cases)
  func errors(disk: Disk, example: Case) throws {
    let play = try disk.playground()
    try play.put("x", play.root / "file")
    try play.files.createDirectories(play.root / "full/sub")
    try play.files.createDirectory(play.root / "empty", permissions: 0o777)
    let error = try #require(
      failure { () throws(FileError) in try example.run(play.files, play.root) })
    let words = example.paths.map { (play.root / $0.string).string }.joined(separator: " to ")
    let verb = example.call == "sync" ? "open" : example.call
    #expect(error.description == "\(verb) \(words): \(example.reason)")
  }

  @Test(
    "A zero byte in a path is refused before it can cut the path short", arguments: Disk.allCases)
  func zeroByte(disk: Disk) throws {
    let play = try disk.playground()
    try play.put("x", play.root / "file")
    let error = failure { () throws(FileError) in
      try play.files.contents(of: play.root / "file\0more", limit: 10)
    }
    #expect(error?.isInvalid == true)
  }

  #if os(Linux)
  @Test("A local file that failed to write is broken until closed")
  func broken() throws {
    let file = try LocalFileSystem().openForAppending("/dev/full", permissions: 0)
    let first = failure { () throws(FileError) in try file.write([1]) }
    #expect(first?.description == "write /dev/full: No space left on device")
    let second = failure { () throws(FileError) in try file.synchronize() }
    #expect(second?.advice == "an earlier write or sync of this file failed")
    try file.close()
  }
  #endif

  @Test("A full disk is told from a broken one")
  func reasons() {
    let full = FileError(call: "write", path: "objects/12", errno: FileErrorNumber.noSpace)
    #expect(full.isNoSpace && !full.isNotFound)
    #expect(full.description == "write objects/12: No space left on device")
  }
}
