internal import Synchronization

extension MemoryFileSystem {
  /// Takes all that is there as safe on the disk, and keeps every change from now on.
  ///
  /// Records of earlier changes are dropped. The bytes of each write are kept twice from now on.
  public func startRecording() {
    state.withLock { state in
      state.base = state.disk
      state.records = []
    }
  }

  /// Changes kept since recording started: the moments at which power can fail.
  public var operationCount: Int {
    state.withLock { $0.records.count }
  }

  /// The changes kept, for messages of failed tests: one line each.
  public var operationDescriptions: [String] {
    state.withLock { state in state.records.map { "\($0.operation)" } }
  }

  /// What another machine finds when power failed after so many changes, all of them by default.
  ///
  /// Costs a replay of the changes. Without a recording nothing is lost. The image is recording.
  public func crashImage(after count: Int? = nil, losing loss: CrashLoss) -> MemoryFileSystem {
    let (base, records) = state.withLock { state in (state.base ?? state.disk, state.records) }
    let kept = loss.survivors(of: records.prefix(max(count ?? records.count, 0)))
    let image = MemoryFileSystem(disk: base.replaying(kept), clock: clock)
    image.startRecording()
    return image
  }
}
