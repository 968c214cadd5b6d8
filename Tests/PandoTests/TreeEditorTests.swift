import Pando
import PandoBytes
import PandoTestKit
import Testing

@Suite struct TreeEditorTests {
  @Test(arguments: BackEnd.allCases)
  func `reads see the edits made so far`(_ backEnd: BackEnd) throws {
    let main = try backEnd.bed().main
    try main.set("1", at: "a/b", "One")
    try main.update("More") { tree in
      try tree.set("2", at: "a/c")
      #expect(try tree.get("a/c") == "2")
      #expect(try tree.get("a/b") == "1")
      #expect(try tree.list("a").map(\.name) == ["b", "c"])
      #expect(try tree.kind(at: "a") == .directory)
      try tree.remove(at: "a/b")
      #expect(try !tree.contains("a/b"))
      #expect(try tree.list("a").map(\.name) == ["c"])
      #expect(try tree.list("none").isEmpty)
      #expect(try tree.list("a/c").isEmpty)
      #expect(try main.get("a/b") == "1")
    }
    #expect(try main.snapshot().contents() == ["a/c": "2"])
  }

  @Test(arguments: BackEnd.allCases)
  func `a file becomes a directory and a file again`(_ backEnd: BackEnd) throws {
    let main = try backEnd.bed().main
    try main.set("file", at: "foo", "File")
    try main.set("x", at: "foo.c", "Neighbour")
    try main.set("x", at: "foo1", "Neighbour")
    try main.set("deep", at: "foo/bar/baz", "Directory")
    #expect(
      try main.snapshot().contents() == ["foo.c": "x", "foo1": "x", "foo/bar/baz": "deep"])
    // Git's order: a directory sorts as if its name ended in a slash.
    #expect(try main.list().map(\.name) == ["foo.c", "foo", "foo1"])
    try main.set("file", at: "foo", "File again")
    #expect(try main.list().map(\.name) == ["foo", "foo.c", "foo1"])
    #expect(try main.get("foo") == "file")
    #expect(try main.get("foo/bar/baz") == nil)
    try main.set("x", at: "foo/bar", "Through a file")
    try main.set("x", at: "foo/bar/baz/qux", "Through a deeper file")
    #expect(try main.snapshot().paths() == ["foo.c", "foo/bar/baz/qux", "foo1"])
  }

  @Test(arguments: BackEnd.allCases)
  func `removal takes empty directories along, up to the root`(_ backEnd: BackEnd) throws {
    let main = try backEnd.bed().main
    try main.update("Fill") { tree in
      for path in ["a/b/c/d", "a/b/x", "z"] as [TreePath] { try tree.set("v", at: path) }
    }
    try main.remove(at: "a/b/c/d", "Prune one")
    #expect(try main.snapshot().kind(at: "a/b/c") == nil)
    #expect(try main.snapshot().kind(at: "a/b") == .directory)
    try main.remove(at: "a/b/x", "Prune all")
    #expect(try main.snapshot().kind(at: "a") == nil)
    try main.remove(at: "z", "Empty the root")
    #expect(try main.snapshot().isEmpty)
    #expect(try main.head != nil)
    try main.set("v", at: "a/b/c", "Fill")
    try main.remove(at: "a", "A directory")
    #expect(try main.snapshot().isEmpty)
    try main.set("v", at: "a/b/c", "Fill")
    try main.remove(at: "", "The root")
    #expect(try main.snapshot().isEmpty)
  }

  @Test(arguments: BackEnd.allCases)
  func `edits that come to nothing keep the tree's name`(_ backEnd: BackEnd) throws {
    let main = try backEnd.bed().main
    try main.update("Fill") { tree in
      for path in ["a/b", "a/c", "d/e/f"] as [TreePath] { try tree.set("v", at: path) }
    }
    let before = try main.snapshot()
    let edits: [(inout TreeEditor<String>) throws -> Void] = [
      { try $0.set("v", at: "a/b") },
      { try $0.remove(at: "nothing/here") },
      { try $0.remove(at: "a/b/c") },
      { tree in
        try tree.remove(at: "d")
        try tree.set("v", at: "d/e/f")
      },
      { tree in
        try tree.move(from: "a", to: "b")
        try tree.move(from: "b", to: "a")
      },
      { tree in
        try tree.set("v", at: "new/deep/path")
        try tree.remove(at: "new")
      },
      { tree in try tree.setTree(before, at: "") },
      { tree in try tree.setTree(try #require(try before.subtree(at: "d")), at: "d") },
      { tree in
        try tree.setExecutable(true, at: "a/b")
        try tree.setExecutable(false, at: "a/b")
      },
    ]
    for (index, edit) in edits.enumerated() {
      let update = try main.update("Nothing") { tree in try edit(&tree) }
      #expect(update.commit == nil, "edit \(index)")
    }
    #expect(try main.snapshot() == before)
  }

  @Test func `only changed directories are written`() throws {
    let objects = ObjectsInMemory()
    let store = Store<String>(objects: objects, references: ReferencesInMemory())
    let main = try store.branch("main")
    try main.update("Fill") { tree in
      for i in 0..<50 { try tree.set("v\(i)", at: "d\(i % 5)/e\(i % 10)/f\(i)") }
    }
    let before = objects.count
    try main.set("new", at: "d1/e1/f1", "One")
    // One blob, three trees, one commit.
    #expect(objects.count - before == 5)
  }

  @Test(arguments: BackEnd.allCases)
  func `moves take whole directories`(_ backEnd: BackEnd) throws {
    let main = try backEnd.bed().main
    func run(_ edit: (inout TreeEditor<String>) throws -> Void) throws -> [String: String] {
      try main.update("Reset") { tree in
        try tree.remove(at: "")
        for path in ["a/b", "a/c/d", "x"] as [TreePath] { try tree.set("\(path)", at: path) }
      }
      try main.update("Move") { tree in try edit(&tree) }
      return try main.snapshot().contents()
    }
    #expect(
      try run { try $0.move(from: "a", to: "n/m") }
        == ["n/m/b": "a/b", "n/m/c/d": "a/c/d", "x": "x"])
    #expect(try run { try $0.move(from: "a/b", to: "a") } == ["a": "a/b", "x": "x"])
    #expect(try run { try $0.move(from: "x", to: "a") } == ["a": "x"])
    #expect(
      try run { tree in
        try tree.set("new", at: "a/e")
        try tree.move(from: "a", to: "x")
      } == ["x/b": "a/b", "x/c/d": "a/c/d", "x/e": "new"])
    #expect(
      try run { try $0.move(from: "a/c", to: "a/b/deep") } == ["a/b/deep/d": "a/c/d", "x": "x"])
    #expect(try run { try $0.move(from: "x", to: "x") }.count == 3)
    #expect(code { _ = try run { try $0.move(from: "a", to: "a/b/c") } } == .invalidInput)
    #expect(code { _ = try run { try $0.move(from: "none", to: "b") } } == .notFound)
    #expect(code { _ = try run { try $0.move(from: "", to: "b") } } == .notFound)
  }

  @Test(arguments: BackEnd.allCases)
  func `modes survive`(_ backEnd: BackEnd) throws {
    let bed = try backEnd.bed()
    let main = bed.main
    let other = try #require(bed.absentID("12"))
    try main.update("Fill") { tree in
      try tree.set("#!/bin/sh", at: "bin/run", executable: true)
      try tree.setSymbolicLink(to: "run", at: "bin/link")
      try tree.setSubmodule(other, at: "vendor/lib")
      try tree.set("x", at: "plain")
    }
    try main.set("#!/bin/bash", at: "bin/run", "Overwrite")
    let snapshot = try main.snapshot()
    #expect(try snapshot.mode(at: "bin/run") == .executable)
    #expect(try snapshot.mode(at: "bin/link") == .symbolicLink)
    #expect(try snapshot["bin/link"] == "run")
    #expect(try snapshot.entry(at: "vendor/lib")?.id == other)
    #expect(try snapshot.kind(at: "vendor/lib") == .submodule)
    #expect(try snapshot["vendor/lib"] == nil)
    #expect(try snapshot.paths() == ["bin/link", "bin/run", "plain"])
    try main.update("Modes") { tree in
      try tree.setExecutable(false, at: "bin/run")
      try tree.setExecutable(true, at: "plain")
      try tree.set("now a file", at: "bin/link")
      try tree.move(from: "vendor", to: "third")
    }
    #expect(try main.snapshot().mode(at: "bin/run") == .file)
    #expect(try main.get("bin/run") == "#!/bin/bash")
    #expect(try main.snapshot().mode(at: "plain") == .executable)
    #expect(try main.snapshot().mode(at: "bin/link") == .file)
    #expect(try main.snapshot().entry(at: "third/lib")?.id == other)
    #expect(code { try main.set("x", at: "third/lib/a", "Inside") } == .invalidInput)
    #expect(
      code {
        try main.update("No file") { tree in try tree.setExecutable(true, at: "bin") }
      } == .notFound)
  }

  @Test(arguments: [".git", ".GIT", "a/.git/b", "..", "a/../b", ".", "a/git~1", "x/.g\u{200c}it"])
  func `names that git refuses are refused`(_ path: String) throws {
    let main = try BackEnd.memory.bed().main
    try main.update("Refuse") { tree in
      #expect(code { try tree.set("x", at: TreePath(path)) } == .invalidInput)
      let names = try tree.list()
      #expect(names.isEmpty)
    }
    #expect(try main.head == nil)
  }

  @Test func `names with slash or NUL are refused, and the root holds no value`() throws {
    let main = try BackEnd.memory.bed().main
    try main.update("Refuse") { tree in
      #expect(code { try tree.set("x", at: TreePath([ByteString("a/b")])) } == .invalidInput)
      #expect(code { try tree.set("x", at: TreePath([ByteString("a\0b")])) } == .invalidInput)
      #expect(code { try tree.set("x", at: TreePath([ByteString("")])) } == .invalidInput)
      #expect(code { try tree.set("x", at: "") } == .invalidInput)
      #expect(code { try tree.setSymbolicLink(to: "x", at: ".gitmodules") } == .invalidInput)
    }
  }

  @Test func `names are bytes, and as long as one likes`() throws {
    let main = try BackEnd.memory.bed().main
    let odd: [TreePath] = [
      TreePath([ByteString([0xFF, 0x00 + 1, 0x20])]), TreePath(String(repeating: "n", count: 5000)),
      "caf\u{e9}", "cafe\u{301}", "a b/c\td", TreePath(["-", "~"]),
    ]
    try main.update("Fill") { tree in for path in odd { try tree.set("\(path)", at: path) } }
    let snapshot = try main.snapshot()
    for path in odd { #expect(try snapshot[path] == "\(path)") }
    #expect(try snapshot.paths().count == odd.count)
  }

  @Test func `depth has a limit, and what is within it works`() throws {
    let main = try BackEnd.memory.bed().main
    let deep = TreePath(Array(repeating: "d", count: 1500))
    try main.set("x", at: deep, "Deep")
    #expect(try main.get(deep) == "x")
    #expect(try main.snapshot().paths() == [deep])
    #expect(try main.snapshot().diff(to: main.snapshot()).isEmpty)
    try main.remove(at: deep, "Prune")
    #expect(try main.snapshot().isEmpty)
    let tooDeep = TreePath(Array(repeating: "d", count: 2049))
    #expect(code { try main.set("x", at: tooDeep, "Deeper") } == .limitExceeded)
  }

  @Test(arguments: BackEnd.allCases)
  func `grafts share trees inside a store and copy them between stores`(
    _ backEnd: BackEnd
  ) throws {
    let (bed, other) = (try backEnd.bed(), try backEnd.bed())
    try other.main.update("Fill") { tree in
      try tree.set("1", at: "lib/a/b")
      try tree.set("2", at: "lib/c")
    }
    let library = try #require(try other.main.snapshot().subtree(at: "lib"))
    try bed.main.update("Graft") { tree in
      try tree.setTree(library, at: "vendor/lib")
      #expect(try tree.get("vendor/lib/a/b") == "1")
      try tree.set("3", at: "vendor/lib/a/new")
      try tree.setTree(library, at: "copy")
    }
    #expect(
      try bed.main.snapshot().contents() == [
        "vendor/lib/a/b": "1", "vendor/lib/c": "2", "vendor/lib/a/new": "3", "copy/a/b": "1",
        "copy/c": "2",
      ])
    #expect(try bed.main.snapshot().subtree(at: "copy") == library)
    try bed.main.update("Empty") { tree in try tree.setTree(bed.store.emptySnapshot, at: "copy") }
    #expect(try bed.main.snapshot().kind(at: "copy") == nil)
  }

  @Test func `a stale subtree written back drops what came later`() throws {
    let main = try BackEnd.memory.bed().main
    try main.set("1", at: "a/b", "One")
    let stale = try #require(try main.snapshot().subtree(at: "a"))
    try main.set("2", at: "a/c", "Two")
    try main.update("Stale") { tree in try tree.setTree(stale, at: "a") }
    #expect(try main.snapshot().contents() == ["a/b": "1"])
  }
}

extension ObjectsInMemory {
  var count: Int { ids.count }
}
