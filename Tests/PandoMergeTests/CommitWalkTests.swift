import PandoMerge
import PandoObjects
import PandoTestKit
import Testing

@Suite("Walks over commits")
struct CommitWalkTests {
  static func ids(_ walk: consuming CommitWalk) throws -> [ObjectID] {
    var ids: [ObjectID] = []
    while let id = try walk.next() { ids.append(id) }
    return ids
  }

  static let orders: [(CommitWalk.Order, [String])] = [
    (.date, []), (.topological, ["--topo-order"]), (.dateTopological, ["--date-order"]),
    (.authorDate, ["--author-date-order"]),
  ]

  @Test("show the commits of git rev-list in its order", arguments: Clock.allCases)
  func equalsRevList(_ clock: Clock) throws {
    for seed in UInt64(1)...6 {
      var history = try RandomHistory(
        seed: seed, count: 60, width: [4, 10, 60][Int(seed % 3)], clock: clock)
      let git = try history.fixture.repository()
      for round in 0..<8 {
        let tips = history.some(1 + round % 3)
        let hidden = history.some(round % 4 == 0 ? 0 : round % 3)
        let (order, flags) = Self.orders[round % 4]
        var options = CommitWalk.Options(order: order, firstParentOnly: round == 5 || round == 2)
        var arguments = ["rev-list"] + flags
        if options.firstParentOnly { arguments.append("--first-parent") }
        if round >= 6 {
          options.since = 1200
          options.until = 1500
          arguments += ["--since=@1200 +0000", "--until=@1500 +0000"]
        }
        arguments += hidden.map { "^\($0)" } + tips.map(\.hex)
        let expected = try git.ids(arguments)
        let walk = CommitWalk(
          history.fixture.reader, from: tips, hiding: hidden, options: options)
        let found = try Self.ids(walk)
        #expect(found == expected, "seed \(seed) round \(round) \(clock): \(arguments)")
      }
    }
  }

  @Test("a thorough walk hides all that is reached, whatever the dates", arguments: Clock.allCases)
  func thorough(_ clock: Clock) throws {
    for seed in UInt64(1)...40 {
      var history = try RandomHistory(seed: seed, count: 80, width: 12, clock: clock)
      let tips = history.some(2)
      let hidden = history.some(2)
      let reader = history.fixture.reader
      let reached = Set(try Self.ids(CommitWalk(reader, from: tips)))
      let excluded = Set(try Self.ids(CommitWalk(reader, from: hidden)))
      let walk = CommitWalk(reader, from: tips, hiding: hidden, options: .init(isThorough: true))
      #expect(Set(try Self.ids(walk)) == reached.subtracting(excluded))
    }
  }

  @Test("a parent that is missing is an error, unless it is hidden or grafted away")
  func missingParents() throws {
    var fixture = Fixture()
    let lost = try #require(ObjectID(hex: String(repeating: "1", count: 40)))
    let old = try fixture.commit(parents: [lost], date: 10)
    let new = try fixture.commit(parents: [old], date: 20)
    var walk = CommitWalk(fixture.reader, from: [new])
    #expect(try walk.next() == new)
    let error = #expect(throws: PandoError.self) { try walk.next() }
    #expect(error?.code == .notFound)
    #expect(
      try Self.ids(CommitWalk(fixture.reader, from: [new], hiding: [old])) == [new])
    let shallow = CommitWalk.Options(grafts: Grafts(shallow: [old]))
    let grafted = CommitWalk(fixture.reader, from: [new], options: shallow)
    #expect(try Self.ids(grafted) == [new, old])
  }

  @Test("grafts replace parents")
  func grafts() throws {
    var fixture = Fixture()
    let root = try fixture.commit(date: 1)
    let other = try fixture.commit(date: 2, message: "other")
    let tip = try fixture.commit(parents: [root], date: 3)
    let options = CommitWalk.Options(grafts: Grafts(parents: [tip: [other]]))
    var walk = CommitWalk(fixture.reader, from: [tip], options: options)
    #expect(try walk.next() == tip)
    #expect(walk.parents(of: tip) == [other])
    #expect(walk.committerSeconds(of: tip) == 3)
    #expect(try walk.next() == other)
    #expect(try walk.next() == nil)
  }

  @Test("a walk by date reads one commit ahead")
  func incremental() throws {
    var fixture = Fixture()
    var tip = try fixture.commit()
    for index in 1..<100 { tip = try fixture.commit(parents: [tip], date: Int64(1000 + index)) }
    let reader = CountingReader(fixture.reader)
    var walk = CommitWalk(reader, from: [tip])
    _ = try walk.next()
    _ = try walk.next()
    #expect(reader.log.ids.count == 3)
  }

  @Test("a hundred thousand commits in a line")
  func deep() throws {
    let reader = try LineOfCommits(count: 100_000)
    let line = reader.ids
    let first = try #require(line.first)
    let last = try #require(line.last)
    #expect(try Self.ids(CommitWalk(reader, from: [last])) == line.reversed())
    let topological = CommitWalk.Options(order: .topological)
    let walk = CommitWalk(reader, from: [last], hiding: [first], options: topological)
    #expect(try Self.ids(walk).count == 99_999)
    var bases = MergeBases(reader)
    #expect(try bases.all(first, last) == [first])
    #expect(try bases.isAncestor(first, of: last))
    #expect(try !bases.isAncestor(last, of: first))
  }

  @Test("a commit that is both shown and hidden is hidden")
  func shownAndHidden() throws {
    var fixture = Fixture()
    let tip = try fixture.commit()
    #expect(try Self.ids(CommitWalk(fixture.reader, from: [tip], hiding: [tip])) == [])
    #expect(try Self.ids(CommitWalk(fixture.reader, from: [tip, tip])) == [tip])
    #expect(try Self.ids(CommitWalk(fixture.reader, from: [])) == [])
  }
}
