internal import PandoBytes
internal import PandoFiles
internal import PandoMerge
internal import PandoObjects
internal import PandoStorage
internal import PandoStore

/// Renaming, copying and removing branches.
extension Branches {
  /// Gives a branch, or the current one, another name; or makes a copy of it.
  func move(
    _ name: ByteString?, to new: ByteString, isCopy: Bool, isForced: Bool
  ) throws {
    let current = try current()
    guard let name = name ?? current.map({ ByteString($0.branchName ?? $0.text) }) else {
      throw CommandFailure.fatal(
        "cannot \(isCopy ? "copy" : "rename") the current branch while not on any.")
    }
    guard let old = try reference(name) else {
      throw CommandFailure.fatal("Invalid branch name: '\(name)'")
    }
    let isHead = old == current
    let isBorn = try exists(old)
    if !isBorn, isCopy || !isHead {
      throw CommandFailure.fatal(
        isHead
          ? "No commit on branch '\(name)' yet."
          : "No branch named '\(name)'.")
    }
    let target: ReferenceName
    if name == new {
      target = old
    } else {
      target = try newReference(new, isForced: isForced)
    }
    let note = try context.reflogNote(
      "Branch: \(isCopy ? "copied" : "renamed") \(old) to \(target)")
    if isBorn { try transfer(old, target, note, isCopy: isCopy) }
    if !isCopy, isHead {
      try references.apply(
        [ReferenceEdit(.head, .set(.symbolic(target)), followsSymbolic: false)], note: note)
    }
    guard old != target else { return }
    try changeSection(old) { file throws(PandoError) in
      let (from, to) = (Self.section(old), Self.section(target))
      if isCopy {
        try file.copySections(from, to: to)
      } else {
        file.renameSections(from, to: to)
      }
    }
  }

  private func transfer(
    _ old: ReferenceName, _ new: ReferenceName, _ note: ReflogNote, isCopy: Bool
  ) throws {
    guard let files = references as? FileReferences else {
      throw CommandFailure.fatal("the repository's references are not on a disk")
    }
    do throws(PandoError) {
      if isCopy {
        try files.copy(old, to: new, note: note)
      } else {
        try files.rename(old, to: new, note: note)
      }
    } catch {
      throw CommandFailure(
        lines: [
          "error: \(error.description(withoutLockOf: new))",
          "fatal: Branch \(isCopy ? "copy" : "rename") failed",
        ], status: .fatal)
    }
  }

  private static func section(_ name: ReferenceName) -> ByteString {
    ByteString(Array("branch.".utf8) + name.bytes.bytes.dropFirst("refs/heads/".utf8.count))
  }

  private func changeSection(
    _ name: ReferenceName, _ change: (inout ConfigFile) throws(PandoError) -> Void
  ) throws {
    guard let layout = repository.layout,
      repository.configuration.subsections(of: "branch")
        .contains(ByteString(name.branchName ?? ""))
    else { return }
    try ConfigFile.update(
      layout.configFile, in: context.fileSystem, durability: repository.options.durability,
      change)
    try repository.reloadConfiguration()
  }

  // MARK: Removing

  private struct Doomed {
    let reference: ReferenceName
    let shown: ByteString
    let was: String
  }

  /// Removes branches; those that cannot be are told of, and the status is a failure.
  func delete(_ names: [ByteString], remote: Bool, isForced: Bool) throws -> ExitStatus {
    let head = try references.id(of: .head).flatMap { try objects.peelToCommit($0) }
    var doomed: [Doomed] = []
    var isFailed = false
    for name in names {
      if let item = try candidate(name, remote: remote, isForced: isForced, head: head) {
        if !doomed.contains(where: { $0.reference == item.reference }) { doomed.append(item) }
      } else {
        isFailed = true
      }
    }
    let note = try context.reflogNote("")
    for item in doomed {
      do throws(PandoError) {
        try references.apply(
          [ReferenceEdit(item.reference, .delete, followsSymbolic: false)],
          note: note)
      } catch {
        try context.errors.write("error: \(error.description)\n")
        isFailed = true
        continue
      }
      if !isQuiet {
        let what = remote ? "remote-tracking branch" : "branch"
        try context.output.write("Deleted \(what) \(item.shown) (was \(item.was)).\n")
      }
      guard !remote else { continue }
      try changeSection(item.reference) { file in
        file.removeSections(named: Self.section(item.reference))
      }
    }
    return isFailed ? .failure : .success
  }

  private func complain(_ message: String) throws -> Doomed? {
    try context.errors.write("error: \(message)\n")
    return nil
  }

  /// A branch that may be removed; nil, and a complaint, when it may not.
  private func candidate(
    _ name: ByteString, remote: Bool, isForced: Bool, head: ObjectID?
  ) throws -> Doomed? {
    let shown = remote ? name : try interpreted(name)
    let prefix = remote ? "refs/remotes/" : "refs/heads/"
    let reference = ReferenceName(ByteString(Array(prefix.utf8) + shown.bytes))
    if !remote, let reference, let path = try checkout(of: reference) {
      return try complain("Cannot delete branch '\(shown)' checked out at '\(path)'")
    }
    guard let reference, let target = try references.read(reference) else {
      let what = remote ? "remote-tracking branch" : "branch"
      return try complain("\(what) '\(shown)' not found.")
    }
    switch target {
    case .symbolic(let next):
      return Doomed(reference: reference, shown: shown, was: next.text)
    case .direct(let id):
      if !isForced {
        guard let commit = try self.commit(id) else {
          return try complain("Couldn't look up commit object for '\(reference)'")
        }
        guard try isMerged(reference, shown, commit, head) else {
          return try complain(
            """
            The branch '\(shown)' is not fully merged.
            If you are sure you want to delete it, run 'git branch -D \(shown)'.
            """)
        }
      }
      return Doomed(
        reference: reference, shown: shown, was: try revisions.abbreviation(of: id))
    }
  }

  /// Whether what a branch follows, or else `HEAD`, has all of it.
  private func isMerged(
    _ reference: ReferenceName, _ shown: ByteString, _ commit: ObjectID, _ head: ObjectID?
  ) throws -> Bool {
    var upstream: (name: ReferenceName, id: ObjectID)?
    if let name = try? revisions.upstream(of: reference.branchName ?? ""),
      let id = try references.id(of: name), let commit = try objects.peelToCommit(id)
    {
      upstream = (name, commit)
    }
    let isInHead = try head.map { try isAncestor(commit, of: $0) } ?? false
    guard let upstream else { return isInHead }
    let isMerged = try isAncestor(commit, of: upstream.id)
    if upstream.id != head, isMerged != isInHead {
      try context.errors.write(
        isMerged
          ? """
          warning: deleting branch '\(shown)' that has been merged to
                   '\(upstream.name)', but not yet merged to HEAD.

          """
          : """
          warning: not deleting branch '\(shown)' that is not yet merged to
                   '\(upstream.name)', even though it is merged to HEAD.

          """)
    }
    return isMerged
  }

  private func isAncestor(_ commit: ObjectID, of other: ObjectID) throws -> Bool {
    var bases = MergeBases(objects)
    return try bases.isAncestor(commit, of: other)
  }
}
