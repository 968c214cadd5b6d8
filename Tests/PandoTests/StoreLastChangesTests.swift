import Pando
import PandoMerge
import Testing

@Suite struct StoreLastChangesTests {
  @Test(arguments: BackEnd.allCases)
  func `every entry has the commit that changed it last`(_ backEnd: BackEnd) throws {
    let bed = try backEnd.bed()
    #expect(try bed.main.lastChanges().isEmpty)
    let first = try #require(
      try bed.main.update("First") { tree in
        for path in ["a", "d/x", "d/y"] as [TreePath] { try tree.set("1", at: path) }
      }.commit)
    let second = try #require(try bed.main.set("2", at: "d/x", "Second"))
    let draft = try bed.main.fork("draft")
    let third = try #require(try draft.set("3", at: "d/y", "Third"))
    let fourth = try #require(try bed.main.set("4", at: "b", "Fourth"))
    try bed.main.merge(draft, "Merge")
    #expect(
      try bed.main.lastChanges() == [
        LastChange(path: "a", commit: first), LastChange(path: "b", commit: fourth),
        LastChange(path: "d", commit: third),
      ])
    #expect(
      try bed.main.lastChanges(in: "d") == [
        LastChange(path: "x", commit: second), LastChange(path: "y", commit: third),
      ])
    #expect(try bed.main.lastChanges(recursively: true).count == 4)
    for change in try bed.main.lastChanges(recursively: true) {
      #expect(try bed.main.lastModified(change.path)?.id == change.commit)
    }
  }
}
