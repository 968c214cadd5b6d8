/// Work that goes on beside the program, one piece at a time, on a thread that ends with it.
public final class BackgroundWork: Sendable {
  private let isRunning = Monitor(false)

  /// Makes a place for work.
  public init() {}

  /// Starts `body` on a thread of its own; false, and nothing is done, while the last piece is not
  /// done, and where the system has no thread left.
  @discardableResult
  public func start(_ body: @escaping @Sendable () -> Void) -> Bool {
    let isFirst = isRunning.withLock { isRunning in
      defer { isRunning = true }
      return !isRunning
    }
    guard isFirst else { return false }
    let thread = SystemThread.start { [isRunning] in
      body()
      isRunning.withLock { $0 = false }
    }
    if let thread { thread.detach() } else { isRunning.withLock { $0 = false } }
    return thread != nil
  }

  /// Waits until nothing is being done.
  public func wait() { isRunning.wait { $0 ? nil : () } }
}
