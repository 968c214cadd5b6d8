#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A moment on the clock that nobody sets.
struct Deadline {
  let time: timespec

  init(in milliseconds: Int) {
    let now = Self.now()
    let nanoseconds = now.tv_nsec + milliseconds % 1000 * 1_000_000
    time = timespec(
      tv_sec: now.tv_sec + milliseconds / 1000 + nanoseconds / 1_000_000_000,
      tv_nsec: nanoseconds % 1_000_000_000)
  }

  /// The time until it comes; none when it has come.
  var left: timespec {
    let now = Self.now()
    let nanoseconds = (time.tv_sec - now.tv_sec) * 1_000_000_000 + time.tv_nsec - now.tv_nsec
    return timespec(
      tv_sec: max(0, nanoseconds) / 1_000_000_000, tv_nsec: max(0, nanoseconds) % 1_000_000_000)
  }

  /// The same in milliseconds, a part of one counted as one.
  var millisecondsLeft: Int {
    let left = left
    return left.tv_sec * 1000 + (left.tv_nsec + 999_999) / 1_000_000
  }

  private static func now() -> timespec {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return time
  }
}
