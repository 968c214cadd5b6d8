/// Lets one thread through at a time, and whoever has waited long enough: for work that is right
/// without it and only done in vain when others do the same.
public final class Turnstile: @unchecked Sendable {
  // The flag is touched under the lock alone, which is why the turnstile may be shared.
  private let lock = ConditionLock()
  private var isTaken = false

  /// Makes a turnstile that nobody is in.
  public init() {}

  /// Enters as soon as nobody else is in, or after a time; whether nobody else is. Then, and only
  /// then, it is to be left.
  public func enter(waitingAtMost milliseconds: Int) -> Bool {
    lock.lock()
    defer { lock.unlock() }
    if isTaken {
      let deadline = Deadline(in: milliseconds)
      while isTaken {
        if !lock.wait(until: deadline), isTaken { return false }
      }
    }
    isTaken = true
    return true
  }

  /// Lets the next thread in. One is woken, not all: only one can enter.
  public func leave() {
    lock.lock()
    isTaken = false
    lock.signal()
    lock.unlock()
  }
}
