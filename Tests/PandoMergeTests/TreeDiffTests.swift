import PandoBytes
import PandoMerge
import PandoObjects
import PandoTestKit
import Testing

@Suite("Differences of trees")
struct TreeDiffTests {
  static func lines(_ changes: [TreeChange], _ algorithm: HashAlgorithm = .sha1) -> [String] {
    func mode(_ entry: TreeEntry?) -> String {
      let digits = entry?.mode.text ?? "0"
      return String(repeating: "0", count: 6 - digits.count) + digits
    }
    return changes.map { change in
      let ids = [change.old, change.new].map { ($0?.id ?? .null(algorithm)).hex }
      return ":\(mode(change.old)) \(mode(change.new)) \(ids[0]) \(ids[1]) "
        + "\(change.kind.rawValue)\t\(change.path)"
    }
  }

  @Test("are those of git diff-tree, in its order")
  func equalGit() throws {
    var random = SeededRandom(seed: 7)
    var fixture = Fixture()
    var pairs: [(old: ObjectID, new: ObjectID)] = []
    for _ in 0..<40 {
      var files = FileSet()
      for _ in 0..<12 { files.set(random.path(), try random.file(&fixture)) }
      let old = try files.write(to: &fixture)
      for _ in 0..<5 { files.set(random.path(), try random.file(&fixture)) }
      if let gone = files.files.keys.sorted().randomElement(using: &random) {
        files.files[gone] = nil
      }
      pairs.append((old, try files.write(to: &fixture)))
    }
    let git = try fixture.repository()
    for (round, pair) in pairs.enumerated() {
      let options = TreeDiff.Options(
        isRecursive: round % 3 != 0, showsDirectories: round % 3 == 1,
        paths: round % 2 == 0 ? [] : [random.path(), random.path()])
      var arguments = ["diff-tree", "--no-abbrev"]
      if options.isRecursive { arguments.append("-r") }
      if options.showsDirectories { arguments.append("-t") }
      arguments += [pair.old.hex, pair.new.hex, "--"] + options.paths.map(\.description)
      let expected = try git.git.run(arguments).lines
      var diff = TreeDiff(fixture.reader, from: pair.old, to: pair.new, options: options)
      #expect(Self.lines(try diff.remaining()) == expected, "round \(round): \(arguments)")
    }
  }

  @Test("equal subtrees are not read")
  func lazy() throws {
    var fixture = Fixture()
    let blob = try fixture.blob("x")
    func file(_ name: ByteString) -> TreeEntry { TreeEntry(name: name, mode: .file, id: blob) }
    let same = try fixture.tree([file("x")])
    let entry = TreeEntry(name: "same", mode: .directory, id: same)
    let old = try fixture.tree([entry])
    let new = try fixture.tree([entry, file("more")])
    let reader = CountingReader(fixture.reader)
    var diff = TreeDiff(reader, from: old, to: new)
    #expect(try diff.remaining().map(\.path) == ["more"])
    #expect(Set(reader.log.ids) == [old, new])
    var nothing = TreeDiff(reader, from: old, to: old)
    #expect(try nothing.next() == nil)
    #expect(reader.log.ids.count == 2)
    var all = TreeDiff(reader, from: nil, to: old)
    #expect(try all.remaining().map(\.kind) == [.added])
  }

  @Test("trees nested deeper than the limit are refused, not a crash")
  func deep() throws {
    var fixture = Fixture()
    let blob = try fixture.blob("x")
    var tree = try fixture.tree([TreeEntry(name: "f", mode: .file, id: blob)])
    for _ in 0..<Limits.treeDepth {
      tree = try fixture.tree([TreeEntry(name: "d", mode: .directory, id: tree)])
    }
    var diff = TreeDiff(fixture.reader, from: nil, to: tree)
    #expect(try diff.remaining().count == 1)
    tree = try fixture.tree([TreeEntry(name: "d", mode: .directory, id: tree)])
    var deeper = TreeDiff(fixture.reader, from: nil, to: tree)
    let error = #expect(throws: PandoError.self) { try deeper.remaining() }
    #expect(error?.code == .limitExceeded)
  }
}
