internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// The filters of changed paths of the commits of a new file.
struct GraphFilters {
  let settings: CommitGraphFile.FilterSettings
  /// All filters, in the order in which they were made.
  private var bytes: [UInt8] = []
  /// Where in `bytes` the filter of a commit is, by its place in the order of names.
  private var ranges: [Range<Int>]
  /// How many were made, and not taken from the graph there is.
  private(set) var computedCount = 0

  /// In which order filters are made, as long as there is a limit.
  enum Order {
    /// The oldest first.
    case byGeneration
    /// Those with the lowest numbers here, by the commit's number; others have none.
    case byPack([Int32: Int32])
  }

  /// Makes the filters of all commits of the new file; beyond `limit` only those that the graph
  /// there is has already.
  init(
    _ commits: GraphCommits, _ generations: GraphGenerations, _ objects: any ObjectReader,
    _ settings: CommitGraphFile.FilterSettings, limit: Int?, order: Order,
    _ progress: (Int) -> Void
  ) throws(PandoError) {
    self.settings = settings
    ranges = [Range<Int>](repeating: 0..<0, count: commits.order.count)
    var changed = ChangedPaths(objects, settings)
    let ranks = Self.ranks(commits, generations, limit, order)
    for (done, rank) in ranks.enumerated() {
      progress(done + 1)
      let number = Int(commits.order[rank])
      let start = bytes.count
      if let place = commits.place(number), let existing = commits.existing {
        existing.appendFilter(at: place, settings, to: &bytes)
      }
      if bytes.count == start, limit.map({ computedCount < $0 }) ?? true {
        computedCount += 1
        let parent = commits.parents(number).first.map { commits.tree(Int($0)) }
        try changed.appendFilter(from: parent, to: commits.tree(number), to: &bytes)
      }
      ranges[rank] = start..<bytes.count
    }
  }

  /// The places of the new file's commits in the order in which their filters are made.
  private static func ranks(
    _ commits: GraphCommits, _ generations: GraphGenerations, _ limit: Int?, _ order: Order
  ) -> [Int] {
    let ranks = Array(commits.order.indices)
    func number(_ rank: Int) -> Int { Int(commits.order[rank]) }
    func key(_ rank: Int) -> (UInt64, Int64, Int) {
      (generations.dates[number(rank)], commits.seconds[number(rank)], rank)
    }
    // Packs have the newest of a file whole and the older as deltas on it, so that trees are
    // cheapest to read backwards.
    guard limit != nil else { return ranks.sorted { key($0) > key($1) } }
    switch order {
    case .byGeneration: return ranks.sorted { key($0) < key($1) }
    case .byPack(let places):
      return ranks.sorted {
        (places[Int32(number($0))] ?? 0, $0) < (places[Int32(number($1))] ?? 0, $1)
      }
    }
  }

  /// The tables of ends and of filters, in the order of names.
  func chunks() -> (ends: [UInt8], filters: [UInt8]) {
    var ends: [UInt8] = []
    ends.reserveCapacity(ranges.count * 4)
    var filters: [UInt8] = []
    filters.reserveCapacity(bytes.count + CommitGraphFile.filterHeaderBytes)
    for word in [settings.version, settings.hashCount, settings.bitsPerPath] {
      filters.append(bigEndian: UInt32(truncatingIfNeeded: word))
    }
    for range in ranges {
      filters.append(contentsOf: bytes[range])
      let end = filters.count - CommitGraphFile.filterHeaderBytes
      ends.append(bigEndian: UInt32(truncatingIfNeeded: end))
    }
    return (ends, filters)
  }
}

extension CommitGraphChain {
  /// Appends the filter of a commit when there is one that was made as `settings` say.
  func appendFilter(
    at position: Int, _ settings: CommitGraphFile.FilterSettings, to bytes: inout [UInt8]
  ) {
    let (layer, position) = place(of: position)
    guard layer.filterSettings == settings, let range = layer.filterRange(at: position) else {
      return
    }
    layer.file.withBytes { file in
      for index in range { bytes.append(file[index]) }
    }
  }
}
