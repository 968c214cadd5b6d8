import PandoMerge
import PandoObjects
import Testing

@Suite("Names and drawings of history")
struct HistoryNamingTests {
  @Test("long lines of commits are described and named without recursion")
  func longLines() throws {
    let line = try LineOfCommits(count: 50_000)
    let (first, last) = (line.ids[0], line.ids[49_999])
    var describer = CommitDescriber(line, ranks: [first: .preferred])
    let search = try describer.search(from: last)
    #expect(search.matches.map(\.commit) == [first])
    #expect(search.matches.first?.depth == 49_999)
    let again = try describer.search(from: line.ids[9])
    #expect(again.matches.first?.depth == 9)
    let tip = RevisionNamer.Tip(label: "main", commit: last, taggerSeconds: nil, isTag: false)
    var namer = try RevisionNamer(line, tips: [tip], wanted: nil)
    #expect(namer.name(of: first) == "main~49999")
    #expect(namer.name(of: last) == "main")
  }

  @Test("names through thousands of merges are made when they are asked for")
  func manyMerges() throws {
    // Each commit is the second parent of the next one, whose first parent is a root.
    var fixture = Fixture()
    var commit = try fixture.commit(date: 1)
    let deepest = commit
    for number in 0..<3000 {
      let root = try fixture.commit(date: 1, message: "root \(number)")
      commit = try fixture.commit(parents: [root, commit], date: Int64(2 + number))
    }
    let tip = RevisionNamer.Tip(label: "v1", commit: commit, taggerSeconds: 9, isTag: true)
    var namer = try RevisionNamer(fixture.reader, tips: [tip], wanted: nil)
    #expect(namer.name(of: deepest) == "v1" + String(repeating: "^2", count: 3000))
    #expect(namer.name(of: commit) == "v1^0")
  }

  @Test("a drawing has a mark for every commit, and ends")
  func drawing() throws {
    let line = try LineOfCommits(count: 40)
    var graph = HistoryGraph()
    // A merge of many, whose parents come in the opposite order.
    var lines: [String] = []
    func take(_ id: ObjectID, _ parents: [ObjectID]) {
      graph.begin(id, mark: UInt8(ascii: "*"), parents: parents)
      repeat {
        lines.append(String(decoding: graph.nextLine().bytes, as: UTF8.self))
      } while !graph.isFinished
    }
    take(line.ids[39], Array(line.ids[0..<39]))
    for number in (0..<39).reversed() { take(line.ids[number], []) }
    let marks = lines.joined().count { $0 == "*" }
    #expect(marks == 40)
    #expect(lines.first?.hasPrefix("*-------") == true)
  }
}
