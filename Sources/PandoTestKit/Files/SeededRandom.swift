public import PandoFiles
internal import Synchronization

/// Chance that is the same for the same seed (Steele, Lea and Flood's SplitMix of 2014).
public final class SeededRandom: RandomSource {
  private let state: Mutex<UInt64>

  /// Makes a source; print the seed in the message of a test that fails.
  public init(seed: UInt64) {
    state = Mutex(seed)
  }

  /// The next number.
  public func next() -> UInt64 {
    state.withLock { state in
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  /// A number below a bound, which is above zero; close enough to even for tests.
  public func next(below bound: Int) -> Int {
    Int(next() % UInt64(bound))
  }
}
