internal import PandoBytes
internal import PandoObjects
internal import PandoStore

/// `upstream` and `push`: the remote-tracking branches of a branch.
extension FieldReader {
  func tracking(
    _ side: FormatField.TrackingSide, _ style: FormatField.TrackingStyle, of item: ReferenceItem
  ) throws(PandoError) -> FormatValue {
    guard item.name.hasPrefix("refs/heads/") else { return .none }
    let branch = String(item.name.text.dropFirst("refs/heads/".count))
    switch style {
    case .remoteName: return FormatValue(try remoteName(side, branch) ?? "")
    case .remoteReference: return FormatValue(try remoteReference(side, branch) ?? "")
    case .name(let name):
      guard let target = try target(side, branch) else { return .none }
      return FormatValue(bytes: try shortener.text(target.bytes, name))
    case .track(let brackets):
      guard let target = try target(side, branch) else { return .none }
      return FormatValue(try Self.text(distance(item.id, target), brackets: brackets))
    case .shortTrack:
      guard let target = try target(side, branch),
        let (ahead, behind) = try distance(item.id, target)
      else { return .none }
      return FormatValue(ahead > 0 ? behind > 0 ? "<>" : ">" : behind > 0 ? "<" : "=")
    }
  }

  private func target(
    _ side: FormatField.TrackingSide, _ branch: String
  ) throws(PandoError) -> ReferenceName? {
    do throws(PandoError) {
      return switch side {
      case .upstream: try revisions.upstream(of: branch)
      case .push: try revisions.pushTarget(of: branch)
      }
    } catch  where error.code == .notFound {
      return nil
    }
  }

  private func setting(_ key: String) throws(PandoError) -> String? {
    try revisions.source.configurationValues(key).last
  }

  private func remoteName(
    _ side: FormatField.TrackingSide, _ branch: String
  ) throws(PandoError) -> String? {
    if side == .push {
      if let name = try setting("branch.\(branch).pushremote") { return name }
      if let name = try setting("remote.pushdefault") { return name }
    }
    return try setting("branch.\(branch).remote")
  }

  private func remoteReference(
    _ side: FormatField.TrackingSide, _ branch: String
  ) throws(PandoError) -> String? {
    switch side {
    case .upstream:
      guard try setting("branch.\(branch).remote") != nil else { return nil }
      return try setting("branch.\(branch).merge")
    case .push:
      let remote = try remoteName(.push, branch) ?? "origin"
      return try revisions.mapped("refs/heads/\(branch)", by: "remote.\(remote).push")?.text
    }
  }

  /// How many commits a branch has that its counterpart lacks, and the other way; nil when the
  /// counterpart does not exist.
  func distance(
    _ id: ObjectID, _ target: ReferenceName
  ) throws(PandoError) -> (ahead: Int, behind: Int)? {
    let objects = revisions.source.objects
    guard let theirs = try revisions.source.references.id(of: target),
      let theirs = try objects.peelToCommit(theirs), let ours = try objects.peelToCommit(id)
    else { return nil }
    if ours == theirs { return (0, 0) }
    return (try count(ours, without: theirs), try count(theirs, without: ours))
  }

  private func count(
    _ start: ObjectID, without hidden: ObjectID
  ) throws(PandoError) -> Int {
    let terms = [
      RevisionTerm(id: hidden, name: hidden.hex, isExcluded: true),
      RevisionTerm(id: start, name: start.hex),
    ]
    var walk = try RevisionWalk(revisions.source.objects, from: terms)
    var count = 0
    while try walk.next() != nil { count += 1 }
    return count
  }

  private static func text(
    _ distance: (ahead: Int, behind: Int)?, brackets: Bool
  ) -> String {
    let text: String
    switch distance {
    case nil: text = "gone"
    case (0, 0)?: return ""
    case (let ahead, 0)?: text = "ahead \(ahead)"
    case (0, let behind)?: text = "behind \(behind)"
    case (let ahead, let behind)?: text = "ahead \(ahead), behind \(behind)"
    }
    return brackets ? "[\(text)]" : text
  }
}
