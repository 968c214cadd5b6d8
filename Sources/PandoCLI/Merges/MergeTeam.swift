internal import PandoBytes
internal import PandoMerge
internal import PandoObjects
internal import Synchronization

/// Two commits to merge, and what they are called.
struct MergePair: Sendable {
  let ours: (name: ByteString, id: ObjectID)
  let theirs: (name: ByteString, id: ObjectID)
}

/// What every thread's merges are made with.
struct MergeMaker: Sendable {
  let objects: any ObjectWriter
  let grafts: Grafts
  let options: RecursiveMerge.Options

  func make() -> RecursiveMerge { RecursiveMerge(objects, options: options, grafts: grafts) }
}

/// Merges that threads take from a list one by one.
final class MergeTeam: Sendable {
  private let pairs: [MergePair]
  private let next = Atomic<Int>(0)
  private let done: Mutex<[Result<TreeMergeResult, any Error>?]>

  init(_ pairs: [MergePair]) {
    self.pairs = pairs
    done = Mutex([Result<TreeMergeResult, any Error>?](repeating: nil, count: pairs.count))
  }

  /// So many bytes of new objects of a thread wait for being written together.
  private static let batchBytesMax = 16 << 20

  /// Takes merges until none is left, and writes what they make.
  func work(_ merge: inout RecursiveMerge, _ objects: any ObjectWriter) {
    var batch = ObjectBatch(objects.hashAlgorithm)
    var last: Int?
    while true {
      let number = next.add(1, ordering: .relaxed).oldValue
      guard pairs.indices.contains(number) else { break }
      let result = Self.merged(pairs[number], &merge, &batch)
      done.withLock { $0[number] = result }
      last = number
      if batch.byteCount >= Self.batchBytesMax { write(&batch, to: objects, for: number) }
    }
    if let last { write(&batch, to: objects, for: last) }
  }

  private static func merged(
    _ pair: MergePair, _ merge: inout RecursiveMerge, _ batch: inout ObjectBatch
  ) -> Result<TreeMergeResult, any Error> {
    merge.options.tree.oursLabel = pair.ours.name
    merge.options.tree.theirsLabel = pair.theirs.name
    do throws(PandoError) {
      let result = try merge.mergeTrees(
        ours: pair.ours.id, theirs: pair.theirs.id, into: &batch)
      // A conflict may name what was made of several merge bases.
      for case let base? in result.conflicts.map(\.base) {
        if let made = merge.virtualObjects[base.id] { batch.insert(made, named: base.id) }
      }
      return .success(result)
    } catch {
      guard error.code == .invalidInput else { return .failure(error) }
      return .failure(CommandFailure.fatal("refusing to merge unrelated histories"))
    }
  }

  /// The last merge that needs the objects answers for it when they cannot be written.
  private func write(
    _ batch: inout ObjectBatch, to objects: any ObjectWriter, for number: Int
  ) {
    guard !batch.isEmpty else { return }
    do throws(PandoError) { try objects.write(batch) } catch {
      done.withLock { $0[number] = .failure(error) }
    }
    batch = ObjectBatch(batch.hashAlgorithm)
  }

  /// What became of the merges, in their order.
  var results: [Result<TreeMergeResult, any Error>] {
    done.withLock { $0.compactMap(\.self) }
  }
}
