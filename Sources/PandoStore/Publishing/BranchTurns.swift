internal import PandoFiles
internal import PandoObjects

/// Keeps the threads of this process from making changes of one branch in vain: of those made at
/// the same time, all but the first to be ready would have to be made again.
final class BranchTurns: Sendable {
  /// Branches that share one only wait for each other without need.
  private static let count = 16
  /// Who waits longer goes on all the same: a change that makes one of another branch, which waits
  /// for that of the first, must not wait for ever.
  private static let waitMilliseconds = 20

  private let turnstiles = (0..<count).map { _ in Turnstile() }

  /// Runs `body`, which makes a change of a branch, when no other thread makes one.
  func take<R>(_ head: BranchHead, _ body: () throws -> R) rethrows -> R {
    guard case .named(let name) = head else { return try body() }
    let turnstile = turnstiles[Int(name.hashValue.magnitude % UInt(Self.count))]
    let isAlone = turnstile.enter(waitingAtMost: Self.waitMilliseconds)
    defer { if isAlone { turnstile.leave() } }
    return try body()
  }
}
