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

  @Test("are listed, whatever their depth", arguments: [Limits.treeDepth, 10_000])
  func depths(depth: Int) throws {
    var listing = try listing(depth: depth)
    var count = 0
    var longest = 0
    while let item = try listing.next() {
      count += 1
      longest = max(longest, item.path.count)
    }
    #expect(count == depth + 1)
    #expect(longest == 2 * depth - 1)
  }
}
