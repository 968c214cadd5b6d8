internal import PandoBytes
internal import PandoObjects

/// Edits laid over a tree that is stored: the core of `TreeEditor`, which knows only paths and
/// bytes.
///
/// Directories that an edit goes through become nodes; everything else stays a name. Nothing is
/// hashed before `build`, but for what is taken from another store and what is too much for memory.
/// An edit that throws leaves the overlay as it was.
struct TreeOverlay {
  /// What is at a name.
  enum Item {
    /// A new file, not named yet.
    case contents(TreeEntry.Mode, [UInt8])
    /// An object that exists, in this store or in a source of a graft.
    case object(TreeEntry.Mode, ObjectID)
    /// A directory with edits.
    case node(Int)

    var mode: TreeEntry.Mode {
      switch self {
      case .contents(let mode, _), .object(let mode, _): mode
      case .node: .directory
      }
    }
  }

  struct Node {
    /// The directory as stored.
    let base: Tree
    let baseID: ObjectID
    /// What became of its names; `.some(nil)` is a removal.
    var changes: [ByteString: Item?] = [:]
    /// How many entries there are with the changes.
    var count: Int

    func item(_ name: ByteString) -> Item? {
      if let change = changes[name] { return change }
      guard let position = base.position(of: name) else { return nil }
      return .object(base.mode(at: position), base.id(at: position))
    }

    mutating func put(_ item: Item?, _ name: ByteString) {
      count += (item == nil ? 0 : 1) - (self.item(name) == nil ? 0 : 1)
      if item == nil, base.position(of: name) == nil {
        changes[name] = nil
      } else {
        changes[name] = .some(item)
      }
    }
  }

  private(set) var loader: TreeLoader
  private(set) var nodes: [Node]
  /// Objects that grafts brought from other stores, and new files for which memory is too dear.
  private(set) var imported: ObjectBatch
  /// New files in memory.
  private var held = HeldFiles()
  private let spooling: Spooling?

  /// How new files are kept out of memory.
  struct Spooling {
    /// What makes the spool.
    var writer: any SpoolingWriter
    /// The bytes of new files that are kept in memory all the same.
    var bytesMax: Int
  }

  /// New files that are in memory, and those that were and have been replaced.
  private struct HeldFiles {
    var places: [(node: Int, name: ByteString)] = []
    var bytes = 0
  }

  /// Lays nothing over the tree `root` yet; `imported` are objects that it needs and that are not
  /// in the store.
  init(
    loader: TreeLoader, root: ObjectID, imported: ObjectBatch? = nil, spooling: Spooling? = nil
  ) throws(PandoError) {
    self.loader = loader
    self.spooling = spooling
    self.imported = imported ?? ObjectBatch(loader.hashAlgorithm)
    let tree = try loader.tree(root)
    nodes = [Node(base: tree, baseID: root, count: tree.count)]
  }
}

// MARK: Looking

extension TreeOverlay {
  /// What is at `path`; nil when nothing is. The root is a node.
  func item(at path: TreePath) throws(PandoError) -> Item? {
    var found = Item.node(0)
    for step in path.steps {
      switch found {
      case .node(let index):
        guard let next = nodes[index].item(step) else { return nil }
        found = next
      case .object(let mode, let id):
        guard mode.isDirectory, let entry = try loader.tree(id)[step] else { return nil }
        found = .object(entry.mode, entry.id)
      case .contents: return nil
      }
    }
    return found
  }

  /// The bytes of the file at `path`; nil when there is none.
  func bytes(at path: TreePath) throws(PandoError) -> [UInt8]? {
    switch try item(at: path) {
    case .contents(_, let bytes)?: return bytes
    case .object(let mode, let id)? where mode.kind == .blob: return try loader.blob(id)
    default: return nil
    }
  }

  /// The names and modes of the directory at `path` in Git's order; empty when there is none.
  func list(_ path: TreePath) throws(PandoError) -> [(name: ByteString, mode: TreeEntry.Mode)] {
    switch try item(at: path) {
    case .object(let mode, let id)? where mode.isDirectory:
      return try loader.tree(id).map { ($0.name, $0.mode) }
    case .node(let index)?:
      let node = nodes[index]
      var entries = node.base.filter { node.changes[$0.name] == nil }
      for case (let name, let item?) in node.changes {
        entries.append(TreeEntry(name: name, mode: item.mode, id: node.baseID))
      }
      return entries.sorted(by: TreeEntry.precedes).map { ($0.name, $0.mode) }
    default: return []
    }
  }
}

// MARK: Changing

extension TreeOverlay {
  /// Puts a file at `path`. Without a mode, a file there keeps its own and a new one is plain.
  mutating func set(
    _ bytes: [UInt8], at path: TreePath, mode: TreeEntry.Mode?
  ) throws(PandoError) {
    var kept = TreeEntry.Mode.file
    if let mode {
      kept = mode
    } else if let old = try item(at: path)?.mode, old.isExecutable {
      kept = .executable
    }
    try put(.contents(kept, bytes), at: path)
  }

  /// Puts an item at `path`, making directories on the way. Files on the way give place to
  /// directories; a submodule on the way does not.
  mutating func put(_ item: Item, at path: TreePath) throws(PandoError) {
    guard let name = path.last else {
      throw PandoError(.invalidInput, "the root is a directory: name a path below it")
    }
    guard path.count <= Limits.treeDepth else {
      throw PandoError(
        .limitExceeded, "'\(path)' lies deeper than \(Limits.treeDepth) directories")
    }
    for step in path.steps.dropLast() { try EntryName.check(step, mode: .directory) }
    try EntryName.check(name, mode: item.mode)
    try spool()
    let chain = try openDirectories(path.steps.dropLast())
    let node = chain[chain.count - 1]
    nodes[node].put(item, name)
    if case .contents(_, let bytes) = item {
      held.places.append((node, name))
      held.bytes += bytes.count
    }
  }

  /// Removes what is at `path`, and the directories that this leaves empty. Tells whether something
  /// was there.
  @discardableResult
  mutating func remove(at path: TreePath) throws(PandoError) -> Bool {
    guard try item(at: path) != nil else { return false }
    guard !path.isRoot else {
      try replaceRoot(loader.emptyTree)
      return true
    }
    let chain = try openDirectories(path.steps.dropLast())
    for (index, name) in zip(chain, path.steps).reversed() {
      nodes[index].put(nil, name)
      if nodes[index].count > 0 { break }
    }
    return true
  }

  /// Moves what is at `source` to `destination`, whatever was there before.
  mutating func move(
    from source: TreePath, to destination: TreePath
  ) throws(PandoError) {
    guard let item = try item(at: source), !source.isRoot else {
      throw PandoError(.notFound, "there is nothing at '\(source)' to move")
    }
    guard source != destination else { return }
    guard !destination.hasPrefix(source) else {
      throw PandoError(.invalidInput, "'\(source)' cannot move into itself, to '\(destination)'")
    }
    try put(item, at: destination)
    // A source below the destination went with what the destination was.
    if !source.hasPrefix(destination) { try remove(at: source) }
  }

  /// Puts the directory `id` of `source` at `path`; an empty one removes what is there.
  mutating func graft(
    _ id: ObjectID, from source: TreeLoader, at path: TreePath
  ) throws(PandoError) {
    guard id.algorithm == loader.hashAlgorithm else {
      throw PandoError(
        .unsupported,
        "a tree cannot move from a \(id.algorithm) store to a \(loader.hashAlgorithm) one")
    }
    if id == loader.emptyTree {
      try remove(at: path)
      return
    }
    if !source.sharesObjects(with: loader) { try copy(id, from: source) }
    if path.isRoot { try replaceRoot(id) } else { try put(.object(.directory, id), at: path) }
  }

  /// Takes over what a directory of another store leads to and this one lacks. O(size of that).
  private mutating func copy(_ root: ObjectID, from source: TreeLoader) throws(PandoError) {
    var left = [(root, ObjectKind.tree)]
    while let (id, kind) = left.popLast() {
      if imported.contains(id) { continue }
      if try loader.objects.contains(id) { continue }
      if kind == .tree {
        let tree = try source.tree(id)
        try imported.insert(.tree, tree.serialized)
        for entry in tree where !entry.mode.isSubmodule { left.append((entry.id, entry.mode.kind)) }
      } else {
        let blob = RawObject(kind: .blob, body: try source.blob(id))
        guard try blob.id(id.algorithm) == id else {
          throw PandoError(.corrupt, "object \(id) of the other store has another name there")
        }
        if let spool = try spool(for: imported.byteCount) {
          try spool.append(blob, as: id)
        } else {
          imported.insert(blob, named: id)
        }
      }
    }
    loader = loader.layering(imported)
  }

  private mutating func replaceRoot(_ id: ObjectID) throws(PandoError) {
    let tree = try loader.tree(id)
    nodes = [Node(base: tree, baseID: id, count: tree.count)]
    held = HeldFiles()
  }

  /// Where files go of which there are so many bytes; nil for memory.
  private mutating func spool(for bytes: Int) throws(PandoError) -> (any ObjectSpool)? {
    guard let spooling, bytes > spooling.bytesMax else { return nil }
    if let spool = imported.spools.first { return spool }
    guard let spool = try spooling.writer.makeSpool() else { return nil }
    imported.insert(contentsOf: spool)
    loader = loader.layeringBlobs(of: imported)
    return spool
  }

  /// Puts new files away when there are too many bytes of them.
  private mutating func spool() throws(PandoError) {
    guard let spool = try spool(for: held.bytes) else { return }
    for (node, name) in held.places {
      guard case .contents(let mode, let bytes)?? = nodes[node].changes[name] else { continue }
      let blob = RawObject(kind: .blob, body: bytes)
      let id = try blob.id(loader.hashAlgorithm)
      if nodes[node].base[name]?.id != id { try spool.append(blob, as: id) }
      nodes[node].put(.object(mode, id), name)
    }
    held = HeldFiles()
  }

  /// Takes the edits of a node out.
  mutating func takeNode(_ index: Int) -> Node {
    defer { nodes[index].changes = [:] }
    return nodes[index]
  }

  /// Makes nodes of the directories along `steps`, and returns them from the root down.
  private mutating func openDirectories(
    _ steps: ArraySlice<ByteString>
  ) throws(PandoError) -> [Int] {
    var chain = [0]
    for step in steps {
      let parent = chain[chain.count - 1]
      let item = nodes[parent].item(step)
      if case .node(let index)? = item {
        chain.append(index)
        continue
      }
      var base = Tree.empty(loader.hashAlgorithm)
      var baseID = loader.emptyTree
      if case .object(let mode, let id)? = item {
        if mode.isSubmodule {
          throw PandoError(
            .invalidInput, "'\(step)' is a submodule: its contents are in another repository")
        }
        if mode.isDirectory { (base, baseID) = (try loader.tree(id), id) }
      }
      nodes.append(Node(base: base, baseID: baseID, count: base.count))
      nodes[parent].put(.node(nodes.count - 1), step)
      chain.append(nodes.count - 1)
    }
    return chain
  }
}
