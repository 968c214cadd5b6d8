internal import PandoBytes
internal import PandoFiles
public import PandoObjects
internal import PandoStorage

extension Verification {
  /// Compares commit-graphs and multi-pack-indexes with what they are about, unless settings say
  /// that they are not used.
  public mutating func checkTables() throws(PandoError) {
    let settings = repository.configuration
    let places = [database.directory] + database.alternates
    if try settings.bool("core.commitGraph") ?? true {
      for place in places { try checkGraph(in: place) }
    }
    if try settings.bool("core.multiPackIndex") ?? true {
      for place in places { try checkMultiPackIndex(in: place) }
    }
  }

  private mutating func checkGraph(in directory: FilePath) throws(PandoError) {
    let found = database.commitGraphFound(in: directory)
    if let problem = found.problem { tell(.problem(.commitGraphs, "\(problem)")) }
    guard let graph = found.graph else { return }
    var problems: [String] = []
    do throws(PandoError) {
      let findings = try CommitGraphCheck.run(graph, database) { problems.append($0) }
      if problems.isEmpty, !findings.isEmpty {
        problems = ["the commit-graph in \(shown(directory)) is damaged"]
      }
    } catch {
      problems.append("\(error)")
    }
    for problem in problems { tell(.problem(.commitGraphs, problem)) }
  }

  private mutating func checkMultiPackIndex(in directory: FilePath) throws(PandoError) {
    let packs = directory / "pack"
    let path = packs / MultiPackIndex.fileName
    var problems: [String] = []
    do {
      guard let map = try files.map(path) else { return }
      let index = try MultiPackIndex(map, algorithm: repository.hashAlgorithm)
      try index.verify(in: packs, files: files) { problems.append($0) }
    } catch {
      problems.append("\(shown(path)): \(error)")
    }
    for problem in problems { tell(.problem(.multiPackIndexes, problem)) }
  }
}
