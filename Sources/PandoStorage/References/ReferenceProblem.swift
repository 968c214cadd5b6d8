internal import PandoFiles
internal import PandoObjects

/// Why references are not changed, in the words that Git's scripts look for.
enum ReferenceProblem {
  static func cannotLock(
    _ name: ReferenceName, _ reason: String, _ code: PandoError.Code = .conflictingUpdate
  ) -> PandoError {
    PandoError(code, "cannot lock ref '\(name)': \(reason)")
  }

  static func duplicate(_ name: ReferenceName) -> PandoError {
    PandoError(.invalidInput, "multiple updates for ref '\(name)' not allowed")
  }

  static func duplicate(_ name: ReferenceName, by symbolic: ReferenceName) -> PandoError {
    PandoError(
      .invalidInput,
      "multiple updates for '\(name)' (including one via symref '\(symbolic)') are not allowed")
  }

  static func exists(_ other: ReferenceName, blocking name: ReferenceName) -> PandoError {
    cannotLock(name, "'\(other)' exists; cannot create '\(name)'", .invalidInput)
  }

  static func together(_ name: ReferenceName, _ other: ReferenceName) -> PandoError {
    cannotLock(name, "cannot process '\(name)' and '\(other)' at the same time", .invalidInput)
  }

  static func badName(_ name: ReferenceName) -> PandoError {
    PandoError(.invalidInput, "refusing to update ref with bad name '\(name)'")
  }

  static func unresolvable(_ name: ReferenceName, asked: ReferenceName) -> PandoError {
    cannotLock(asked, "unable to resolve reference '\(name)'")
  }

  /// Reads a reference for a change of `asked`, and says so when it cannot be read.
  static func reading<Value>(
    for asked: ReferenceName, _ body: () throws(PandoError) -> Value
  ) throws(PandoError) -> Value {
    do throws(PandoError) { return try body() } catch {
      throw PandoError(
        error.code, "cannot lock ref '\(asked)': \(error.message)", cause: error.cause)
    }
  }

  static func cannotReplace(_ name: ReferenceName, _ error: FileError) -> PandoError {
    // Between our look and our rename somebody made a directory there, to lock a name below ours.
    guard !error.isDirectory else {
      return PandoError(
        .conflictingUpdate,
        "cannot update the ref '\(name)': a reference below it is being made; try again",
        cause: error)
    }
    return .file("cannot update the ref '\(name)'", error)
  }

  /// What Git says, and advises, when a lock cannot be taken.
  static func lockFailure(_ error: FileError) -> String {
    let failure = "Unable to create '\(error.path)': \(error.reason)"
    guard error.isExists else { return failure }
    return failure + """
      .

      Another git process seems to be running in this repository, e.g.
      an editor opened by 'git commit'. Please make sure all processes
      are terminated then try again. If it still fails, a git process
      may have crashed in this repository earlier:
      remove the file manually to continue.
      """
  }

  static func lockCode(_ error: FileError) -> PandoError.Code {
    error.isExists ? .locked : error.isPermission ? .permissionDenied : .unreadable
  }
}
