internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import Synchronization

/// The objects that are compared with each other, in the order in which a window passes over them,
/// handed out to threads: each has a part of its own, and takes half of the largest rest when it
/// has done it.
final class DeltaCandidates: Sendable {
  /// Smaller objects are not worth a delta.
  static let objectBytesMin = 50
  /// Smaller rests are not cut.
  static let sharedMin = 64

  /// The row numbers in order.
  let order: [Int32]
  /// For each place whether another path begins there.
  private let isBorder: [Bool]
  private let parts: Mutex<[Range<Int>]>
  private let done = Atomic<Int>(0)
  private let progress: (any ProgressMeter)?

  private struct Key {
    /// Kind, place of the path, and whether it is no preferred base.
    let group: UInt64
    let size: Int
    let number: Int32
  }

  init(
    _ rows: [PackRow], _ ranks: [UInt32], bigFileThreshold: Int, threads: Int,
    progress: (any ProgressMeter)?
  ) {
    self.progress = progress
    var keys: [Key] = []
    for (number, row) in rows.enumerated() {
      guard !row.reusesDelta, row.size >= Self.objectBytesMin, row.size < bigFileThreshold
      else { continue }
      let isPathless = row.kind == .commit || row.kind == .tag
      let rank = isPathless ? 0 : UInt64(ranks[Int(row.path)]) + 1
      let group = UInt64(row.kind.rawValue) << 40 | rank << 1 | (row.isPreferredBase ? 0 : 1)
      keys.append(Key(group: group, size: row.size, number: Int32(number)))
    }
    // The largest first, of equal ones the youngest: what is gone is cheaper to say than what came.
    keys.sort { ($0.group, $1.size, $0.number) < ($1.group, $0.size, $1.number) }
    order = keys.map(\.number)
    isBorder = keys.indices.map { $0 == 0 || keys[$0].group >> 1 != keys[$0 - 1].group >> 1 }
    var parts: [Range<Int>] = []
    var start = 0
    for number in 0..<threads {
      var end = number + 1 == threads ? keys.count : keys.count * (number + 1) / threads
      end = max(start, Self.border(isBorder, near: end))
      parts.append(start..<end)
      start = end
    }
    self.parts = Mutex(parts)
  }

  /// The first border from `place` on.
  private static func border(_ isBorder: [Bool], near place: Int) -> Int {
    var place = place
    while place < isBorder.count, !isBorder[place] { place += 1 }
    return place
  }

  /// The next object for a thread, and whether it does not follow the one before; nil at the end.
  func next(_ thread: Int) -> (number: Int, isFresh: Bool)? {
    let found = parts.withLock { parts -> (place: Int, isFresh: Bool)? in
      var isFresh = false
      if parts[thread].isEmpty {
        guard take(&parts, thread) else { return nil }
        isFresh = true
      }
      let place = parts[thread].lowerBound
      parts[thread] = place + 1..<parts[thread].upperBound
      return (place, isFresh)
    }
    guard let found else { return nil }
    let count = done.wrappingAdd(1, ordering: .relaxed).newValue
    progress?.update(count)
    return (Int(order[found.place]), found.isFresh)
  }

  private func take(_ parts: inout [Range<Int>], _ thread: Int) -> Bool {
    guard let largest = parts.indices.max(by: { parts[$0].count < parts[$1].count }),
      parts[largest].count >= Self.sharedMin
    else { return false }
    let rest = parts[largest]
    var middle = Self.border(isBorder, near: rest.lowerBound + rest.count / 2)
    // One path may have all of the rest.
    if middle >= rest.upperBound { middle = rest.lowerBound + rest.count / 2 }
    parts[largest] = rest.lowerBound..<middle
    parts[thread] = middle..<rest.upperBound
    return true
  }
}
