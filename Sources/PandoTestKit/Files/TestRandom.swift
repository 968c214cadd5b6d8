public import PandoFiles
internal import Synchronization

/// ``SeededRandom`` as the door to chance that code under test is given.
public final class TestRandom: RandomSource {
  private let random: Mutex<SeededRandom>

  /// Makes a source; print the seed in the message of a test that fails.
  public init(seed: UInt64) {
    random = Mutex(SeededRandom(seed: seed))
  }

  /// The next number.
  public func next() -> UInt64 {
    random.withLock { $0.next() }
  }

  /// A number below a bound, which is above zero; close enough to even for tests.
  public func next(below bound: Int) -> Int {
    Int(next() % UInt64(bound))
  }
}
