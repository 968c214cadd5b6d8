#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The system's lock, and a condition to wait for under it. Timed waits do not care what the time
/// of day is: that may be set back meanwhile.
@safe final class ConditionLock: @unchecked Sendable {
  // Both have fixed places, as the system wants, and are what its threads share.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>

  init() {
    unsafe mutex = .allocate(capacity: 1)
    unsafe condition = .allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
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

  deinit {
    unsafe pthread_cond_destroy(condition)
    unsafe pthread_mutex_destroy(mutex)
    unsafe condition.deallocate()
    unsafe mutex.deallocate()
  }

  func lock() { unsafe pthread_mutex_lock(mutex) }

  func unlock() { unsafe pthread_mutex_unlock(mutex) }

  /// Wakes one who waits.
  func signal() { unsafe pthread_cond_signal(condition) }

  /// Wakes all who wait.
  func broadcast() { unsafe pthread_cond_broadcast(condition) }

  /// Waits, the lock given back meanwhile, until a moment if one is given; false when that has
  /// come.
  func wait(until deadline: Deadline? = nil) -> Bool {
    guard let deadline else { return unsafe pthread_cond_wait(condition, mutex) == 0 }
    #if canImport(Darwin)
    var left = deadline.left
    return unsafe pthread_cond_timedwait_relative_np(condition, mutex, &left) == 0
    #else
    var time = deadline.time
    return unsafe pthread_cond_timedwait(condition, mutex, &time) == 0
    #endif
  }
}
