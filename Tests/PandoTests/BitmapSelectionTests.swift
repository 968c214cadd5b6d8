import PandoBytes
import PandoFiles
import PandoObjects
import PandoStorage
import PandoStore
import PandoTestKit
import Testing

@Suite struct BitmapSelectionTests {
  @Test func whatBitmapsSelectIsWhatAWalkSelects() throws {
    let directory = try TemporaryDirectory()
    let git = GitOracle(in: directory.path)
    try git("init", "-q", "-b", "main", ".")
    for commit in 0..<12 {
      try directory.write(Array("\(commit)\n".utf8), to: "d\(commit % 3)/file\(commit % 5)")
      try git("add", ".")
      try git("commit", "-qm", "\(commit)")
    }
    try git("tag", "-am", "v", "v1")
    try git("repack", "-adbq")
    let database = try ObjectDatabase(
      FilePath(directory.path) / ".git/objects", algorithm: .sha1, files: LocalFileSystem())
    func select(
      _ wants: [String], _ haves: [String], _ bitmaps: ReachabilityBitmaps?
    ) throws -> Set<ObjectID> {
      var options = PackObjectSelection.Options()
      options.bitmaps = bitmaps
      var selection = PackObjectSelection(database, options)
      func id(_ name: String) throws -> ObjectID {
        try #require(ObjectID(hex: try git("rev-parse", name).line))
      }
      for name in wants { try selection.include(id(name)) }
      for name in haves { try selection.exclude(id(name)) }
      var ids: Set<ObjectID> = []
      try selection.forEach { item in
        #expect(ids.insert(item.id).inserted)
        #expect((bitmaps == nil) || item.path.isEmpty)
      }
      return ids
    }
    let bitmaps = try #require(try ReachabilityBitmaps.open(database))
    for (wants, haves) in [
      (["main"], []), (["v1"], ["main~4"]), (["main~2", "v1"], ["main~9"]), (["main~8"], ["main"]),
    ] as [([String], [String])] {
      #expect(try select(wants, haves, bitmaps) == select(wants, haves, nil))
    }
  }
}
