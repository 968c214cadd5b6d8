public import PandoObjects

extension FileReferences {
  /// Locks every reference that edits name, checks every expectation and writes the new values
  /// beside the old ones, so that only renames are left to be done. Throws as ``apply(_:note:)``
  /// does; nothing has changed then.
  public func prepare(
    _ edits: [ReferenceEdit], note: ReflogNote?
  ) throws(PandoError) -> PreparedReferences {
    try prepare(edits, note: note, keeping: [])
  }

  /// The same where some references are locked by the caller already.
  func prepare(
    _ edits: [ReferenceEdit], note: ReflogNote?, keeping kept: Set<ReferenceName>,
    _ way: FileTransaction.Way = .renames
  ) throws(PandoError) -> PreparedReferences {
    for edit in edits where edit.change != .verify && !ReferencePaths.isWritable(edit.name) {
      throw ReferenceProblem.badName(edit.name)
    }
    for _ in 0..<Self.attemptsMax {
      let transaction = try FileTransaction(self, edits, note: note, keeping: kept, way)
      if case .ready = try transaction.prepare() { return PreparedReferences(transaction) }
    }
    throw PandoError(
      .conflictingUpdate, "symbolic references kept moving during an update; try again")
  }
}

/// Changes of references that are locked and checked and wait to be made or given up.
///
/// Belongs to one thread. Dropping it gives the changes up.
public final class PreparedReferences {
  private var transaction: FileTransaction?

  init(_ transaction: FileTransaction) { self.transaction = transaction }

  /// Makes the changes. Does nothing when they were made or given up before.
  public func commit() throws(PandoError) {
    guard let transaction else { return }
    self.transaction = nil
    try transaction.commit()
  }

  /// Gives the changes up and the locks back.
  public func abandon() {
    transaction?.release()
    transaction = nil
  }

  deinit { transaction?.release() }
}
