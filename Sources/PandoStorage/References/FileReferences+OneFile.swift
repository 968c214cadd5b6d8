internal import PandoFiles
public import PandoObjects

extension FileReferences {
  /// Applies all edits or none, as ``apply(_:note:)`` does, so that also power loss leaves all
  /// references at their old values or all at their new ones: the new values go into the packed
  /// file, which is replaced in one step.
  ///
  /// For objects that references lead to and that the packed file can hold: `.unsupported` is
  /// thrown for symbolic references, and for those of one worktree alone. O(n) for all packed
  /// references, and a file less for each reference that had one.
  public func applyInOneStep(_ edits: [ReferenceEdit], note: ReflogNote?) throws(PandoError) {
    for edit in edits {
      var isSymbolic = false
      if case .set(.symbolic) = edit.change { isSymbolic = true }
      guard !isSymbolic, paths.isPackable(edit.name) else {
        throw PandoError(
          .unsupported,
          "'\(edit.name)' cannot be changed in one step with others: only references to objects "
            + "that all worktrees share can be packed")
      }
    }
    try prepare(edits, note: note, keeping: [], .oneFile).commit()
  }
}

extension FileTransaction {
  /// Replaces the packed file. References that have files of their own are packed as they are
  /// before, since those count before the packed file; they are locked, so they stay as they are.
  func changeOneFile() throws(PandoError) {
    var own: [(reference: Reference, path: FilePath)] = []
    for (step, lock) in zip(plan.steps, locks) where step.writes || step.change == .delete {
      guard let target = try store.readLoose(step.name, lock.path, kind: nil) else { continue }
      guard target.id != nil else {
        throw PandoError(
          .unsupported, "'\(step.name)' is symbolic: it cannot be changed in one step with others")
      }
      own.append((Reference(name: step.name, target: target), lock.path))
    }
    if !own.isEmpty {
      try store.changePacked(setting: own.map(\.reference))
      try remove(own.map(\.path))
    }
    var news: [Reference] = []
    for step in plan.steps where step.writes {
      if case .set(let target) = step.change {
        news.append(Reference(name: step.name, target: target))
      }
    }
    try removeReflogs()
    try store.changePacked(setting: news, removing: deleted)
  }

  private func remove(_ paths: [FilePath]) throws(PandoError) {
    let durability = store.options.durability
    try PandoError.wrapping("cannot remove the files of packed references") {
      () throws(FileError) in
      for path in paths { try store.fileSystem.remove(path) }
      guard durability.synchronizesDirectories else { return }
      for directory in Set(paths.map(\.parent)) {
        try store.fileSystem.synchronizeDirectory(directory)
      }
    }
  }
}
