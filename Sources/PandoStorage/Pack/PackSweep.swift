internal import PandoBytes
internal import PandoObjects

/// All objects of a pack in the order of their names, where the order of their bytes is random.
///
/// No stream is inflated for each of the objects that stand on it. What most objects need stays
/// inflated, the compact deltas and not the objects that they make: how often a stream will be
/// needed is known beforehand, so a budget keeps the best ones, and there is nothing to drive out.
/// The rest is inflated for a batch of objects at a time, in the order of the pack. For what is
/// kept, lists tell which ranges of which streams make it (`DeltaChain`), so that an object is
/// written once and from few deltas.
///
/// Whatever it finds wrong, it throws or leaves out; the caller reads such objects one by one.
struct PackSweep: ~Copyable {
  /// What memory a sweep may take beside some 25 bytes an object.
  struct Budget {
    /// Bytes of streams that are kept from start to end.
    let kept: Int
    /// Bytes of streams that are inflated for one batch.
    let batch: Int
    /// Bytes of lists.
    let lists: Int

    /// Splits the bytes of a cache.
    init(cacheBytes: Int) {
      // A place in an arena has 30 bits.
      let bytes = min(max(cacheBytes, 0), 1 << 30)
      batch = bytes / 8
      lists = bytes / 4
      kept = bytes - batch - lists
    }
  }

  private static let none = UInt32.max
  /// In `slots`: the stream is inflated by nobody here.
  private static let apart = UInt32.max - 1
  /// In `slots`: the stream is to be inflated for this batch.
  private static let wanted = UInt32.max - 2
  /// Larger streams are left to the caller.
  static let streamBytesMax = 1 << 20
  /// The most objects in a batch.
  private static let batchObjectsMax = 16_384
  /// At least so many bytes a batch has, whatever the pack's size.
  private static let batchBytesMin = 1 << 20
  /// Every delta that stands so many above a list has one itself. With 1, lists take twice the
  /// memory and save nothing.
  private static let listStep = 2

  private let traversal: PackTraversal
  private let budget: Budget
  /// The bytes of a batch: of a small pack only a part, so that it is never in memory whole.
  private var batchBytes = 0
  /// The entry of each position in the index.
  private var numbers: [UInt32]
  /// For each entry the one it is a delta on, or `none`.
  private var bases: [UInt32]
  /// The inflated size of each entry's stream.
  private var sizes: [UInt32]
  /// The kind of each entry that is whole.
  private var kinds: [ObjectKind]
  /// The place of each entry's stream, as `DeltaChain` counts them, or a word.
  private var slots: [UInt32]
  /// For each entry the index of its list, or `none`.
  private var listed: [UInt32]
  private var kept: [UInt8] = []
  private var batch: [UInt8] = []
  /// The entries in the batch's arena.
  private var batched: [UInt32] = []
  private var pieces: PackPieces
  private var parts: [DeltaChain.Part] = []
  private var chain = DeltaChain()
  private var lists = DeltaLists()
  /// The whole object below each list.
  private var roots: [UInt32] = []
  /// The list that `collect` has come to.
  private var list = Self.none

  /// The bytes of streams and lists that are in memory.
  var bytesHeld: Int { kept.count + batch.count + lists.byteCount }

  /// Makes a sweep that has read nothing yet. O(n log n).
  init(_ traversal: PackTraversal, budget: Budget) {
    self.traversal = traversal
    self.budget = budget
    pieces = PackPieces()
    let count = traversal.count
    numbers = [UInt32](repeating: 0, count: count)
    bases = [UInt32](repeating: Self.none, count: count)
    sizes = [UInt32](repeating: 0, count: count)
    kinds = [ObjectKind](repeating: .blob, count: count)
    slots = [UInt32](repeating: Self.none, count: count)
    listed = [UInt32](repeating: Self.none, count: count)
  }

  /// Reads all headers and inflates what is to be kept. To be called once, first.
  mutating func prepare() throws(PandoError) {
    try readHeaders()
    let total = sizes.reduce(0) { $0 + Int($1) }
    batchBytes = min(budget.batch, max(total / 8, Self.batchBytesMin))
    try keepBest()
  }

  private mutating func readHeaders() throws(PandoError) {
    var window = PackWindow()
    window.isSequential = true
    let (reader, pack) = (traversal.reader, traversal.pack)
    for number in bases.indices {
      numbers[traversal.position(of: number)] = UInt32(number)
      let entry = try reader.entry(at: traversal.offset(of: number), in: pack, &window)
      sizes[number] = UInt32(clamping: entry.size)
      switch try reader.origin(of: entry, in: pack) {
      case .whole(let kind): kinds[number] = kind
      case .delta(let offset):
        guard let base = traversal.entry(at: offset) else {
          throw pack.corrupt("is a delta on what is no entry", at: entry.offset)
        }
        bases[number] = UInt32(base)
      }
      if entry.size > Self.streamBytesMax { slots[number] = Self.apart }
    }
  }
}

// MARK: What is kept

extension PackSweep {
  /// Inflates the streams that save most for their bytes.
  private mutating func keepBest() throws(PandoError) {
    let gains = gains()
    // Bytes by gain; the best ones are taken until the budget is used up.
    var totals = [Int](repeating: 0, count: 256)
    for number in gains.indices { totals[Int(gains[number])] += Int(sizes[number]) }
    var left = budget.kept
    var least = 256
    while least > 1, totals[least - 1] <= left {
      least -= 1
      left -= totals[least]
    }
    var chosen: [UInt32] = []
    for number in gains.indices where gains[number] > 0 {
      let gain = Int(gains[number])
      if gain == least - 1, Int(sizes[number]) <= left {
        left -= Int(sizes[number])
      } else if gain < least {
        continue
      }
      chosen.append(UInt32(number))
    }
    try pieces.inflate(chosen, sizes, traversal, into: &kept) { number, start in
      slots[number] = start.map(UInt32.init) ?? Self.apart
    }
    for number in chosen where bases[Int(number)] != Self.none {
      keepList(Int(number))
    }
  }

  /// For each entry the time saved for each byte kept, in steps of a quarter of a power of two; 0
  /// where nothing is saved.
  private func gains() -> [UInt8] {
    // How many objects stand on an entry, itself counted. A base is mostly before its deltas; one
    // that lies behind is counted with less than there is, which costs time and nothing else.
    var uses = [UInt32](repeating: 1, count: bases.count)
    for number in bases.indices.reversed() where bases[number] != Self.none {
      uses[Int(bases[number])] &+= uses[number]
    }
    var gains = [UInt8](repeating: 0, count: bases.count)
    for number in gains.indices where uses[number] > 1 && slots[number] == Self.none {
      // To begin a stream takes as long as some hundred bytes of it.
      let size = UInt64(sizes[number])
      let gain = UInt64(uses[number] - 1) * 16 * (size + 400) / (size + 16)
      let bits = 63 - (gain | 4).leadingZeroBitCount
      gains[number] = UInt8(clamping: 1 + bits * 4 + Int(gain >> UInt64(bits - 2) & 3))
    }
    return gains
  }
}

// MARK: Chains

extension PackSweep {
  /// What is known of an entry's chain.
  private enum Chain {
    /// It is all inflated: it ends in this entry.
    case here(root: Int)
    /// Some of it is not inflated.
    case missing
    /// Some of it is left to the caller.
    case apart
  }

  /// Puts the deltas of an entry's chain into `parts`, the topmost first, down to the whole object
  /// or to an entry with a list, which goes to `list`.
  private mutating func collect(
    _ number: Int, usingLists: Bool = true
  ) throws(PandoError) -> Chain {
    parts.removeAll(keepingCapacity: true)
    list = Self.none
    var current = number
    while true {
      if usingLists, listed[current] != Self.none {
        list = listed[current]
        return .here(root: Int(roots[Int(list)]))
      }
      let slot = slots[current]
      if slot >= Self.wanted { return slot == Self.apart ? .apart : .missing }
      if bases[current] == Self.none { return .here(root: current) }
      parts.append(DeltaChain.Part(place: slot, count: sizes[current]))
      current = Int(bases[current])
      guard parts.count < bases.count else {
        throw traversal.pack.corrupt("is a delta on itself", at: traversal.offset(of: number))
      }
    }
  }

  /// Makes `chain` the list of the entry whose chain is in `parts` and `list`. False when its
  /// deltas are better applied one by one.
  private mutating func combine() throws(ParseError) -> Bool {
    if list == Self.none { chain.start() } else { chain.start(lists, at: Int(list)) }
    let (kept, batch) = (self.kept, self.batch)
    for part in parts.reversed() {
      guard try chain.add(part, first: kept.span, second: batch.span) else { return false }
    }
    return true
  }

  /// Keeps the list of an entry that is `listStep` deltas above one that is whole or has a list.
  private mutating func keepList(_ number: Int) {
    // What is damaged is told when the object itself is made.
    guard case .here(let root)? = try? collect(number), parts.count >= Self.listStep,
      (try? combine()) ?? false, let index = lists.append(chain, most: budget.lists)
    else { return }
    listed[number] = UInt32(index)
    roots.append(UInt32(root))
  }
}

// MARK: Objects

extension PackSweep {
  /// The object at a position of the index; nil when it is left to the caller. Fast when positions
  /// ascend.
  mutating func object(at position: Int) throws(PandoError) -> RawObject? {
    let number = Int(numbers[position])
    var state = try collect(number)
    if case .missing = state {
      try fillBatch(from: position)
      state = try collect(number)
    }
    guard case .here(let root) = state else { return nil }
    do throws(ParseError) {
      if try combine() { return RawObject(kind: kinds[root], body: try made(root)) }
    } catch {
      throw traversal.pack.corrupt(error, at: traversal.offset(of: number))
    }
    guard case .here = try collect(number, usingLists: false) else { return nil }
    do throws(ParseError) {
      return RawObject(kind: kinds[root], body: try applied(root))
    } catch {
      throw traversal.pack.corrupt(error, at: traversal.offset(of: number))
    }
  }

  private func made(_ root: Int) throws(ParseError) -> [UInt8] {
    let base = DeltaChain.Part(place: slots[root], count: sizes[root])
    return try chain.object(
      on: base, first: kept.span, second: batch.span, limit: Limits.objectBytes)
  }

  private func applied(_ root: Int) throws(ParseError) -> [UInt8] {
    let base = DeltaChain.Part(place: slots[root], count: sizes[root])
    return try DeltaChain.applied(
      parts.reversed(), on: base, first: kept.span, second: batch.span, limit: Limits.objectBytes)
  }

  /// Inflates what the objects from `position` on need, as many of them as fit.
  private mutating func fillBatch(from position: Int) throws(PandoError) {
    for number in batched where slots[Int(number)] != Self.apart {
      slots[Int(number)] = Self.none
    }
    batched.removeAll(keepingCapacity: true)
    var bytes = 0
    for end in position..<min(numbers.count, position + Self.batchObjectsMax) {
      let before = batched.count
      var current = numbers[end]
      // A chain that is met again, or has a list, is here to its end. Rings end at a mark, or by
      // their length.
      for _ in bases.indices {
        let slot = slots[Int(current)]
        if slot == Self.none {
          slots[Int(current)] = Self.wanted
          batched.append(current)
          bytes += Int(sizes[Int(current)])
        } else if slot >= Self.wanted || listed[Int(current)] != Self.none {
          break
        }
        current = bases[Int(current)]
        if current == Self.none || bytes > batchBytes { break }
      }
      if bytes <= batchBytes { continue }
      // This one is for the next batch, or for the caller when it is too much for one.
      for number in batched[before...] { slots[Int(number)] = Self.none }
      batched.removeLast(batched.count - before)
      if end == position { slots[Int(numbers[end])] = Self.apart }
      break
    }
    batched.sort()
    try pieces.inflate(batched, sizes, traversal, into: &batch) { number, start in
      slots[number] = start.map { UInt32($0) + DeltaChain.secondStart } ?? Self.apart
    }
  }
}
