#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// State that threads share, and at whose changes they can wait.
///
/// For waits as long as a disk's; a mutex is enough for what nobody waits on.
@safe public final class Monitor<State: Sendable>: @unchecked Sendable {
  // Both have fixed places, as the system wants. All access to the state is under the lock, which
  // is why the monitor may be shared.
  private let lock: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: Condition
  private var state: State
  private var waiters = 0

  /// Makes a monitor of `state`.
  public init(_ state: State) {
    self.state = state
    unsafe lock = .allocate(capacity: 1)
    unsafe changed = Condition()
    unsafe pthread_mutex_init(lock, nil)
  }

  deinit {
    unsafe changed.destroy()
    unsafe pthread_mutex_destroy(lock)
    unsafe lock.deallocate()
  }

  /// Lends the state to `body`, alone; whoever waits looks at it afterwards.
  public func withLock<R, E: Error>(_ body: (inout State) throws(E) -> R) throws(E) -> R {
    unsafe pthread_mutex_lock(lock)
    defer {
      if waiters > 0 { unsafe changed.broadcast() }
      unsafe pthread_mutex_unlock(lock)
    }
    return try body(&state)
  }

  /// Lends the state to `body` until it returns something, or until a time has passed; nil then.
  @discardableResult
  public func wait<R>(atMost milliseconds: Int, until body: (inout State) -> R?) -> R? {
    unsafe pthread_mutex_lock(lock)
    defer {
      if waiters > 0 { unsafe changed.broadcast() }
      unsafe pthread_mutex_unlock(lock)
    }
    let deadline = Deadline(in: milliseconds)
    while true {
      if let result = body(&state) { return result }
      waiters += 1
      let isInTime = unsafe changed.wait(lock, until: deadline)
      waiters -= 1
      if !isInTime { return body(&state) }
    }
  }

  /// Lends the state to `body` until it returns something: at once, and then after each change.
  public func wait<R>(until body: (inout State) -> R?) -> R {
    unsafe pthread_mutex_lock(lock)
    defer {
      // What `body` did may be what others wait for.
      if waiters > 0 { unsafe changed.broadcast() }
      unsafe pthread_mutex_unlock(lock)
    }
    while true {
      if let result = body(&state) { return result }
      waiters += 1
      unsafe changed.wait(lock)
      waiters -= 1
    }
  }
}
