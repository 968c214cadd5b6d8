internal import PandoBytes
internal import PandoObjects

/// What a path has in the merged tree; nothing, when it goes.
struct TreeEdit {
  let path: ByteString
  let version: FileVersion?
}

/// Makes a tree of another one and a list of edits.
///
/// A directory that is edited may be set itself, to the tree that edits below it start from. Cost
/// is that of the directories on the way to what is edited.
struct TreeEdits {
  private let reader: any ObjectReader
  private let directories: [ByteString: MergeDirectory]
  private var open: [OpenDirectory] = []

  private struct OpenDirectory {
    let path: ByteString
    let name: ByteString
    let id: ObjectID
    let tree: Tree
    var names: [ByteString] = []
    var entries: [TreeEntry] = []

    mutating func set(_ name: ByteString, _ version: FileVersion?) {
      if names.last != name { names.append(name) }
      if let version { entries.append(version.entry(name)) }
    }
  }

  /// - Parameter directories: trees that need not be read again.
  init(_ reader: any ObjectReader, _ directories: [ByteString: MergeDirectory]) {
    self.reader = reader
    self.directories = directories
  }

  /// The directory at `path`, which begins as `id`, with edits below it, those of a directory right
  /// behind it. New trees go into `batch`. Nil when nothing is left.
  mutating func apply(
    _ edits: some Sequence<TreeEdit>, to id: ObjectID, at path: ByteString,
    _ batch: inout ObjectBatch
  ) throws(PandoError) -> ObjectID? {
    open = [
      OpenDirectory(path: path, name: path, id: id, tree: try tree(id, at: path, batch))
    ]
    for edit in edits {
      let directory = edit.path.directory
      while let top = open.last, top.path != directory, !directory.isBelow(top.path) {
        try close(&batch)
      }
      try enter(directory, batch)
      open[open.count - 1].set(edit.path.lastName, edit.version)
    }
    while open.count > 1 { try close(&batch) }
    return try open.popLast().flatMap { (last) throws(PandoError) in try write(last, &batch) }
  }

  /// Opens the directories on the way to one that is below the innermost.
  private mutating func enter(
    _ directory: ByteString, _ batch: ObjectBatch
  ) throws(PandoError) {
    while let top = open.last, top.path != directory {
      let rest = directory.bytes.dropFirst(top.path.isEmpty ? 0 : top.path.count + 1)
      let name = ByteString(Array(rest.prefix { $0 != UInt8(ascii: "/") }))
      let path = top.path.path(of: name)
      let id = takeDirectory(name)
      open.append(
        OpenDirectory(path: path, name: name, id: id, tree: try tree(id, at: path, batch)))
    }
  }

  /// The tree that a directory in the innermost begins as.
  private mutating func takeDirectory(_ name: ByteString) -> ObjectID {
    let top = open.count - 1
    var entry: TreeEntry?
    if open[top].names.last == name {
      if open[top].entries.last?.name == name { entry = open[top].entries.popLast() }
    } else {
      entry = open[top].tree[name]
    }
    guard let entry, entry.mode.isDirectory else { return Tree.emptyID(reader.hashAlgorithm) }
    return entry.id
  }

  private mutating func close(_ batch: inout ObjectBatch) throws(PandoError) {
    let last = open.removeLast()
    let id = try write(last, &batch)
    open[open.count - 1].set(last.name, id.map { FileVersion(mode: .directory, id: $0) })
  }

  private func write(
    _ directory: OpenDirectory, _ batch: inout ObjectBatch
  ) throws(PandoError) -> ObjectID? {
    if directory.names.isEmpty { return directory.tree.isEmpty ? nil : directory.id }
    let edited = try directory.tree.replacing(directory.names, by: directory.entries)
    if edited.tree.isEmpty { return nil }
    if edited.tree.serialized == directory.tree.serialized { return directory.id }
    let object = RawObject(kind: .tree, body: edited.tree.serialized)
    let id = try object.id(reader.hashAlgorithm)
    // The base may live in memory only, so what equals it still has to be written.
    let known = directories[directory.path]?.ids
    if id != known?.ours, id != known?.theirs {
      batch.insert(
        object, named: id, from: edited.delta.map { BatchDelta(base: directory.id, bytes: $0) })
    }
    return id
  }

  private func tree(
    _ id: ObjectID, at path: ByteString, _ batch: ObjectBatch
  ) throws(PandoError) -> Tree {
    if let known = directories[path] {
      if id == known.ids.ours, let tree = known.trees.ours { return tree }
      if id == known.ids.theirs, let tree = known.trees.theirs { return tree }
    }
    return try BatchedReader(batch, over: reader).tree(id)
  }
}
