import PandoBytes
import PandoMerge
import PandoObjects
import PandoTestKit
import Testing

@Suite("Merges of commits")
struct RecursiveMergeTests {
  static func merge(
    _ fixture: Fixture, _ ours: ObjectID, _ theirs: ObjectID
  ) throws -> (MergeOutcome, ObjectBatch) {
    let options = RecursiveMerge.Options(tree: TreeMergeTests.labelled(ours, theirs))
    var merge = RecursiveMerge(fixture.reader, options: options)
    var batch = ObjectBatch(fixture.algorithm)
    let outcome = try merge.merge(ours: ours, theirs: theirs, into: &batch)
    return (outcome, batch)
  }

  /// A history in which branches merge each other, so that most pairs have several merge bases.
  static func crissCross(
    seed: UInt64, generations: Int, width: Int
  ) throws -> (RandomMerges, [ObjectID]) {
    var merges = RandomMerges(seed: seed)
    let start = try merges.start()
    let root = try merges.commit(start)
    var tips = try (0..<width).map { _ in
      let files = try merges.changed(start, 2)
      return (try merges.commit(files, parents: [root]), files)
    }
    for _ in 0..<generations {
      tips = try tips.indices.map { index in
        // What a person made of the merge matters little: one side's files, changed.
        let files = try merges.changed(tips[index].1, 2)
        let parents = [index] + tips.indices.filter { $0 != index }
        return (try merges.commit(files, parents: parents.map { tips[$0].0 }), files)
      }
    }
    return (merges, tips.map(\.0))
  }

  @Test(
    "are those of git merge-tree on histories with several merge bases",
    arguments: 1...60 as ClosedRange<UInt64>)
  func equalGit(_ seed: UInt64) throws {
    let (merges, tips) = try Self.crissCross(
      seed: seed, generations: 1 + Int(seed % 3), width: seed % 5 == 0 ? 3 : 2)
    let repository = try merges.fixture.repository()
    let output = try repository.git.run(
      ["merge-tree", "--write-tree", "--no-messages", tips[0].hex, tips[1].hex])
    let (outcome, batch) = try Self.merge(merges.fixture, tips[0], tips[1])
    let bases = try repository.ids(["merge-base", "--all", tips[0].hex, tips[1].hex])
    #expect(bases.count > 1)
    switch outcome {
    case .merged(let tree, let found):
      #expect(GitMerge(tree: tree, conflicts: []) == GitMerge(output))
      #expect(found == bases)
    case .conflicted(let tree, let conflicts, let found):
      #expect(GitMerge(tree: tree, conflicts: conflicts) == GitMerge(output))
      #expect(found == bases)
      var files = TreeDiff(
        BatchedReader(batch, over: merges.fixture.reader), from: nil, to: tree)
      for change in try files.remaining() where change.new?.mode.isSubmodule == false {
        let id = try #require(change.new?.id)
        #expect(batch[id] != nil || merges.fixture.batch[id] != nil)
      }
    default: Issue.record("\(outcome)")
    }
  }

  @Test("need nothing where one side has the other")
  func trivial() throws {
    var fixture = Fixture()
    let root = try fixture.commit(date: 1)
    let tip = try fixture.commit(parents: [root], date: 2)
    #expect(try Self.merge(fixture, tip, root).0 == .upToDate)
    #expect(try Self.merge(fixture, tip, tip).0 == .upToDate)
    #expect(try Self.merge(fixture, root, tip).0 == .fastForward(tip))
  }

  @Test("of unrelated histories happen only when asked for")
  func unrelated() throws {
    var fixture = Fixture()
    let blob = try fixture.blob("x")
    let tree = try fixture.tree([TreeEntry(name: "x", mode: .file, id: blob)])
    let one = try fixture.commit(date: 1)
    let other = try fixture.commit(tree: tree, date: 2)
    let error = #expect(throws: PandoError.self) { try Self.merge(fixture, one, other) }
    #expect(error?.code == .invalidInput)
    var merge = RecursiveMerge(fixture.reader, options: .init(allowsUnrelated: true))
    var batch = ObjectBatch(.sha1)
    let outcome = try merge.merge(ours: one, theirs: other, into: &batch)
    #expect(outcome == .merged(tree: tree, bases: []))
  }

  @Test("an error finding a base is an error")
  func broken() throws {
    var fixture = Fixture()
    let lost = try #require(ObjectID(hex: String(repeating: "4", count: 40)))
    let one = try fixture.commit(parents: [lost], date: 1)
    let other = try fixture.commit(parents: [lost], date: 2)
    let error = #expect(throws: PandoError.self) { try Self.merge(fixture, one, other) }
    #expect(error?.code == .notFound)
  }

  @Test("a ladder of criss-cross merges is climbed without recursion")
  func ladder() throws {
    var fixture = Fixture()
    let blob = try fixture.blob("x")
    let tree = try fixture.tree([TreeEntry(name: "x", mode: .file, id: blob)])
    var pair = [try fixture.commit(tree: tree, date: 1)]
    for step in 1...300 {
      let date = Int64(step * 2)
      let parents = pair
      pair = try [0, 1].map { side in
        try fixture.commit(tree: tree, parents: parents, date: date, message: "\(side)")
      }
    }
    let outcome = try Self.merge(fixture, pair[0], pair[1]).0
    #expect(outcome == .merged(tree: tree, bases: try MergeBaseTests.bases(fixture, pair)))
  }
}

extension MergeBaseTests {
  static func bases(_ fixture: Fixture, _ pair: [ObjectID]) throws -> [ObjectID] {
    var bases = MergeBases(fixture.reader)
    return try bases.all(pair[0], pair[1])
  }
}
