import PandoBytes
import PandoMerge
import PandoObjects
import PandoTestKit
import Testing

/// Blame and combined differences of what is long, deep, missing or made to be slow.
@Suite("Limits of blame and combined differences")
struct BlameLimitTests {
  /// Commits in a line whose trees are all the same but for the last one's.
  private struct LongHistory: ObjectReader {
    let line: LineOfCommits
    let objects: any ObjectReader
    let trees: (old: ObjectID, new: ObjectID)

    var hashAlgorithm: HashAlgorithm { .sha1 }

    func read(_ id: ObjectID) throws(PandoError) -> RawObject? {
      guard let number = line.numbers[id], let commit = try line.read(id) else {
        return try objects.read(id)
      }
      let tree = number == line.ids.count - 1 ? trees.new : trees.old
      let start = Array("tree \(tree)\n".utf8)
      return RawObject(kind: .commit, body: start + commit.body.dropFirst(start.count))
    }

    func header(of id: ObjectID) throws(PandoError) -> ObjectHeader? { try read(id)?.header }
    func contains(_ id: ObjectID) throws(PandoError) -> Bool { try read(id) != nil }
  }

  /// A tree with one file, `depth` directories down.
  private static func tree(
    _ text: String, depth: Int, in fixture: inout Fixture
  ) throws -> ObjectID {
    let blob = try fixture.batch.insert(.blob, Array(text.utf8))
    var id = try fixture.tree([TreeEntry(name: "f", mode: .file, id: blob)])
    for _ in 0..<depth { id = try fixture.tree([TreeEntry(name: "d", mode: .directory, id: id)]) }
    return id
  }

  private static func path(depth: Int) -> TreePath {
    TreePath(bytes: Array((String(repeating: "d/", count: depth) + "f").utf8))
  }

  @Test("lines are followed through long histories, to files that lie deep")
  func longAndDeep() throws {
    let depth = 10_000
    var fixture = Fixture()
    let old = try Self.tree("one\ntwo\n", depth: depth, in: &fixture)
    let new = try Self.tree("one\nTWO\n", depth: depth, in: &fixture)
    let line = try LineOfCommits(count: 20_000)
    let history = LongHistory(line: line, objects: fixture.reader, trees: (old, new))
    let (first, last) = (line.ids[0], line.ids[19_999])
    let found = try Blame(of: Self.path(depth: depth), at: last, in: history)
    var blame = try #require(found)
    let lines = try blame.remaining()
    #expect(lines.map(\.origin.commit) == [first, last])
    #expect(lines.map(\.isBoundary) == [true, false])
  }

  @Test("what is missing is told")
  func missing() throws {
    var fixture = Fixture()
    let gone = try #require(ObjectID(hex: String(repeating: "7", count: 40)))
    let old = try fixture.tree([TreeEntry(name: "f", mode: .file, id: gone)])
    let new = try Self.tree("one\n", depth: 0, in: &fixture)
    let line = try LineOfCommits(count: 3)
    let history = LongHistory(line: line, objects: fixture.reader, trees: (old, new))
    let found = try Blame(of: "f", at: line.ids[2], in: history)
    var blame = try #require(found)
    let error = #expect(throws: PandoError.self) { _ = try blame.remaining() }
    #expect(error?.code == .notFound)
    #expect(error?.description.contains(gone.hex) == true)
  }

  @Test("commits that lead to themselves are told of", arguments: [1, 2, 3])
  func cycle(length: Int) throws {
    var fixture = Fixture()
    let tree = try Self.tree("one\ntwo\n", depth: 0, in: &fixture)
    var commits: [ObjectID] = []
    for number in 0..<length {
      commits.append(try fixture.commit(tree: tree, date: Int64(number)))
    }
    var options = Blame.Options()
    for (number, commit) in commits.enumerated() {
      options.grafts.parents[commit] = [commits[(number + 1) % length]]
    }
    let found = try Blame(of: "f", at: commits[0], in: fixture.reader, options: options)
    var blame = try #require(found)
    let error = #expect(throws: PandoError.self) { _ = try blame.remaining() }
    #expect(error?.code == .corrupt)
  }

  @Test("a million equal lines of two parents are laid over each other")
  func equalLines() throws {
    func lines(_ count: Int) -> [UInt8] { [UInt8](repeating: UInt8(ascii: "\n"), count: count) }
    let diff = try CombinedDiff(
      of: lines(1_000_000), from: [lines(400_000), lines(300_000) + Array("x\n".utf8)])
    let hunks = diff.hunks(isDense: true)
    #expect(hunks.count == 1)
    let more = [[UInt8]](repeating: [], count: CombinedDiff.parentsMax + 1)
    #expect(throws: PandoError.self) { _ = try CombinedDiff(of: [], from: more) }
  }

  @Test("lines that two parents lost are bounded in what they cost")
  func lostLines() throws {
    var text = RandomText(seed: 3)
    text.vocabulary = 1_000_000
    let (one, two) = (text.bytes(text.lines(20_000)), text.bytes(text.lines(20_000)))
    let diff = try CombinedDiff(of: [], from: [one, two])
    #expect(diff.hunks(isDense: false).count == 1)
  }
}
