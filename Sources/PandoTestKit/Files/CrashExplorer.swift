public import PandoFiles

/// Tries a write path against power loss and failing calls, at every place where one can strike.
///
///     try CrashExplorer().crash(files) { try update($0) } check: { image, moment in
///       #expect(try state(image) == old || state(image) == new, "\(moment)")
///     }
///
/// Costs one replay of the changes for each moment and each way of losing them.
public struct CrashExplorer: Sendable {
  /// One way in which an operation was cut short.
  public struct Moment: Sendable, CustomStringConvertible {
    /// The changes that were made before power failed.
    public let count: Int
    /// Whether those are all: what the operation promises must be there.
    public let isComplete: Bool
    /// What was lost of them.
    public let loss: CrashLoss
    /// The last change that was made.
    let last: String

    public var description: String { "after \(count) changes, \(last), losing \(loss)" }
  }

  /// The ways of losing changes that are tried.
  public let losses: [CrashLoss]

  /// Tries the four plain losses and `seeds` by chance.
  public init(seeds: UInt64 = 3) {
    losses =
      [.nothing, .everythingUnsynced, .unsyncedBytes, .unsyncedNames]
      + (0..<seeds).map { .some(seed: $0) }
  }

  /// Runs `operation` once on `files`, then gives `check` every disk that power loss on the way,
  /// or right behind it, could have left.
  public func crash(
    _ files: MemoryFileSystem, _ operation: (MemoryFileSystem) throws -> Void,
    check: (MemoryFileSystem, Moment) throws -> Void
  ) throws {
    files.startRecording()
    try operation(files)
    let changes = files.operationDescriptions
    for count in 0...changes.count {
      for loss in losses {
        let moment = Moment(
          count: count, isComplete: count == changes.count, loss: loss,
          last: count == 0 ? "none" : changes[count - 1])
        try check(files.crashImage(after: count, losing: loss), moment)
      }
    }
  }

  /// Runs `operation` once for each call that it makes with that call failing, and once with all
  /// failing from there on, each time on a disk that `prepare` makes; `check` is given that disk,
  /// sound again, and what the operation threw, nil when it returned.
  ///
  /// - Parameter errno: the reason that failing calls give, see ``FileErrorNumber``.
  public func fail(
    on prepare: () throws -> MemoryFileSystem, errno: Int32 = FileErrorNumber.inputOutput,
    _ operation: (FaultyFileSystem) throws -> Void,
    check: (MemoryFileSystem, FaultyFileSystem.Fault, (any Error)?) throws -> Void
  ) throws {
    let counting = FaultyFileSystem(try prepare())
    try operation(counting)
    for call in 0..<counting.callCount {
      for fault in [FaultyFileSystem.Fault.call(call), .from(call)] {
        let files = try prepare()
        var failure: (any Error)?
        do {
          try operation(FaultyFileSystem(files, failing: fault, errno: errno))
        } catch {
          failure = error
        }
        try check(files, fault, failure)
      }
    }
  }
}
