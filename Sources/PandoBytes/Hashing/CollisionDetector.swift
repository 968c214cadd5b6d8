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
  /// Blocks traced at a time: their traces stay in the first cache.
  private static let chunk = 64
  /// As many blocks' traces as the runtime keeps on the stack, for small objects.
  private static let smallChunk = 16
  private static let lanes = 8

  /// The word differences of the vectors in `DisturbanceVector.all`, eighty each.
  private static let differences: [UInt32] = DisturbanceVector.all.indices.flatMap { index in
    let words = DisturbanceVector.all[index].differences
    return words.indices.map { words[$0] }
  }

  /// The step of agreement of each vector.
  private static let agreements: [Int] = DisturbanceVector.all.indices.map {
    DisturbanceVector.all[$0].agreement
  }

  /// Takes `count` blocks at `blocks` into `state`. Returns whether one is part of a collision.
  ///
  /// With `filtered` false every vector is checked on every block: slow, and what the filter is
  /// tested against.
  static func compress(
    _ state: inout HashState, _ blocks: UnsafePointer<UInt8>, count: Int, kernels: HashKernels,
    filtered: Bool = true
  ) -> Bool {
    func scan(_ traces: UnsafeMutableBufferPointer<UInt32>) -> Bool {
      guard let traces = traces.baseAddress else { return false }
      var found = false
      for done in stride(from: 0, to: count, by: chunk) {
        let next = unsafe blocks + done &* 64
        let taken = min(chunk, count &- done)
        unsafe trace(&state, next, count: taken, into: traces, kernels: kernels)
        for index in 0..<taken {
          let trace = unsafe traces + index &* traceWords
          let suspects = unsafe filtered ? trace[Int(PANDO_TRACE_SUSPECTS)] : .max
          if suspects == 0 { continue }
          let output =
            unsafe index + 1 < taken ? start(trace + traceWords) : SHA1.Registers(state)
          if unsafe collides(next + index &* 64, trace, suspects, output) { found = true }
        }
      }
      return found
    }
    return if count <= smallChunk {
      unsafe withUnsafeTemporaryAllocation(
        of: UInt32.self, capacity: smallChunk * traceWords, scan)
    } else {
      unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: chunk * traceWords, scan)
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
    unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: lanes * rowWords + 80) { rows in
      guard let rows = rows.baseAddress else { return }
      let words = unsafe rows + lanes &* rowWords
      for index in 0..<count {
        unsafe SHA1.expand(blocks + index &* 64, into: words)
        let trace = unsafe traces + index &* traceWords
        var registers = SHA1.Registers(state)
        unsafe registers.store(trace + Int(PANDO_TRACE_START))
        unsafe SHA1.run(&registers, words, 0..<56)
        unsafe registers.store(trace + Int(PANDO_TRACE_56))
        unsafe SHA1.run(&registers, words, 56..<64)
        unsafe registers.store(trace + Int(PANDO_TRACE_64))
        unsafe SHA1.run(&registers, words, 64..<80)
        state = registers.added(to: state)

        let lane = index & (lanes &- 1)
        let row = unsafe rows + lane &* rowWords
        for step in CollisionFilter.steps {
          unsafe row[step &- CollisionFilter.steps.lowerBound] = words[step]
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
    unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 160) { buffer in
      guard let words = buffer.baseAddress else { return false }
      let sibling = unsafe words + 80
      unsafe SHA1.expand(block, into: words)
      var rest = suspects
      while rest != 0 {
        let vector = rest.trailingZeroBitCount
        rest &= rest &- 1
        let step = agreements[vector]
        let isEarly = step < 64
        var middle = unsafe SHA1.Registers(trace + Int(isEarly ? PANDO_TRACE_56 : PANDO_TRACE_64))
        unsafe SHA1.run(&middle, words, (isEarly ? 56 : 64)..<step)
        unsafe differences.withUnsafeBufferPointer { differences in
          for index in 0..<80 {
            unsafe sibling[index] = words[index] ^ differences[vector &* 80 &+ index]
          }
        }
        if unsafe siblingEnd(middle, at: step, sibling) == output { return true }
      }
      return false
    }
  }

  /// The output of the block whose words are at `words`, and whose registers before step `step` are
  /// `middle`.
  private static func siblingEnd(
    _ middle: SHA1.Registers, at step: Int, _ words: UnsafePointer<UInt32>
  ) -> SHA1.Registers {
    var start = middle
    unsafe SHA1.undo(&start, words, 0..<step)
    var end = middle
    unsafe SHA1.run(&end, words, step..<80)
    return end.added(to: start)
  }
}
