internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage

/// What changes of references say in logs, and how their errors are told.
extension CommandContext {
  /// The note that tells in reflogs of a change. Who it is by may be unknown to the settings, as
  /// for git, which makes up a name for logs.
  func reflogNote(_ message: String) throws -> ReflogNote {
    let signature: Signature
    do {
      signature = try self.signature(.committer)
    } catch let failure as CommandFailure {
      guard environment["GIT_COMMITTER_DATE"] == nil else { throw failure }
      let user = environment.userName ?? "unknown"
      let now = clock.now().seconds
      signature = Signature(
        name: environment.fullName ?? user,
        email: environment["GIT_COMMITTER_EMAIL"] ?? "\(user)@\(environment.hostName)",
        time: Signature.Time(seconds: now, offsetMinutes: clock.utcOffsetMinutes(at: now)))
    }
    return ReflogNote(signature: signature, message: message)
  }

  /// All values of a setting.
  func settings(_ key: String) -> [ByteString] {
    ((try? configuration())?.all(key) ?? []).compactMap(\.value)
  }
}

extension PandoError {
  /// The error as git tells it where it has not said yet that it wants to lock the reference: names
  /// that stand in the way come without that.
  func description(withoutLockOf name: ReferenceName) -> String {
    let prefix = "cannot lock ref '\(name)': "
    guard message.hasPrefix(prefix), message.contains("' exists; cannot create '") else {
      return description
    }
    return String(message.dropFirst(prefix.count))
  }
}
