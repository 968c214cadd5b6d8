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
  private let left: Condition
  private var isTaken = false

  /// Makes a turnstile that nobody is in.
  public init() {
    unsafe lock = .allocate(capacity: 1)
    unsafe left = Condition()
    unsafe pthread_mutex_init(lock, nil)
  }

  deinit {
    unsafe left.destroy()
    unsafe pthread_mutex_destroy(lock)
    unsafe lock.deallocate()
  }

  /// Enters as soon as nobody else is in, or after a time; whether nobody else is. Then, and only
  /// then, it is to be left.
  public func enter(waitingAtMost milliseconds: Int) -> Bool {
    unsafe pthread_mutex_lock(lock)
    defer { unsafe pthread_mutex_unlock(lock) }
    if isTaken {
      let deadline = Deadline(in: milliseconds)
      while isTaken {
        if unsafe !left.wait(lock, until: deadline), isTaken { return false }
      }
    }
    isTaken = true
    return true
  }

  /// Lets the next thread in.
  public func leave() {
    unsafe pthread_mutex_lock(lock)
    isTaken = false
    unsafe left.signal()
    unsafe pthread_mutex_unlock(lock)
  }
}
