internal import PandoBytes

/// A pattern as instructions of an automaton, and its simulation: all states at once.
struct PatternProgram: Sendable {
  /// The most instructions of a pattern, which bounds what counted repetitions can cost.
  static let sizeMax = 50_000

  private enum Instruction: Sendable {
    case byte(UInt8)
    case set(Int)
    case place(PatternNode.Place)
    case jump(Int)
    case split(Int, Int)
    case match
  }

  private var code: [Instruction] = []
  private var sets: [ByteSet] = []
  private let isByLine: Bool

  init(_ node: PatternNode, isByLine: Bool) throws(ParseError) {
    self.isByLine = isByLine
    try append(node)
    try emit(.match)
  }

  // MARK: Making

  private mutating func emit(_ instruction: Instruction) throws(ParseError) {
    guard code.count < Self.sizeMax else {
      throw ParseError("pattern", "repetitions make it too large", at: 0)
    }
    code.append(instruction)
  }

  /// Recursion is as deep as the pattern's tree, which the reader bounds.
  private mutating func append(_ node: PatternNode) throws(ParseError) {
    switch node {
    case .byte(let byte): try emit(.byte(byte))
    case .set(let set):
      try emit(.set(sets.count))
      sets.append(set)
    case .place(let place): try emit(.place(place))
    case .sequence(let nodes):
      for node in nodes { try append(node) }
    case .choice(let nodes): try append(choice: nodes)
    case .repeated(let node, let min, let max):
      for _ in 0..<min {
        let before = code.count
        try append(node)
        // Nothing, however often, is nothing; going on could take forever.
        if code.count == before { break }
      }
      guard let max else {
        try appendLoop(node)
        return
      }
      var skips: [Int] = []
      for _ in min..<max {
        skips.append(code.count)
        try emit(.jump(0))
        try append(node)
      }
      for skip in skips { code[skip] = .split(skip + 1, code.count) }
    }
  }

  private mutating func appendLoop(_ node: PatternNode) throws(ParseError) {
    let start = code.count
    try emit(.jump(0))
    try append(node)
    try emit(.jump(start))
    code[start] = .split(start + 1, code.count)
  }

  private mutating func append(choice nodes: [PatternNode]) throws(ParseError) {
    var ends: [Int] = []
    for (index, node) in nodes.enumerated() {
      guard index < nodes.count - 1 else {
        try append(node)
        continue
      }
      let start = code.count
      try emit(.jump(0))
      try append(node)
      ends.append(code.count)
      try emit(.jump(0))
      code[start] = .split(start + 1, code.count)
    }
    for end in ends { code[end] = .jump(code.count) }
  }

  // MARK: Running

  func matches(_ text: Span<UInt8>) -> Bool {
    var states = StateList(count: code.count)
    var next = StateList(count: code.count)
    var pending: [Int] = []
    for position in 0...text.count {
      if add(0, to: &states, &pending, text, position) { return true }
      guard position < text.count else { break }
      let byte = text[position]
      next.removeAll()
      for index in 0..<states.count {
        let state = states[index]
        let isTaken: Bool
        switch code[state] {
        case .byte(let wanted): isTaken = wanted == byte
        case .set(let set): isTaken = sets[set].contains(byte)
        case .place, .jump, .split, .match: isTaken = false
        }
        if isTaken, add(state + 1, to: &next, &pending, text, position + 1) { return true }
      }
      swap(&states, &next)
    }
    return false
  }

  /// Adds a state and those that follow without a byte; true when the match is among them.
  private func add(
    _ state: Int, to list: inout StateList, _ pending: inout [Int], _ text: Span<UInt8>,
    _ position: Int
  ) -> Bool {
    pending.append(state)
    while let state = pending.popLast() {
      guard list.insert(state) else { continue }
      switch code[state] {
      case .byte, .set: break
      case .jump(let target): pending.append(target)
      case .split(let one, let two):
        pending.append(two)
        pending.append(one)
      case .place(let place):
        if isPlace(place, text, position) { pending.append(state + 1) }
      case .match:
        pending.removeAll(keepingCapacity: true)
        return true
      }
    }
    return false
  }

  private func isPlace(_ place: PatternNode.Place, _ text: Span<UInt8>, _ at: Int) -> Bool {
    let isWordBefore = at > 0 && ByteSet.word.contains(text[at - 1])
    let isWordAfter = at < text.count && ByteSet.word.contains(text[at])
    switch place {
    case .textStart: return at == 0
    case .textEnd: return at == text.count
    case .lineStart: return at == 0 || isByLine && text[at - 1] == 10
    case .lineEnd: return at == text.count || isByLine && text[at] == 10
    case .wordStart: return !isWordBefore && isWordAfter
    case .wordEnd: return isWordBefore && !isWordAfter
    case .wordEdge: return isWordBefore != isWordAfter
    case .noWordEdge: return isWordBefore == isWordAfter
    }
  }
}

/// States in the order they came, each once; emptied in no time.
private struct StateList {
  private var dense: [Int] = []
  private var sparse: [Int]

  init(count: Int) { sparse = [Int](repeating: 0, count: count) }

  var count: Int { dense.count }

  subscript(index: Int) -> Int { dense[index] }

  mutating func insert(_ state: Int) -> Bool {
    let slot = sparse[state]
    if slot < dense.count, dense[slot] == state { return false }
    sparse[state] = dense.count
    dense.append(state)
    return true
  }

  mutating func removeAll() { dense.removeAll(keepingCapacity: true) }
}
