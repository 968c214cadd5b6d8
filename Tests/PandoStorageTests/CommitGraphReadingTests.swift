import PandoBytes
import PandoFiles
import PandoObjects
import PandoStorage
import PandoTestKit
import Testing

struct CommitGraphReadingTests {
  /// All commits that git knows, by name.
  static func commits(_ repository: GitRepository) throws -> [ObjectID] {
    try repository.git("rev-list", "--all").lines.compactMap { ObjectID(hex: $0) }
  }

  /// The graph says of every commit what the commit says, and generations ascend.
  static func check(_ database: ObjectDatabase, _ commits: [ObjectID]) throws {
    let graph = try #require(database.openCommitGraph)
    for id in commits {
      let position = try #require(graph.position(of: id), "\(id)")
      #expect(graph.id(at: position) == id)
      let real = try database.parsedCommitLinks(id)
      #expect(try graph.links(at: position) == real)
      #expect(try database.commitLinks(id) == real)
      let row = try graph.row(at: position)
      #expect(row.seconds == real.committerSeconds)
      let generation = graph.generation(at: position)
      var parents: [Int] = []
      try graph.parents(at: position) { parents.append($0) }
      #expect(row.firstParent == parents.first)
      #expect(row.secondParent == (parents.count == 2 ? parents[1] : nil))
      #expect(row.hasMoreParents == (parents.count > 2))
      for parent in parents { #expect(graph.generation(at: parent) < generation) }
      if graph.hasCorrectedDates { #expect(generation >= UInt64(real.committerSeconds)) }
    }
    #expect(graph.position(of: .null(database.hashAlgorithm)) == nil)
  }

  @Test(
    "git's graphs say what the commits say",
    arguments: [HashAlgorithm.sha1, .sha256], [1, 2])
  func single(algorithm: HashAlgorithm, version: Int) throws {
    let repository = try GitRepository.graphHistory(algorithm, seed: 3, isLongDated: version == 2)
    try repository.git(
      "-c", "commitGraph.generationVersion=\(version)", "commit-graph", "write", "--reachable")
    let database = try repository.database()
    #expect(database.openCommitGraph?.hasCorrectedDates == (version == 2))
    try Self.check(database, Self.commits(repository))
  }

  @Test("git's chains say what the commits say, corrected dates only when all files have them")
  func chain() throws {
    let repository = try GitRepository()
    var history = GraphHistory(.sha1, seed: 4)
    var database = try repository.database()
    for round in 0..<3 {
      history.grow(40)
      try repository.importStream(history.stream)
      try repository.git(
        "-c", "commitGraph.generationVersion=\(round == 0 ? 1 : 2)", "commit-graph", "write",
        "--reachable", "--split=no-merge")
      database = try repository.database()
      #expect(database.openCommitGraph?.layers.count == round + 1)
      #expect(database.openCommitGraph?.hasCorrectedDates == false)
      try Self.check(database, Self.commits(repository))
    }
    try repository.git("commit-graph", "write", "--reachable")
    #expect(database.openCommitGraph?.layers.count == 3)
    try database.rescan()
    #expect(database.openCommitGraph?.layers.count == 1)
    #expect(database.openCommitGraph?.hasCorrectedDates == true)
    try Self.check(database, Self.commits(repository))
  }

  @Test("filters never deny a path that git says changed, and deny most others")
  func filters() throws {
    let repository = try GitRepository.graphHistory(.sha1, seed: 5)
    try repository.git("commit-graph", "write", "--reachable", "--changed-paths")
    let graph = try #require(try repository.database().openCommitGraph)
    var denied = 0
    for id in try Self.commits(repository) {
      let position = try #require(graph.position(of: id))
      let parent = try graph.links(at: position).parents.first?.hex
      let listing =
        parent.map { ["diff-tree", "-r", "-z", "--name-only", $0, id.hex] }
        ?? ["diff-tree", "-r", "-z", "--name-only", "--root", "--no-commit-id", id.hex]
      let output = try repository.git.run(listing).bytes
      for path in output.split(separator: 0) {
        for end in path.indices where path[end] == UInt8(ascii: "/") {
          #expect(graph.mayHaveChanged(BloomKeys(path: Array(path[..<end])), at: position) == true)
        }
        #expect(graph.mayHaveChanged(BloomKeys(path: Array(path)), at: position) == true)
      }
      if graph.mayHaveChanged(BloomKeys(path: Array("not/there".utf8)), at: position) == false {
        denied += 1
      }
    }
    #expect(denied * 10 > graph.count * 7)
  }

  @Test("a graph is left alone when something changes parents, or a setting says so")
  func blocked() throws {
    let repository = try GitRepository.graphHistory(.sha1, commits: 10, seed: 6)
    try repository.git("commit-graph", "write", "--reachable")
    func hasGraph() throws -> Bool {
      let opened = try Repository.open(at: FilePath(repository.directory.path))
      return opened.objects.commitGraph != nil
    }
    #expect(try hasGraph())
    for name in ["shallow", "info/grafts"] {
      try repository.directory.write([], to: name)
      #expect(try hasGraph())
      try repository.directory.write(Array("\(String(repeating: "1", count: 40))\n".utf8), to: name)
      #expect(try !hasGraph())
      try repository.directory.write([], to: name)
    }
    try repository.git("config", "core.commitGraph", "false")
    #expect(try !hasGraph())
  }

  @Test("the graph of a directory that is borrowed from is used")
  func alternates() throws {
    let repository = try GitRepository.graphHistory(.sha1, commits: 30, seed: 7)
    try repository.git("commit-graph", "write", "--reachable", "--split")
    let borrower = try GitRepository()
    try borrower.directory.write(
      Array("\(repository.objects)\n".utf8), to: "objects/info/alternates")
    try Self.check(try borrower.database(), Self.commits(repository))
  }
}
