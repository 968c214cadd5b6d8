internal import PandoBytes

/// Paths, each once, and their order from their last byte backward: objects of one path stand
/// together, and beside them those of paths that end alike, as moved files do.
struct PathOrder: Sendable {
  private var numbers: [[UInt8]: UInt32] = [:]
  private var paths: [[UInt8]] = []
  private var last: (path: [UInt8], number: UInt32)?

  /// The number of a path; paths are numbered as they come.
  mutating func number(of path: [UInt8]) -> UInt32 {
    if let last, last.path == path { return last.number }
    let number = numbers[path] ?? UInt32(paths.count)
    if number == paths.count {
      numbers[path] = number
      paths.append(path)
    }
    last = (path, number)
    return number
  }

  private static func isOrdered(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.span.compareBytes(with: right.span) < 0
  }

  /// For each number the place of its path in the order. O(n log n).
  func ranks() -> [UInt32] {
    let backward = paths.map { Array($0.reversed()) }
    let order = backward.indices.sorted { Self.isOrdered(backward[$0], backward[$1]) }
    var ranks = [UInt32](repeating: 0, count: paths.count)
    for (rank, number) in order.enumerated() { ranks[number] = UInt32(rank) }
    return ranks
  }
}
