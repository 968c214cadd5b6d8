internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage
internal import PandoStore

/// The branches of a repository as `branch` changes them, in git's words.
struct Branches {
  let context: CommandContext
  let repository: Repository
  let revisions: RevisionParser
  let isQuiet: Bool

  init(_ context: CommandContext, isQuiet: Bool) throws {
    self.context = context
    self.isQuiet = isQuiet
    repository = try context.repository()
    revisions = try context.revisionParser()
  }

  var references: any ReferenceStore { repository.references }
  var objects: any ObjectReader { repository.objects }

  /// What `HEAD` leads to; nil when it is on no branch.
  func current() throws -> ReferenceName? {
    guard case .symbolic(let next)? = try references.read(.head) else { return nil }
    return try references.resolve(next).name
  }

  /// Prints the name of the branch that is checked out; nothing when none is.
  func showCurrent() throws {
    guard let name = try current() else { return }
    guard let branch = name.branchName else {
      throw CommandFailure.fatal("HEAD (\(name)) points outside of refs/heads/")
    }
    try context.output.write("\(branch)\n")
  }

  /// Where a branch is checked out; nil when it is nowhere.
  func checkout(of name: ReferenceName) throws -> String? {
    guard let layout = repository.layout else { return nil }
    return try Worktree.all(layout, in: context.fileSystem)
      .first { $0.branch == name.bytes && !$0.isBare }?.path.string
  }

  /// What a name of a branch stands for: `@{-1}` and its like, else itself.
  func interpreted(_ name: ByteString) throws -> ByteString {
    // For a branch, `@` is no other way to say `HEAD`.
    guard name != "@", let full = try revisions.interpretedBranch(name.bytes, danglingIsNil: true)
    else {
      return name
    }
    let found = ByteString(full)
    return found.hasPrefix("refs/heads/") ? ByteString(Array(full.dropFirst(11))) : found
  }

  /// The reference of a branch; nil when that is no name for a branch.
  func reference(_ name: ByteString) throws -> ReferenceName? {
    let name = try interpreted(name)
    guard !name.hasPrefix("-"), name != "HEAD" else { return nil }
    return ReferenceName(ByteString(Array("refs/heads/".utf8) + name.bytes))
  }

  /// The reference of a branch that is to be made. Throws when there is one and `isForced` is not
  /// set, or when it is checked out.
  func newReference(_ name: ByteString, isForced: Bool) throws -> ReferenceName {
    guard let reference = try reference(name) else {
      throw CommandFailure.fatal("'\(name)' is not a valid branch name")
    }
    guard try exists(reference) else { return reference }
    let short = reference.branchName ?? ""
    guard isForced else {
      throw CommandFailure.fatal("a branch named '\(short)' already exists")
    }
    if let path = try checkout(of: reference) {
      throw CommandFailure.fatal(
        "cannot force update the branch '\(short)' checked out at '\(path)'")
    }
    return reference
  }

  /// Whether a reference leads to something.
  func exists(_ name: ReferenceName) throws -> Bool {
    (try? references.id(of: name)) ?? nil != nil
  }

  /// The commit that an object leads to; nil, and a complaint, when it leads to something else.
  func commit(_ id: ObjectID) throws -> ObjectID? {
    let (peeled, kind) = try objects.peel(id)
    if kind == .commit { return peeled }
    try context.errors.write("error: object \(peeled) is a \(kind), not a commit\n")
    return nil
  }

  // MARK: Making

  /// Makes a branch, or moves it when `isForced`.
  func create(
    _ name: ByteString, at start: ByteString?, isForced: Bool, tracking: Tracking,
    createsReflog: Bool
  ) throws {
    let reference = try newReference(name, isForced: isForced)
    let isReset = try exists(reference)
    let head = try current()?.branchName
    let start = start ?? ByteString(head ?? "HEAD")
    let point = try startPoint(start, isExplicit: tracking == .explicit)
    guard let commit = try commit(point.id) else {
      throw CommandFailure.fatal("not a valid branch point: '\(start)'")
    }
    let note = try context.reflogNote(
      "branch: \(isReset ? "Reset to" : "Created from") \(start)")
    do throws(PandoError) {
      try references.apply(
        [
          ReferenceEdit(
            reference, .set(.direct(commit)), expected: isReset ? .any : .absent,
            createsReflog: createsReflog)
        ], note: note)
    } catch {
      throw CommandFailure.fatal(error.description)
    }
    if let origin = point.reference {
      try setUpTracking(reference, origin, tracking)
    }
  }

  /// What a branch is to begin at: the object, and the branch when it is one.
  func startPoint(
    _ start: ByteString, isExplicit: Bool
  ) throws -> (id: ObjectID, reference: ReferenceName?) {
    guard let id = try revisions.find(start)?.id else {
      guard isExplicit else { throw CommandFailure.fatal("not a valid object name: '\(start)'") }
      throw try missingUpstream(start)
    }
    let found = try revisions.references(named: start.bytes, isQuiet: true)
    guard found.count <= 1 else {
      throw CommandFailure.fatal("ambiguous object name: '\(start)'")
    }
    let notABranch = CommandFailure.fatal(
      "cannot set up tracking information; starting point '\(start)' is not a branch")
    guard let reference = found.first?.resolved else {
      if isExplicit { throw notABranch }
      return (id, nil)
    }
    if reference.branchName == nil, try !isRemoteTracking(reference) {
      if isExplicit { throw notABranch }
      return (id, nil)
    }
    return (id, reference)
  }

  private func missingUpstream(_ name: ByteString) throws -> CommandFailure {
    var lines = ["fatal: the requested upstream branch '\(name)' does not exist"]
    if try context.configuration().bool("advice.setUpstreamFailure") ?? true {
      lines += [
        "", "If you are planning on basing your work on an upstream",
        "branch that already exists at the remote, you may need to",
        "run \"git fetch\" to retrieve it.", "",
        "If you are planning to push out a new local branch that",
        "will track its remote counterpart, you may want to use",
        "\"git push -u\" to set the upstream config as you push.",
        "Disable this message with \"git config advice.setUpstreamFailure false\"",
      ].map { "hint: \($0)" }
    }
    return CommandFailure(lines: lines, status: .fatal)
  }
}
