/// The one door to the time of day.
public protocol WallClock: Sendable {
  /// The time since 1970 in UTC.
  func now() -> (seconds: Int64, nanoseconds: Int32)

  /// Minutes that local time is ahead of UTC at a moment; negative west of Greenwich.
  func utcOffsetMinutes(at seconds: Int64) -> Int

  /// Blocks the calling thread.
  func sleep(milliseconds: Int)
}

extension WallClock {
  /// Blocks the calling thread for that time by the system's clock.
  public func sleep(milliseconds: Int) {
    if milliseconds > 0 { SystemCalls.sleep(milliseconds: milliseconds) }
  }
}

/// The system's clock and time zone (`TZ`, else `/etc/localtime`).
public struct SystemClock: WallClock {
  /// Makes the door; it holds nothing.
  public init() {}

  /// The time since 1970 in UTC.
  public func now() -> (seconds: Int64, nanoseconds: Int32) {
    SystemCalls.wallTime()
  }

  /// Minutes that local time is ahead of UTC at a moment; negative west of Greenwich.
  public func utcOffsetMinutes(at seconds: Int64) -> Int {
    SystemCalls.localOffsetSeconds(at: seconds) / 60
  }
}
