internal import PandoBytes
internal import PandoObjects

/// The commits of a graph that is being made, in columns under the numbers that they got when they
/// were met: those of the new file, and those below it that they have for parents.
struct GraphCommits {
  private var numbers = ObjectNumbers()
  private let width: Int
  /// The graph there is.
  let existing: CommitGraphChain?
  /// The commits of it that stay where they are, below the new file.
  private(set) var baseCount = 0

  /// Whether the commit goes into the new file.
  private(set) var isOwn: [Bool] = []
  /// The position in the graph there is; -1 when it is in none.
  private var places: [Int32] = []
  private var trees: [UInt8] = []
  private(set) var seconds: [Int64] = []
  /// Where in `parentNumbers` the parents are.
  private var parentStarts: [UInt32] = []
  private var parentCounts: [UInt32] = []
  private var parentNumbers: [Int32] = []

  /// The commits of the new file in the order of names.
  private(set) var order: [Int32] = []
  /// Where in `order` a commit is; -1 for those below.
  private var ranks: [Int32] = []

  init(_ algorithm: HashAlgorithm, existing: CommitGraphChain?) {
    width = algorithm.byteCount
    self.existing = existing
  }

  var count: Int { numbers.count }

  func id(_ number: Int) -> ObjectID { numbers.ids[number] }

  func parents(_ number: Int) -> ArraySlice<Int32> {
    let start = Int(parentStarts[number])
    return parentNumbers[start..<start + Int(parentCounts[number])]
  }

  /// The root directory.
  func tree(_ number: Int) -> ObjectID {
    if !isOwn[number], let existing { return existing.tree(at: Int(places[number])) }
    let algorithm = id(number).algorithm
    return ObjectID(
      trees.span.extracting(number * width..<(number + 1) * width), algorithm: algorithm)
      ?? .null(algorithm)
  }

  /// The position in the graph there is; nil when it is not in it.
  func place(_ number: Int) -> Int? {
    if places[number] >= 0 { return Int(places[number]) }
    return existing?.position(of: id(number))
  }

  /// Takes in a commit, its parents unknown; the number it has is nothing new.
  @discardableResult
  mutating func insert(_ id: ObjectID) throws(PandoError) -> Int {
    let (number, isNew) = numbers.insert(id)
    guard isNew else { return number }
    guard number < Int(CommitGraphFile.noParent) else {
      throw PandoError(.limitExceeded, "too many commits to write graph")
    }
    isOwn.append(false)
    places.append(-1)
    trees.append(contentsOf: repeatElement(0, count: width))
    seconds.append(0)
    parentStarts.append(0)
    parentCounts.append(0)
    return number
  }

  private mutating func set(_ number: Int, _ links: CommitLinks) throws(PandoError) {
    isOwn[number] = true
    links.tree.digest.withBytes { bytes in
      for index in bytes.indices { trees[number * width + index] = bytes[index] }
    }
    seconds[number] = links.committerSeconds
    parentStarts[number] = UInt32(parentNumbers.count)
    parentCounts[number] = UInt32(links.parents.count)
    for parent in links.parents { parentNumbers.append(Int32(try insert(parent))) }
  }

  // MARK: Collecting

  /// Where the links of commits come from.
  enum Source {
    /// The commits themselves.
    case objects
    /// The graph there is, and for others the commits themselves.
    case graph
    /// The commits themselves; those of the graph there is, with all behind them, stay in it.
    case objectsAboveGraph
  }

  /// Reads all commits taken in so far and those that they lead to.
  mutating func expand(
    _ objects: any ObjectReader, _ source: Source, _ progress: (Int) -> Void
  ) throws(PandoError) {
    var number = 0
    while number < count {
      let id = id(number)
      progress(number + 1)
      if source == .objectsAboveGraph, let place = existing?.position(of: id) {
        places[number] = Int32(place)
      } else {
        try set(
          number, source == .graph ? objects.commitLinks(id) : objects.parsedCommitLinks(id))
      }
      number += 1
    }
    if source == .objectsAboveGraph { baseCount = existing?.count ?? 0 }
  }

  /// Takes those commits of the graph there is into the new file that have positions from `start`
  /// on. One that is no more in the repository is left out.
  mutating func absorb(from start: Int, _ objects: any ObjectReader) throws(PandoError) {
    guard let existing else { return }
    baseCount = start
    for place in start..<existing.count {
      let id = existing.id(at: place)
      guard try objects.contains(id) else { continue }
      let number = try insert(id)
      if !isOwn[number] { try set(number, existing.links(at: place)) }
    }
  }

  /// Sorts the commits of the new file. Throws when one has a parent that is not in the graph.
  mutating func settle() throws(PandoError) {
    var keys: [(word: UInt64, number: Int32)] = []
    for number in 0..<count {
      if isOwn[number] {
        keys.append((id(number).digest.leadingWord, Int32(number)))
      } else if places[number] < 0 {
        places[number] = Int32(existing?.position(of: id(number)) ?? -1)
      }
    }
    keys.sort { a, b in
      a.word != b.word ? a.word < b.word : id(Int(a.number)) < id(Int(b.number))
    }
    order = keys.map(\.number)
    ranks = [Int32](repeating: -1, count: count)
    for (rank, number) in order.enumerated() { ranks[Int(number)] = Int32(rank) }
    for number in order {
      for parent in parents(Int(number)) where ranks[Int(parent)] < 0 {
        guard 0..<baseCount ~= Int(places[Int(parent)]) else { throw .missing(id(Int(parent))) }
      }
    }
  }

  /// The position in the whole graph, the new file included.
  func position(_ number: Int) -> UInt32 {
    ranks[number] >= 0 ? UInt32(baseCount) + UInt32(ranks[number]) : UInt32(places[number])
  }
}
