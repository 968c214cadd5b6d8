import PandoBytes
import PandoMerge
import PandoObjects
import PandoTestKit
import Testing

@Suite("Merges of trees")
struct TreeMergeTests {
  struct Sides {
    let base: ObjectID
    let ours: ObjectID
    let theirs: ObjectID
  }

  static func labelled(_ ours: ObjectID, _ theirs: ObjectID) -> TreeMerge.Options {
    TreeMerge.Options(oursLabel: ByteString(ours.hex), theirsLabel: ByteString(theirs.hex))
  }

  @Test("are those of git merge-tree: tree, conflicts, stages", arguments: 1...6)
  func equalGit(_ seed: UInt64) throws {
    var merges = RandomMerges(seed: seed)
    var rounds: [Sides] = []
    for round in 0..<40 {
      let start = try merges.start()
      let base = try merges.commit(start)
      let ours = try merges.commit(merges.changed(start, 1 + round % 7), parents: [base])
      let theirs = try merges.commit(merges.changed(start, 1 + round % 5), parents: [base])
      rounds.append(Sides(base: base, ours: ours, theirs: theirs))
    }
    let repository = try merges.fixture.repository()
    var clean = 0
    for (round, sides) in rounds.enumerated() {
      let output = try repository.git.run(
        ["merge-tree", "--write-tree", "--no-messages", sides.ours.hex, sides.theirs.hex])
      let reader = merges.fixture.reader
      var batch = ObjectBatch(.sha1)
      let result = try TreeMerge.merge(
        base: reader.commit(sides.base).tree, ours: reader.commit(sides.ours).tree,
        theirs: reader.commit(sides.theirs).tree, in: reader, into: &batch,
        options: Self.labelled(sides.ours, sides.theirs))
      let found = GitMerge(tree: result.tree, conflicts: result.conflicts)
      #expect(found == GitMerge(output), "seed \(seed) round \(round)")
      #expect(result.conflicts.isEmpty == (output.status == 0), "seed \(seed) round \(round)")
      if result.conflicts.isEmpty { clean += 1 }
    }
    #expect(clean > 3 && clean < 37)
  }

  @Test("a side that did not change gives way, equal sides agree, order does not matter when clean")
  func laws() throws {
    for seed in UInt64(50)...60 {
      var merges = RandomMerges(seed: seed)
      let start = try merges.start()
      let base = try start.write(to: &merges.fixture)
      for round in 1...8 {
        let ours = try merges.changed(start, round).write(to: &merges.fixture)
        let theirs = try merges.changed(start, 2).write(to: &merges.fixture)
        let reader = merges.fixture.reader
        func merge(_ ours: ObjectID, _ theirs: ObjectID) throws -> TreeMergeResult {
          var batch = ObjectBatch(.sha1)
          return try TreeMerge.merge(
            base: base, ours: ours, theirs: theirs, in: reader, into: &batch)
        }
        #expect(try merge(ours, ours) == TreeMergeResult(tree: ours, conflicts: []))
        #expect(try merge(ours, base) == TreeMergeResult(tree: ours, conflicts: []))
        #expect(try merge(base, theirs) == TreeMergeResult(tree: theirs, conflicts: []))
        let merged = try merge(ours, theirs)
        let turned = try merge(theirs, ours)
        #expect(merged.conflicts.isEmpty == turned.conflicts.isEmpty)
        if merged.conflicts.isEmpty { #expect(merged == turned) }
        let kinds = [merged, turned].map { $0.conflicts.map(\.kind.rawValue).sorted() }
        #expect(kinds[0] == kinds[1])
      }
    }
  }

  @Test("subtrees that one side alone changed are not read, and what was made is in the batch")
  func lazy() throws {
    var fixture = Fixture()
    func file(_ name: ByteString, _ text: String) throws -> TreeEntry {
      TreeEntry(name: name, mode: .file, id: try fixture.blob(text))
    }
    func directory(_ name: ByteString, _ entries: [TreeEntry]) throws -> TreeEntry {
      TreeEntry(name: name, mode: .directory, id: try fixture.tree(entries))
    }
    let old = try directory("one", [file("x", "1")])
    let new = try directory("one", [file("x", "2")])
    let other = try directory("two", [file("y", "1")])
    let otherNew = try directory("two", [file("y", "2")])
    let base = try fixture.tree([old, other])
    let ours = try fixture.tree([new, other])
    let theirs = try fixture.tree([old, otherNew])
    let reader = CountingReader(fixture.reader)
    var batch = ObjectBatch(.sha1)
    let result = try TreeMerge.merge(
      base: base, ours: ours, theirs: theirs, in: reader, into: &batch)
    #expect(Set(reader.log.ids) == [base, ours, theirs])
    #expect(try result.tree == fixture.tree([new, otherNew]))
    #expect(batch.ids == [result.tree])
  }

  @Test("trees nested deeper than the limit are refused, not a crash")
  func deep() throws {
    var fixture = Fixture()
    func nested(_ text: String) throws -> ObjectID {
      var tree = try fixture.tree([
        TreeEntry(name: "f", mode: .file, id: try fixture.blob(text))
      ])
      for _ in 0...Limits.treeDepth {
        tree = try fixture.tree([TreeEntry(name: "d", mode: .directory, id: tree)])
      }
      return tree
    }
    let trees = try ["1", "2", "3"].map(nested)
    var batch = ObjectBatch(.sha1)
    let error = #expect(throws: PandoError.self) {
      try TreeMerge.merge(
        base: trees[0], ours: trees[1], theirs: trees[2], in: fixture.reader, into: &batch)
    }
    #expect(error?.code == .limitExceeded)
  }

  /// Joins what both sides have, and lets whoever deletes win.
  struct Joiner: ContentMerger {
    func merge(_ request: ContentMergeRequest) throws(PandoError) -> ContentMergeResult {
      if request.path.last == "odd" { return .undecided }
      if request.path.last == "no" { return .conflict([1], .value) }
      guard let ours = request.ours, let theirs = request.theirs else { return .removed }
      return .merged(ours.bytes + theirs.bytes)
    }
  }

  @Test("a rule of one's own decides about content and deletion")
  func ownRule() throws {
    var fixture = Fixture()
    func tree(_ files: [(ByteString, String)]) throws -> ObjectID {
      try fixture.tree(
        files.map { TreeEntry(name: $0.0, mode: .file, id: try fixture.blob($0.1)) })
    }
    let base = try tree([("gone", "0"), ("join", "0"), ("no", "0"), ("odd", "0")])
    let ours = try tree([("gone", "1"), ("join", "a"), ("no", "1"), ("odd", "1")])
    let theirs = try tree([("join", "b"), ("no", "2"), ("odd", "0\n1")])
    var batch = ObjectBatch(.sha1)
    let result = try TreeMerge.merge(
      base: base, ours: ours, theirs: theirs, in: fixture.reader, into: &batch,
      options: .init(contentMerger: Joiner()))
    #expect(result.conflicts.map(\.path) == ["no", "odd"])
    #expect(result.conflicts.map(\.kind) == [.value, .content])
    let merged = try BatchedReader(batch, over: fixture.reader).tree(result.tree)
    #expect(merged.map(\.name) == ["join", "no", "odd"])
    let joined = try #require(merged["join"])
    #expect(batch[joined.id]?.body == Array("ab".utf8))
  }

  @Test("a subtree that is missing is an error")
  func missing() throws {
    var fixture = Fixture()
    let lost = try #require(ObjectID(hex: String(repeating: "3", count: 40)))
    let blob = try fixture.blob("x")
    let base = try fixture.tree([])
    let ours = try fixture.tree([TreeEntry(name: "d", mode: .directory, id: lost)])
    let below = try fixture.tree([TreeEntry(name: "x", mode: .file, id: blob)])
    let theirs = try fixture.tree([TreeEntry(name: "d", mode: .directory, id: below)])
    var batch = ObjectBatch(.sha1)
    let error = #expect(throws: PandoError.self) {
      try TreeMerge.merge(
        base: base, ours: ours, theirs: theirs, in: fixture.reader, into: &batch)
    }
    #expect(error?.code == .notFound)
  }
}
