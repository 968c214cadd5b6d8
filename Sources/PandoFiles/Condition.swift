#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The system's condition, whose timed waits do not care what the time of day is: that may be set
/// back meanwhile. For owners that keep it at a fixed place and destroy it, as the system wants.
@unsafe struct Condition {
  private let condition: UnsafeMutablePointer<pthread_cond_t>

  init() {
    unsafe condition = .allocate(capacity: 1)
    #if canImport(Darwin)
    unsafe pthread_cond_init(condition, nil)
    #else
    var attributes = pthread_condattr_t()
    unsafe pthread_condattr_init(&attributes)
    unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    unsafe pthread_cond_init(condition, &attributes)
    unsafe pthread_condattr_destroy(&attributes)
    #endif
  }

  func destroy() {
    unsafe pthread_cond_destroy(condition)
    unsafe condition.deallocate()
  }

  /// Wakes one who waits.
  func signal() { unsafe pthread_cond_signal(condition) }

  /// Wakes all who wait.
  func broadcast() { unsafe pthread_cond_broadcast(condition) }

  /// Waits, the lock given back meanwhile.
  func wait(_ lock: UnsafeMutablePointer<pthread_mutex_t>) {
    unsafe pthread_cond_wait(condition, lock)
  }

  /// Waits until a moment; false when that has come.
  func wait(_ lock: UnsafeMutablePointer<pthread_mutex_t>, until deadline: Deadline) -> Bool {
    #if canImport(Darwin)
    var left = deadline.left
    return unsafe pthread_cond_timedwait_relative_np(condition, lock, &left) == 0
    #else
    var time = deadline.time
    return unsafe pthread_cond_timedwait(condition, lock, &time) == 0
    #endif
  }
}

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

  private static func now() -> timespec {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return time
  }
}
