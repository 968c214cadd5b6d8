internal import PandoBytes
internal import PandoObjects

/// How far each commit of a graph is from the roots, in steps and in dates. Source: the technical
/// notes on commit-graphs.
struct GraphGenerations {
  /// Levels stop here.
  static let levelMax: UInt32 = 0x3FFF_FFFF
  /// The largest distance of a corrected date that fits in a row.
  static let offsetMax: UInt64 = 0x7FFF_FFFF

  /// The length of the longest way to a root, counted from 1.
  private(set) var levels: [UInt32]
  /// The committer date, moved behind those of all ancestors.
  private(set) var dates: [UInt64]

  /// Works out both for all commits of the new file, without recursion. O(commits and parents).
  init(_ commits: GraphCommits) throws(PandoError) {
    levels = [UInt32](repeating: 0, count: commits.count)
    dates = [UInt64](repeating: 0, count: commits.count)
    for number in 0..<commits.count where !commits.isOwn[number] {
      // What is not used by any child was never placed.
      guard let existing = commits.existing, let place = commits.place(number) else { continue }
      levels[number] = existing.level(at: place)
      dates[number] = existing.hasCorrectedDates ? existing.generation(at: place) : 0
    }
    var stack: [Int32] = []
    for start in commits.order where levels[Int(start)] == 0 {
      stack.append(start)
      while let number = stack.last.map(Int.init) {
        var level: UInt32 = 0
        var date: UInt64 = 0
        var waitsFor: Int32?
        for parent in commits.parents(number) {
          guard levels[Int(parent)] != 0 || !commits.isOwn[Int(parent)] else {
            waitsFor = parent
            break
          }
          level = max(level, levels[Int(parent)])
          date = max(date, dates[Int(parent)])
        }
        if let waitsFor {
          stack.append(waitsFor)
          // Nobody can make such a commit, short of breaking the hash.
          guard stack.count <= commits.count else {
            throw PandoError(.corrupt, "commit \(commits.id(number)) is its own ancestor")
          }
          continue
        }
        stack.removeLast()
        levels[number] = min(level, Self.levelMax - 1) + 1
        let own = UInt64(commits.seconds[number])
        dates[number] = own > date ? own : date &+ 1
      }
    }
  }

  /// How far a commit's corrected date is from its own.
  func offset(_ number: Int, _ commits: GraphCommits) -> UInt64 {
    dates[number] &- UInt64(commits.seconds[number])
  }
}
