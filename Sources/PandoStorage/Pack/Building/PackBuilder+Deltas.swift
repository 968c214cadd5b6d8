internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import Synchronization

/// The search for deltas.
extension PackBuilder {
  /// Learns about all objects and finds their deltas, once.
  mutating func prepare() throws(PandoError) {
    guard !isPrepared else { return }
    isPrepared = true
    try examine()
    guard options.window > 0, options.depth > 0 else { return }
    try findDeltas()
  }

  private mutating func findDeltas() throws(PandoError) {
    var threads = options.threads > 0 ? options.threads : ThreadTeam.processorCount
    let candidates = DeltaCandidates(
      rows, paths.ranks(), bigFileThreshold: options.bigFileThreshold, threads: threads,
      progress: options.progress)
    guard candidates.order.count > 1 else { return }
    threads = min(threads, candidates.order.count)
    if threads > 1 {
      options.progress?.say("Delta compression using up to \(threads) threads")
    }
    options.progress?.begin("Compressing objects", total: candidates.order.count)
    let team = DeltaTeam(threads)
    let reading = BodyReader(rows: rows, ids: numbers.ids, packs: packs, objects: objects)
    let (rows, options) = (rows, options)
    let budget = options.deltaCacheBytes / threads
    let idBytes = objects.hashAlgorithm.byteCount
    ThreadTeam.run(threads) { thread in
      let store = DeltaStore(number: Int16(clamping: thread), budget: budget)
      var window = DeltaWindow(rows, options, store: store, idBytes: idBytes) {
        (number) throws(PandoError) in try reading.body(of: number)
      }
      do throws(PandoError) {
        while !team.hasFailed, let next = candidates.next(thread) {
          if next.isFresh { window.restart() }
          try window.advance(next.number)
        }
      } catch {
        team.fail(error)
      }
      team.finish(thread, window.findings, window.store)
    }
    options.progress?.update(candidates.order.count)
    options.progress?.end()
    try adopt(team)
  }

  private mutating func adopt(_ team: DeltaTeam) throws(PandoError) {
    let results = team.takeResults()
    if let failure = results.failure { throw failure }
    for finding in results.findings.joined() {
      rows[Int(finding.number)].base = finding.base
      rows[Int(finding.number)].delta = finding.ticket
      rows[Int(finding.number)].depth = finding.depth
    }
    deltas = results.stores
  }
}

/// What the threads of one search have found.
private final class DeltaTeam: Sendable {
  struct Results {
    var failure: PandoError?
    var findings: [[DeltaWindow.Finding]]
    var stores: [DeltaStore]
  }

  private let results: Mutex<Results>

  init(_ count: Int) {
    results = Mutex(
      Results(
        findings: [[DeltaWindow.Finding]](repeating: [], count: count),
        stores: (0..<count).map { DeltaStore(number: Int16(clamping: $0), budget: 0) }))
  }

  var hasFailed: Bool { results.withLock { $0.failure != nil } }

  func fail(_ error: PandoError) {
    results.withLock { $0.failure = $0.failure ?? error }
  }

  func finish(_ thread: Int, _ findings: [DeltaWindow.Finding], _ store: DeltaStore) {
    results.withLock { results in
      results.findings[thread] = findings
      results.stores[thread] = store
    }
  }

  func takeResults() -> Results {
    results.withLock { results in
      defer { results = Results(findings: [], stores: []) }
      return results
    }
  }
}

/// Reads the objects of a pack that is built from where they are known to be.
struct BodyReader: Sendable {
  let rows: [PackRow]
  let ids: [ObjectID]
  let packs: [PackReader]
  let objects: ObjectDatabase

  /// The body of the object of a row.
  func body(of number: Int) throws(PandoError) -> [UInt8] {
    let row = rows[number]
    if row.pack >= 0 {
      // A damaged copy may have a sound one elsewhere, and a removed pack surely has.
      let found = try? packs[Int(row.pack)].read(at: Int(row.position))
      if let object = found.flatMap({ $0 }), object.kind == row.kind { return object.body }
    }
    return try objects.body(of: ids[number], row.kind)
  }
}
