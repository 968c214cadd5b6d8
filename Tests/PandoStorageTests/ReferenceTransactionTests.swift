import PandoBytes
import PandoFiles
import PandoObjects
import PandoTestKit
import Testing

@testable import PandoStorage

@Suite("Changing references")
struct ReferenceTransactionTests {
  /// What `git update-ref --stdin` is told, and what we are.
  struct Case: Sendable, CustomStringConvertible {
    let lines: [String]
    var description: String { lines.joined(separator: "; ") }
    init(_ lines: String...) { self.lines = lines }
  }

  static let cases: [Case] = [
    Case("create refs/heads/new A"), Case("create refs/heads/main B"),
    Case("update refs/heads/main B A"), Case("update refs/heads/main B C"),
    Case("update refs/heads/main B 0"), Case("update refs/heads/new B A"),
    Case("update refs/heads/new B 0"), Case("update refs/heads/main A"),
    Case("delete refs/heads/main"), Case("delete refs/heads/main A"),
    Case("delete refs/heads/main B"), Case("delete refs/heads/new"),
    Case("delete refs/heads/new A"), Case("verify refs/heads/dir/a A"),
    Case("verify refs/heads/main B"), Case("verify refs/heads/main 0"),
    Case("verify refs/heads/new 0"), Case("verify refs/heads/new A"),
    Case("create refs/heads/main/below A"), Case("create refs/heads/dir A"),
    Case("create refs/heads/dir/a/b A"), Case("create refs/heads/dir/b A"),
    Case("create refs/heads/q A", "create refs/heads/q/r A"),
    Case("create refs/heads/q-r A", "create refs/heads/q A", "create refs/heads/q/r A"),
    Case("create refs/heads/q A", "create refs/heads/q A"),
    Case("delete refs/heads/dir/a", "create refs/heads/dir A"),
    Case("create refs/heads/x A", "update refs/heads/main B C"),
    Case("create refs/heads/x A", "create refs/heads/y B", "delete refs/heads/dir/a"),
    Case("update HEAD B A"), Case("update HEAD B C"), Case("delete HEAD A"),
    Case("update refs/heads/sym B A"), Case("update refs/heads/sym B C"),
    Case("option no-deref", "update refs/heads/sym B A"),
    Case("option no-deref", "update HEAD B"), Case("option no-deref", "delete refs/heads/sym"),
    Case("update refs/heads/sym B", "update refs/heads/main C"),
    Case("update refs/heads/main C", "update refs/heads/sym B"),
    Case("update refs/heads/sym B", "update HEAD C"),
    Case("update refs/heads/dangling B"), Case("create refs/heads/dangling B"),
    Case("update refs/heads/dangling B A"),
    Case("update refs/heads/loop1 B"), Case("update refs/heads/broken A"),
    Case("delete refs/heads/broken"), Case("update refs/heads/broken A B"),
    Case("update refs/tags/t TAG"), Case("update refs/heads/t TAG"), Case("update refs/x TREE"),
    Case("update HEAD TREE"), Case("update refs/heads/main NONE"), Case("update refs/x NONE A"),
    Case("update refs/heads/packed B A"), Case("delete refs/heads/packed A"),
    Case("delete refs/tags/packed"), Case("create refs/heads/packed/below A"),
    Case("create refs/tags/only A"), Case("update refs/tags/only/deep B A"),
  ]

  /// Repositories to copy, since making one takes a dozen processes.
  private static let templates = [false, true].map { packing in
    Result { try makeTemplate(packing: packing) }
  }

  private func fixture(packing: Bool) throws -> ReferenceFixture {
    try ReferenceFixture(copying: Self.templates[packing ? 1 : 0].get())
  }

  private static func makeTemplate(packing: Bool) throws -> ReferenceFixture {
    let fixture = try ReferenceFixture()
    let (git, a) = (fixture.git, fixture.commits[0].hex)
    try git("update-ref", "refs/heads/packed", a)
    try git("update-ref", "refs/tags/packed", fixture.tag.hex)
    try git("update-ref", "refs/tags/only/deep", a)
    if !packing { try git("pack-refs", "--all") }
    try git("update-ref", "refs/heads/main", a)
    try git("update-ref", "refs/heads/dir/a", a)
    if packing { try git("pack-refs", "--all") }
    try git("symbolic-ref", "HEAD", "refs/heads/main")
    for (name, target) in [
      ("sym", "main"), ("dangling", "void"), ("loop1", "loop2"), ("loop2", "loop1"),
    ] {
      try git("symbolic-ref", "refs/heads/\(name)", "refs/heads/\(target)")
    }
    try fixture.directory.write(Array("junk\n".utf8), to: ".git/refs/heads/broken")
    return fixture
  }

  private func edits(_ test: Case, _ fixture: ReferenceFixture) throws -> [ReferenceEdit] {
    let ids = Self.ids(fixture)
    var follows = true
    var edits: [ReferenceEdit] = []
    for line in test.lines {
      let words = line.split(separator: " ").map(String.init)
      if words[0] == "option" {
        follows = false
        continue
      }
      func id(_ index: Int) throws -> ObjectID? {
        guard index < words.count else { return nil }
        return try ReferenceFixture.id(ids[words[index]] ?? words[index])
      }
      var edit = ReferenceEdit(
        try ReferenceName(known: words[1]), .verify, followsSymbolic: follows)
      switch words[0] {
      case "create":
        edit.change = .set(.direct(try #require(try id(2))))
        edit.expected = .absent
      case "update":
        edit.change = .set(.direct(try #require(try id(2))))
        if let old = try id(3) { edit.expected = .id(old) }
      case "delete":
        edit.change = .delete
        if let old = try id(2) { edit.expected = .id(old) }
      default:
        edit.expected = .id(try #require(try id(2)))
      }
      edits.append(edit)
    }
    return edits
  }

  private static func ids(_ fixture: ReferenceFixture) -> [String: String] {
    [
      "A": fixture.commits[0].hex, "B": fixture.commits[1].hex, "C": fixture.commits[2].hex,
      "TAG": fixture.tag.hex, "TREE": fixture.tree.hex,
      "NONE": String(repeating: "1", count: 40), "0": String(repeating: "0", count: 40),
    ]
  }

  /// Every file that tells of references.
  private func state(_ fixture: ReferenceFixture) throws -> [String: String] {
    var found: [String: String] = [:]
    let files = LocalFileSystem()
    var pending: [FilePath] = ["refs", "logs", "HEAD", "packed-refs"]
    while let name = pending.popLast() {
      let path = fixture.path / ".git" / name.string
      for entry in try files.list(path) ?? [] { pending.append(name / entry.name) }
      if try files.isDirectory(path) { continue }
      if let bytes = try files.contents(of: path, limit: 1 << 20) {
        found[name.string] = String(decoding: bytes, as: UTF8.self)
      }
    }
    return found
  }

  @Test(
    "a transaction leaves the very files that git's leaves, or fails in its words",
    arguments: cases, [false, true])
  func asGit(test: Case, packing: Bool) throws {
    let (theirs, ours) = (try fixture(packing: packing), try fixture(packing: packing))
    let ids = Self.ids(theirs)
    let input = test.lines.map { line in
      line.split(separator: " ").map { ids[String($0)] ?? String($0) }.joined(separator: " ") + "\n"
    }.joined()
    let output = try theirs.git.run(
      ["update-ref", "-m", "why", "--stdin"], input: Array(input.utf8))
    let before = try state(ours)
    let references = try ours.references()
    let edits = try edits(test, ours)
    do throws(PandoError) {
      try references.apply(edits, note: ReferenceFixture.note)
      #expect(output.status == 0, "git refused: \(output.errors)")
    } catch {
      #expect(output.errors == "fatal: \(error.message)\n")
      #expect(try state(ours) == before)
    }
    #expect(try state(ours) == state(theirs))
  }

  @Test(
    "in one step the same comes out for git to read, or nothing changes", arguments: cases,
    [false, true])
  func inOneStep(test: Case, packing: Bool) throws {
    let (theirs, ours) = (try fixture(packing: packing), try fixture(packing: packing))
    let edits = try edits(test, ours)
    let before = try state(ours)
    let (their, our) = (try theirs.references(), try ours.references())
    do throws(PandoError) {
      try our.applyInOneStep(edits, note: ReferenceFixture.note)
    } catch {
      // What is symbolic, or not to be packed, is refused; the rest as the other way refuses it.
      #expect(try state(ours) == before)
      if error.code == .unsupported { return }
      let other = #expect(throws: PandoError.self) {
        try their.apply(edits, note: ReferenceFixture.note)
      }
      #expect(other?.message == error.message)
      return
    }
    try their.apply(edits, note: ReferenceFixture.note)
    let listings = try [theirs, ours].map { fixture in
      try [["for-each-ref"], ["rev-parse", "HEAD"]].map { try fixture.git.run($0).lines }
    }
    #expect(listings[0] == listings[1])
    let logs = try [theirs, ours].map { try state($0).filter { $0.key.hasPrefix("logs/") } }
    #expect(logs[0] == logs[1])
  }

  @Test("memory has the rules of files", arguments: cases)
  func memory(test: Case) throws {
    let fixture = try fixture(packing: false)
    let files = try fixture.references()
    let memory = MemoryReferences(
      head: try ReferenceName(known: "refs/heads/main"), objects: try fixture.open().objects)
    for reference in try files.references(withPrefix: "refs/") {
      try memory.apply(
        [ReferenceEdit(reference.name, .set(reference.target), followsSymbolic: false)], note: nil)
    }
    let edits = try edits(test, fixture)
    if edits.contains(where: { $0.name.text.hasSuffix("broken") }) { return }
    let outcomes = ([files, memory] as [any ReferenceStore]).map { store -> String in
      do throws(PandoError) {
        try store.apply(edits, note: ReferenceFixture.note)
        return "done"
      } catch {
        return "\(error.code): \(error.message)"
      }
    }
    #expect(outcomes[0] == outcomes[1])
    let listed = try files.references(withPrefix: "refs/").map {
      Reference(name: $0.name, target: $0.target)
    }
    #expect(try memory.references(withPrefix: "refs/") == listed)
    #expect(try memory.read(.head) == files.read(.head))
    for name in listed.map(\.name) + [.head] where try memory.reflog(of: name) != nil {
      #expect(try memory.reflog(of: name) == files.reflog(of: name)?.suffix(1))
    }
  }

  @Test("a held lock is reported with git's advice, and nothing changes")
  func held() throws {
    let fixture = try ReferenceFixture()
    let references = try fixture.references()
    let name = try ReferenceName(known: "refs/heads/held")
    try fixture.directory.write([], to: ".git/refs/heads/held.lock")
    let theirs = try fixture.git.run(["update-ref", name.text, fixture.commits[0].hex])
    let edit = ReferenceEdit(name, .set(.direct(fixture.commits[0])))
    let error = #expect(throws: PandoError.self) {
      try references.apply([edit], note: nil)
    }
    #expect(error?.code == .locked)
    #expect(
      theirs.errors == "fatal: update_ref failed for ref '\(name)': \(error?.message ?? "")\n")
  }

  @Test("symbolic references are set, and HEAD's log tells of it as git's does")
  func symbolic() throws {
    let (theirs, ours) = (try fixture(packing: false), try fixture(packing: false))
    try theirs.git("symbolic-ref", "-m", "why", "HEAD", "refs/heads/dir/a")
    try theirs.git("symbolic-ref", "-m", "why", "refs/heads/sym", "refs/heads/unborn")
    let references = try ours.references()
    try references.apply(
      [
        ReferenceEdit(.head, .set(.symbolic(.branch("dir/a"))), followsSymbolic: false),
        ReferenceEdit(.branch("sym"), .set(.symbolic(.branch("unborn"))), followsSymbolic: false),
      ], note: ReferenceFixture.note)
    #expect(try state(ours) == state(theirs))
  }

  @Test(
    "logs are started as core.logAllRefUpdates says",
    arguments: [nil, "true", "false", "always"], [true, false])
  func logging(setting: String?, isBare: Bool) throws {
    func prepared() throws -> ReferenceFixture {
      let fixture = try ReferenceFixture(bare: isBare)
      let git = fixture.git
      if let setting {
        try git("config", "core.logAllRefUpdates", setting)
      } else {
        _ = try git.run(["config", "--unset", "core.logAllRefUpdates"])
      }
      return fixture
    }
    let (theirs, ours) = (try prepared(), try prepared())
    let references = try ours.references()
    for name in [
      "refs/heads/a", "refs/remotes/o/b", "refs/notes/n", "refs/tags/t", "refs/x", "HEAD",
    ] {
      let id = theirs.commits[0]
      try theirs.git("update-ref", "-m", " why\n\tnot \n", name, id.hex)
      var note = ReferenceFixture.note
      note.message = " why\n\tnot \n"
      try references.apply(
        [ReferenceEdit(ReferenceName(known: name), .set(.direct(id)))], note: note)
      let path = (isBare ? "" : ".git/") + "logs/" + name
      #expect((try? ours.directory.read(path)) == (try? theirs.directory.read(path)), "\(name)")
    }
  }

  @Test("a reflog is read as git shows it, torn lines passed over")
  func reflog() throws {
    let fixture = try ReferenceFixture()
    let references = try fixture.references()
    let name = try ReferenceName(known: "refs/heads/main")
    for (index, id) in fixture.commits.enumerated() {
      try fixture.git("update-ref", "-m", "step \(index)", name.text, id.hex)
    }
    let entries = try #require(try references.reflog(of: name))
    #expect(entries.map(\.message.text) == ["step 0", "step 1", "step 2"])
    #expect(entries.map(\.new) == fixture.commits)
    #expect(entries[0].old.isNull)
    #expect(entries[1].old == fixture.commits[0])
    #expect(entries[0].signature.time == .init(seconds: 1_112_911_993, zone: -700))
    let path = ".git/logs/refs/heads/main"
    let bytes = try fixture.directory.read(path)
    try fixture.directory.write(bytes.dropLast(30) + [10] + bytes, to: path)
    #expect(try references.reflog(of: name)?.count == 5 || references.reflog(of: name)?.count == 6)
    #expect(try references.reflog(of: .branch("none")) == nil)
    Damage.bitFlips(of: bytes, rounds: 300) { _ = Reflog.parse($0, algorithm: .sha1) }
    Damage.truncations(of: bytes) { _ = Reflog.parse($0, algorithm: .sha256) }
  }

  /// Moves a reference from each commit to the next, `wins` times, by comparing and setting.
  private func step(_ fixture: ReferenceFixture, _ name: ReferenceName, wins: Int) throws {
    let references = try fixture.references()
    var left = wins
    while left > 0 {
      let old = try #require(try references.id(of: name))
      let index = try #require(fixture.commits.firstIndex(of: old))
      let edit = ReferenceEdit(
        name, .set(.direct(fixture.commits[(index + 1) % 3])), expected: .id(old))
      if try apply(edit, to: references) { left -= 1 }
    }
  }

  /// Whether an edit was applied; false when somebody else was faster.
  private func apply(_ edit: ReferenceEdit, to references: any ReferenceStore) throws -> Bool {
    do {
      try references.apply([edit], note: ReferenceFixture.note)
      return true
    } catch
      where [.conflictingUpdate, .locked, .invalidInput].contains(error.code)
    {
      return false
    }
  }

  @Test("threads that compare and set one reference lose no update", arguments: [false, true])
  func threads(packing: Bool) async throws {
    let fixture = try ReferenceFixture()
    let name = try ReferenceName(known: "refs/heads/main")
    try fixture.git("update-ref", "-m", "start", name.text, fixture.commits[0].hex)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 { group.addTask { try step(fixture, name, wins: 10) } }
      if packing {
        group.addTask { for _ in 0..<20 { _ = try fixture.git.run(["pack-refs", "--all"]) } }
      }
      try await group.waitForAll()
    }
    let entries = try #require(try fixture.references().reflog(of: name))
    #expect(entries.count == 41)
    for (before, after) in zip(entries, entries.dropFirst()) { #expect(before.new == after.old) }
    #expect(try fixture.references().id(of: name) == entries.last?.new)
    #expect(try fixture.references().id(of: name) == fixture.commits[40 % 3])
  }

  @Test("our updates and those of git processes beside us lose nothing")
  func processes() async throws {
    let fixture = try ReferenceFixture()
    let name = try ReferenceName(known: "refs/heads/main")
    let ids = fixture.commits
    try fixture.git("update-ref", "-m", "start", name.text, ids[0].hex)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        var wins = 0
        while wins < 15 {
          let old = try ReferenceFixture.id(fixture.git("rev-parse", name.text).line)
          let index = try #require(ids.firstIndex(of: old))
          let output = try fixture.git.run(
            ["update-ref", "-m", "git", name.text, ids[(index + 1) % 3].hex, old.hex])
          if output.status == 0 { wins += 1 }
        }
      }
      group.addTask { try step(fixture, name, wins: 15) }
      try await group.waitForAll()
    }
    #expect(try fixture.references().reflog(of: name)?.count == 31)
    #expect(try fixture.git("rev-parse", name.text).line == ids[0].hex)
  }

  @Test("names that clash by directory race without losing one")
  func directories() async throws {
    let fixture = try ReferenceFixture()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for names in [["refs/heads/a"], ["refs/heads/a/b", "refs/heads/a/c/d"]] {
        group.addTask { try makeAndDelete(names, fixture) }
      }
      try await group.waitForAll()
    }
    #expect(try fixture.references().references(withPrefix: "refs/").isEmpty)
    try fixture.git("update-ref", "refs/heads/a", fixture.commits[0].hex)
  }

  private func makeAndDelete(_ names: [String], _ fixture: ReferenceFixture) throws {
    let references = try fixture.references()
    for _ in 0..<30 {
      for name in names {
        let name = try ReferenceName(known: name)
        let edit = ReferenceEdit(name, .set(.direct(fixture.commits[0])), expected: .absent)
        guard try apply(edit, to: references) else { continue }
        #expect(try references.read(name) != nil)
        while try !apply(ReferenceEdit(name, .delete), to: references) {}
      }
    }
  }
}
