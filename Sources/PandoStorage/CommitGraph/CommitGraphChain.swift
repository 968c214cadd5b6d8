public import PandoBytes
internal import PandoFiles
public import PandoObjects

/// The commit-graph of a repository: one file, or several that stand on each other.
///
/// Every commit has one position: those of the lowest file come first, in the order of names, and
/// so on upwards.
public final class CommitGraphChain: CommitGraphReader {
  /// The files, lowest first; never none.
  public let layers: [CommitGraphFile]
  /// The number of commits below each file.
  let starts: [Int]
  public let count: Int
  public let hashAlgorithm: HashAlgorithm
  /// Whether all files have corrected dates: those of some are worth nothing without those of all.
  public let hasCorrectedDates: Bool

  /// A graph of one file, which must stand on none.
  public convenience init(_ file: CommitGraphFile) throws(PandoError) {
    try self.init(layers: [file])
  }

  /// A graph of several files, lowest first. Throws `.corrupt` when they do not name each other.
  public init(layers: [CommitGraphFile]) throws(PandoError) {
    guard let base = layers.first else {
      throw PandoError(.invalidInput, "a commit-graph needs a file")
    }
    var total = 0
    var starts: [Int] = []
    for (number, layer) in layers.enumerated() {
      try Self.check(layer, over: layers[..<number])
      starts.append(total)
      total += layer.count
    }
    // Parents have 31 bits, and one number above these stands for none.
    guard total < Int(CommitGraphFile.noParent) else {
      throw PandoError(.limitExceeded, "commit-graph of \(total) commits")
    }
    self.layers = layers
    self.starts = starts
    count = total
    hashAlgorithm = base.hashAlgorithm
    hasCorrectedDates = layers.allSatisfy { $0.tables.dateOffsets != nil }
  }

  /// Throws unless the files below a layer are those that it names.
  static func check(
    _ layer: CommitGraphFile, over below: ArraySlice<CommitGraphFile>
  ) throws(PandoError) {
    guard layer.baseCount == below.count else {
      throw layer.corrupt("stands on \(layer.baseCount) others, not on \(below.count)")
    }
    for (number, base) in below.enumerated() where layer.baseChecksum(number) != base.checksum {
      throw layer.corrupt("does not stand on \(base.path)")
    }
  }

  /// The file of a commit, and its position there.
  func place(of position: Int) -> (layer: CommitGraphFile, position: Int) {
    var number = layers.count - 1
    while number > 0, position < starts[number] { number -= 1 }
    return (layers[number], position - starts[number])
  }

  public func position(of id: ObjectID) -> Int? {
    var number = layers.count
    while number > 0 {
      number -= 1
      if let position = layers[number].position(of: id) {
        return starts[number] + position
      }
    }
    return nil
  }

  public func id(at position: Int) -> ObjectID {
    let (layer, position) = place(of: position)
    return layer.id(at: position)
  }

  public func tree(at position: Int) -> ObjectID {
    let (layer, position) = place(of: position)
    return layer.tree(at: position)
  }

  public func seconds(at position: Int) -> Int64 {
    let (layer, position) = place(of: position)
    return layer.row(at: position).seconds
  }

  public func generation(at position: Int) -> UInt64 {
    let (layer, position) = place(of: position)
    let row = layer.row(at: position)
    return hasCorrectedDates
      ? layer.correctedDate(at: position, seconds: row.seconds) : UInt64(row.level)
  }

  /// The topological level of a commit, whatever else the graph has.
  func level(at position: Int) -> UInt32 {
    let (layer, position) = place(of: position)
    return layer.row(at: position).level
  }

  public func parents(at position: Int, _ body: (Int) -> Void) throws(PandoError) {
    let (layer, position) = place(of: position)
    try layer.parents(of: layer.row(at: position)) { (word) throws(PandoError) in
      body(try checked(word, layer))
    }
  }

  public func row(at position: Int) throws(PandoError) -> CommitGraphRow {
    let (layer, position) = place(of: position)
    let row = layer.row(at: position)
    var first: Int?
    var second: Int?
    if row.first != CommitGraphFile.noParent {
      first = try checked(row.first, layer)
      if row.second != CommitGraphFile.noParent, !row.hasEdges {
        second = try checked(row.second, layer)
      }
    }
    return CommitGraphRow(
      seconds: row.seconds, firstParent: first, secondParent: second,
      hasMoreParents: first != nil && row.hasEdges)
  }

  func checked(
    _ word: UInt32, _ layer: CommitGraphFile
  ) throws(PandoError) -> Int {
    guard word < count else { throw layer.corrupt("has a parent that is none of its commits") }
    return Int(word)
  }

  public func mayHaveChanged(_ keys: BloomKeys, at position: Int) -> Bool? {
    let (layer, position) = place(of: position)
    return layer.mayHaveChanged(keys, at: position)
  }
}
