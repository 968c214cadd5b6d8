import PandoMerge
import PandoObjects
import PandoTestKit
import Testing

@Suite("Merge bases")
struct MergeBaseTests {
  @Test("are those of git merge-base, in its order", arguments: Clock.allCases)
  func equalGit(_ clock: Clock) throws {
    for seed in UInt64(1)...6 {
      var history = try RandomHistory(
        seed: seed, count: 50, width: [3, 6, 50][Int(seed % 3)], clock: clock)
      let git = try history.fixture.repository()
      var bases = MergeBases(history.fixture.reader)
      for round in 0..<8 {
        let commits = history.some(2 + round % 3)
        let names = commits.map(\.hex)
        let first = commits[0]
        let rest = Array(commits.dropFirst())
        let all = try git.ids(["merge-base", "--all"] + names)
        #expect(try bases.all(first, rest) == all, "seed \(seed) round \(round) \(clock)")
        let octopus = try git.ids(["merge-base", "--all", "--octopus"] + names)
        #expect(try bases.octopus(commits) == octopus, "seed \(seed) round \(round) \(clock)")
        let heads = try git.ids(["merge-base", "--independent"] + names)
        #expect(try bases.independent(commits) == heads, "seed \(seed) round \(round) \(clock)")
        let status = try git.git.run(["merge-base", "--is-ancestor", names[0], names[1]]).status
        #expect(try bases.isAncestor(first, of: commits[1]) == (status == 0))
      }
    }
  }

  @Test("are the best common ancestors by definition", arguments: Clock.allCases)
  func equalDefinition(_ clock: Clock) throws {
    for seed in UInt64(100)...140 {
      var history = try RandomHistory(seed: seed, count: 40, width: 5, clock: clock)
      let reader = history.fixture.reader
      var bases = MergeBases(reader)
      func ancestors(_ id: ObjectID) throws -> Set<ObjectID> {
        Set(try RevisionWalkTests.ids(reader, from: [id]))
      }
      let pair = history.some(2)
      let common = try ancestors(pair[0]).intersection(ancestors(pair[1]))
      var best = common
      for id in common { best.subtract(try ancestors(id).subtracting([id])) }
      let found = try bases.all(pair[0], pair[1])
      #expect(Set(found) == best && found.count == best.count)
      #expect(try Set(bases.all(pair[1], pair[0])) == best)
      #expect(try bases.isAncestor(pair[0], of: pair[1]) == ancestors(pair[1]).contains(pair[0]))
    }
  }

  @Test("a commit is its own base, and nothing has none")
  func borders() throws {
    var fixture = Fixture()
    let one = try fixture.commit()
    let other = try fixture.commit(date: 2)
    var bases = MergeBases(fixture.reader)
    #expect(try bases.all(one, one) == [one])
    #expect(try bases.all(one, other) == [])
    #expect(try bases.octopus([]) == [])
    #expect(try bases.octopus([one]) == [one])
    #expect(try bases.independent([one, one, other]) == [one, other])
    #expect(try bases.isAncestor(one, of: one))
  }

  @Test("an error finding one is an error, and the next question is answered rightly")
  func missing() throws {
    var fixture = Fixture()
    let lost = try #require(ObjectID(hex: String(repeating: "2", count: 40)))
    let root = try fixture.commit(date: 1)
    let broken = try fixture.commit(parents: [lost, root], date: 5)
    let tip = try fixture.commit(parents: [root], date: 9)
    var bases = MergeBases(fixture.reader)
    let error = #expect(throws: PandoError.self) { try bases.all(tip, broken) }
    #expect(error?.code == .notFound)
    #expect(try bases.all(tip, root) == [root])
    var grafted = MergeBases(fixture.reader, grafts: Grafts(shallow: [broken]))
    #expect(try grafted.all(tip, broken) == [])
  }
}
