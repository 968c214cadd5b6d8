import CPandoKernels

/// SHA-1 that notices blocks made by a collision attack: counter-cryptanalysis (Stevens, CRYPTO
/// 2013; Stevens and Shumow, USENIX Security 2017).
///
/// Every known attack follows one of few disturbance vectors. Each fixes how the message words of
/// the colliding sibling differ, and a step at which both messages have equal registers. So from
/// one message alone the sibling can be rebuilt: change the words, start from the registers at that
/// step, undo the steps before for the chaining value the sibling began with, do the steps after
/// for the one it ended with. If that equals ours, the block is half of a collision.
enum CollisionDetector {
  /// What is kept of a block until its output is known; `pando_kernels.h` has the layout.
  private typealias Trace = UnsafeMutablePointer<UInt32>

  private static let traceWords = Int(PANDO_TRACE_WORDS)
  /// Blocks traced at a time: 4 KiB of them, to stay in the first cache.
  private static let chunk = 64
  private static let lanes = 8

  /// The word differences of each vector in `DisturbanceVector.all`.
  private static let differences: [SHA1.Words] = {
    DisturbanceVector.all.indices.map { DisturbanceVector.all[$0].differences }
  }()

  /// Takes `count` blocks at `blocks` into `state`. Returns whether one is part of a collision.
  ///
  /// With `filtered` false every vector is checked on every block: slow, and what the filter is
  /// tested against.
  static func compress(
    _ state: inout HashState, _ blocks: UnsafePointer<UInt8>, count: Int, kernels: HashKernels,
    filtered: Bool = true
  ) -> Bool {
    unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: chunk * traceWords) { traces in
      guard let traces = traces.baseAddress else { return false }
      var found = false
      var done = 0
      while done < count {
        let next = unsafe blocks + done &* 64
        let taken = min(chunk, count &- done)
        unsafe trace(&state, next, count: taken, into: traces, kernels: kernels)
        for index in 0..<taken {
          let trace = unsafe traces + index &* traceWords
          let suspects = unsafe filtered ? trace[Int(PANDO_TRACE_SUSPECTS)] : .max
          if suspects == 0 { continue }
          let output =
            unsafe index + 1 < taken
            ? start(trace + traceWords) : SHA1.Registers(state)
          if unsafe collides(next + index &* 64, trace, suspects, output) { found = true }
        }
        done &+= taken
      }
      return found
    }
  }

  /// The chaining value a traced block began with.
  private static func start(_ trace: Trace) -> SHA1.Registers {
    unsafe SHA1.Registers(trace + Int(PANDO_TRACE_START))
  }

  /// Takes blocks and leaves their traces.
  private static func trace(
    _ state: inout HashState, _ blocks: UnsafePointer<UInt8>, count: Int, into traces: Trace,
    kernels: HashKernels
  ) {
    guard kernels.contains(.sha1) else {
      unsafe traceInSwift(&state, blocks, count: count, into: traces, kernels: kernels)
      return
    }
    var span = state.mutableSpan
    unsafe span.withUnsafeMutableBufferPointer { words in
      unsafe pando_sha1_traced(words.baseAddress, blocks, count, traces, kernels.rawValue)
    }
  }

  private static func traceInSwift(
    _ state: inout HashState, _ blocks: UnsafePointer<UInt8>, count: Int, into traces: Trace,
    kernels: HashKernels
  ) {
    let rowWords = CollisionFilter.steps.count
    unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: lanes * rowWords) { rows in
      guard let rows = rows.baseAddress else { return }
      var words = SHA1.Words(repeating: 0)
      for index in 0..<count {
        unsafe SHA1.expand(blocks + index &* 64, into: &words)
        let trace = unsafe traces + index &* traceWords
        var registers = SHA1.Registers(state)
        unsafe registers.store(trace + Int(PANDO_TRACE_START))
        SHA1.run(&registers, words, from: 0, to: 56)
        unsafe registers.store(trace + Int(PANDO_TRACE_56))
        SHA1.run(&registers, words, from: 56, to: 64)
        unsafe registers.store(trace + Int(PANDO_TRACE_64))
        SHA1.run(&registers, words, from: 64, to: 80)
        state = registers.added(to: state)

        let lane = index & (lanes &- 1)
        let row = unsafe rows + lane &* rowWords
        for step in CollisionFilter.steps {
          unsafe row[step &- CollisionFilter.steps.lowerBound] = words[unchecked: step]
        }
        let wide = kernels.contains(.filter) && index &- lane &+ lanes <= count
        if !wide {
          unsafe trace[Int(PANDO_TRACE_SUSPECTS)] = CollisionFilter.suspects(row)
        } else if lane == lanes &- 1 {
          unsafe filterEight(rows, lastTrace: trace)
        }
      }
    }
  }

  /// Filters eight blocks at once, of which the last one's trace is `lastTrace`.
  private static func filterEight(_ rows: UnsafePointer<UInt32>, lastTrace: Trace) {
    unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: lanes) { suspects in
      unsafe pando_filter_eight(rows, suspects.baseAddress)
      for lane in 0..<lanes {
        let trace = unsafe lastTrace - (lanes &- 1 &- lane) &* traceWords
        unsafe trace[Int(PANDO_TRACE_SUSPECTS)] = suspects[lane]
      }
    }
  }

  /// Whether the block has a sibling along one of `suspects` that ends in `output` too.
  private static func collides(
    _ block: UnsafePointer<UInt8>, _ trace: Trace, _ suspects: UInt32, _ output: SHA1.Registers
  ) -> Bool {
    var words = SHA1.Words(repeating: 0)
    unsafe SHA1.expand(block, into: &words)
    var rest = suspects
    while rest != 0 {
      let index = rest.trailingZeroBitCount
      rest &= rest &- 1
      let step = DisturbanceVector.all[index].agreement
      let near = Int(step < 64 ? PANDO_TRACE_56 : PANDO_TRACE_64)
      var middle = unsafe SHA1.Registers(trace + near)
      SHA1.run(&middle, words, from: step < 64 ? 56 : 64, to: step)
      if siblingEnd(middle, at: step, words, differences[index]) == output { return true }
    }
    return false
  }

  /// The output of the sibling that has `middle` before step `step`, and words that differ from
  /// `words` by `differences`.
  @inline(__always)
  private static func siblingEnd(
    _ middle: SHA1.Registers, at step: Int, _ words: borrowing SHA1.Words,
    _ differences: borrowing SHA1.Words
  ) -> SHA1.Registers {
    var sibling = SHA1.Words(repeating: 0)
    for index in 0..<80 {
      unsafe sibling[unchecked: index] = words[unchecked: index] ^ differences[unchecked: index]
    }
    var start = middle
    SHA1.runBack(&start, sibling, from: step)
    var end = middle
    SHA1.run(&end, sibling, from: step, to: 80)
    return end.added(to: start)
  }
}
