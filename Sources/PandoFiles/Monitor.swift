/// State that threads share, and at whose changes they can wait.
///
/// For waits as long as a disk's; a mutex is enough for what nobody waits on.
public final class Monitor<State: Sendable>: @unchecked Sendable {
  // All access to the state is under the lock, which is why the monitor may be shared.
  private let lock = ConditionLock()
  private var state: State
  private var waiters = 0

  /// Makes a monitor of `state`.
  public init(_ state: State) { self.state = state }

  /// Lends the state to `body`, alone; whoever waits looks at it afterwards.
  public func withLock<R, E: Error>(_ body: (inout State) throws(E) -> R) throws(E) -> R {
    lock.lock()
    defer { unlock() }
    return try body(&state)
  }

  private func unlock() {
    if waiters > 0 { lock.broadcast() }
    lock.unlock()
  }

  /// Lends the state to `body` until it returns something: at once, and then after each change.
  public func wait<R>(until body: (inout State) -> R?) -> R {
    while true {
      if let result = wait(to: nil, until: body) { return result }
    }
  }

  /// Lends the state to `body` until it returns something, or until a time has passed; nil then.
  @discardableResult
  public func wait<R>(atMost milliseconds: Int, until body: (inout State) -> R?) -> R? {
    wait(to: Deadline(in: milliseconds), until: body)
  }

  private func wait<R>(to deadline: Deadline?, until body: (inout State) -> R?) -> R? {
    lock.lock()
    // What `body` did may be what others wait for.
    defer { unlock() }
    while true {
      if let result = body(&state) { return result }
      waiters += 1
      let isInTime = lock.wait(until: deadline)
      waiters -= 1
      if !isInTime { return body(&state) }
    }
  }
}
