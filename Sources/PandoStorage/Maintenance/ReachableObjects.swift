public import PandoObjects

/// The objects that can be reached from roots: what clean-up must keep, and what goes into a pack
/// of everything.
///
/// Add roots, mark, ask. More roots may be added and marked later: only what is new is read.
/// Commits are read themselves, not from a commit-graph, so that a missing one is noticed.
/// Costs a bit for each object of the large packs and about 55 bytes for others, and a read of each
/// commit, tag and tree; blobs are not read. Nothing recurses.
public struct ReachableObjects {
  /// One object that was reached.
  public struct Item: Sendable {
    /// Its name.
    public let id: ObjectID
    /// Its kind, as what leads to it says.
    public let kind: ObjectKind
    /// The path by which it was first reached; a tag's name; empty for commits and root trees.
    public let path: [UInt8]
  }

  private let objects: any ObjectReader
  private var trees: ReachableTrees
  /// Roots yet to be followed.
  private var pendingCommits: [ObjectID] = []
  private var pendingOthers: [Item] = []
  /// Commits whose parents need not be there, as at the border of a shallow clone.
  public var borders: Set<ObjectID> = []
  /// Whether objects that others lead to may be missing: for roots that nobody promised to be
  /// whole.
  public var toleratesMissing: Bool {
    get { trees.toleratesMissing }
    set { trees.toleratesMissing = newValue }
  }
  /// Objects that are whole with all behind them, and are not followed: those of promisor packs.
  public var isBoundary: (@Sendable (ObjectID) -> Bool)? {
    get { trees.isBoundary }
    set { trees.isBoundary = newValue }
  }

  /// No roots yet.
  public init(_ objects: any ObjectReader) {
    self.objects = objects
    trees = ReachableTrees(objects)
  }

  /// How many objects were reached.
  public var count: Int { trees.met.count }

  /// Whether an object was reached.
  public func contains(_ id: ObjectID) -> Bool { trees.met.contains(id) }

  // MARK: Roots

  /// Adds a root. Throws `.notFound` when it is missing and must not be.
  ///
  /// - Parameters:
  ///   - name: what the root is called in the error.
  ///   - mustExist: whether a missing root is an error; otherwise it is passed over.
  public mutating func add(
    _ id: ObjectID, name: @autoclosure () -> String = "", mustExist: Bool = true
  ) throws(PandoError) {
    guard !id.isNull, !trees.met.contains(id) else { return }
    guard let header = try objects.header(of: id) else {
      guard mustExist, !toleratesMissing else { return }
      let name = name()
      throw name.isEmpty ? .missing(id) : PandoError(.notFound, "bad object \(name)")
    }
    try add(id, header.kind)
  }

  private mutating func add(_ id: ObjectID, _ kind: ObjectKind) throws(PandoError) {
    var (id, kind) = (id, kind)
    while trees.met.insert(id).isNew {
      guard kind == .tag else {
        if kind == .commit {
          pendingCommits.append(id)
        } else {
          pendingOthers.append(Item(id: id, kind: kind, path: []))
        }
        return
      }
      pendingOthers.append(Item(id: id, kind: kind, path: []))
      if isBoundary?(id) == true { return }
      let tag = try objects.annotatedTag(id)
      guard let header = try objects.header(of: tag.target) else {
        if toleratesMissing { return }
        throw .missing(tag.target)
      }
      (id, kind) = (tag.target, header.kind)
    }
  }

  // MARK: Marking

  /// Follows all roots; `body` is given each object that was not reached before: commits first, the
  /// newest at the front, then tags, then trees and blobs in the order of their commits.
  ///
  /// Throws `.notFound` when something is missing that must be there; then nothing that was learnt
  /// is a reason to remove an object.
  public mutating func mark(
    _ body: ((Item) throws(PandoError) -> Void)? = nil
  ) throws(PandoError) {
    let roots = try markCommits(body)
    let others = pendingOthers
    pendingOthers = []
    trees.tellsPaths = body != nil
    trees.prepare(rootCount: roots.count)
    for item in others where item.kind != .tree { try body?(item) }
    for item in others where item.kind == .tree {
      try markTree(item.id, trees.met.insert(item.id).number, body)
    }
    for root in roots {
      let (number, isNew) = trees.met.insert(root)
      if isNew { try markTree(root, number, body) }
    }
  }

  /// Follows commits, and returns the trees of those, the newest commit's first.
  private mutating func markCommits(
    _ body: ((Item) throws(PandoError) -> Void)?
  ) throws(PandoError) -> [ObjectID] {
    var found: [(id: ObjectID, tree: ObjectID, seconds: Int64)] = []
    while let id = pendingCommits.popLast() {
      if isBoundary?(id) == true { continue }
      guard let links = try readLinks(id) else { continue }
      found.append((id, links.tree, links.committerSeconds))
      if borders.contains(id) {
        // Those that are there are kept all the same.
        for parent in links.parents where !trees.met.contains(parent) {
          if try objects.contains(parent) { try add(parent, .commit) }
        }
        continue
      }
      for parent in links.parents where trees.met.insert(parent).isNew {
        pendingCommits.append(parent)
      }
    }
    let order = found.indices.sorted { (found[$1].seconds, $0) < (found[$0].seconds, $1) }
    for number in order {
      try body?(Item(id: found[number].id, kind: .commit, path: []))
    }
    return order.map { found[$0].tree }
  }

  private func readLinks(_ id: ObjectID) throws(PandoError) -> CommitLinks? {
    do throws(PandoError) { return try objects.parsedCommitLinks(id) } catch {
      if toleratesMissing, error.code == .notFound { return nil }
      throw error
    }
  }

  /// Follows a tree that is marked already.
  private mutating func markTree(
    _ root: ObjectID, _ number: Int, _ body: ((Item) throws(PandoError) -> Void)?
  ) throws(PandoError) {
    guard try trees.begin(root, number) else { return }
    try body?(Item(id: root, kind: .tree, path: []))
    while let entry = try trees.next() {
      guard let body, entry.kind == .blob || entry.isFollowed else { continue }
      try body(Item(id: entry.id, kind: entry.kind, path: trees.path))
    }
  }
}
