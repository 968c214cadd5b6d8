import PandoMerge
import PandoObjects
import PandoStore
import PandoTestKit
import Testing

@Suite("Walks over commits")
struct RevisionWalkTests {
  static func walk(
    _ reader: any ObjectReader, from tips: [ObjectID], hiding hidden: [ObjectID] = [],
    _ options: RevisionWalk.Options = .init()
  ) throws -> RevisionWalk {
    let starts = hidden.map { RevisionTerm(id: $0, name: $0.hex, isExcluded: true) }
    return try RevisionWalk(
      reader, from: starts + tips.map { RevisionTerm(id: $0, name: $0.hex) }, options)
  }

  static func ids(
    _ reader: any ObjectReader, from tips: [ObjectID], hiding hidden: [ObjectID] = [],
    _ options: RevisionWalk.Options = .init()
  ) throws -> [ObjectID] {
    var walk = try walk(reader, from: tips, hiding: hidden, options)
    var ids: [ObjectID] = []
    while let item = try walk.next() { ids.append(item.id) }
    return ids
  }

  static let orders: [(RevisionWalk.Order, [String])] = [
    (.date, []), (.topological, ["--topo-order"]), (.dateTopological, ["--date-order"]),
    (.authorDateTopological, ["--author-date-order"]),
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
        var options = RevisionWalk.Options()
        options.order = order
        options.followsFirstParentOnly = round == 5 || round == 2
        var arguments = ["rev-list"] + flags
        if options.followsFirstParentOnly { arguments.append("--first-parent") }
        if round >= 6 {
          options.since = 1200
          options.until = 1500
          arguments += ["--since=@1200 +0000", "--until=@1500 +0000"]
        }
        arguments += hidden.map { "^\($0)" } + tips.map(\.hex)
        let expected = try git.ids(arguments)
        let found = try Self.ids(history.fixture.reader, from: tips, hiding: hidden, options)
        #expect(found == expected, "seed \(seed) round \(round) \(clock): \(arguments)")
      }
    }
  }

  @Test("a parent that is missing is an error, unless it is hidden or grafted away")
  func missingParents() throws {
    var fixture = Fixture()
    let lost = try #require(ObjectID(hex: String(repeating: "1", count: 40)))
    let old = try fixture.commit(parents: [lost], date: 10)
    let new = try fixture.commit(parents: [old], date: 20)
    var walk = try Self.walk(fixture.reader, from: [new])
    #expect(try walk.next()?.id == new)
    let error = #expect(throws: PandoError.self) { try walk.next() }
    #expect(error?.code == .corrupt)
    #expect(try Self.ids(fixture.reader, from: [new], hiding: [old]) == [new])
    var options = RevisionWalk.Options()
    options.grafts = Grafts(shallow: [old])
    #expect(try Self.ids(fixture.reader, from: [new], options) == [new, old])
  }

  @Test("grafts replace parents")
  func grafts() throws {
    var fixture = Fixture()
    let root = try fixture.commit(date: 1)
    let other = try fixture.commit(date: 2, message: "other")
    let tip = try fixture.commit(parents: [root], date: 3)
    var options = RevisionWalk.Options()
    options.grafts = Grafts(parents: [tip: [other]])
    var walk = try Self.walk(fixture.reader, from: [tip], options)
    let first = try walk.next()
    #expect(first?.id == tip)
    #expect(first?.parents == [other])
    #expect(try walk.next()?.id == other)
    #expect(try walk.next()?.id == nil)
  }

  @Test("a walk by date reads one commit ahead")
  func incremental() throws {
    var fixture = Fixture()
    var tip = try fixture.commit()
    for index in 1..<100 { tip = try fixture.commit(parents: [tip], date: Int64(1000 + index)) }
    let reader = CountingReader(fixture.reader)
    var walk = try Self.walk(reader, from: [tip])
    _ = try walk.next()
    _ = try walk.next()
    #expect(reader.log.ids.count == 3)
  }

  @Test("two hundred thousand commits in a line")
  func deep() throws {
    let reader = try LineOfCommits(count: 200_000)
    let line = reader.ids
    let first = try #require(line.first)
    let last = try #require(line.last)
    #expect(try Self.ids(reader, from: [last]) == line.reversed())
    var options = RevisionWalk.Options()
    options.order = .topological
    #expect(try Self.ids(reader, from: [last], hiding: [first], options).count == 199_999)
    var bases = MergeBases(reader)
    #expect(try bases.all(first, last) == [first])
    #expect(try bases.isAncestor(first, of: last))
    #expect(try !bases.isAncestor(last, of: first))
  }

  @Test("a commit that is both shown and hidden is hidden")
  func shownAndHidden() throws {
    var fixture = Fixture()
    let tip = try fixture.commit()
    #expect(try Self.ids(fixture.reader, from: [tip], hiding: [tip]) == [])
    #expect(try Self.ids(fixture.reader, from: [tip, tip]) == [tip])
    #expect(try Self.ids(fixture.reader, from: []) == [])
  }

  @Test("merges are simplified through long histories, and where commits lead to themselves")
  func simplification() throws {
    var options = RevisionWalk.Options()
    (options.simplifiesMerges, options.keepsFullHistory) = (true, true)
    (options.rewritesParents, options.order) = (true, .topological)
    let line = try LineOfCommits(count: 50_000)
    options.keepsOnly = [line.ids[20_000]]
    var walk = try RevisionWalk(
      line, from: [RevisionTerm(id: line.ids[49_999], name: "main")], options)
    var shown: [ObjectID] = []
    while let item = try walk.next() { shown.append(item.id) }
    #expect(shown == [line.ids[20_000]])
    var fixture = Fixture()
    let commits = try (0..<4).map { number in
      try fixture.commit(date: Int64(number), message: "\(number)")
    }
    options.keepsOnly = [commits[1]]
    for (number, commit) in commits.enumerated() {
      options.grafts.parents[commit] = [commits[(number + 1) % 4], commits[(number + 2) % 4]]
    }
    var ring = try RevisionWalk(
      fixture.reader, from: [RevisionTerm(id: commits[0], name: "main")], options)
    var count = 0
    while try ring.next() != nil { count += 1 }
    #expect(count <= 4)
  }
}
