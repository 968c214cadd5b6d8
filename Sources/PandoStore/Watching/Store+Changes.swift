public import PandoObjects

extension Store {
  /// The changes of all branches from now on, see ``BranchChanges``.
  ///
  /// Changes by others are told of at once where the system tells of changes of files, and within
  /// `StoreOptions.watchMilliseconds` elsewhere. While somebody watches, a thread of the store
  /// looks at all branches whenever something changes.
  public func changes() throws(PandoError) -> BranchChanges {
    try engine.loader.lifetime.check()
    return BranchChanges(try engine.watcher.subscribe { _ in true })
  }
}

extension Branch {
  /// The changes of this branch from now on, see `Store.changes()`. Throws `.invalidInput` for a
  /// detached one, which nobody else moves.
  public func changes() throws(PandoError) -> BranchChanges {
    try engine.loader.lifetime.check()
    guard case .named(let name) = place else {
      throw PandoError(.invalidInput, "a detached branch cannot be watched")
    }
    return BranchChanges(try engine.watcher.subscribe { $0 == name })
  }
}
