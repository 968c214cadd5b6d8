internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// One thread of a `DeltaResolution`: its buffers, and the way down the trees.
struct DeltaWorker: ~Copyable {
  /// Buffers above this many bytes are given back when they have been used.
  private static let keptBytesMax = 4 << 20
  /// The buffers that wait to be used again.
  private static let spareMax = 4

  private let shared: DeltaResolution
  private let plan: DeltaResolution.Plan
  private let thread: Int
  private let tasks: TaskQueue
  private var entries: EntryReader
  private var spare: [[UInt8]] = []

  init(_ shared: DeltaResolution, _ thread: Int) {
    self.shared = shared
    self.thread = thread
    plan = shared.plan
    tasks = shared.queues[thread]
    entries = EntryReader(plan)
  }

  mutating func run() {
    do throws(PandoError) {
      while !shared.hasFailed {
        if let task = tasks.pop() {
          try perform(task)
        } else if let root = shared.nextRoot() {
          try open(root)
        } else if let task = shared.steal(for: thread) {
          try perform(task)
        } else {
          return
        }
      }
    } catch {
      shared.fail(error)
    }
  }

  /// Starts with the tree below an entry, if it is whole and has one.
  private mutating func open(_ number: Int) throws(PandoError) {
    let table = plan.table
    guard !table.isDelta(number), let kind = table.kind(number) else { return }
    let lists = takeDeltas(on: number, table.id(number), base: 0)
    guard lists.first != 0 || lists.second != 0 else { return }
    var object = take()
    try entries.readWhole(number, kind, into: &object)
    push(number, object, lists)
  }

  /// Takes the deltas on an entry off it: those by offset, and those by name.
  private func takeDeltas(
    on number: Int, _ id: ObjectID, base: UInt32
  ) -> (first: UInt32, second: UInt32) {
    (
      plan.table.takeDeltas(of: number, leaving: base),
      plan.named?.takeDeltas(on: id) ?? 0
    )
  }

  private mutating func push(
    _ number: Int, _ object: HeadedObject, _ lists: (first: UInt32, second: UInt32)
  ) {
    let lists = [lists.second, lists.first].filter { $0 != 0 }
    let base = DeltaBase(number, object, lists: lists.count)
    let isTooMuch = shared.count(liveBytes: object.bytes.count)
    for list in lists { tasks.push(DeltaTask(base: base, delta: list)) }
    if isTooMuch { shed(except: base) }
  }

  private mutating func perform(_ task: DeltaTask) throws(PandoError) {
    let number = Int(task.delta) - 1
    // Read before the name takes its place.
    let next = plan.table.next(number)
    let found = task.base.object(isLast: next == 0)
    let base: HeadedObject
    if let object = found.object {
      base = object
      if found.isFree { shared.count(liveBytes: -object.bytes.count) }
    } else {
      base = try remake(task.base)
    }
    if next != 0 { tasks.push(DeltaTask(base: task.base, delta: next)) }
    try resolve(number, on: base, task.base.number)
    if found.isFree { recycle(base) }
  }

  private mutating func resolve(
    _ number: Int, on base: HeadedObject, _ baseNumber: Int
  ) throws(PandoError) {
    let table = plan.table
    // A base is resolved, so it has a kind.
    guard let kind = table.kind(baseNumber) else { return }
    var object = take()
    try entries.readDelta(number, on: base, kind, into: &object)
    let id = try PackScan.named(kind) { () throws(CollisionDetected) in
      try ObjectHasher.digest(of: object.bytes.span, algorithm: table.algorithm)
    }
    table.setResolved(number, id, kind)
    shared.noteResolved()
    if let inspector = plan.inspector {
      let body = object.bytes.span.extracting(object.start..<object.bytes.count)
      try inspector.inspect(number, id, kind, body)
    }
    let lists = takeDeltas(on: number, id, base: PackTable.stored(baseNumber))
    if lists.first != 0 || lists.second != 0 {
      push(number, object, lists)
    } else {
      recycle(object)
    }
  }
}

// MARK: Memory

extension DeltaWorker {
  /// A buffer, one that was used before if there is one.
  private mutating func take() -> HeadedObject {
    HeadedObject(bytes: spare.popLast() ?? [], start: 0)
  }

  private mutating func recycle(_ object: consuming HeadedObject) {
    guard spare.count < Self.spareMax, object.bytes.capacity <= Self.keptBytesMax else { return }
    spare.append(object.bytes)
  }

  /// Drops every other base of this thread's, so that what is left is spread over the chain and
  /// those dropped are few deltas from one that is there.
  private func shed(except top: DeltaBase) {
    var isKept = true
    var seen = top
    for base in tasks.bases.reversed() where base !== top && base !== seen && base.isHeld {
      seen = base
      isKept.toggle()
      if !isKept, let size = base.drop() { shared.count(liveBytes: -size) }
    }
  }

  /// Makes a base again that was dropped, from the nearest one on the way to its whole object that
  /// is there. Bases on the way that are still needed are kept as the budget allows.
  private mutating func remake(_ wanted: DeltaBase) throws(PandoError) -> HeadedObject {
    let table = plan.table
    // What this thread has yet to do lies on one way down a tree, the whole object first.
    var above = tasks.bases
    var path: [(number: Int, base: DeltaBase?)] = []
    var current = wanted.number
    var start: HeadedObject?
    while true {
      var base: DeltaBase?
      while let last = above.last, last.number == current {
        base = last
        above.removeLast()
      }
      start = base?.held
      if start != nil { break }
      path.append((current, base))
      let link = table.base(current)
      guard link != 0 else { break }
      current = Int(link) - 1
    }
    // It is resolved, so it has a kind.
    guard let kind = table.kind(wanted.number) else { return HeadedObject() }
    var object = start ?? HeadedObject()
    if start == nil, let root = path.popLast() {
      try entries.readWhole(root.number, kind, into: &object)
      keep(object, root.base)
    }
    for step in path.reversed() {
      var next = HeadedObject()
      try entries.readDelta(step.number, on: object, kind, into: &next)
      object = next
      keep(object, step.number == wanted.number ? wanted : step.base)
    }
    return object
  }

  /// Keeps what was made again of a base that is still needed.
  private func keep(_ object: HeadedObject, _ base: DeltaBase?) {
    guard let base, base.keep(object) else { return }
    if shared.count(liveBytes: object.bytes.count) { shed(except: base) }
  }
}
