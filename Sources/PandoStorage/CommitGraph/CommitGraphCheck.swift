internal import PandoBytes
public import PandoFiles
public import PandoObjects

/// Compares a commit-graph with the commits that it is about, as `git commit-graph verify` does.
public struct CommitGraphCheck {
  /// What was found, as bits: Git's exit status.
  public struct Findings: OptionSet, Sendable {
    public let rawValue: Int32
    /// Wraps bits.
    public init(rawValue: Int32) { self.rawValue = rawValue }
    /// Something is wrong.
    public static let errors = Findings(rawValue: 1)
    /// The checksum of a file is wrong.
    public static let checksum = Findings(rawValue: 2)
  }

  private let graph: CommitGraphChain
  private let objects: any ObjectReader
  private let report: (String) -> Void
  private let progress: (any ProgressMeter)?
  private var findings: Findings = []
  /// Whether some commit had no generation, or had one.
  private var hasZero: Bool?

  private init(
    _ graph: CommitGraphChain, _ objects: any ObjectReader, _ progress: (any ProgressMeter)?,
    _ report: @escaping (String) -> Void
  ) {
    self.graph = graph
    self.objects = objects
    self.progress = progress
    self.report = report
  }

  /// Reads every commit of the graph, past the graph, and gives Git's words for each difference to
  /// `report`. Throws `.corrupt` for a parent that is none of the graph's commits.
  ///
  /// - Parameter isShallow: whether only the topmost file of a chain is looked at.
  public static func run(
    _ graph: CommitGraphChain, _ objects: any ObjectReader, isShallow: Bool = false,
    progress: (any ProgressMeter)? = nil, report: @escaping (String) -> Void
  ) throws(PandoError) -> Findings {
    var findings: Findings = []
    for number in graph.layers.indices.reversed() {
      var check = CommitGraphCheck(graph, objects, progress, report)
      try check.tables(number)
      if check.findings.contains(.errors) { return findings.union(check.findings) }
      try check.commits(number)
      findings.formUnion(check.findings)
      if isShallow { break }
    }
    return findings
  }

  private mutating func tell(_ text: String) {
    findings = .errors
    report(text)
  }

  // MARK: Tables

  private mutating func tables(_ number: Int) throws(PandoError) {
    let layer = graph.layers[number]
    let isSound = layer.file.withBytes { bytes in
      ChecksumHasher.digest(
        of: bytes.extracting(0..<bytes.count - layer.hashAlgorithm.byteCount),
        algorithm: layer.hashAlgorithm) == layer.checksum
    }
    if !isSound {
      tell("the commit-graph file has incorrect checksum and is likely corrupt")
      findings = .checksum
    }
    var bucket = 0
    var last: ObjectID?
    for position in 0..<layer.count {
      let id = layer.id(at: position)
      if let last, last >= id {
        tell("commit-graph has incorrect OID order: \(last) then \(id)")
      }
      last = id
      checkFanout(layer, &bucket, through: Int(id.digest.leadingWord >> 56), position)
      guard find(id, from: number) != nil else {
        tell("failed to parse commit \(id) from commit-graph")
        continue
      }
      try layer.parents(of: layer.row(at: position)) { (word) throws(PandoError) in
        guard word < graph.starts[number] + layer.count else {
          throw PandoError(.corrupt, "invalid parent position \(word)")
        }
      }
    }
    checkFanout(layer, &bucket, through: 256, layer.count)
  }

  private mutating func checkFanout(
    _ layer: CommitGraphFile, _ bucket: inout Int, through end: Int, _ count: Int
  ) {
    while bucket < end {
      let told = layer.file.withBytes { bytes in
        layer.ids.positions(startingWith: bucket, in: bytes).upperBound
      }
      if told != count {
        tell(
          "commit-graph has incorrect fanout value: fanout[\(bucket)] = \(told) != \(count)")
      }
      bucket += 1
    }
  }

  /// The position of a commit in the file of that number or one below.
  private func find(_ id: ObjectID, from number: Int) -> Int? {
    for number in (0...number).reversed() {
      if let position = graph.layers[number].position(of: id) {
        return graph.starts[number] + position
      }
    }
    return nil
  }

  // MARK: Commits

  private mutating func commits(_ number: Int) throws(PandoError) {
    let layer = graph.layers[number]
    progress?.begin("Verifying commits in commit graph", total: layer.count)
    for position in 0..<layer.count {
      progress?.update(position + 1)
      try check(graph.starts[number] + position)
    }
    progress?.end()
  }

  private mutating func check(_ position: Int) throws(PandoError) {
    let id = graph.id(at: position)
    guard let real = try? objects.parsedCommitLinks(id) else {
      return tell("failed to parse commit \(id) from object database for commit-graph")
    }
    let tree = graph.tree(at: position)
    if tree != real.tree {
      tell("root tree OID for commit \(id) in commit-graph is \(tree) != \(real.tree)")
    }
    let highest = try checkParents(position, id, real.parents)
    let generation = graph.generation(at: position)
    if generation == 0 {
      if hasZero == false {
        tell(
          "commit-graph has generation number zero for commit \(id), but non-zero elsewhere")
      }
      hasZero = true
    } else if hasZero == true {
      tell(
        "commit-graph has non-zero generation number for commit \(id), but zero elsewhere")
    }
    if hasZero == true { return }
    checkNumbers(position, id, generation, highest, real.committerSeconds)
  }

  private mutating func checkNumbers(
    _ position: Int, _ id: ObjectID, _ generation: UInt64, _ highest: UInt64, _ seconds: Int64
  ) {
    // Levels stop rising at their highest.
    let isTop = !graph.hasCorrectedDates && highest == UInt64(GraphGenerations.levelMax)
    let least = (isTop ? highest - 1 : highest) &+ 1
    if generation < least {
      tell("commit-graph generation for commit \(id) is \(generation) < \(least)")
    }
    let told = graph.seconds(at: position)
    if told != seconds {
      tell("commit date for commit \(id) in commit-graph is \(told) != \(seconds)")
    }
  }

  /// Compares the parents and returns the highest of their generations.
  private mutating func checkParents(
    _ position: Int, _ id: ObjectID, _ real: [ObjectID]
  ) throws(PandoError) -> UInt64 {
    var told: [Int] = []
    try graph.parents(at: position) { told.append($0) }
    var highest: UInt64 = 0
    for (number, parent) in told.enumerated() {
      guard number < real.count else {
        tell("commit-graph parent list for commit \(id) is too long")
        break
      }
      let name = graph.id(at: parent)
      if name != real[number] {
        tell("commit-graph parent for \(id) is \(name) != \(real[number])")
      }
      highest = max(highest, graph.generation(at: parent))
    }
    if told.count < real.count {
      tell("commit-graph parent list for commit \(id) terminates early")
    }
    return highest
  }
}
