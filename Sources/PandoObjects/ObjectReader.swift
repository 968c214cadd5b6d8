public import PandoBytes

/// A place that objects are read from: a repository on disk or in memory, or a pack on its way in.
///
/// Calls block, may come from any thread, and cost what the place costs: microseconds for a local
/// pack. An object that is absent is nil; one that is there and cannot be read throws.
public protocol ObjectReader: Sendable {
  /// The algorithm that names the objects.
  var hashAlgorithm: HashAlgorithm { get }

  /// Reads an object whole, or returns nil when it is absent.
  func read(_ id: ObjectID) throws(PandoError) -> RawObject?

  /// Tells kind and size without the body, or nil when the object is absent.
  func header(of id: ObjectID) throws(PandoError) -> ObjectHeader?

  /// Whether the object is present.
  func contains(_ id: ObjectID) throws(PandoError) -> Bool

  /// Tells of a commit what a walk needs, from the graph when that has it.
  func commitLinks(_ id: ObjectID) throws(PandoError) -> CommitLinks

  /// Reads of a commit only what a walk needs, past any graph.
  func parsedCommitLinks(_ id: ObjectID) throws(PandoError) -> CommitLinks

  /// The tables of commits that walks may use instead of reading commits; nil when there are none.
  var commitGraph: (any CommitGraphReader)? { get }
}

extension ObjectReader {
  /// No graph.
  public var commitGraph: (any CommitGraphReader)? { nil }

  /// Reads an object that must be present and of `kind`.
  /// Throws `.notFound` when it is absent and `.corrupt` when it is of another kind.
  public func body(of id: ObjectID, _ kind: ObjectKind) throws(PandoError) -> [UInt8] {
    guard let object = try read(id) else { throw .missing(id) }
    guard object.kind == kind else {
      throw PandoError(.corrupt, "object \(id) is a \(object.kind), not a \(kind)")
    }
    return object.body
  }

  /// Reads and parses a commit that must be present.
  public func commit(_ id: ObjectID) throws(PandoError) -> Commit {
    let body = try body(of: id, .commit)
    return try parse(id) { () throws(ParseError) in
      try Commit(parsing: body.span, algorithm: hashAlgorithm)
    }
  }

  /// Tells of a commit what a walk needs, from the graph or else from the commit itself.
  public func commitLinks(_ id: ObjectID) throws(PandoError) -> CommitLinks {
    if let graph = commitGraph, let position = graph.position(of: id),
      let links = try? graph.links(at: position)
    {
      return links
    }
    // Not in the graph, or in a damaged one.
    return try parsedCommitLinks(id)
  }

  /// Reads a commit whole for what a walk needs.
  public func parsedCommitLinks(_ id: ObjectID) throws(PandoError) -> CommitLinks {
    try wholeCommitLinks(id)
  }

  /// Reads a commit whole for what a walk needs: what readers do that know no shorter way.
  package func wholeCommitLinks(_ id: ObjectID) throws(PandoError) -> CommitLinks {
    let body = try body(of: id, .commit)
    return try parse(id) { () throws(ParseError) in
      try CommitLinks(parsing: body.span, algorithm: hashAlgorithm)
    }
  }

  /// Reads and parses a tree that must be present. The empty tree is always present.
  public func tree(_ id: ObjectID) throws(PandoError) -> Tree {
    if id == Tree.emptyID(hashAlgorithm) { return Tree.empty(hashAlgorithm) }
    let body = try body(of: id, .tree)
    return try parse(id) { () throws(ParseError) in
      try Tree(parsing: body, algorithm: hashAlgorithm)
    }
  }

  /// Reads and parses an annotated tag that must be present.
  public func annotatedTag(_ id: ObjectID) throws(PandoError) -> AnnotatedTag {
    let body = try body(of: id, .tag)
    return try parse(id) { () throws(ParseError) in
      try AnnotatedTag(parsing: body.span, algorithm: hashAlgorithm)
    }
  }

  /// Follows annotated tags from `id` to something that is not one. At most `Limits.tagDepth`
  /// steps.
  public func peel(_ id: ObjectID) throws(PandoError) -> (id: ObjectID, kind: ObjectKind) {
    var current = id
    for _ in 0..<Limits.tagDepth {
      guard let header = try header(of: current) else { throw .missing(current) }
      guard header.kind == .tag else { return (current, header.kind) }
      current = try annotatedTag(current).target
    }
    throw PandoError(.limitExceeded, "tag \(id) is nested deeper than \(Limits.tagDepth) levels")
  }

  /// The commit that `id` is, or that the tag `id` leads to; nil when it leads to something else.
  public func peelToCommit(_ id: ObjectID) throws(PandoError) -> ObjectID? {
    let (peeled, kind) = try peel(id)
    return kind == .commit ? peeled : nil
  }

  /// The tree that `id` is or leads to, by tags and a commit; nil when it leads to a blob.
  public func peelToTree(_ id: ObjectID) throws(PandoError) -> ObjectID? {
    let (peeled, kind) = try peel(id)
    switch kind {
    case .tree: return peeled
    case .commit: return try commitLinks(peeled).tree
    case .blob, .tag: return nil
    }
  }

  private func parse<Value>(
    _ id: ObjectID, _ body: () throws(ParseError) -> Value
  ) throws(PandoError) -> Value {
    do { return try body() } catch { throw .corrupt("object \(id)", error) }
  }
}
