import PandoBytes
import PandoFiles
import PandoObjects
import PandoStorage
import PandoTestKit
import Testing

/// Graphs when the disk fails, the power goes, or the file is not what it was.
struct CommitGraphFaultTests {
  private static let directory: FilePath = "/objects"

  /// A disk with a short history, and its commits, oldest first.
  private static func disk(_ count: Int) throws -> (files: MemoryFileSystem, commits: [ObjectID]) {
    let files = MemoryFileSystem(clock: TestClock())
    var batch = ObjectBatch(.sha1)
    var commits: [ObjectID] = []
    for number in 0..<count {
      let blob = try batch.insert(.blob, Array("\(number)".utf8))
      let entry = TreeEntry(name: "f", mode: .file, id: blob)
      let tree = try batch.insert(.tree, Tree(entries: [entry], algorithm: .sha1).serialized)
      var text = "tree \(tree)\n"
      for parent in commits.suffix(number % 5 == 4 ? 3 : 1).reversed() {
        text += "parent \(parent)\n"
      }
      text += "author A <a> \(number) +0000\ncommitter A <a> \(number) +0000\n\nx\n"
      commits.append(try batch.insert(.commit, Array(text.utf8)))
    }
    try database(files).write(batch)
    return (files, commits)
  }

  private static func database(_ files: any FileSystem) throws -> ObjectDatabase {
    try ObjectDatabase(
      directory, algorithm: .sha1, files: files, random: TestRandom(seed: 1))
  }

  private static func write(
    _ files: any FileSystem, _ tip: ObjectID, _ split: CommitGraphWriter.Split?
  ) throws {
    var options = CommitGraphWriter.Options()
    options.split = split
    options.changedPaths = true
    options.clock = TestClock()
    try CommitGraphWriter(database(files), options: options).write(.commits([tip]))
  }

  /// What the graph says is right, and it has `least` commits.
  private static func check(_ files: any FileSystem, _ least: Int, _ moment: String) throws {
    let database = try database(files)
    guard let graph = database.openCommitGraph else {
      #expect(least == 0, "\(moment)")
      return
    }
    #expect(graph.count >= least, "\(moment)")
    for position in 0..<graph.count {
      let id = graph.id(at: position)
      #expect(try graph.links(at: position) == database.parsedCommitLinks(id), "\(moment)")
    }
  }

  static let changes: [(before: CommitGraphWriter.Split?, after: CommitGraphWriter.Split?)] = [
    (nil, nil), (nil, .separate), (.separate, .separate), (.separate, .merging), (.separate, nil),
    (nil, .replacing),
  ]

  @Test("power loss leaves the old graph or the new one", arguments: 0..<6)
  func powerLoss(number: Int) throws {
    let (before, after) = Self.changes[number]
    let (files, commits) = try Self.disk(10)
    try Self.write(files, commits[4], before)
    let tip = try #require(commits.last)
    try CrashExplorer().crash(files) {
      try Self.write($0, tip, after)
    } check: { image, moment in
      try Self.check(image, moment.isComplete ? 10 : 5, "\(moment)")
    }
  }

  @Test("a failing call leaves the old graph or the new one", arguments: 0..<6)
  func failures(number: Int) throws {
    let (before, after) = Self.changes[number]
    try CrashExplorer().fail {
      let (files, commits) = try Self.disk(6)
      try Self.write(files, commits[2], before)
      return files
    } _: { files in
      let tip = try #require(try Self.disk(6).commits.last)
      try Self.write(files, tip, after)
    } check: { files, fault, failure in
      try Self.check(files, failure == nil ? 6 : 3, "\(fault)")
    }
  }

  @Test("a lock that somebody holds keeps a graph from being written")
  func locked() throws {
    let (files, commits) = try Self.disk(3)
    try files.put([], at: Self.directory / "info/commit-graph.lock")
    try files.put([], at: Self.directory / "info/commit-graphs/commit-graph-chain.lock")
    for split in [nil, CommitGraphWriter.Split.merging] {
      #expect { try Self.write(files, commits[2], split) } throws: {
        ($0 as? PandoError)?.code == .locked
      }
    }
  }
}

/// Hostile and damaged graphs give errors or other answers; they never trap, hang or take memory.
struct CommitGraphDamageTests {
  /// Asks everything of a graph.
  static func exercise(_ bytes: [UInt8], below base: CommitGraphFile? = nil) {
    guard
      let file = try? CommitGraphFile(MappedFile(bytes), path: "g", algorithm: .sha1),
      let graph = try? CommitGraphChain(layers: (base.map { [$0] } ?? []) + [file])
    else { return }
    let keys = [BloomKeys(path: Array("a/b".utf8)), BloomKeys(path: Array("ä".utf8))]
    for position in 0..<graph.count {
      _ = graph.position(of: graph.id(at: position))
      _ = (graph.tree(at: position), graph.seconds(at: position), graph.generation(at: position))
      _ = try? graph.links(at: position)
      _ = try? graph.row(at: position)
      for key in keys { _ = graph.mayHaveChanged(key, at: position) }
    }
    let nothing = MemoryObjects(.sha1)
    _ = try? CommitGraphCheck.run(graph, nothing) { _ in }
  }

  private static func graph(_ arguments: String...) throws -> [UInt8] {
    let repository = try GitRepository.graphHistory(
      .sha1, commits: 12, seed: 21, isLongDated: true)
    let output = try repository.git.run(["commit-graph", "write", "--reachable"] + arguments)
    try #require(output.status == 0)
    return try LocalFileSystem().get(repository.objects / "info/commit-graph")
  }

  @Test("cut anywhere, a graph is refused")
  func truncated() throws {
    let bytes = try Self.graph("--changed-paths")
    for length in bytes.indices {
      let cut = Array(bytes[..<length])
      // Only filters may be cut short and leave a graph behind, but the checksum then moves.
      #expect(throws: ParseError.self, "\(length)") {
        try CommitGraphFile(MappedFile(cut), path: "g", algorithm: .sha1)
      }
    }
  }

  @Test("with flipped bits, a graph answers something")
  func flipped() throws {
    let bytes = try Self.graph("--changed-paths")
    Damage.bitFlips(of: bytes, rounds: 3000) { Self.exercise($0) }
    // The header and the tables in front, byte by byte.
    for position in 0..<160 {
      for value in [0, 1, 0x7F, 0x80, 0xFF] as [UInt8] {
        var damaged = bytes
        damaged[position] = value
        Self.exercise(damaged)
      }
    }
  }

  @Test("rows of all ones and all zeros are errors and no traps")
  func extremes() throws {
    let bytes = try Self.graph("--changed-paths")
    for start in stride(from: 1100, to: bytes.count - 20, by: 4) {
      for word in [[0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF], [0x80, 0, 0, 0]] as [[UInt8]] {
        var damaged = bytes
        damaged.replaceSubrange(start..<start + 4, with: word)
        Self.exercise(damaged)
      }
    }
  }

  @Test("a graph of the other algorithm is refused, and a chain that does not fit is cut")
  func foreign() throws {
    let repository = try GitRepository.graphHistory(.sha256, commits: 5, seed: 22)
    try repository.git("commit-graph", "write", "--reachable")
    let bytes = try LocalFileSystem().get(repository.objects / "info/commit-graph")
    #expect(throws: ParseError.self) {
      try CommitGraphFile(MappedFile(bytes), path: "g", algorithm: .sha1)
    }
    var pair = try GraphPair(seed: 23)
    try pair.grow(20)
    let names = ["--reachable", "--split=no-merge"]
    try pair.write(names) { $0.split = .separate }
    try pair.grow(20)
    try pair.write(names) { $0.split = .separate }
    let database = try pair.ours.database()
    let layers = try #require(database.openCommitGraph?.layers)
    #expect(layers.count == 2)
    #expect(throws: PandoError.self) { try CommitGraphChain(layers: [layers[1]]) }
    #expect(throws: PandoError.self) { try CommitGraphChain(layers: [layers[1], layers[0]]) }
    #expect(throws: PandoError.self) { try CommitGraphChain(layers: [layers[0], layers[0]]) }
    try LocalFileSystem().remove(layers[1].path)
    let rest = try pair.ours.database()
    #expect(rest.openCommitGraph?.layers.count == 1)
    #expect(rest.commitGraphProblem?.code == .notFound)
    try LocalFileSystem().put(
      Array("nonsense\n".utf8), at: pair.ours.objects / "info/commit-graphs/commit-graph-chain")
    let none = try pair.ours.database()
    #expect(none.openCommitGraph == nil)
    #expect(none.commitGraphProblem?.code == .corrupt)
  }
}
