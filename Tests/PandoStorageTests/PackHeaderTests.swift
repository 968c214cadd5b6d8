import PandoBytes
import PandoFiles
import PandoObjects
import PandoStorage
import PandoTestKit
import Testing

@Suite struct PackHeaderTests {
  /// A packed repository with chains of deltas, by place or by name.
  static func packed(byName: Bool) throws -> (TemporaryDirectory, ObjectDatabase) {
    let directory = try TemporaryDirectory()
    let git = GitOracle(in: directory.path)
    try git("init", "-q", ".")
    var text = ""
    for number in 0..<40 {
      text += "line \(number) of a file that grows\n"
      try directory.write(Array(text.utf8), to: "file")
      try git("add", ".")
      try git("commit", "-qm", "change \(number)")
    }
    try git("tag", "-a", "v1", "-m", "a tag")
    try git("-c", "repack.useDeltaBaseOffset=\(!byName)", "repack", "-adfq", "--depth=20")
    let objects = FilePath(directory.path) / ".git/objects"
    return (
      directory, try ObjectDatabase(objects, algorithm: .sha1, files: LocalFileSystem())
    )
  }

  @Test(arguments: [false, true])
  func `Headers read in one pass are those read one by one`(byName: Bool) throws {
    let (directory, database) = try Self.packed(byName: byName)
    let pack = try #require(try database.packs().first)
    let headers = try pack.headers()
    #expect(headers.count == pack.index.count && headers.count > 100)
    for (position, header) in headers.enumerated() {
      #expect(try pack.header(at: position) == header)
    }
    let git = GitOracle(in: directory.path)
    try git("hash-object", "-w", "--stdin", input: [1, 2, 3])
    var lines: [String] = []
    try database.forEachHeader { id, header in lines.append("\(id) \(header.kind) \(header.size)") }
    let wanted = try git("cat-file", "--batch-all-objects", "--batch-check")
    #expect(lines == wanted.lines)
  }

  @Test(arguments: [false, true], [false, true])
  func `Room on disk and bases of deltas are git's`(byName: Bool, readsAhead: Bool) throws {
    let (directory, database) = try Self.packed(byName: byName)
    let pack = try #require(try database.packs().first)
    let order = try PackOrder(pack, readsAhead: readsAhead)
    var lines: [String] = []
    for id in try database.ids() {
      let position = try #require(pack.index.position(of: id))
      let placement = try #require(try order.placement(at: position))
      lines.append("\(id) \(placement.size) \(placement.base ?? .null(.sha1))")
    }
    let wanted = try GitOracle(in: directory.path)(
      "cat-file", "--batch-all-objects",
      "--batch-check=%(objectname) %(objectsize:disk) %(deltabase)")
    #expect(lines == wanted.lines)
  }

  @Test func `A damaged pack throws and never traps`() throws {
    let (directory, database) = try Self.packed(byName: true)
    let path = try #require(try database.packs().first).path
    let name = String(path.string.dropFirst(directory.path.utf8.count + 1))
    let bytes = try directory.read(name)
    try Damage.bitFlips(of: bytes, rounds: 100, seed: 7) { damaged in
      try LocalFileSystem().remove(path)
      try directory.write(damaged, to: name)
      guard
        let pack = try? PackReader(path, algorithm: .sha1, files: LocalFileSystem()),
        (try? pack.headers()) != nil,
        let order = try? PackOrder(pack, readsAhead: damaged[20] & 1 == 0)
      else { return }
      for position in 0..<pack.index.count { _ = try? order.placement(at: position) }
    }
  }
}
