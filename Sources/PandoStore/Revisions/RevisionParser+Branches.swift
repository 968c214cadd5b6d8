internal import PandoBytes
package import PandoObjects

/// `@`, `@{-1}`, `@{upstream}` and `@{push}`: names that stand for branches.
extension RevisionParser {
  /// The full or short name that `name` stands for, or nil when it stands for itself. A mark
  /// without a branch behind it throws Git's words, or is nil when `danglingIsNil`.
  package func interpretedBranch(
    _ name: [UInt8], danglingIsNil: Bool
  ) throws(PandoError) -> [UInt8]? {
    var name = name
    // Each round replaces the start of the name; a reflog that names such marks could go on
    // forever.
    for _ in 0..<4 {
      if let prior = try priorCheckout(name) {
        if prior.end == name.count { return prior.name }
        name = prior.name + name[prior.end...]
      } else if name == [UInt8(ascii: "@")] {
        return Array("HEAD".utf8)
      } else if name.starts(with: "@@{".utf8) {
        name = Array("HEAD".utf8) + name.dropFirst()
      } else {
        return try markedBranch(name, danglingIsNil: danglingIsNil)
      }
    }
    return nil
  }

  private func markedBranch(
    _ name: [UInt8], danglingIsNil: Bool
  ) throws(PandoError) -> [UInt8]? {
    for at in name.indices where name[at] == UInt8(ascii: "@") {
      guard let (mark, count) = BranchMark.starting(name[at...]) else { continue }
      if name[..<at].contains(UInt8(ascii: ":")) { return nil }
      do throws(PandoError) {
        let branch = try branchName(name[..<at])
        let target =
          switch mark {
          case .upstream: try upstream(of: branch)
          case .push: try pushTarget(of: branch)
          }
        return at + count == name.count ? target.bytes.bytes : nil
      } catch {
        guard danglingIsNil else { throw error }
      }
    }
    return nil
  }

  /// The branch that was left `n` checkouts ago, for a name that begins with `@{-n}`; `end` is
  /// where that ends. Nil for other names, and when there were fewer checkouts.
  func priorCheckout(
    _ name: [UInt8]
  ) throws(PandoError) -> (name: [UInt8], end: Int)? {
    guard name.starts(with: "@{-".utf8), let close = name.firstIndex(of: UInt8(ascii: "}")),
      let count = Int(String(decoding: name[3..<close], as: UTF8.self)), count > 0
    else { return nil }
    var remaining = count
    for entry in try (source.references.reflog(of: .head) ?? []).reversed() {
      let message = entry.message.bytes
      let start = "checkout: moving from ".utf8
      guard message.starts(with: start) else { continue }
      let rest = Array(message.dropFirst(start.count))
      guard let to = rest.position(of: Array(" to ".utf8)) else { continue }
      remaining -= 1
      if remaining == 0 { return (Array(rest[..<to]), close + 1) }
    }
    return nil
  }

  /// The branch meant before a mark: its name, or what HEAD is on.
  private func branchName(_ text: ArraySlice<UInt8>) throws(PandoError) -> String {
    if !text.isEmpty, !text.elementsEqual("HEAD".utf8) {
      return try interpretedName(Array(text))
    }
    if case .symbolic(let target)? = try source.references.read(.head),
      let branch = target.branchName
    {
      return branch
    }
    throw PandoError(.notFound, "HEAD does not point to a branch")
  }

  private func interpretedName(_ text: [UInt8]) throws(PandoError) -> String {
    if let prior = try priorCheckout(text), prior.end == text.count { return shown(prior.name) }
    if text == [UInt8(ascii: "@")] { return try branchName([]) }
    return shown(text)
  }

  /// The remote-tracking branch that `branch` is set to follow. Throws Git's words when it follows
  /// none.
  package func upstream(of branch: String) throws(PandoError) -> ReferenceName {
    let remote = try source.configurationValue("branch.\(branch).remote")
    guard let remote, let merge = try source.configurationValue("branch.\(branch).merge") else {
      if let name = ReferenceName("refs/heads/\(branch)"),
        try source.references.id(of: name) != nil
      {
        throw PandoError(.notFound, "no upstream configured for branch '\(branch)'")
      }
      throw PandoError(.notFound, "no such branch: '\(branch)'")
    }
    if remote == "." {
      let found = try matchingFull(merge)
      if let found { return found }
    } else if let tracking = try mapped(merge, by: "remote.\(remote).fetch") {
      return tracking
    }
    throw PandoError(
      .notFound, "upstream branch '\(merge)' not stored as a remote-tracking branch")
  }

  private func matchingFull(_ name: String) throws(PandoError) -> ReferenceName? {
    let found = try references(named: Array(name.utf8), isQuiet: true)
    return found.count == 1 ? found.first?.resolved : nil
  }

  /// The remote-tracking branch that a push of `branch` would move. Throws Git's words when there
  /// is none.
  package func pushTarget(of branch: String) throws(PandoError) -> ReferenceName {
    let remote = try pushRemote(of: branch)
    let full = "refs/heads/\(branch)"
    if try !source.configurationValues("remote.\(remote).push").isEmpty {
      guard let target = try mapped(full, by: "remote.\(remote).push") else {
        throw PandoError(
          .notFound, "push refspecs for '\(remote)' do not include '\(branch)'")
      }
      return try tracking(target.text, of: remote)
    }
    if try source.configurationValue("remote.\(remote).mirror") == "true" {
      return try tracking(full, of: remote)
    }
    switch try source.configurationValue("push.default") {
    case "nothing":
      throw PandoError(.notFound, "push has no destination (push.default is 'nothing')")
    case "matching", "current":
      return try tracking(full, of: remote)
    case "upstream", "tracking":
      return try upstream(of: branch)
    default:
      let up = try upstream(of: branch)
      let target = try tracking(full, of: remote)
      guard up == target else {
        throw PandoError(
          .notFound, "cannot resolve 'simple' push to a single destination")
      }
      return target
    }
  }

  private func pushRemote(of branch: String) throws(PandoError) -> String {
    let keys = ["branch.\(branch).pushremote", "remote.pushdefault", "branch.\(branch).remote"]
    for key in keys {
      if let value = try source.configurationValue(key) { return value }
    }
    let names = try source.remoteNames()
    return names.count == 1 ? names.first ?? "origin" : "origin"
  }

  private func tracking(_ target: String, of remote: String) throws(PandoError) -> ReferenceName {
    if let found = try mapped(target, by: "remote.\(remote).fetch") { return found }
    throw PandoError(
      .notFound,
      "push destination '\(target)' on remote '\(remote)' has no local tracking branch")
  }

  /// What the refspecs under a configuration key make of a name.
  package func mapped(_ name: String, by key: String) throws(PandoError) -> ReferenceName? {
    for refspec in try source.configurationValues(key) {
      let sides = refspec.drop { $0 == "+" }.split(
        separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard let from = sides.first, let to = sides.dropFirst().first, !from.hasPrefix("^") else {
        continue
      }
      if from == name[...] { return ReferenceName(String(to)) }
      let parts = from.split(separator: "*", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, name.hasPrefix(parts[0]), name.hasSuffix(parts[1]),
        name.utf8.count >= parts[0].utf8.count + parts[1].utf8.count
      else { continue }
      let middle = name.dropFirst(parts[0].count).dropLast(parts[1].count)
      guard let star = to.firstIndex(of: "*") else { continue }
      return ReferenceName("\(to[..<star])\(middle)\(to[to.index(after: star)...])")
    }
    return nil
  }
}
