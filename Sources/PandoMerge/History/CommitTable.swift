internal import PandoBytes
package import PandoObjects

/// The commits that a walk has met, numbered in the order it met them, with their parents and
/// dates.
///
/// A commit that the reader's graph has is known by its position there, its name made only when it
/// is asked for: it costs 24 bytes here. Another one costs about 120 more: its name and tree, and a
/// place in a hash table.
package struct CommitTable {
  /// A commit's number in its table.
  package typealias Index = Int32

  let reader: any ObjectReader
  let grafts: Grafts
  /// The tables that answer for most commits.
  private let graph: (any CommitGraphReader)?
  /// The numbers of the graph's commits by their position, or -1.
  private var numberAtPosition: [Index]
  /// The names of the commits that the graph has not.
  private var names = ObjectNumbers()
  /// Their numbers here, and their trees.
  private var named: [Index] = []
  private var namedTrees: [ObjectID] = []
  /// The position in the graph, or, below zero, the complement of the number among `names`.
  private var places: [Int32] = []
  /// Committer dates; meaningful once the commit is read.
  private var seconds: [Int64] = []
  private var parentStarts: [Int32] = []
  private var parentCounts: [Int32] = []
  private var parentList: [Index] = []

  /// No commits yet of what `reader` has.
  package init(_ reader: any ObjectReader, grafts: Grafts) {
    self.reader = reader
    self.grafts = grafts
    // A graph was made from the parents that commits name.
    let graph = grafts.parents.isEmpty ? reader.commitGraph : nil
    self.graph = (graph?.count ?? 0) < Int(Int32.max) ? graph : nil
    numberAtPosition = [Index](repeating: -1, count: self.graph?.count ?? 0)
  }

  /// The number of commits met.
  package var count: Int { places.count }

  /// The tables that answer for some commits; nil when there are none.
  package var commitGraph: (any CommitGraphReader)? { graph }

  /// Whether a graph tells the generations of some commits.
  package var hasGraph: Bool { graph != nil }

  // MARK: Meeting commits

  /// The number of the commit of that name, which is new when it was not met yet.
  package mutating func index(of id: ObjectID) -> Index {
    if let position = graph?.position(of: id) { return index(at: position) }
    let (number, isNew) = names.insert(id)
    guard isNew else { return named[number] }
    return appendNamed(number, id)
  }

  /// Adds a commit that no name leads to, for merges of merge bases.
  package mutating func appendVirtual(parents: [Index]) -> Index {
    let id = ObjectID.null(reader.hashAlgorithm)
    let index = appendNamed(names.insertUnnamed(id), id)
    parentStarts[Int(index)] = Int32(parentList.count)
    parentCounts[Int(index)] = Int32(parents.count)
    parentList.append(contentsOf: parents)
    return index
  }

  private mutating func appendNamed(_ number: Int, _ id: ObjectID) -> Index {
    let index = appendRow(~Int32(truncatingIfNeeded: number))
    named.append(index)
    namedTrees.append(id)
    return index
  }

  private mutating func index(at position: Int) -> Index {
    let found = numberAtPosition[position]
    if found >= 0 { return found }
    let index = appendRow(Int32(truncatingIfNeeded: position))
    numberAtPosition[position] = index
    return index
  }

  private mutating func appendRow(_ place: Int32) -> Index {
    let index = Index(truncatingIfNeeded: places.count)
    places.append(place)
    seconds.append(0)
    parentStarts.append(0)
    parentCounts.append(-1)
    return index
  }

  // MARK: Reading commits

  /// Whether the commit has been read.
  package func isRead(_ index: Index) -> Bool { parentCounts[Int(index)] >= 0 }

  /// Whether reading the commit takes no more than a look into the graph.
  package func isInGraph(_ index: Index) -> Bool { places[Int(index)] >= 0 }

  /// The commit's position in the graph; nil when the graph has it not.
  package func position(of index: Index) -> Int? {
    isInGraph(index) ? Int(places[Int(index)]) : nil
  }

  /// Reads the commit's links, once. Throws `.notFound` when the commit is missing.
  package mutating func read(_ index: Index) throws(PandoError) {
    guard parentCounts[Int(index)] < 0 else { return }
    let place = places[Int(index)]
    if place >= 0, let graph { return try read(index, in: graph, at: Int(place)) }
    fill(index, try reader.parsedCommitLinks(names.ids[Int(~place)]))
  }

  private mutating func read(
    _ index: Index, in graph: any CommitGraphReader, at position: Int
  ) throws(PandoError) {
    let start = parentList.count
    let row = try graph.row(at: position)
    if row.hasMoreParents {
      try graph.parents(at: position) { parentList.append(self.index(at: $0)) }
    } else if let first = row.firstParent {
      parentList.append(self.index(at: first))
      if let second = row.secondParent { parentList.append(self.index(at: second)) }
    }
    seconds[Int(index)] = row.seconds
    parentStarts[Int(index)] = Int32(truncatingIfNeeded: start)
    parentCounts[Int(index)] = Int32(truncatingIfNeeded: parentList.count - start)
  }

  /// Takes over what was read of a commit that the graph has not, unless that is known.
  package mutating func fill(_ index: Index, _ links: CommitLinks) {
    guard parentCounts[Int(index)] < 0 else { return }
    let place = places[Int(index)]
    var parents = links.parents
    if place < 0 {
      namedTrees[Int(~place)] = links.tree
      if !grafts.parents.isEmpty, let other = grafts.parents[names.ids[Int(~place)]] {
        parents = other
      }
    }
    seconds[Int(index)] = links.committerSeconds
    let start = parentList.count
    for parent in parents { parentList.append(self.index(of: parent)) }
    parentStarts[Int(index)] = Int32(truncatingIfNeeded: start)
    parentCounts[Int(index)] = Int32(truncatingIfNeeded: parents.count)
  }

  // MARK: What is known of commits

  /// The commit's name.
  package func id(of index: Index) -> ObjectID {
    let place = places[Int(index)]
    if place >= 0, let graph { return graph.id(at: Int(place)) }
    return names.ids[Int(~place)]
  }

  /// The commit's tree, once it is read.
  package func tree(of index: Index) -> ObjectID {
    let place = places[Int(index)]
    if place >= 0, let graph { return graph.tree(at: Int(place)) }
    return namedTrees[Int(~place)]
  }

  /// When it was committed, once it is read.
  package func date(of index: Index) -> Int64 { seconds[Int(index)] }

  /// A number above those of all ancestors; the highest when no graph tells.
  package func generation(of index: Index) -> UInt64 {
    let place = places[Int(index)]
    guard place >= 0, let graph else { return .max }
    return graph.generation(at: Int(place))
  }

  /// Whether the commit may differ at a path from its first parent; nil when nothing tells.
  package func mayHaveChanged(_ keys: BloomKeys, _ index: Index) -> Bool? {
    let place = places[Int(index)]
    return place < 0 ? nil : graph?.mayHaveChanged(keys, at: Int(place))
  }

  /// Where the parents of a commit that was read are, for `parent(at:)`; empty when it was not.
  package func parentRange(_ index: Index) -> Range<Int> {
    let start = Int(parentStarts[Int(index)])
    return start..<start + Int(max(0, parentCounts[Int(index)]))
  }

  /// One parent.
  package func parent(at position: Int) -> Index { parentList[position] }

  /// Has a commit that was read take fewer or other parents from now on, at most as many as before.
  package mutating func setParents(of index: Index, to parents: [Index]) {
    let start = Int(parentStarts[Int(index)])
    let count = min(parents.count, Int(max(0, parentCounts[Int(index)])))
    for number in 0..<count { parentList[start + number] = parents[number] }
    parentCounts[Int(index)] = Int32(truncatingIfNeeded: count)
  }
}
