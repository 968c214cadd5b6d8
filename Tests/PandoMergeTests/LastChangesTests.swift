import PandoBytes
import PandoFiles
import PandoMerge
import PandoObjects
import PandoStorage
import PandoTestKit
import Testing

/// The last change of every path, beside `git log -1` for each.
@Suite struct LastChangesTests {
  /// A history with many merges, some of which take one side's version and some make their own.
  private static func history(seed: UInt64) throws -> (RandomMerges, ObjectID) {
    var merges = RandomMerges(seed: seed)
    let start = try merges.start()
    var tips = [(try merges.commit(start), start)]
    var random = SeededRandom(seed: seed &* 7)
    func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
    for _ in 0..<60 {
      let one = tips[below(tips.count)]
      var files = one.1
      var parents = [one.0]
      if tips.count > 1, below(3) == 0 {
        let other = tips[below(tips.count)]
        if other.0 != one.0 {
          parents.append(other.0)
          // A merge takes some files from the other side.
          for (path, file) in other.1.files where below(2) == 0 { files.set(path, file) }
        }
      }
      if parents.count == 1 || below(3) == 0 { files = try merges.changed(files, 1 + below(3)) }
      tips.append((try merges.commit(files, parents: parents), files))
      if tips.count > 5 { tips.remove(at: below(tips.count - 1)) }
    }
    let last = tips[tips.count - 1]
    let tip = try merges.commit(last.1, parents: tips.reversed().map(\.0))
    return (merges, tip)
  }

  @Test(arguments: Array(1...12) as [UInt64])
  func `are those that git log finds for each path`(_ seed: UInt64) throws {
    let (merges, tip) = try Self.history(seed: seed)
    let repository = try merges.fixture.repository()
    try repository.git("update-ref", "refs/heads/main", tip.hex)
    func objects() throws -> any ObjectReader {
      try Repository.open(at: FilePath(repository.directory.path)).objects
    }
    for withGraph in [false, true] {
      if withGraph { try repository.git("commit-graph", "write", "--reachable", "--changed-paths") }
      let reader = try objects()
      let trees = try repository.git("ls-tree", "-r", "-d", tip.hex).lines
        .filter { $0.hasPrefix("040000") }.compactMap { $0.split(separator: "\t").last }
        .map(String.init)
      for directory in [""] + trees.prefix(4) {
        for recursively in [false, true] {
          let found = try LastChanges.of(
            TreePath(directory), at: tip, in: reader, recursively: recursively)
          let place = directory.isEmpty ? "" : directory + "/"
          let names = try repository.git.run(
            ["ls-tree", "--name-only"] + (recursively ? ["-r"] : [])
              + [tip.hex] + (directory.isEmpty ? [] : [place])
          ).lines
          #expect(found.map { place + $0.path.description } == names)
          for change in found {
            let wanted = try repository.git(
              "log", "-1", "--format=%H", tip.hex, "--", place + change.path.description
            ).line
            #expect(change.commit.hex == wanted, "\(place)\(change.path)")
          }
        }
      }
    }
  }

  @Test func `what is not there has none, and a line of commits is gone through once`() throws {
    var fixture = Fixture()
    var parent: [ObjectID] = []
    for number in 0..<3000 {
      let blob = try fixture.blob("\(number / 1000)")
      let tree = try fixture.tree([TreeEntry(name: "a", mode: .file, id: blob)])
      parent = [try fixture.commit(tree: tree, parents: parent, date: Int64(number))]
    }
    let tip = try #require(parent.first)
    #expect(try LastChanges.of("nope", at: tip, in: fixture.reader).isEmpty)
    #expect(try LastChanges.of("a", at: tip, in: fixture.reader).isEmpty)
    let found = try LastChanges.of(.root, at: tip, in: fixture.reader)
    #expect(found.map(\.path) == ["a"])
    let commit = try fixture.reader.commit(try #require(found.first?.commit))
    #expect(commit.committer?.time?.seconds == 2000)
  }
}
