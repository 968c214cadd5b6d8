internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage
internal import PandoStore

/// What branches follow: the settings `branch.<name>.remote` and `branch.<name>.merge`.
extension Branches {
  /// When a new branch follows what it began at.
  enum Tracking {
    case never
    /// When that is a remote-tracking branch.
    case remote
    /// Always.
    case always
    /// When it was asked for.
    case explicit
    /// It follows what that follows.
    case inherit
    /// When that is a remote-tracking branch of the same name.
    case simple
  }

  /// What `branch.autoSetupMerge` says.
  func configuredTracking() throws -> Tracking {
    let settings = repository.configuration
    switch settings.last("branch.autosetupmerge")?.value?.text {
    case "always": return .always
    case "inherit": return .inherit
    case "simple": return .simple
    default: return try settings.bool("branch.autosetupmerge") ?? true ? .remote : .never
    }
  }

  /// The remotes whose fetches move a reference, each with the branch that it follows there.
  private func origins(of reference: ReferenceName) throws -> [(remote: String, branch: String)] {
    var found: [(remote: String, branch: String)] = []
    for remote in try revisions.source.remoteNames() {
      for refspec in try revisions.source.configurationValues("remote.\(remote).fetch") {
        let sides = refspec.drop { $0 == "+" }.split(separator: ":", maxSplits: 1)
        guard sides.count == 2,
          let source = Self.mapped(reference.text, from: String(sides[1]), to: String(sides[0]))
        else { continue }
        found.append((remote, source))
        break
      }
    }
    return found
  }

  /// What a pattern with one star makes of a name.
  private static func mapped(_ name: String, from: String, to: String) -> String? {
    guard let star = from.firstIndex(of: "*") else { return from == name ? to : nil }
    let (head, tail) = (from[..<star], from[from.index(after: star)...])
    guard name.hasPrefix(head), name.hasSuffix(tail),
      name.utf8.count >= head.utf8.count + tail.utf8.count, let place = to.firstIndex(of: "*")
    else { return nil }
    let middle = name.dropFirst(head.count).dropLast(tail.count)
    return String(to[..<place]) + middle + to[to.index(after: place)...]
  }

  /// Whether some remote's fetch moves a reference.
  func isRemoteTracking(_ reference: ReferenceName) throws -> Bool {
    try !origins(of: reference).isEmpty
  }

  /// Makes a branch follow what it began at, when `tracking` says so.
  func setUpTracking(
    _ branch: ReferenceName, _ origin: ReferenceName, _ tracking: Tracking
  ) throws {
    guard tracking != .never, let name = branch.branchName else { return }
    var targets = try origins(of: origin)
    if tracking == .inherit {
      guard let inherited = try inherited(origin) else { return }
      targets = [inherited]
    } else if targets.isEmpty {
      guard tracking == .always || tracking == .explicit else { return }
      targets = [(".", origin.text)]
    } else if tracking == .simple, targets.first?.branch != branch.text {
      return
    }
    guard let target = targets.first, targets.count == 1 else {
      throw CommandFailure.fatal(
        "not tracking: ambiguous information for ref '\(origin)'")
    }
    try install(name, target.remote, target.branch)
  }

  private func inherited(_ origin: ReferenceName) throws -> (remote: String, branch: String)? {
    guard let name = origin.branchName,
      let remote = try revisions.source.configurationValues("branch.\(name).remote").last
    else {
      try context.errors.write(
        "warning: asked to inherit tracking from '\(origin.branchName ?? origin.text)', "
          + "but no remote is set\n")
      return nil
    }
    guard let merge = try revisions.source.configurationValues("branch.\(name).merge").last else {
      try context.errors.write(
        "warning: asked to inherit tracking from '\(name)', but no merge configuration is set\n")
      return nil
    }
    return (remote, merge)
  }

  private func install(_ branch: String, _ remote: String, _ target: String) throws {
    if remote == ".", target == "refs/heads/\(branch)" {
      try context.errors.write(
        "warning: not setting branch '\(branch)' as its own upstream\n")
      return
    }
    try repository.setConfiguration("branch.\(branch).remote", to: remote)
    try repository.setConfiguration("branch.\(branch).merge", to: target)
    var rebases = false
    switch repository.configuration.last("branch.autosetuprebase")?.value?.text {
    case "always": rebases = true
    case "local": rebases = remote == "."
    case "remote": rebases = remote != "."
    default: break
    }
    if rebases { try repository.setConfiguration("branch.\(branch).rebase", to: "true") }
    guard !isQuiet else { return }
    var shown = target
    if target.hasPrefix("refs/heads/") {
      shown = (remote == "." ? "" : "\(remote)/") + target.dropFirst("refs/heads/".count)
    }
    try context.output.write(
      "branch '\(branch)' set up to track '\(shown)'\(rebases ? " by rebasing" : "").\n")
  }

  // MARK: By hand

  /// Makes a branch, or the current one, follow another.
  func setUpstream(_ upstream: ByteString, of name: ByteString?) throws {
    let current = try current()
    guard let branch = try self.branch(name) else {
      if let name, name != "HEAD" { throw CommandFailure.fatal("no such branch '\(name)'") }
      throw CommandFailure.fatal(
        "could not set upstream of HEAD to \(upstream) when it does not point to any branch.")
    }
    guard try exists(branch) else {
      if branch == current {
        throw CommandFailure.fatal("No commit on branch '\(branch.branchName ?? "")' yet.")
      }
      throw CommandFailure.fatal("branch '\(branch.branchName ?? "")' does not exist")
    }
    let point = try startPoint(upstream, isExplicit: true)
    guard let origin = point.reference else { return }
    try setUpTracking(branch, origin, .explicit)
  }

  /// Makes a branch, or the current one, follow nothing.
  func unsetUpstream(of name: ByteString?) throws {
    guard let branch = try self.branch(name), let short = branch.branchName else {
      if let name, name != "HEAD" { throw CommandFailure.fatal("no such branch '\(name)'") }
      throw CommandFailure.fatal(
        "could not unset upstream of HEAD when it does not point to any branch.")
    }
    guard repository.configuration.last("branch.\(short).merge") != nil else {
      throw CommandFailure.fatal("Branch '\(short)' has no upstream information")
    }
    try repository.setConfiguration("branch.\(short).remote", to: nil)
    try repository.setConfiguration("branch.\(short).merge", to: nil)
  }

  /// The branch of that name; the current one without a name, nil when there is none.
  private func branch(_ name: ByteString?) throws -> ReferenceName? {
    guard let name, name != "HEAD" else {
      guard let current = try current(), current.branchName != nil else { return nil }
      return current
    }
    return ReferenceName(ByteString(Array("refs/heads/".utf8) + (try interpreted(name)).bytes))
  }
}
