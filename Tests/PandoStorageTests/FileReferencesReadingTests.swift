import PandoBytes
import PandoFiles
import PandoObjects
import PandoTestKit
import Testing

@testable import PandoStorage

@Suite("Reading references from files")
struct FileReferencesReadingTests {
  /// What git lists, as `id name` or `name -> target`.
  private func listed(_ git: GitOracle) throws -> [String] {
    try git("for-each-ref", "--format=%(objectname) %(refname)").lines
  }

  private func listed(_ references: any ReferenceStore) throws -> [String] {
    try references.references(withPrefix: "refs/").compactMap { reference in
      try references.id(of: reference.name).map { "\($0) \(reference.name)" }
    }
  }

  @Test(
    "what git writes loose, packed and mixed is listed as git lists it",
    arguments: HashAlgorithm.allCases)
  func listsAsGit(algorithm: HashAlgorithm) throws {
    let fixture = try ReferenceFixture(algorithm: algorithm)
    let git = fixture.git
    let ids = fixture.commits.map(\.hex)
    for name in [
      "refs/heads/main", "refs/heads/a/b/c", "refs/heads/a-b", "refs/tags/v1", "refs/x/y",
    ] {
      try git("update-ref", name, ids[0])
    }
    try git("update-ref", "refs/tags/annotated", fixture.tag.hex)
    try git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/heads/main")
    let references = try fixture.references()
    #expect(try listed(references) == listed(git))
    try git("pack-refs", "--all")
    #expect(try listed(references) == listed(git))
    try git("update-ref", "refs/heads/a/b/c", ids[1])
    try git("update-ref", "refs/heads/a/b/d", ids[1])
    #expect(try listed(references) == listed(git))
    for prefix in [
      "", "refs", "refs/heads/", "refs/heads/a", "refs/heads/a/", "refs/tags/v", "nope", "refs/x/y",
    ] {
      let ours = try references.references(withPrefix: prefix).map(\.name.text)
      let theirs = try git("for-each-ref", "--format=%(refname)").lines.filter {
        $0.hasPrefix(prefix)
      }
      #expect(ours == theirs, "prefix '\(prefix)'")
    }
    let tag = try #require(references.references(withPrefix: "refs/tags/annotated").first)
    #expect(tag.peeled == fixture.commits[0])
  }

  @Test("a reference is found whether git packs it, prunes it or moves it")
  func survivesPacking() throws {
    let fixture = try ReferenceFixture()
    let references = try fixture.references()
    let name = try ReferenceName(known: "refs/heads/main")
    #expect(try references.read(name) == nil)
    for (round, id) in (fixture.commits + fixture.commits).enumerated() {
      try fixture.git("update-ref", name.text, id.hex)
      if round != 2 { try fixture.git("pack-refs", "--all", "--prune") }
      #expect(try references.read(name) == .direct(id))
      #expect(
        try references.id(of: .head)
          == (try fixture.git("symbolic-ref", "HEAD").line == name.text ? id : nil))
    }
    try fixture.git("update-ref", "-d", name.text)
    #expect(try references.read(name) == nil)
  }

  @Test(
    "odd files are read as git reads them",
    arguments: [
      "ID", "ID\n", "ID \n", "ID\tjunk\n", "ID\0junk", "IDx\n", "UPPER\n", " ID\n", "", "\n",
      "ref: refs/heads/main", "ref:refs/heads/main\n", "ref: \t refs/heads/main \n\n", "ref: \n",
      "ref: refs/heads/a..b\n", "ref: refs/heads/none\n", "REF: refs/heads/main\n", "1234\n",
    ])
  func oddFiles(text: String) throws {
    let fixture = try ReferenceFixture()
    let id = fixture.commits[0].hex
    try fixture.git("update-ref", "refs/heads/main", fixture.commits[1].hex)
    let file = text.replacing("ID", with: id).replacing("UPPER", with: id.uppercased())
    try fixture.directory.write(Array(file.utf8), to: ".git/refs/heads/odd")
    let theirs = try fixture.git.run(["rev-parse", "--verify", "-q", "refs/heads/odd"])
    let ours = try? fixture.references().id(of: ReferenceName(known: "refs/heads/odd"))
    #expect(ours?.hex == (theirs.status == 0 ? theirs.line : nil))
  }

  @Test("a symbolic link below refs is a symbolic reference")
  func symbolicLink() throws {
    let fixture = try ReferenceFixture()
    try fixture.git("update-ref", "refs/heads/main", fixture.commits[0].hex)
    try LocalFileSystem().createSymbolicLink(
      fixture.path / ".git/refs/heads/link", target: "refs/heads/main")
    let references = try fixture.references()
    let link = try ReferenceName(known: "refs/heads/link")
    #expect(try references.read(link) == .symbolic(ReferenceName(known: "refs/heads/main")))
    #expect(try references.id(of: link) == fixture.commits[0])
  }

  @Test("broken files are reported by a scan and left out of a listing")
  func broken() throws {
    let fixture = try ReferenceFixture()
    try fixture.git("update-ref", "refs/heads/main", fixture.commits[0].hex)
    try fixture.git("update-ref", "refs/heads/bad", fixture.commits[0].hex)
    try fixture.git("pack-refs", "--all")
    try fixture.directory.write(Array("junk".utf8), to: ".git/refs/heads/bad")
    let (references, broken) = try fixture.references().scan(prefix: "refs/")
    #expect(references.map(\.name.text) == ["refs/heads/main"])
    #expect(broken.map(\.name.text) == ["refs/heads/bad"])
  }

  @Test("each linked worktree has its own HEAD and shares branches")
  func worktrees() throws {
    let fixture = try ReferenceFixture()
    let git = fixture.git
    try git("update-ref", "HEAD", fixture.commits[0].hex)
    try git("worktree", "add", "-q", "-b", "other", "linked", fixture.commits[1].hex)
    try git("-C", "linked", "update-ref", "refs/worktree/mine", fixture.commits[2].hex)
    try git("update-ref", "refs/bisect/bad", fixture.commits[2].hex)
    let main = try fixture.open()
    let linked = try fixture.open(fixture.path / "linked")
    #expect(linked.layout?.isLinkedWorktree == true)
    #expect(linked.workTree == fixture.path / "linked")
    #expect(linked.isBare == false)
    #expect(try linked.references.read(.head) == .symbolic(.branch("other")))
    #expect(try main.references.id(of: .head) == fixture.commits[0])
    #expect(try linked.references.id(of: .branch("other")) == fixture.commits[1])
    let mine = try ReferenceName(known: "refs/worktree/mine")
    #expect(try main.references.read(mine) == nil)
    #expect(try linked.references.read(mine) == .direct(fixture.commits[2]))
    #expect(
      try main.references.id(of: ReferenceName(known: "worktrees/linked/HEAD"))
        == fixture.commits[1])
    #expect(
      try linked.references.id(of: ReferenceName(known: "main-worktree/HEAD"))
        == fixture.commits[0])
    for (repository, directory) in [(main, "."), (linked, "linked")] {
      #expect(
        try listed(repository.references)
          == git("-C", directory, "for-each-ref", "--format=%(objectname) %(refname)").lines)
    }
  }
}
