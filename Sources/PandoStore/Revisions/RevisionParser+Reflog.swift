internal import PandoBytes
internal import PandoObjects

/// What a reference was so many entries ago, or at a moment.
extension RevisionParser {
  func idInLog(
    _ name: ReferenceName, _ selector: ReflogSelector, current: ObjectID, shown: [UInt8],
    isQuiet: Bool
  ) throws(PandoError) -> ObjectID? {
    switch selector {
    case .entry(let number):
      return try entry(number, of: name, current: current, shown: label(shown, name))
    case .seconds(let seconds):
      return try id(of: name, at: seconds, current, label(shown, name), isQuiet)
    case .date(let text):
      let dates = ApproximateDate(source.localTime)
      guard let seconds = dates.seconds(in: text, isStrict: true) else { return nil }
      return try id(of: name, at: seconds, current, label(shown, name), isQuiet)
    }
  }

  /// An empty name means the current branch.
  private func label(_ typed: [UInt8], _ name: ReferenceName) -> String {
    typed.isEmpty ? name.branchName ?? "HEAD" : shown(typed)
  }

  private func entry(
    _ number: Int, of name: ReferenceName, current: ObjectID, shown: String
  ) throws(PandoError) -> ObjectID {
    let entries = try source.references.reflog(of: name) ?? []
    guard number > 0 else { return entries.last?.new ?? current }
    if number < entries.count { return entries[entries.count - 1 - number].new }
    // The oldest entry still tells what was before it.
    guard let oldest = entries.first else {
      throw PandoError(.notFound, "log for \(name) is empty")
    }
    if number == entries.count, !oldest.old.isNull { return oldest.old }
    throw PandoError(.notFound, "log for '\(shown)' only has \(entries.count) entries")
  }

  private func id(
    of name: ReferenceName, at seconds: Int64, _ current: ObjectID, _ shown: String,
    _ isQuiet: Bool
  ) throws(PandoError) -> ObjectID {
    let entries = try source.references.reflog(of: name) ?? []
    guard let oldest = entries.first else {
      throw PandoError(.notFound, "log for \(name) is empty")
    }
    var later: ReflogEntry?
    for entry in entries.reversed() {
      let time = entry.signature.time ?? Signature.Time(seconds: 0, zone: 0)
      guard time.seconds <= seconds else {
        later = entry
        continue
      }
      let date = DateFormat.rfc2822.text(of: time, at: source.localTime)
      if let later {
        if !later.old.isNull, later.old != entry.new {
          note(.warning("log for ref \(name) has gap after \(date)"))
        }
        if !later.old.isNull || time.seconds == seconds { return entry.new }
      } else if time.seconds == seconds {
        return entry.new
      }
      if entry.new != current {
        note(.warning("log for ref \(name) unexpectedly ended on \(date)"))
      }
      return current
    }
    let time = oldest.signature.time ?? Signature.Time(seconds: 0, zone: 0)
    if !isQuiet {
      let date = DateFormat.rfc2822.text(of: time, at: source.localTime)
      note(.warning("log for '\(shown)' only goes back to \(date)"))
    }
    return oldest.old.isNull ? oldest.new : oldest.old
  }
}
