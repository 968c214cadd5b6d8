public import PandoFiles
internal import Synchronization

/// A clock that stands still until it is moved; sleeping moves it and takes no time.
public final class TestClock: WallClock {
  private let time: Mutex<(seconds: Int64, nanoseconds: Int32)>
  private let offsetMinutes: Int

  /// Makes a clock that stands at a moment, in a zone without summer time.
  public init(seconds: Int64 = 1_700_000_000, utcOffsetMinutes: Int = 0) {
    time = Mutex((seconds, 0))
    offsetMinutes = utcOffsetMinutes
  }

  /// Where the clock stands.
  public func now() -> (seconds: Int64, nanoseconds: Int32) {
    time.withLock { $0 }
  }

  /// The same for all moments.
  public func utcOffsetMinutes(at seconds: Int64) -> Int { offsetMinutes }

  /// Moves the clock and returns at once.
  public func sleep(milliseconds: Int) {
    time.withLock { time in
      let sum = Int64(time.nanoseconds) + Int64(milliseconds) * 1_000_000
      time = (time.seconds + sum / 1_000_000_000, Int32(sum % 1_000_000_000))
    }
  }
}
