import PandoBytes
import PandoObjects
import PandoTestKit
import Testing

/// Trees that are made from others by changing some entries.
@Suite struct TreeEditingTests {
  private func entry(_ number: Int, _ random: inout SeededRandom) throws -> TreeEntry {
    let isDirectory = number % 7 == 0
    // Names of which some sort before others only as files, or only as directories.
    let name = "n\(number % 3 == 0 ? "." : "0")\(number)"
    let id = try RawObject(kind: .blob, body: [UInt8(random.next() & 255), UInt8(number & 255)])
      .id(.sha1)
    return TreeEntry(name: ByteString(name), mode: isDirectory ? .directory : .file, id: id)
  }

  @Test(arguments: [UInt64(1), 2, 3])
  func `what is known of the new tree is what reading it would tell`(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var tree = Tree.empty(.sha1)
    var model: [ByteString: TreeEntry] = [:]
    var deltas = 0
    for _ in 0..<60 {
      var names: [ByteString] = []
      var entries: [TreeEntry] = []
      for _ in 0..<Int(random.next() % 12) {
        var entry = try entry(Int(random.next() % 200), &random)
        guard !names.contains(entry.name) else { continue }
        names.append(entry.name)
        model[entry.name] = nil
        if random.next() % 4 == 0 { continue }
        // A file may become a directory of the same name, and the other way.
        if random.next() % 5 == 0 { entry.mode = .directory }
        entries.append(entry)
        model[entry.name] = entry
      }
      let edited = try tree.replacing(names, by: entries)
      #expect(edited.tree == (try Tree(parsing: edited.tree.serialized, algorithm: .sha1)))
      #expect(edited.tree == (try Tree(entries: Array(model.values), algorithm: .sha1)))
      if let delta = edited.delta {
        let again = try DeltaReader.apply(
          delta.span, to: tree.serialized.span, limit: 1 << 20)
        #expect(again == edited.tree.serialized)
        deltas += 1
      } else {
        #expect(entries.count * 3 >= edited.tree.count)
      }
      tree = edited.tree
    }
    #expect(tree.count > 50 && deltas > 40)
  }

  @Test func `a tree that is out of order is put in order`() throws {
    var random = SeededRandom(seed: 4)
    let entries = try [5, 1, 9].map { try entry($0, &random) }
    var body: [UInt8] = []
    for entry in entries { entry.append(to: &body) }
    let tree = try Tree(parsing: body, algorithm: .sha1)
    #expect(!tree.isSorted)
    let new = try entry(4, &random)
    let edited = try tree.replacing([new.name], by: [new])
    #expect(edited.delta == nil)
    #expect(edited.tree == (try Tree(entries: entries + [new], algorithm: .sha1)))
  }
}
