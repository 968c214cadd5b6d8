#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Lets one thread through at a time, and whoever has waited long enough: for work that is right
/// without it and only done in vain when others do the same.
@safe public final class Turnstile: @unchecked Sendable {
  // Both have fixed places, as the system wants. The flag is touched under the lock alone, which is
  // why the turnstile may be shared.
  private let lock: UnsafeMutablePointer<pthread_mutex_t>
  private let left: UnsafeMutablePointer<pthread_cond_t>
  private var isTaken = false

  /// Makes a turnstile that nobody is in.
  public init() {
    unsafe lock = .allocate(capacity: 1)
    unsafe left = .allocate(capacity: 1)
    unsafe pthread_mutex_init(lock, nil)
    unsafe pthread_cond_init(left, nil)
  }

  deinit {
    unsafe pthread_cond_destroy(left)
    unsafe pthread_mutex_destroy(lock)
    unsafe left.deallocate()
    unsafe lock.deallocate()
  }

  /// Enters as soon as nobody else is in, or after a time; whether nobody else is. Then, and only
  /// then, it is to be left.
  public func enter(waitingAtMost milliseconds: Int) -> Bool {
    unsafe pthread_mutex_lock(lock)
    defer { unsafe pthread_mutex_unlock(lock) }
    var deadline: timespec?
    while isTaken {
      if deadline == nil { deadline = Deadline.after(milliseconds) }
      guard var deadline else { return false }
      if unsafe pthread_cond_timedwait(left, lock, &deadline) != 0, isTaken { return false }
    }
    isTaken = true
    return true
  }

  /// Lets the next thread in.
  public func leave() {
    unsafe pthread_mutex_lock(lock)
    isTaken = false
    unsafe pthread_cond_signal(left)
    unsafe pthread_mutex_unlock(lock)
  }
}

/// Moments as waits for conditions take them.
enum Deadline {
  static func after(_ milliseconds: Int) -> timespec {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    let nanoseconds = time.tv_nsec + milliseconds % 1000 * 1_000_000
    time.tv_sec += milliseconds / 1000 + nanoseconds / 1_000_000_000
    time.tv_nsec = nanoseconds % 1_000_000_000
    return time
  }
}
