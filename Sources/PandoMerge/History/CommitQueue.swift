/// Commits by date, the newest first; of equal dates the one that came first. A binary heap of the
/// numbers that whoever walks gives commits.
package struct CommitQueue {
  private struct Entry {
    let date: Int64
    let order: UInt32
    let commit: Int32

    func precedes(_ other: Entry) -> Bool {
      date != other.date ? date > other.date : order < other.order
    }
  }

  private var heap: [Entry] = []
  private var arrivals: UInt32 = 0

  /// An empty queue.
  package init() {}

  /// The date of the commit that comes next.
  package var nextDate: Int64? { heap.first?.date }

  /// Whether some waiting commit is as `isWanted` says. O(n).
  package func contains(where isWanted: (Int32) -> Bool) -> Bool {
    heap.contains { isWanted($0.commit) }
  }

  /// Adds a commit. O(log n).
  package mutating func insert(_ commit: Int32, date: Int64) {
    let entry = Entry(date: date, order: arrivals, commit: commit)
    arrivals &+= 1
    var hole = heap.count
    heap.append(entry)
    while hole > 0 {
      let above = (hole - 1) / 2
      guard entry.precedes(heap[above]) else { break }
      heap[hole] = heap[above]
      hole = above
    }
    heap[hole] = entry
  }

  /// Takes out the newest commit; nil when none waits. O(log n).
  package mutating func removeNext() -> Int32? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    if !heap.isEmpty { settle(last) }
    return first.commit
  }

  /// Lets `entry` sink from the top, where there is a hole.
  private mutating func settle(_ entry: Entry) {
    var hole = 0
    while true {
      var child = hole * 2 + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count, heap[child + 1].precedes(heap[child]) { child += 1 }
      guard heap[child].precedes(entry) else { break }
      heap[hole] = heap[child]
      hole = child
    }
    heap[hole] = entry
  }
}
