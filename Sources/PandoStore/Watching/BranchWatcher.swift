internal import PandoFiles
internal import PandoObjects
internal import PandoStorage

/// Looks where the branches of a store are while somebody wants to know: when the system tells that
/// something has changed, when this process moves one, and from time to time, since not every disk
/// tells of all changes.
final class BranchWatcher: Sendable {
  static let prefix = "refs/heads/"

  private struct State: Sendable {
    var subscriptions: [WeakSubscription] = []
    /// What the thread waits for that looks; nil while none does.
    var watch: (any DirectoryWatch)?
  }

  private struct WeakSubscription: Sendable {
    weak let value: BranchSubscription?
  }

  private let references: any ReferenceStore
  private let files: FileReferences?
  private let milliseconds: Int
  private let state = Monitor(State())

  /// - Parameters:
  ///   - references: as readers of this process see them.
  ///   - files: the same as others change them; nil where nobody else does.
  ///   - milliseconds: the time between two looks where nothing is told.
  init(_ references: any ReferenceStore, _ files: FileReferences?, milliseconds: Int) {
    self.references = references
    self.files = files
    self.milliseconds = milliseconds
  }

  /// Tells of changes of the branches that are wanted from now on.
  func subscribe(
    _ isWanted: @escaping @Sendable (ReferenceName) -> Bool
  ) throws(PandoError) -> BranchSubscription {
    try state.withLock { state throws(PandoError) in
      if state.watch == nil { state.watch = try start() }
      let subscription = BranchSubscription(self, told: try heads(), isWanted)
      state.subscriptions.append(WeakSubscription(value: subscription))
      return subscription
    }
  }

  /// Looks soon: this process has moved a branch, or somebody wants to know no more.
  func wake() { state.withLock { $0.watch }?.wake() }

  /// Ends all subscriptions.
  func end() {
    for subscription in state.withLock({ $0.subscriptions }) { subscription.value?.end() }
    wake()
  }

  private func heads() throws(PandoError) -> BranchSubscription.Heads {
    var heads: BranchSubscription.Heads = [:]
    for reference in try references.references(withPrefix: Self.prefix) {
      heads[reference.name] = try references.id(of: reference.name)
    }
    return heads
  }

  /// Starts a thread that looks.
  private func start() throws(PandoError) -> any DirectoryWatch {
    let watch: any DirectoryWatch
    if let files { watch = try files.watch() } else { watch = PollingWatch() }
    try files?.addDirectories(to: watch)
    let isStarted = BackgroundWork().start { [self] in while look(watch) {} }
    guard isStarted else {
      throw PandoError(.unreadable, "cannot watch branches: the system has no thread left")
    }
    return watch
  }

  /// Waits, looks and tells; false when nobody wants to know any more.
  private func look(_ watch: any DirectoryWatch) -> Bool {
    var failure: PandoError?
    do throws(FileError) { try watch.wait(milliseconds: milliseconds) } catch {
      failure = PandoError(.unreadable, "cannot wait for changes of branches", cause: error)
    }
    let subscriptions = state.withLock { state in
      state.subscriptions.removeAll { $0.value == nil }
      if state.subscriptions.isEmpty || failure != nil { state.watch = nil }
      return state.subscriptions.compactMap(\.value)
    }
    do throws(PandoError) {
      if let failure { throw failure }
      try files?.addDirectories(to: watch)
      let heads = try heads()
      for subscription in subscriptions { subscription.take(heads) }
    } catch {
      for subscription in subscriptions { subscription.fail(error) }
    }
    return failure == nil && !subscriptions.isEmpty
  }
}
