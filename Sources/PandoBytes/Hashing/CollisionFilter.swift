import CPandoKernels

/// Rules out disturbance vectors by message bits alone.
///
/// A block made along a vector keeps that vector's conditions (see `conditions.h` in
/// CPandoKernels).
/// Another block keeps them all for one vector in some thirty blocks, so few blocks need the full
/// check.
enum CollisionFilter {
  /// The expanded words the conditions are about.
  static let steps = Int(PANDO_FILTER_FIRST)..<Int(PANDO_FILTER_FIRST + PANDO_FILTER_WORDS)

  /// The conditions, those of most vectors first.
  static let conditions: [pando_condition] = (0..<pando_condition_count()).map(pando_condition_at)

  /// The vectors that the words at `words`, those of `steps`, leave possible, a bit each.
  static func suspects(_ words: UnsafePointer<UInt32>) -> UInt32 {
    var suspects = UInt32.max
    for condition in conditions {
      let first = unsafe words[Int(condition.first_step) &- steps.lowerBound]
      let second = unsafe words[Int(condition.second_step) &- steps.lowerBound]
      let bits = first &>> UInt32(condition.first_bit) ^ second &>> UInt32(condition.second_bit)
      let broken = (bits ^ UInt32(condition.differ)) & 1
      suspects &= ~(condition.vectors & (0 &- broken))
      if suspects == 0 { break }
    }
    return suspects
  }
}
