/// Finds where a shortest script between two texts can be cut in two, looking from both ends at
/// once.
struct MiddleSnakeSearch {
  /// Parts of both texts that are compared with each other.
  struct Box {
    var old: Range<Int>
    var new: Range<Int>
    /// Whether the best script is wanted at any price.
    var isExact: Bool
  }

  /// A run of equal lines of this length is a good sign.
  private static let snakeLength = 20
  /// The cost at which good signs are looked for, and the least at which the search gives up.
  private static let heuristicCost = 256
  /// How far beyond its cost a path must have come to be taken for good.
  private static let progressFactor = 4

  private let old: [Int32]
  private let new: [Int32]
  /// The furthest old line on each diagonal, from the front and from the back.
  private var forward: [Int]
  private var backward: [Int]
  /// What is added to a diagonal's number to index the arrays.
  private let offset: Int
  private let costMax: Int

  init(_ old: [Int32], _ new: [Int32]) {
    self.old = old
    self.new = new
    let diagonals = old.count + new.count + 3
    forward = [Int](repeating: 0, count: diagonals)
    backward = forward
    offset = new.count + 1
    costMax = max(MyersDiff.roughSquareRoot(diagonals), Self.heuristicCost)
  }

  /// All of both texts.
  func whole(isExact: Bool) -> Box {
    Box(old: 0..<old.count, new: 0..<new.count, isExact: isExact)
  }

  /// The box without what both parts begin and end with.
  func shrunk(_ box: Box) -> Box {
    var (oldStart, oldEnd) = (box.old.lowerBound, box.old.upperBound)
    var (newStart, newEnd) = (box.new.lowerBound, box.new.upperBound)
    while oldStart < oldEnd, newStart < newEnd, old[oldStart] == new[newStart] {
      oldStart += 1
      newStart += 1
    }
    while oldStart < oldEnd, newStart < newEnd, old[oldEnd - 1] == new[newEnd - 1] {
      oldEnd -= 1
      newEnd -= 1
    }
    return Box(old: oldStart..<oldEnd, new: newStart..<newEnd, isExact: box.isExact)
  }

  /// A search in progress: the diagonals that were reached, and what the last round met.
  private struct Reach {
    let box: Box
    /// The diagonals that the box has.
    let least: Int
    let most: Int
    let forwardMiddle: Int
    let backwardMiddle: Int
    var forwardMin: Int
    var forwardMax: Int
    var backwardMin: Int
    var backwardMax: Int
    var sawSnake = false

    init(_ box: Box) {
      self.box = box
      least = box.old.lowerBound - box.new.upperBound
      most = box.old.upperBound - box.new.lowerBound
      forwardMiddle = box.old.lowerBound - box.new.lowerBound
      backwardMiddle = box.old.upperBound - box.new.upperBound
      forwardMin = forwardMiddle
      forwardMax = forwardMiddle
      backwardMin = backwardMiddle
      backwardMax = backwardMiddle
    }

    var isOdd: Bool { (forwardMiddle - backwardMiddle) & 1 != 0 }
  }

  /// A place to cut, and which of the halves is still worth an exact search.
  private struct Cut {
    let old: Int
    let new: Int
    let isFirstExact: Bool
    let isSecondExact: Bool
  }

  /// Cuts a box in two. Both parts of the box must have lines and differ at both ends.
  mutating func split(_ box: Box) -> (Box, Box) {
    let cut = findCut(box)
    return (
      Box(
        old: box.old.lowerBound..<cut.old, new: box.new.lowerBound..<cut.new,
        isExact: cut.isFirstExact),
      Box(
        old: cut.old..<box.old.upperBound, new: cut.new..<box.new.upperBound,
        isExact: cut.isSecondExact)
    )
  }

  private mutating func findCut(_ box: Box) -> Cut {
    var reach = Reach(box)
    forward[reach.forwardMiddle + offset] = box.old.lowerBound
    backward[reach.backwardMiddle + offset] = box.old.upperBound
    var cost = 1
    while true {
      reach.sawSnake = false
      if let cut = stepForward(&reach) { return cut }
      if let cut = stepBackward(&reach) { return cut }
      if !box.isExact {
        if reach.sawSnake, cost > Self.heuristicCost, let cut = promisingCut(reach, cost) {
          return cut
        }
        if cost >= costMax { return furthestCut(reach) }
      }
      cost += 1
    }
  }

  private mutating func stepForward(_ reach: inout Reach) -> Cut? {
    let box = reach.box
    if reach.forwardMin > reach.least {
      reach.forwardMin -= 1
      forward[reach.forwardMin - 1 + offset] = -1
    } else {
      reach.forwardMin += 1
    }
    if reach.forwardMax < reach.most {
      reach.forwardMax += 1
      forward[reach.forwardMax + 1 + offset] = -1
    } else {
      reach.forwardMax -= 1
    }
    // Taken out, so that writes to it need not look whether it is shared.
    var taken: [Int] = []
    swap(&taken, &self.forward)
    defer { swap(&taken, &self.forward) }
    let (old, new, backward) = (old.span, new.span, backward.span)
    var forward = taken.mutableSpan
    var diagonal = reach.forwardMax
    while diagonal >= reach.forwardMin {
      let below = forward[diagonal - 1 + offset]
      let above = forward[diagonal + 1 + offset]
      let start = below >= above ? below + 1 : above
      let end = min(box.old.upperBound, box.new.upperBound + diagonal)
      var i = start
      while i < end, old[i] == new[i - diagonal] { i += 1 }
      if i - start > Self.snakeLength { reach.sawSnake = true }
      forward[diagonal + offset] = i
      if reach.isOdd, reach.backwardMin <= diagonal, diagonal <= reach.backwardMax,
        backward[diagonal + offset] <= i
      {
        return Cut(old: i, new: i - diagonal, isFirstExact: true, isSecondExact: true)
      }
      diagonal -= 2
    }
    return nil
  }

  private mutating func stepBackward(_ reach: inout Reach) -> Cut? {
    let box = reach.box
    if reach.backwardMin > reach.least {
      reach.backwardMin -= 1
      backward[reach.backwardMin - 1 + offset] = Int.max
    } else {
      reach.backwardMin += 1
    }
    if reach.backwardMax < reach.most {
      reach.backwardMax += 1
      backward[reach.backwardMax + 1 + offset] = Int.max
    } else {
      reach.backwardMax -= 1
    }
    var taken: [Int] = []
    swap(&taken, &self.backward)
    defer { swap(&taken, &self.backward) }
    let (old, new, forward) = (old.span, new.span, forward.span)
    var backward = taken.mutableSpan
    var diagonal = reach.backwardMax
    while diagonal >= reach.backwardMin {
      let below = backward[diagonal - 1 + offset]
      let above = backward[diagonal + 1 + offset]
      let start = below < above ? below : above - 1
      let end = max(box.old.lowerBound, box.new.lowerBound + diagonal)
      var i = start
      while i > end, old[i - 1] == new[i - diagonal - 1] { i -= 1 }
      if start - i > Self.snakeLength { reach.sawSnake = true }
      backward[diagonal + offset] = i
      if !reach.isOdd, reach.forwardMin <= diagonal, diagonal <= reach.forwardMax,
        i <= forward[diagonal + offset]
      {
        return Cut(old: i, new: i - diagonal, isFirstExact: true, isSecondExact: true)
      }
      diagonal -= 2
    }
    return nil
  }

  /// A path that came far for its cost and ends in a long run of equal lines.
  private func promisingCut(_ reach: Reach, _ cost: Int) -> Cut? {
    let (oldPart, newPart) = (reach.box.old, reach.box.new)
    let length = Self.snakeLength
    var best = 0
    var place: (old: Int, new: Int)?
    for diagonal in stride(from: reach.forwardMax, through: reach.forwardMin, by: -2) {
      let i = forward[diagonal + offset]
      let j = i - diagonal
      let gain =
        (i - oldPart.lowerBound) + (j - newPart.lowerBound) - abs(diagonal - reach.forwardMiddle)
      guard gain > Self.progressFactor * cost, gain > best,
        oldPart.lowerBound + length <= i, i < oldPart.upperBound,
        newPart.lowerBound + length <= j, j < newPart.upperBound
      else { continue }
      if (1...length).allSatisfy({ old[i - $0] == new[j - $0] }) {
        best = gain
        place = (i, j)
      }
    }
    if let place {
      return Cut(old: place.old, new: place.new, isFirstExact: true, isSecondExact: false)
    }
    for diagonal in stride(from: reach.backwardMax, through: reach.backwardMin, by: -2) {
      let i = backward[diagonal + offset]
      let j = i - diagonal
      let gain =
        (oldPart.upperBound - i) + (newPart.upperBound - j) - abs(diagonal - reach.backwardMiddle)
      guard gain > Self.progressFactor * cost, gain > best,
        oldPart.lowerBound < i, i <= oldPart.upperBound - length,
        newPart.lowerBound < j, j <= newPart.upperBound - length
      else { continue }
      if (0..<length).allSatisfy({ old[i + $0] == new[j + $0] }) {
        best = gain
        place = (i, j)
      }
    }
    return place.map { Cut(old: $0.old, new: $0.new, isFirstExact: false, isSecondExact: true) }
  }

  /// The end of the path that came furthest, when the search has cost too much.
  private func furthestCut(_ reach: Reach) -> Cut {
    let (oldPart, newPart) = (reach.box.old, reach.box.new)
    var front = (sum: -1, old: -1)
    for diagonal in stride(from: reach.forwardMax, through: reach.forwardMin, by: -2) {
      var i = min(forward[diagonal + offset], oldPart.upperBound)
      if newPart.upperBound < i - diagonal { i = newPart.upperBound + diagonal }
      if front.sum < i + (i - diagonal) { front = (i + (i - diagonal), i) }
    }
    var back = (sum: Int.max, old: Int.max)
    for diagonal in stride(from: reach.backwardMax, through: reach.backwardMin, by: -2) {
      var i = max(oldPart.lowerBound, backward[diagonal + offset])
      if i - diagonal < newPart.lowerBound { i = newPart.lowerBound + diagonal }
      if i + (i - diagonal) < back.sum { back = (i + (i - diagonal), i) }
    }
    let isFrontBetter =
      oldPart.upperBound + newPart.upperBound - back.sum
      < front.sum - (oldPart.lowerBound + newPart.lowerBound)
    let best = isFrontBetter ? front : back
    return Cut(
      old: best.old, new: best.sum - best.old, isFirstExact: isFrontBetter,
      isSecondExact: !isFrontBetter)
  }
}
