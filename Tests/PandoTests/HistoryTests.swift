import Pando
import Testing

@Suite struct HistoryTests {
  @Test(arguments: BackEnd.allCases)
  func `history goes from the newest to the oldest`(_ backEnd: BackEnd) throws {
    let bed = try backEnd.bed()
    let commits = try (1...5).compactMap { try bed.main.set("\($0)", at: "k", "Commit \($0)") }
    var history = try bed.main.history()
    #expect(try history.next()?.id == commits[4])
    #expect(try history.next(2).map(\.id) == [commits[3], commits[2]])
    try bed.main.set("6", at: "k", "Later")
    #expect(try history.rest().map(\.id) == [commits[1], commits[0]])
    #expect(try history.next() == nil)
    var part = try bed.store.history(of: commits[1])
    #expect(
      try part.rest().map(\.commit.message) == ["Commit 2\n", "Commit 1\n"].map { Array($0.utf8) })
  }

  @Test(arguments: BackEnd.allCases)
  func `each commit of an X comes once, after its children`(_ backEnd: BackEnd) throws {
    let bed = try backEnd.bed()
    let root = try #require(try bed.main.set("r", at: "r", "Root"))
    func commit(_ name: String, _ parents: [ObjectID]) throws -> ObjectID {
      let at = try bed.store.detached(at: parents[0])
      let update = try at.update(
        CommitInfo(name), options: UpdateOptions(allowsEmpty: true, parents: parents)
      ) { tree in try tree.set(name, at: "\(name)") }
      return try #require(update.commit)
    }
    let (a1, b1) = (try commit("a1", [root]), try commit("b1", [root]))
    let (a2, b2) = (try commit("a2", [a1, b1]), try commit("b2", [b1, a1]))
    let top = try commit("top", [a2, b2])
    var history = try bed.store.history(of: top)
    let ids = try history.rest().map(\.id)
    #expect(ids == [top, b2, a2, b1, a1, root])
  }

  @Test(arguments: BackEnd.allCases)
  func `the log of a path holds what changed it`(_ backEnd: BackEnd) throws {
    let bed = try backEnd.bed()
    let one = try #require(try bed.main.set("1", at: "a/b", "One"))
    try bed.main.set("x", at: "other", "Elsewhere")
    let two = try #require(try bed.main.set("2", at: "a/b", "Two"))
    try bed.main.set("x", at: "a/c", "Beside")
    let gone = try #require(try bed.main.remove(at: "a/b", "Gone"))
    try bed.main.set("y", at: "other", "Elsewhere")
    func log(_ path: TreePath) throws -> [ObjectID] {
      var log = try bed.main.log(path)
      return try log.rest().map(\.id)
    }
    #expect(try log("a/b") == [gone, two, one])
    #expect(try bed.main.lastModified("a/b")?.id == gone)
    #expect(try log("a").count == 4)
    #expect(try log("").count == 6)
    #expect(try log("never").isEmpty)
    #expect(try bed.main.lastModified("never") == nil)
  }

  @Test(arguments: BackEnd.allCases)
  func `a merge that agrees with a parent is left out of a path's log`(_ backEnd: BackEnd) throws {
    let bed = try backEnd.bed()
    try bed.main.set("1", at: "k", "Base")
    let side = try bed.main.fork("side")
    let changed = try #require(try side.set("2", at: "k", "Side"))
    let ours = try #require(try bed.main.set("x", at: "other", "Ours"))
    try bed.main.update("Merge", options: UpdateOptions(parents: [ours, changed])) { tree in
      try tree.set("2", at: "k")
    }
    var log = try bed.main.log("k")
    #expect(
      try log.rest().map { String(decoding: $0.commit.message, as: UTF8.self) } == [
        "Side\n", "Base\n",
      ])
  }
}
