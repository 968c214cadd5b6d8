import PandoBytes
import PandoObjects
import PandoStore
import PandoTestKit
import Testing

@Suite("Deep trees")
struct DeepTreeTests {
  /// A root whose only way down is `depth` directories long.
  private func listing(depth: Int) throws -> ObjectListing {
    var fixture = Fixture()
    var id = try fixture.tree([])
    for _ in 0..<depth {
      let entry = TreeEntry(name: ByteString("d"), mode: .directory, id: id)
      id = try fixture.tree([entry])
    }
    var listing = ObjectListing(fixture.reader)
    listing.add(id, .tree)
    return listing
  }

  @Test("are listed down to git's default for core.maxTreeDepth")
  func withinLimit() throws {
    var listing = try listing(depth: Limits.treeDepth - 1)
    var count = 0
    var longest = 0
    while let item = try listing.next() {
      count += 1
      longest = max(longest, item.path.count)
    }
    #expect(count == Limits.treeDepth)
    #expect(longest == 2 * Limits.treeDepth - 3)
  }

  @Test("are refused below it, whatever their depth")
  func beyondLimit() throws {
    for depth in [Limits.treeDepth, 10_000] {
      var listing = try listing(depth: depth)
      let error = #expect(throws: PandoError.self) { while try listing.next() != nil {} }
      #expect(error?.code == .limitExceeded)
      #expect(error?.message.hasSuffix("is deeper than 2048 levels") == true)
    }
  }
}
