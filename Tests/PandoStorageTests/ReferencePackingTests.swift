import PandoBytes
import PandoFiles
import PandoObjects
import PandoTestKit
import Testing

@testable import PandoStorage

@Suite("Packing references")
struct ReferencePackingTests {
  private func fixture() throws -> ReferenceFixture {
    let fixture = try ReferenceFixture()
    let (git, ids) = (fixture.git, fixture.commits.map(\.hex))
    try git("update-ref", "refs/tags/old", fixture.tag.hex)
    try git("update-ref", "refs/heads/packed", ids[0])
    try git("pack-refs", "--all")
    try git("update-ref", "refs/heads/packed", ids[1])
    for name in ["refs/heads/a/b", "refs/heads/a-b", "refs/tags/t", "refs/bisect/bad", "refs/x/y"] {
      try git("update-ref", name, ids[2])
    }
    try git("update-ref", "refs/tags/new", fixture.tag.hex)
    try git("symbolic-ref", "refs/heads/sym", "refs/heads/packed")
    try fixture.directory.write(
      Array("\(String(repeating: "1", count: 40))\n".utf8), to: ".git/refs/heads/dead")
    return fixture
  }

  @Test("packed-refs is git's byte for byte", arguments: [true, false], [true, false])
  func asGit(all: Bool, prunes: Bool) throws {
    let theirs = try fixture()
    let ours = try ReferenceFixture(copying: theirs)
    _ = try theirs.git.run(
      ["pack-refs"] + (all ? ["--all"] : []) + (prunes ? [] : ["--no-prune"]))
    try ours.references().pack(all: all, prunes: prunes)
    #expect(
      try String(decoding: ours.directory.read(".git/packed-refs"), as: UTF8.self)
        == String(decoding: theirs.directory.read(".git/packed-refs"), as: UTF8.self))
    let files = LocalFileSystem()
    for directory in ["refs/heads", "refs/heads/a", "refs/tags", "refs/bisect", "refs/x"] {
      let path = FilePath(".git/\(directory)")
      #expect(
        try files.list(ours.path / path.string)?.map(\.name)
          == files.list(theirs.path / path.string)?.map(\.name), "\(directory)")
    }
  }

  @Test("packing beside writers loses no update")
  func beside() async throws {
    let fixture = try ReferenceFixture()
    let name = try ReferenceName(known: "refs/heads/main")
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try move(fixture, name) }
      group.addTask { try packOften(fixture) }
      try await group.waitForAll()
    }
    #expect(try fixture.references().id(of: name) == fixture.commits[59 % 3])
    #expect(try fixture.git("rev-parse", name.text).line == fixture.commits[59 % 3].hex)
  }

  private func move(_ fixture: ReferenceFixture, _ name: ReferenceName) throws {
    let references = try fixture.references()
    for round in 0..<60 {
      let old: ReferenceEdit.Expected =
        round == 0 ? .absent : .id(fixture.commits[(round + 2) % 3])
      try references.apply(
        [ReferenceEdit(name, .set(.direct(fixture.commits[round % 3])), expected: old)], note: nil)
      #expect(try references.id(of: name) == fixture.commits[round % 3])
    }
  }

  private func packOften(_ fixture: ReferenceFixture) throws {
    let references = try fixture.references()
    for _ in 0..<60 { try references.pack() }
  }
}
