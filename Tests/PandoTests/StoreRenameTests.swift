import Pando
import PandoMerge
import Testing

@Suite struct StoreRenameTests {
  @Test(arguments: BackEnd.allCases)
  func `values that were renamed are found between snapshots`(_ backEnd: BackEnd) throws {
    let bed = try backEnd.bed()
    let zone = (0..<20).map { "record \($0)\n" }.joined()
    try bed.main.update("First") { tree in
      try tree.set(zone, at: "zones/old")
      try tree.set("kept", at: "kept")
    }
    let before = try bed.main.snapshot()
    try bed.main.update("Move") { tree in
      try tree.remove(at: "zones/old")
      try tree.set(zone + "one more\n", at: "zones/new")
      try tree.set("fresh", at: "fresh")
    }
    let after = try bed.main.snapshot()
    let changes = try before.diff(to: after, findingRenames: RenameDetection.Options())
    #expect(changes.map(\.kind) == [.added, .renamed])
    #expect(changes.last?.old?.path == "zones/old" && changes.last?.path == "zones/new")
    #expect((changes.last?.similarity ?? 0) > Similarity.all * 9 / 10)
    #expect(try before.diff(to: before, findingRenames: RenameDetection.Options()).isEmpty)
  }
}
