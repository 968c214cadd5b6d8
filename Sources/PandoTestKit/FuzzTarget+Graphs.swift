import PandoBytes
import PandoFiles
import PandoObjects
import PandoStorage

/// The parser of commit-graphs.
extension FuzzTarget {
  /// A graph alone, and on top of itself.
  func commitGraph(_ bytes: [UInt8]) {
    for algorithm in HashAlgorithm.allCases {
      guard
        let file = try? CommitGraphFile(MappedFile(bytes), path: "graph", algorithm: algorithm)
      else { continue }
      for layers in [[file], [file, file]] {
        guard let graph = try? CommitGraphChain(layers: layers) else { continue }
        Self.exercise(graph)
      }
    }
  }

  private static func exercise(_ graph: CommitGraphChain) {
    let keys = BloomKeys(path: Array("a/ä".utf8))
    for position in 0..<graph.count {
      let links = try? graph.links(at: position)
      let row = try? graph.row(at: position)
      precondition((links == nil) == (row == nil) || row?.hasMoreParents == true, "rows differ")
      _ = graph.generation(at: position)
      _ = try? graph.reachableCount(from: [position], byFirstParents: position % 2 == 0)
      _ = (graph.position(of: graph.id(at: position)), graph.tree(at: position))
      _ = graph.mayHaveChanged(keys, at: position)
    }
    let nothing = MemoryObjects(graph.hashAlgorithm)
    _ = try? CommitGraphCheck.run(graph, nothing) { _ in }
  }
}
