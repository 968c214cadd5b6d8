internal import PandoBytes
public import PandoFiles
public import PandoObjects
internal import Synchronization

/// The commit-graph that a database has open.
struct OpenCommitGraph: Sendable {
  var found = CommitGraphLoader.Found()
  /// Whether something forbids to use or write any.
  var isBlocked = false
  /// What the files were like that decide which graph it is; nil before the first look.
  var stamps: [FileStatus?]?
}

extension ObjectDatabase {
  /// The tables of commits, when the repository has them and may use them: looked for once, and
  /// again when packs are. A file that is damaged is left out; see ``commitGraphProblem``.
  public var commitGraph: (any CommitGraphReader)? { openCommitGraph }

  /// The same by its own type.
  public var openCommitGraph: CommitGraphChain? {
    graph.withLock { graph in
      if graph.stamps == nil { load(&graph) }
      return graph.found.graph
    }
  }

  /// Why a commit-graph that is there is not used, or not all of it.
  public var commitGraphProblem: PandoError? {
    graph.withLock { graph in
      if graph.stamps == nil { load(&graph) }
      return graph.found.problem
    }
  }

  /// Whether a graph may be used and written: the settings want it, and no grafts are there.
  var mayUseCommitGraph: Bool {
    graph.withLock { graph in
      if graph.stamps == nil { load(&graph) }
      return !graph.isBlocked
    }
  }

  /// Opens the graph anew when its files are others than before.
  public func refreshCommitGraph() {
    graph.withLock { graph in
      guard let stamps = graph.stamps, stamps != graphStamps() else { return }
      load(&graph)
    }
  }

  private func load(_ graph: inout OpenCommitGraph) {
    let stamps = graphStamps()
    graph.stamps = stamps
    graph.found = CommitGraphLoader.Found()
    // Whatever changes the parents of commits makes the tables wrong.
    let isGrafted = stamps.prefix(options.graftFiles.count).contains { ($0?.size ?? 0) > 0 }
    graph.isBlocked = isGrafted || !options.usesCommitGraph
    if !graph.isBlocked { graph.found = graphLoader.load() }
  }

  /// Opens the graph of one of the database's directories anew, whatever forbids to use it.
  public func commitGraphFound(in directory: FilePath) -> CommitGraphLoader.Found {
    graphLoader.load(directory)
  }

  /// Opens commit-graphs in the database's directories.
  var graphLoader: CommitGraphLoader {
    CommitGraphLoader([directory] + alternates, algorithm: hashAlgorithm, files: files)
  }

  /// What the files are like that change parents, and after them those of graphs.
  private func graphStamps() -> [FileStatus?] {
    guard options.usesCommitGraph else { return [] }
    var paths = options.graftFiles
    for directory in [directory] + alternates {
      paths += [CommitGraphPlaces.single(directory), CommitGraphPlaces.chain(directory)]
    }
    return paths.map { path in
      (try? files.status(of: path, followingLinks: true)) ?? nil
    }
  }
}
