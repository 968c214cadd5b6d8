internal import Synchronization

/// Threads of the system's that share one piece of work and are gone when it is done.
///
/// For work that keeps processors busy, such as resolving the deltas of a pack. Swift's own pool is
/// for tasks that come and go; a program that needs neither starts neither.
public enum ThreadTeam {
  /// How many processors the system lets us use at once.
  public static var processorCount: Int { max(1, SystemCalls.processorCount()) }

  /// Runs `body` once for each number below `count`, all at a time, number 0 on the calling
  /// thread, and returns when all have ended.
  ///
  /// When the system refuses a thread, its number is run by the caller afterwards: work that is
  /// handed out piece by piece is then done by the others.
  public static func run(_ count: Int, _ body: @Sendable (Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      var threads: [SystemThread] = []
      var refused: [Int] = []
      for number in 1..<max(count, 1) {
        if let thread = SystemThread.start({ body(number) }) {
          threads.append(thread)
        } else {
          refused.append(number)
        }
      }
      body(0)
      for number in refused { body(number) }
      for thread in threads { thread.join() }
    }
  }
}
