internal import PandoBytes
internal import PandoObjects

/// The objects that one thread compares with the next one, and the deltas that it has found.
struct DeltaWindow: ~Copyable {
  /// A delta that was found.
  struct Finding: Sendable {
    let number: Int32
    let base: Int32
    let depth: UInt16
    let ticket: DeltaStore.Ticket
  }

  private struct Slot {
    var number = PackRow.none
    var body: [UInt8]?
    var index = DeltaIndex()
    var isIndexed = false
    var depth = 0
    var bytes: Int { (body?.count ?? 0) + (isIndexed ? index.memoryBytes : 0) }
  }

  /// What the best delta so far is.
  private struct Best {
    var slot: Int?
    var size = 0
    var depth = 0
  }

  private let rows: [PackRow]
  private let options: PackBuilder.Options
  private let read: (Int) throws(PandoError) -> [UInt8]
  private var slots: [Slot]
  /// The slots in use, the one compared with first at the front.
  private var order: [Int] = []
  private var free: [Int]
  private var deflater: Deflater
  private var best: [UInt8] = []
  private var scratch: [UInt8] = []
  private var deflated: [UInt8] = []
  private let idBytes: Int

  /// The deltas, deflated.
  private(set) var store: DeltaStore
  /// What was found.
  private(set) var findings: [Finding] = []

  init(
    _ rows: [PackRow], _ options: PackBuilder.Options, store: DeltaStore, idBytes: Int,
    read: @escaping (Int) throws(PandoError) -> [UInt8]
  ) {
    self.rows = rows
    self.options = options
    self.store = store
    self.idBytes = idBytes
    self.read = read
    slots = [Slot](repeating: Slot(), count: max(options.window, 1) + 1)
    free = Array(slots.indices.reversed())
    deflater = Deflater(level: options.level)
  }

  /// Forgets all objects: the next one does not follow them.
  mutating func restart() {
    while let slot = order.popLast() { vacate(slot) }
  }

  /// Compares an object with those of the window and puts it among them.
  mutating func advance(_ number: Int) throws(PandoError) {
    let slot = free.popLast() ?? order.popLast() ?? 0
    clear(slot)
    slots[slot].number = Int32(number)
    if options.windowMemory > 0 { shrink() }
    let row = rows[number]
    // What is copied on top of it is as deep as it is deep itself.
    let depthMax = options.depth - Int(row.depth)
    if row.isPreferredBase || depthMax <= 0 {
      order.insert(slot, at: 0)
      return trim()
    }
    var found = Best()
    for other in order {
      guard rows[Int(slots[other].number)].kind == row.kind else { break }
      try compare(slot, other, row, depthMax, &found)
    }
    if let base = found.slot { try keep(slot, base, found) }
    // At the end of its chain it is no base for others.
    if found.slot != nil, found.depth >= options.depth {
      vacate(slot)
    } else {
      // A base that has served stays longer.
      if let base = found.slot, let place = order.firstIndex(of: base) {
        order.remove(at: place)
        order.insert(base, at: 0)
      }
      order.insert(slot, at: 0)
    }
    trim()
  }

  private mutating func trim() {
    while order.count > options.window, let last = order.popLast() { vacate(last) }
  }

  private mutating func clear(_ slot: Int) {
    slots[slot].number = PackRow.none
    slots[slot].body = nil
    slots[slot].isIndexed = false
    slots[slot].depth = 0
  }

  private mutating func vacate(_ slot: Int) {
    clear(slot)
    free.append(slot)
  }

  private mutating func shrink() {
    var bytes = order.reduce(0) { $0 + slots[$1].bytes }
    while bytes > options.windowMemory, order.count > 1, let last = order.popLast() {
      bytes -= slots[last].bytes
      vacate(last)
    }
  }

  private mutating func load(_ slot: Int) throws(PandoError) {
    guard slots[slot].body == nil else { return }
    slots[slot].body = try read(Int(slots[slot].number))
  }

  /// Tries a delta of the object in `slot` on the one in `other`.
  private mutating func compare(
    _ slot: Int, _ other: Int, _ row: PackRow, _ depthMax: Int, _ found: inout Best
  ) throws(PandoError) {
    let base = rows[Int(slots[other].number)]
    // What lay whole in the same pack was compared with its like when that was made.
    if options.reusesDeltas, row.pack >= 0, row.pack == base.pack, !base.isPreferredBase,
      !row.isStoredDelta
    {
      return
    }
    let depth = slots[other].depth
    guard depth < depthMax else { return }
    // The deeper the base the more a delta has to save.
    var limit = found.slot == nil ? row.size / 2 - idBytes : found.size
    let reference = found.slot == nil ? 1 : found.depth
    limit = limit * (depthMax - depth) / (depthMax - reference + 1)
    guard limit > 0, row.size - base.size < limit, row.size >= base.size / 32 else { return }
    try load(slot)
    try load(other)
    guard let target = slots[slot].body, let source = slots[other].body else { return }
    if !slots[other].isIndexed {
      slots[other].index.rebuild(source.span)
      slots[other].isIndexed = true
    }
    // A delta of the same size has to be less deep.
    let most = found.slot != nil && depth + 1 >= found.depth ? min(limit, found.size - 1) : limit
    guard
      slots[other].index.delta(
        to: target.span, from: source.span, limit: most, into: &scratch)
    else { return }
    swap(&best, &scratch)
    found = Best(slot: other, size: best.count, depth: depth + 1)
  }

  private mutating func keep(_ slot: Int, _ base: Int, _ found: Best) throws(PandoError) {
    deflated.removeAll(keepingCapacity: true)
    let delta = best
    deflater.deflate(delta.span, into: &deflated)
    slots[slot].depth = found.depth
    findings.append(
      Finding(
        number: slots[slot].number, base: slots[base].number, depth: UInt16(clamping: found.depth),
        ticket: store.keep(deflated, size: best.count)))
  }
}
