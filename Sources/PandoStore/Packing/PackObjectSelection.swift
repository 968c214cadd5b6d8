internal import PandoBytes
internal import PandoMerge
public import PandoObjects
public import PandoStorage

/// The objects that some revisions lead to and others do not, with their paths, in the order in
/// which they go into a pack: commits, tags, then trees and blobs of one commit after the other.
public struct PackObjectSelection {
  /// What is selected.
  public struct Options: Sendable {
    /// How commits are walked: order, grafts.
    public var walk = RevisionWalk.Options()
    /// What is left out.
    public var filter = ObjectFilter()
    /// Bitmaps that answer what is reached, in place of a walk, when nothing is filtered and the
    /// pack is not thin. Objects then come without paths, and what only the excluded side reaches
    /// by other commits is left out too.
    public var bitmaps: ReachabilityBitmaps?
    /// Whether only commits that no pack has are selected, and what they lead to.
    public var isUnpackedOnly = false
    /// At how many commits of the edge bases for a thin pack are looked for: Git's window.
    public var edgeCommitsMax = 10

    /// Everything.
    public init() {}
  }

  /// One object of the selection.
  public struct Item: Hashable, Sendable {
    /// The object.
    public let id: ObjectID
    /// Its kind.
    public let kind: ObjectKind
    /// The path it was first reached by, or a tag's name.
    public let path: [UInt8]
  }

  private struct Named {
    let id: ObjectID
    let kind: ObjectKind
    let path: [UInt8]
  }

  private let objects: ObjectDatabase
  private var options: Options
  private var commits: [RevisionTerm] = []
  private var named: [Named] = []
  private var excluded: [Named] = []
  private var isNamed: Set<ObjectID> = []
  /// The trees of the edge's commits.
  private var edges: [ObjectID] = []

  /// Starts with nothing selected.
  public init(_ objects: ObjectDatabase, _ options: Options = Options()) {
    self.objects = objects
    self.options = options
  }

  /// Selects an object and all it leads to; tags are followed. Throws `.notFound` when it, or what
  /// a tag names, is missing.
  public mutating func include(
    _ id: ObjectID, path: [UInt8] = []
  ) throws(PandoError) {
    try add(RevisionTerm(id: id, name: "", path: path))
  }

  /// Leaves out an object and all it leads to. One that is missing is passed over.
  public mutating func exclude(_ id: ObjectID) throws(PandoError) {
    guard try objects.contains(id) else { return }
    try add(RevisionTerm(id: id, name: "", isExcluded: true))
  }

  /// Selects or leaves out what a term names.
  public mutating func add(_ term: RevisionTerm) throws(PandoError) {
    var id = term.id
    var path = term.path ?? []
    for _ in 0...Limits.tagDepth {
      guard let header = try objects.header(of: id) else { throw .missing(id) }
      if header.kind == .commit {
        commits.append(RevisionTerm(id: id, name: term.name, isExcluded: term.isExcluded))
        if !term.isExcluded { isNamed.insert(id) }
        return
      }
      let tag = header.kind == .tag ? try objects.annotatedTag(id) : nil
      if let name = tag?.name { path = name.bytes }
      let entry = Named(id: id, kind: header.kind, path: path)
      if term.isExcluded { excluded.append(entry) } else { named.append(entry) }
      // As git: what a tag leads to was not named itself, unless it is a commit.
      if !term.isExcluded, id == term.id { isNamed.insert(id) }
      guard let tag else { return }
      id = tag.target
      path = []
    }
  }

  /// Gives all objects of the selection.
  public mutating func forEach(
    _ body: (Item) throws(PandoError) -> Void
  ) throws(PandoError) {
    if let set = try reachableSet() {
      return try set.forEach([.commit, .tag, .tree, .blob]) { (id, kind) throws(PandoError) in
        try body(Item(id: id, kind: kind, path: []))
      }
    }
    var trees: [ObjectID] = []
    var walkOptions = options.walk
    walkOptions.showsBoundary = true
    walkOptions.tellsParents = false
    var walk = try RevisionWalk(objects, from: commits, walkOptions)
    var listing = ObjectListing(objects)
    let isDeep = options.filter.treeDepth == nil
    if isDeep {
      try walk.excludeEdges(from: &listing)
      for item in excluded {
        if item.kind == .tree {
          try listing.exclude(tree: item.id)
        } else {
          listing.exclude(item.id)
        }
      }
      for item in named { listing.add(item.id, item.kind, path: item.path) }
    }
    edges = []
    while let item = try walk.next() {
      if item.mark == .boundary {
        edges.append(item.tree)
        continue
      }
      if options.isUnpackedOnly, try objects.packedLocation(of: item.id) != nil { continue }
      if isDeep { listing.add(item) } else { trees.append(item.tree) }
      if isNamed.contains(item.id) || options.filter.keeps(.commit) {
        try body(Item(id: item.id, kind: .commit, path: []))
      }
    }
    if let depth = options.filter.treeDepth {
      return try forEach(trees, depth: depth, body)
    }
    while let item = try listing.next() {
      if try isKept(item.id, item.kind) {
        try body(Item(id: item.id, kind: item.kind, path: item.path))
      }
    }
  }

  /// The trees and blobs that the filter leaves out, as `git rev-list --filter-print-omitted` names
  /// them: what `object:type=` leaves out is not among them. Takes two more walks.
  public mutating func omitted() throws(PandoError) -> [ObjectID] {
    let given = options.filter
    defer { options.filter = given }
    var kept = Set<ObjectID>()
    options.filter = given.ofAllKinds
    try forEach { (item) in kept.insert(item.id) }
    options.filter = ObjectFilter()
    var omitted: [ObjectID] = []
    try forEach { (item) in if !kept.contains(item.id) { omitted.append(item.id) } }
    return omitted
  }

  private var needsNoWalk: Bool {
    options.walk.grafts == .none && !options.isUnpackedOnly && options.filter.isEmpty
  }

  /// What bitmaps say, when they can.
  private func reachableSet() throws(PandoError) -> ReachableSet? {
    guard let bitmaps = options.bitmaps, needsNoWalk else { return nil }
    let wants = commits.filter { !$0.isExcluded }.map(\.id) + named.map(\.id)
    let haves = commits.filter(\.isExcluded).map(\.id) + excluded.map(\.id)
    return try bitmaps.reachable(from: wants, excluding: haves)
  }

  /// As git does, a filter of nothing but depth gives a tree again that is met nearer to a root.
  private var repeatsTrees: Bool { options.filter.blobLimit == nil && options.filter.kinds == nil }

  private func isKept(_ id: ObjectID, _ kind: ObjectKind) throws(PandoError) -> Bool {
    if isNamed.contains(id) { return true }
    return try options.filter.keeps(id, kind, in: objects)
  }

  private func forEach(
    _ trees: [ObjectID], depth: Int, _ body: (Item) throws(PandoError) -> Void
  ) throws(PandoError) {
    var listing = DepthListing(objects, depthMax: depth)
    for tree in edges { try listing.exclude(tree: tree) }
    for item in excluded {
      if item.kind == .tree {
        try listing.exclude(tree: item.id)
      } else {
        listing.exclude(item.id)
      }
    }
    var given = Set<ObjectID>()
    func give(_ id: ObjectID, _ kind: ObjectKind, _ path: [UInt8]) throws(PandoError) {
      guard try isKept(id, kind) else { return }
      guard given.insert(id).inserted || repeatsTrees && kind == .tree else { return }
      try body(Item(id: id, kind: kind, path: path))
    }
    for item in named {
      if item.kind == .tree {
        try listing.list(item.id, item.path, isNamed: isNamed.contains(item.id), give)
      } else {
        try give(item.id, item.kind, item.path)
      }
    }
    for tree in trees { try listing.list(tree, [], isNamed: false, give) }
  }

  /// Adds all objects of the selection to a pack that is built, and, for a thin one, what the
  /// receiver has at the same paths.
  public mutating func fill(
    _ builder: inout PackBuilder, _ each: (Item) -> Void = { _ in }
  ) throws(PandoError) {
    var paths: Set<[UInt8]> = []
    let isThin = builder.options.isThin
    // Bases for a thin pack are looked for at paths.
    if isThin, commits.contains(where: \.isExcluded) { options.bitmaps = nil }
    if let set = try reachableSet() { return try builder.add(set) }
    try forEach { (item) throws(PandoError) in
      try builder.add(item.id, path: item.path)
      if isThin, item.kind == .tree || item.kind == .blob { paths.insert(item.path) }
      each(item)
    }
    guard isThin, !edges.isEmpty else { return }
    for root in edges.prefix(options.edgeCommitsMax) {
      var bases = PathBases(objects, root: root)
      for path in paths.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
        guard let id = try bases.object(at: path) else { continue }
        try builder.addPreferredBase(id, path: path)
      }
    }
  }
}

/// What a tree has at paths; the trees on the way are read once.
private struct PathBases {
  private let objects: any ObjectReader
  private let root: ObjectID
  /// The trees by their paths; nil where there is none.
  private var trees: [[UInt8]: Tree?] = [:]

  init(_ objects: any ObjectReader, root: ObjectID) {
    self.objects = objects
    self.root = root
  }

  /// The object at a path; nil when there is none.
  mutating func object(at path: [UInt8]) throws(PandoError) -> ObjectID? {
    if path.isEmpty { return root }
    let slash = path.lastIndex(of: UInt8(ascii: "/"))
    let directory = Array(path[..<(slash ?? 0)])
    let name = ByteString(Array(path[(slash.map { $0 + 1 } ?? 0)...]))
    guard let tree = try tree(at: directory), let entry = tree[name], !entry.mode.isSubmodule
    else { return nil }
    return entry.id
  }

  private mutating func tree(at path: [UInt8]) throws(PandoError) -> Tree? {
    // From the root down, so that no depth of a path is a depth of calls.
    var known: Tree? = try rootTree()
    var end = 0
    while end < path.count, let above = known {
      let next = path[(end + 1)...].firstIndex(of: UInt8(ascii: "/")) ?? path.count
      let here = Array(path[..<next])
      if let cached = trees[here] {
        known = cached
      } else {
        let name = ByteString(Array(path[(end == 0 ? 0 : end + 1)..<next]))
        known = nil
        if let entry = above[name], entry.mode.isDirectory, try objects.contains(entry.id) {
          known = try objects.tree(entry.id)
        }
        trees[here] = .some(known)
      }
      end = next
    }
    return known
  }

  private mutating func rootTree() throws(PandoError) -> Tree? {
    if let cached = trees[[]] { return cached }
    // The edge of a shallow or partial clone may lack it.
    let tree = try objects.contains(root) ? try objects.tree(root) : nil
    trees[[]] = .some(tree)
    return tree
  }
}
