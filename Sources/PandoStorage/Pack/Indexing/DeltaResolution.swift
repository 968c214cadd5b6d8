internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import Synchronization

/// The second pass over a pack: every delta is applied to its base, along the trees that the bases
/// make, and the results are named. What the threads share.
///
/// Each thread goes down one tree at a time; one that has none takes the next whole object that has
/// deltas on it, and then tasks of the others. Bases above the budget of bytes are dropped and made
/// again when it is their turn.
final class DeltaResolution: Sendable {
  /// What it works on.
  struct Plan: Sendable {
    let table: PackTable
    /// The deltas on named objects; nil when there are none.
    let named: NamedBases?
    let file: any ReadableFile
    /// Where the entries end.
    let end: Int
    let memoryBudget: Int
    let objectBytesMax: Int
    let inspector: (any PackInspector)?
    let progress: (any ProgressMeter)?
    /// Deltas that earlier runs have resolved.
    let resolved: Int
  }

  let plan: Plan
  let queues: [TaskQueue]
  private let cursor: Atomic<Int>
  private let rootsEnd: Int
  private let busy: Atomic<Int>
  private let live = Atomic(0)
  private let resolvedCount: Atomic<Int>
  private let failed = Atomic(false)
  private let failure = Mutex<PandoError?>(nil)

  private init(_ plan: Plan, roots: Range<Int>, threads: Int) {
    self.plan = plan
    queues = (0..<threads).map { _ in TaskQueue() }
    cursor = Atomic(roots.lowerBound)
    rootsEnd = roots.upperBound
    busy = Atomic(threads)
    resolvedCount = Atomic(plan.resolved)
  }

  /// Resolves all deltas that whole objects among `roots` lead to, and returns how many are
  /// resolved by now.
  static func run(_ plan: Plan, roots: Range<Int>, threads: Int) throws(PandoError) -> Int {
    let resolution = DeltaResolution(plan, roots: roots, threads: threads)
    ThreadTeam.run(threads) { number in
      var worker = DeltaWorker(resolution, number)
      worker.run()
    }
    if let failure = resolution.failure.withLock({ $0 }) { throw failure }
    return resolution.resolvedCount.load(ordering: .relaxed)
  }

  // MARK: What a thread asks for

  /// The next whole object that nobody has taken.
  func nextRoot() -> Int? {
    let number = cursor.wrappingAdd(1, ordering: .relaxed).oldValue
    return number < rootsEnd ? number : nil
  }

  /// A task of another thread's, waited for until all have ended.
  func steal(for thread: Int) -> DeltaTask? {
    busy.wrappingSubtract(1, ordering: .acquiringAndReleasing)
    while !hasFailed {
      // Counted before the look, so that nobody gives up meanwhile.
      busy.wrappingAdd(1, ordering: .acquiringAndReleasing)
      for step in 1..<max(queues.count, 2) {
        let victim = (thread + step) % queues.count
        if victim != thread, let task = queues[victim].steal() { return task }
      }
      busy.wrappingSubtract(1, ordering: .acquiringAndReleasing)
      if busy.load(ordering: .acquiring) == 0 { return nil }
      SystemClock().sleep(milliseconds: 1)
    }
    return nil
  }

  var hasFailed: Bool { failed.load(ordering: .relaxed) }

  func fail(_ error: PandoError) {
    failure.withLock { if $0 == nil { $0 = error } }
    failed.store(true, ordering: .relaxed)
  }

  /// Counts bytes of bases that came or went; whether there are too many.
  @discardableResult
  func count(liveBytes change: Int) -> Bool {
    live.wrappingAdd(change, ordering: .relaxed).newValue > plan.memoryBudget
  }

  func noteResolved() {
    let count = resolvedCount.wrappingAdd(1, ordering: .relaxed).newValue
    plan.progress?.update(count)
  }
}
