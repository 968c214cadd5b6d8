import Pando
import PandoBytes
import PandoTestKit
import Testing

@Suite struct SnapshotTests {
  /// 3 directories of 4, and files that sort around them.
  private func filled(_ backEnd: BackEnd) throws -> TestBed<String> {
    let bed = try backEnd.bed()
    try bed.main.update("Fill") { tree in
      for i in 0..<12 { try tree.set("\(i)", at: "d\(i / 4)/f\(i)") }
      try tree.set("before", at: "d1.txt")
      try tree.set("after", at: "d10")
    }
    return bed
  }

  @Test(arguments: BackEnd.allCases)
  func `a snapshot stays as it was`(_ backEnd: BackEnd) throws {
    let bed = try filled(backEnd)
    let before = try bed.main.snapshot()
    try bed.main.remove(at: "", "Empty")
    #expect(try before["d0/f1"] == "1")
    #expect(try before.contents().count == 14)
    #expect(try bed.store.snapshot(of: try #require(before.commit)) == before)
    #expect(try bed.main.snapshot() != before)
  }

  @Test(arguments: BackEnd.allCases)
  func `pages of a directory put together give the directory`(_ backEnd: BackEnd) throws {
    let snapshot = try filled(backEnd).main.snapshot()
    let whole = try snapshot.list("d1").map(\.name.text)
    #expect(whole == ["f4", "f5", "f6", "f7"])
    for size in 1...5 {
      var pages: [String] = []
      for offset in stride(from: 0, to: 8, by: size) {
        pages += try snapshot.list("d1", offset: offset, limit: size).map(\.name.text)
      }
      #expect(pages == whole)
    }
    #expect(try snapshot.list("d1", offset: 3).count == 1)
    #expect(try snapshot.list("d1", offset: -1, limit: -1).isEmpty)
    #expect(try snapshot.count(at: "d1") == 4)
    #expect(try snapshot.count() == 5)
    #expect(try snapshot.count(at: "d10") == nil)
    #expect(try snapshot.count(at: "absent") == nil)
    #expect(try snapshot.list("d10").isEmpty)
  }

  @Test(arguments: BackEnd.allCases)
  func `walks go in Git's order, skip and stop`(_ backEnd: BackEnd) throws {
    let snapshot = try filled(backEnd).main.snapshot()
    var all: [String] = []
    try snapshot.forEachEntry { path, _ in
      all.append(path.description)
      return path == "d0" ? .skip : path == "d1/f6" ? .stop : .next
    }
    #expect(all == ["d0", "d1.txt", "d1", "d1/f4", "d1/f5", "d1/f6"])
    #expect(
      try snapshot.fold(into: 0, under: "d2") { sum, _, value in sum += Int(value) ?? 0 } == 38)
    #expect(try snapshot.paths(under: "d2").first == "d2/f10")
    #expect(try snapshot.paths(under: "d10").isEmpty)
    #expect(try snapshot.paths(under: "absent").isEmpty)
    #expect(try snapshot.subtree(at: "d2")?.contents()["f8"] == "8")
  }

  @Test(arguments: BackEnd.allCases)
  func `differences are told by path`(_ backEnd: BackEnd) throws {
    let bed = try filled(backEnd)
    let before = try bed.main.snapshot()
    try bed.main.update("Change") { tree in
      try tree.set("new", at: "d0/f1")
      try tree.remove(at: "d0/f2")
      try tree.set("added", at: "d0/x/y")
      try tree.setExecutable(true, at: "d2/f8")
      try tree.set("file now", at: "d1")
      try tree.set("directory now", at: "d10/z")
    }
    let after = try bed.main.snapshot()
    let changes = try before.diff(to: after)
    let kinds = changes.map { "\($0.path) \($0.kind)" }
    #expect(
      kinds == [
        "d0/f1 updated", "d0/f2 removed", "d0/x/y added", "d1 added", "d1/f4 removed",
        "d1/f5 removed", "d1/f6 removed", "d1/f7 removed", "d10 removed", "d10/z added",
        "d2/f8 updated",
      ])
    #expect(try changes[0].oldValue() == "1")
    #expect(try changes[0].newValue() == "new")
    #expect(try changes[1].newValue() == nil)
    #expect(changes.last?.after?.mode == .executable)
    #expect(try after.diff(to: before).map(\.kind).filter { $0 == .added }.count == 6)
    #expect(try after.diff(to: after).isEmpty)
    #expect(try before.diff(to: bed.store.emptySnapshot).count == 14)
  }

  @Test func `equal subtrees are not read`() throws {
    let objects = ObjectsInMemory()
    let store = Store<String>(objects: objects, references: ReferencesInMemory())
    let main = try store.branch("main")
    try main.update("Fill") { tree in
      for i in 0..<100 { try tree.set("\(i)", at: "d\(i % 10)/f\(i)") }
    }
    let first = try main.snapshot()
    try main.set("new", at: "d3/f3", "One")
    let second = try main.snapshot()
    let fresh = Store<String>(objects: objects, references: ReferencesInMemory())
    let (old, new) = (
      try fresh.snapshot(of: try #require(first.commit)),
      try fresh.snapshot(of: try #require(second.commit))
    )
    let reads = objects.reads
    #expect(try old.diff(to: new).map(\.path) == ["d3/f3"])
    // Two roots and two directories.
    #expect(objects.reads - reads == 4)
    #expect(try new["d4/f4"] == "4")
    // The root and a directory for the cache, and the blob.
    #expect(objects.reads - reads == 7)
    #expect(try new["d4/f14"] == "14")
    #expect(objects.reads - reads == 8)
  }

  @Test func `a missing object is an error and not an absence`() throws {
    let objects = ObjectsInMemory()
    let store = Store<String>(objects: objects, references: ReferencesInMemory())
    let main = try store.branch("main")
    try main.set("x", at: "a/b", "One")
    let snapshot = try main.snapshot()
    let blob = try #require(try snapshot.entry(at: "a/b")?.id)
    let tree = try #require(try snapshot.entry(at: "a")?.id)
    objects.forget(blob)
    #expect(code { _ = try snapshot["a/b"] } == .notFound)
    #expect(try snapshot.contains("a/b"))
    objects.forget(tree)
    let fresh = Store<String>(objects: objects, references: ReferencesInMemory())
    let view = try fresh.snapshot(of: try #require(snapshot.commit))
    #expect(code { _ = try view["a/b"] } == .notFound)
    #expect(try view.kind(at: "a") == .directory)
    #expect(code { _ = try view.list("a") } == .notFound)
    #expect(code { _ = try view.paths() } == .notFound)
  }
}

@Suite struct TreeCacheTests {
  @Test func `the cache keeps to its budget and what is read stays`() throws {
    let cache = TreeCache(bytesMax: 4000)
    func tree(_ i: Int) throws -> (ObjectID, Tree) {
      let blob = try RawObject(kind: .blob, body: [UInt8(i & 255)]).id(.sha1)
      let entries = [TreeEntry(name: ByteString("f\(i)"), mode: .file, id: blob)]
      let tree = try Tree(entries: entries, algorithm: .sha1)
      return (try RawObject(kind: .tree, body: tree.serialized).id(.sha1), tree)
    }
    let (hot, hotTree) = try tree(0)
    cache.insert(hotTree, id: hot)
    for i in 1...500 {
      let (id, next) = try tree(i)
      cache.insert(next, id: id)
      #expect(cache.bytes <= 4000)
      #expect(cache[hot] != nil)
    }
    let wide = try Tree(
      entries: (0..<200).map { TreeEntry(name: ByteString("n\($0)"), mode: .file, id: hot) },
      algorithm: .sha1)
    cache.insert(wide, id: try RawObject(kind: .tree, body: wide.serialized).id(.sha1))
    #expect(cache[hot] != nil)
  }
}
