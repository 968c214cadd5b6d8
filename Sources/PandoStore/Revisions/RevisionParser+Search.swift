internal import PandoBytes
internal import PandoObjects

/// `:/text` and `^{/text}`: the youngest commit whose message matches.
extension RevisionParser {
  /// Where `:/text` starts: HEAD and every reference, youngest first.
  func everyTip() throws(PandoError) -> [ObjectID] {
    var tips: [ObjectID] = []
    for reference in try source.references.references(withPrefix: "refs/") {
      guard let id = try source.references.id(of: reference.name), try objects.contains(id),
        let commit = try objects.peelToCommit(id)
      else { continue }
      tips.append(commit)
    }
    if let head = try source.references.id(of: .head), try objects.contains(head),
      let commit = try objects.peelToCommit(head)
    {
      tips.append(commit)
    }
    return tips.reversed()
  }

  /// Walks from `starts` by committer date and returns the first commit whose message matches. Each
  /// commit is read once; nil for a pattern that cannot be read.
  func youngest(
    matching text: [UInt8], from starts: [ObjectID]
  ) throws(PandoError) -> ObjectID? {
    var text = text
    var isNegative = false
    if text.first == UInt8(ascii: "!") {
      text.removeFirst()
      if text.first == UInt8(ascii: "-") {
        text.removeFirst()
        isNegative = true
      } else if text.first != UInt8(ascii: "!") {
        return nil
      }
    }
    guard let pattern = try? TextPattern(text, .init(syntax: .extended)) else { return nil }
    var queue = DateQueue()
    var seen = Set<ObjectID>()
    for start in starts where seen.insert(start).inserted {
      queue.insert(start, seconds: try objects.commitLinks(start).committerSeconds)
    }
    while let id = queue.popYoungest() {
      let commit = try objects.commit(id)
      if (commit.text.message.map { pattern.matches($0) } ?? false) != isNegative { return id }
      for parent in commit.parents where seen.insert(parent).inserted {
        guard try objects.contains(parent) else { continue }
        queue.insert(parent, seconds: try objects.commitLinks(parent).committerSeconds)
      }
    }
    return nil
  }
}

/// Commits by date, youngest first; equal dates in the order they came.
struct DateQueue {
  private struct Item {
    let id: ObjectID
    let seconds: Int64
    let number: Int

    func precedes(_ other: Item) -> Bool {
      seconds != other.seconds ? seconds > other.seconds : number < other.number
    }
  }

  private var heap: [Item] = []
  private var count = 0

  mutating func insert(_ id: ObjectID, seconds: Int64) {
    heap.append(Item(id: id, seconds: seconds, number: count))
    count += 1
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].precedes(heap[parent]) else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  mutating func popYoungest() -> ObjectID? {
    guard let top = heap.first, let last = heap.popLast() else { return nil }
    guard !heap.isEmpty else { return top.id }
    heap[0] = last
    var parent = 0
    while true {
      var best = parent * 2 + 1
      guard best < heap.count else { break }
      if best + 1 < heap.count, heap[best + 1].precedes(heap[best]) { best += 1 }
      guard heap[best].precedes(heap[parent]) else { break }
      heap.swapAt(best, parent)
      parent = best
    }
    return top.id
  }
}
