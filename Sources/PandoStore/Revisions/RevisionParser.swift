public import PandoBytes
public import PandoObjects

/// Finds what the text of a revision names in a repository, by the whole grammar of
/// gitrevisions(7).
///
/// A name that leads nowhere is nil; what Git dies of throws with Git's words. What Git only warns
/// of goes to `note`. Cost: a few reference reads for a name, and one object for each step.
public struct RevisionParser: Sendable {
  /// What kind of object an abbreviated name is meant to stand for.
  public enum Hint: Sendable {
    /// Anything, or what `core.disambiguate` says.
    case any
    /// A commit.
    case commit
    /// A commit, or a tag that leads to one.
    case committish
    /// A tree.
    case tree
    /// A tree, or a commit or tag that leads to one.
    case treeish
    /// A blob.
    case blob
  }

  /// A line for the user that stops nothing.
  public enum Note: Sendable, Hashable {
    /// Git prints it after `warning: `.
    case warning(String)
    /// Git prints it after `error: `.
    case error(String)
    /// Git prints each of its lines after `hint: `.
    case hint(String)
    /// Git prints it as it is.
    case plain(String)
  }

  /// What a revision names.
  public struct Found: Hashable, Sendable {
    /// The object; it may be missing from the repository when its name was given in full.
    public let id: ObjectID
    /// The mode of the tree or index entry that led there.
    public let mode: TreeEntry.Mode?
    /// The path of that entry.
    public let path: [UInt8]?
  }

  /// Where names are looked up.
  public let source: any RevisionSource
  /// Takes warnings.
  public var note: @Sendable (Note) -> Void

  /// Reads names in `source`; warnings go to `note`.
  public init(_ source: any RevisionSource, note: @escaping @Sendable (Note) -> Void = { _ in }) {
    self.source = source
    self.note = note
  }

  var objects: any ObjectReader { source.objects }

  /// What `text` names, or nil. `isQuiet` holds back warnings.
  public func find(
    _ text: ByteString, hint: Hint = .any, isQuiet: Bool = false
  ) throws(PandoError) -> Found? {
    guard let expression = parsed(text) else { return nil }
    switch expression.form {
    case .chain(let chain):
      return try id(of: chain, hint: hint, isQuiet: isQuiet)
        .map { Found(id: $0, mode: nil, path: nil) }
    case .search(let pattern):
      return try youngest(matching: pattern, from: everyTip())
        .map { Found(id: $0, mode: nil, path: nil) }
    case .staged(let stage, let path):
      let path = try source.resolvedPath(path)
      guard let entry = try stagedEntry(path, stage: stage) else { return nil }
      return Found(id: entry.id, mode: entry.mode, path: path)
    case .path(let chain, let path):
      guard let outer = try id(of: chain, hint: .treeish, isQuiet: isQuiet) else { return nil }
      let path = try source.resolvedPath(path)
      guard let entry = try entry(at: path, in: outer) else { return nil }
      return Found(id: entry.id, mode: entry.mode, path: path)
    }
  }

  /// The object that `text` names, or nil.
  public func id(_ text: String, hint: Hint = .any) throws(PandoError) -> ObjectID? {
    try find(ByteString(text), hint: hint)?.id
  }

  /// The object that `text` names. Throws `.notFound` with Git's words when there is none.
  public func requireID(_ text: String, hint: Hint = .any) throws(PandoError) -> ObjectID {
    if let found = try id(text, hint: hint) { return found }
    throw try misspelling(ByteString(text)) ?? Self.ambiguousArgument(text)
  }

  /// The commit that `text` names or leads to. Throws `.notFound` when there is none.
  public func requireCommit(_ text: String) throws(PandoError) -> ObjectID {
    let id = try requireID(text, hint: .committish)
    guard let commit = try objects.peelToCommit(id) else {
      throw PandoError(.invalidInput, "'\(text)' does not point to a commit")
    }
    return commit
  }

  /// What Git says of an argument that is neither a revision nor a file.
  public static func ambiguousArgument(_ text: String) -> PandoError {
    PandoError(
      .notFound,
      """
      ambiguous argument '\(text)': unknown revision or path not in the working tree.
      Use '--' to separate paths from revisions, like this:
      'git <command> [<revision>...] -- [<file>...]'
      """)
  }

  /// Text with a count too large names nothing, as for Git.
  private func parsed(_ text: ByteString) -> RevisionExpression? {
    try? RevisionExpression(parsing: text.bytes.span)
  }
}

// MARK: Steps

extension RevisionParser {
  /// Walks a chain from its name to its last step.
  func id(
    of chain: RevisionExpression.Chain, hint: Hint, isQuiet: Bool
  ) throws(PandoError) -> ObjectID? {
    let first = chain.steps.first?.kind
    var baseHint = hint
    var baseIsQuiet = isQuiet
    switch first {
    case nil: break
    case .parent, .ancestor:
      baseHint = .committish
      baseIsQuiet = false
    case .peel(.commit), .search: baseHint = .committish
    case .peel(.tree): baseHint = .treeish
    case .untag, .existing, .peel: baseHint = .any
    }
    guard var id = try id(named: chain.base, hint: baseHint, isQuiet: baseIsQuiet) else {
      return nil
    }
    for step in chain.steps {
      guard let next = try follow(step, from: id, in: chain.text) else { return nil }
      id = next
    }
    return id
  }

  private func follow(
    _ step: RevisionExpression.Step, from id: ObjectID, in text: [UInt8]
  ) throws(PandoError) -> ObjectID? {
    switch step.kind {
    case .parent(let number):
      guard let commit = try commit(from: id) else { return nil }
      guard number > 0 else { return commit }
      guard let parents = try source.parents(of: commit) else { return nil }
      return number <= parents.count ? parents[number - 1] : nil
    case .ancestor(let generations):
      guard var commit = try commit(from: id) else { return nil }
      for _ in 0..<generations {
        guard let parent = try source.parents(of: commit)?.first else { return nil }
        commit = parent
      }
      return commit
    case .untag:
      guard try objects.contains(id) else { return nil }
      return try objects.peel(id).id
    case .existing:
      return try objects.contains(id) ? id : nil
    case .peel(let kind):
      return try peel(id, to: kind, name: text.prefix(step.end))
    case .search(let pattern):
      guard let commit = try peel(id, to: .commit, name: text.prefix(step.end)) else { return nil }
      return pattern.isEmpty ? commit : try youngest(matching: pattern, from: [commit])
    }
  }

  /// The commit that `id` is or a tag leads to; anything else is noted, and nil.
  private func commit(from id: ObjectID) throws(PandoError) -> ObjectID? {
    guard try objects.contains(id) else { return nil }
    let (peeled, kind) = try objects.peel(id)
    if kind == .commit { return peeled }
    note(.error("object \(peeled) is a \(kind), not a commit"))
    return nil
  }

  private func peel(
    _ id: ObjectID, to kind: RevisionExpression.ObjectKindName, name: ArraySlice<UInt8>
  ) throws(PandoError) -> ObjectID? {
    var current = id
    for _ in 0...Limits.tagDepth {
      guard let header = try objects.header(of: current) else { return nil }
      if header.kind.name == kind.rawValue { return current }
      switch header.kind {
      case .tag: current = try objects.annotatedTag(current).target
      case .commit: current = try objects.commitLinks(current).tree
      case .tree, .blob:
        let shown = String(decoding: name, as: UTF8.self)
        note(
          .error(
            "\(shown): expected \(kind.rawValue) type, but the object dereferences to "
              + "\(header.kind) type"))
        return nil
      }
    }
    return nil
  }

  /// The entry that a path leads to below a tree-ish; the empty path is the tree itself.
  package func entry(at path: [UInt8], in outer: ObjectID) throws(PandoError) -> TreeEntry? {
    guard try objects.contains(outer) || outer == Tree.emptyID(objects.hashAlgorithm),
      let root = try objects.peelToTree(outer)
    else { return nil }
    // The names between the slashes; a doubled or leading slash names nothing.
    var names = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard path.first != UInt8(ascii: "/") else { return nil }
    let endsInSlash = names.count > 1 && names.last?.isEmpty == true
    if endsInSlash { names.removeLast() }
    var current = TreeEntry(name: "", mode: .directory, id: root)
    if path.isEmpty { return current }
    for name in names {
      guard current.mode.isDirectory, !name.isEmpty,
        let next = try objects.tree(current.id)[ByteString(Array(name))]
      else { return nil }
      current = next
    }
    if endsInSlash, !current.mode.isDirectory { return nil }
    return current
  }

  func stagedEntry(_ path: [UInt8], stage: Int) throws(PandoError) -> IndexEntry? {
    try source.stagedEntries().first { $0.path.bytes == path && $0.stage == stage }
  }
}
