import PandoBytes
import PandoFiles
import PandoObjects
import PandoStorage
import PandoTestKit
import Testing

/// Two repositories with the same objects: git writes the graphs of one, we those of the other.
struct GraphPair {
  let theirs: GitRepository
  let ours: GitRepository
  private var history: GraphHistory

  init(_ algorithm: HashAlgorithm = .sha1, seed: UInt64, isLongDated: Bool = false) throws {
    theirs = try GitRepository(algorithm)
    ours = try GitRepository(algorithm)
    history = GraphHistory(algorithm, seed: seed, isLongDated: isLongDated)
  }

  mutating func grow(_ commits: Int) throws {
    history.grow(commits)
    for repository in [theirs, ours] { try repository.importStream(history.stream) }
  }

  /// The commits that references lead to.
  func tips() throws -> [ObjectID] {
    try ours.git("for-each-ref", "--format=%(objectname) %(*objectname)").lines.compactMap { line in
      line.split(separator: " ").last.flatMap { ObjectID(hex: $0) }
    }
  }

  /// The files of a graph, by their names below `info`.
  static func files(_ repository: GitRepository) throws -> [String: [UInt8]] {
    var found: [String: [UInt8]] = [:]
    let files = LocalFileSystem()
    let info = repository.objects / "info"
    for path in [info, info / "commit-graphs"] {
      for entry in try files.list(path) ?? [] where entry.kind == .file {
        let name = path == info ? entry.name : "commit-graphs/" + entry.name
        if name.contains("graph") { found[name] = try files.get(path / entry.name) }
      }
    }
    return found
  }

  /// Lets both write, and compares all files.
  @discardableResult
  func write(
    _ arguments: [String], input: String = "", config: [String] = [],
    _ start: CommitGraphWriter.Start? = nil, _ change: (inout CommitGraphWriter.Options) -> Void
  ) throws -> CommitGraphWriter.Written? {
    let output = try theirs.git.run(
      config.flatMap { ["-c", $0] } + ["commit-graph", "write"] + arguments,
      input: Array(input.utf8))
    #expect(output.status == 0, "\(output.errors)")
    var options = CommitGraphWriter.Options()
    change(&options)
    let writer = CommitGraphWriter(try ours.database(), options: options)
    let written = try writer.write(start ?? .commits(try tips()))
    let (expected, found) = (try Self.files(theirs), try Self.files(ours))
    #expect(expected.keys.sorted() == found.keys.sorted(), "\(arguments)")
    #expect(expected == found, "\(arguments)")
    try ours.git("commit-graph", "verify")
    return written
  }
}

struct CommitGraphWritingTests {
  @Test(
    "a graph in one file is git's, byte for byte",
    arguments: [HashAlgorithm.sha1, .sha256], [UInt64(11), 12])
  func single(algorithm: HashAlgorithm, seed: UInt64) throws {
    var pair = try GraphPair(algorithm, seed: seed, isLongDated: seed == 12)
    try pair.grow(150)
    try pair.write(["--reachable"]) { _ in }
    try pair.write(["--reachable", "--changed-paths"]) { $0.changedPaths = true }
    try pair.grow(30)
    // Filters that are there are kept, and so is the wish for them.
    let written = try pair.write(["--reachable"]) { _ in }
    #expect(written.map { $0.filterCount < 60 } == true)
    try pair.write(["--reachable", "--no-changed-paths"]) { $0.changedPaths = false }
    try pair.write(["--reachable"], config: ["commitGraph.generationVersion=1"]) {
      $0.writesCorrectedDates = false
    }
  }

  @Test("filters are made up to a limit, and more the next time", arguments: [false, true])
  func limited(fromPacks: Bool) throws {
    var pair = try GraphPair(seed: 13)
    try pair.grow(100)
    for _ in 0..<3 {
      try pair.write(
        (fromPacks ? [] : ["--reachable"]) + ["--changed-paths", "--max-new-filters", "30"],
        fromPacks ? .allPacks : nil
      ) {
        $0.changedPaths = true
        $0.newFiltersMax = 30
      }
    }
  }

  @Test("graphs of packs, of all packs and of commits are git's")
  func starts() throws {
    var pair = try GraphPair(seed: 14)
    try pair.grow(40)
    try pair.grow(40)
    let pack = try #require(try pair.ours.packs().first?.components.last)
    let index = String(decoding: pack.dropLast(4) + Array("idx".utf8), as: UTF8.self)
    let tip = try #require(try pair.tips().first)
    try pair.write(["--stdin-packs"], input: index + "\n", .packs([index])) { _ in }
    try pair.write(["--stdin-commits"], input: "\(tip)\n", .commits([tip])) { _ in }
    try pair.write(["--stdin-packs", "--append"], input: index + "\n", .packs([index])) {
      $0.appends = true
    }
    try pair.write([], .allPacks) { _ in }
  }

  @Test(
    "chains grow, merge and are replaced as git's are", arguments: [HashAlgorithm.sha1, .sha256])
  func chains(algorithm: HashAlgorithm) throws {
    var pair = try GraphPair(algorithm, seed: 15)
    try pair.grow(100)
    try pair.write(["--reachable", "--split"]) { $0.split = .merging }
    try pair.grow(10)
    try pair.write(["--reachable", "--split=no-merge", "--changed-paths"]) {
      $0.split = .separate
      $0.changedPaths = true
    }
    try pair.grow(10)
    try pair.write(["--reachable", "--split=no-merge"]) { $0.split = .separate }
    try pair.grow(2)
    try pair.write(["--reachable", "--split", "--size-multiple=3"]) {
      $0.split = .merging
      $0.sizeMultiple = 3
    }
    try pair.grow(2)
    try pair.write(["--reachable", "--split", "--max-commits=1"]) {
      $0.split = .merging
      $0.commitsMax = 1
    }
    try pair.grow(2)
    try pair.write(["--reachable", "--split=replace", "--changed-paths"]) {
      $0.split = .replacing
      $0.changedPaths = true
    }
    try pair.write(["--reachable"]) { _ in }
    // The single file becomes the lowest of a chain.
    try pair.grow(5)
    try pair.write(["--reachable", "--split"]) { $0.split = .merging }
    try pair.grow(200)
    try pair.write(["--reachable", "--split"]) { $0.split = .merging }
    try CommitGraphReadingTests.check(
      try pair.ours.database(), CommitGraphReadingTests.commits(pair.ours))
  }

  @Test("old files stay for as long as they are asked to")
  func expiry() throws {
    var pair = try GraphPair(seed: 16)
    try pair.grow(20)
    try pair.write(["--reachable", "--split"]) { $0.split = .merging }
    try pair.grow(20)
    try pair.write(["--reachable", "--split", "--expire-time=1000000000"]) {
      $0.split = .merging
      $0.expireSeconds = 1_000_000_000
    }
    #expect(try GraphPair.files(pair.ours).count == 3)
    try pair.write(["--reachable"]) { _ in }
    #expect(try GraphPair.files(pair.ours).count == 1)
  }

  @Test("no commits make no graph, and grafts keep it from being written")
  func nothing() throws {
    let repository = try GitRepository.graphHistory(.sha1, commits: 5, seed: 17)
    let database = try repository.database()
    #expect(try CommitGraphWriter(database).write(.commits([])) == nil)
    var options = ObjectDatabase.Options()
    options.graftFiles = [repository.objects / "grafts"]
    try LocalFileSystem().put(Array("x".utf8), at: repository.objects / "grafts")
    #expect(try CommitGraphWriter(repository.database(options)).write(.allPacks) == nil)
    options.graftFiles = []
    options.usesCommitGraph = false
    #expect(try CommitGraphWriter(repository.database(options)).write(.allPacks) == nil)
    #expect(try GraphPair.files(repository).isEmpty)
  }

  @Test("a missing ancestor is an error, and nothing is written")
  func missing() throws {
    let repository = try GitRepository()
    let tree = try repository.git("mktree", input: []).line
    let gone = String(repeating: "1", count: 40)
    let text = "tree \(tree)\nparent \(gone)\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n\nx\n"
    let id = try repository.git(
      "hash-object", "-t", "commit", "-w", "--stdin", input: Array(text.utf8)
    ).line
    let tip = try #require(ObjectID(hex: id))
    #expect(throws: PandoError.self) {
      try CommitGraphWriter(repository.database()).write(.commits([tip]))
    }
    #expect(try GraphPair.files(repository).isEmpty)
  }
}
