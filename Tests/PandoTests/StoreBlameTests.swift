import Pando
import PandoMerge
import Testing

@Suite struct StoreBlameTests {
  @Test(arguments: BackEnd.allCases)
  func `every line has the commit that it came with`(_ backEnd: BackEnd) throws {
    let bed = try backEnd.bed()
    #expect(try bed.main.blame("zone") == nil)
    let first = try #require(try bed.main.set("one\ntwo\nthree\n", at: "zone", "First"))
    let second = try #require(try bed.main.set("one\nTWO\nthree\nfour\n", at: "zone", "Second"))
    let moved = try #require(
      try bed.main.update("Move") { tree in
        try tree.remove(at: "zone")
        try tree.set("one\nTWO\nthree\nfour\nfive\n", at: "zones/new")
      }.commit)
    #expect(try bed.main.blame("zone") == nil)
    let lines = try #require(try bed.main.blame("zones/new"))
    #expect(lines.map(\.lines) == [0..<1, 1..<2, 2..<3, 3..<4, 4..<5])
    #expect(lines.map(\.origin.commit) == [first, second, first, second, moved])
    #expect(lines.map(\.origin.path) == ["zone", "zone", "zone", "zone", "zones/new"])
    #expect(lines.map(\.isBoundary) == [true, false, true, false, false])
  }
}
