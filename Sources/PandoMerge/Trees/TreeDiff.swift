internal import PandoBytes
public import PandoObjects

/// The differences between two trees, one by one, in the order of `git diff-tree`.
///
/// Subtrees that are equal are never read. A step reads at most the trees on its way; memory is
/// that
/// of the trees from the root to the present one. A file that became a directory is a deletion and
/// additions, as in Git.
public struct TreeDiff {
  /// Which differences to tell.
  public struct Options: Sendable {
    /// Goes into directories and tells of their files instead of them (`-r`).
    public var isRecursive: Bool
    /// When recursive, also tells of the directories themselves, before what is inside (`-t`).
    public var showsDirectories: Bool
    /// Only what is at or below one of these paths; empty for everything. Without recursion the
    /// directories above these paths are told of too.
    public var paths: [TreePath]

    /// Makes options.
    public init(
      isRecursive: Bool = true, showsDirectories: Bool = false, paths: [TreePath] = []
    ) {
      self.isRecursive = isRecursive
      self.showsDirectories = showsDirectories
      self.paths = paths
    }
  }

  private struct Frame {
    let path: TreePath
    let old: Tree
    let new: Tree
    var oldPosition = 0
    var newPosition = 0
    /// The paths that limit this directory, each longer than `path`; empty for no limit.
    let limits: [TreePath]

    /// Goes on to the first entries whose bytes differ.
    mutating func skipShared() {
      let bytes = old.sharedByteCount(from: oldPosition, with: new, from: newPosition)
      let count = old.entryCount(from: oldPosition, inBytes: bytes)
      oldPosition += count
      newPosition += count
    }
  }

  private let reader: any ObjectReader
  private let options: Options
  private var roots: (old: ObjectID?, new: ObjectID?)?
  private var frames: [Frame] = []

  /// Compares the trees `old` and `new`; nil stands for the empty tree. Nothing is read yet.
  public init(
    _ reader: any ObjectReader, from old: ObjectID?, to new: ObjectID?,
    options: Options = Options()
  ) {
    self.reader = reader
    self.options = options
    roots = (old, new)
  }

  /// The next difference, or nil at the end. Throws `.notFound` or `.corrupt` when a tree cannot be
  /// read, `.limitExceeded` below `Limits.treeDepth`.
  public mutating func next() throws(PandoError) -> TreeChange? {
    if let (old, new) = roots {
      roots = nil
      let limits = options.paths.contains(where: \.isRoot) ? [] : options.paths
      if old != new { try enter(.root, old, new, limits: limits) }
    }
    while let depth = frames.indices.last {
      guard let (old, new) = step(depth) else {
        frames.removeLast()
        continue
      }
      if let change = try examine(depth, old, new) { return change }
    }
    return nil
  }

  /// Every difference that is left.
  public mutating func remaining() throws(PandoError) -> [TreeChange] {
    var changes: [TreeChange] = []
    while let change = try next() { changes.append(change) }
    return changes
  }

  private mutating func enter(
    _ path: TreePath, _ old: ObjectID?, _ new: ObjectID?, limits: [TreePath]
  ) throws(PandoError) {
    guard path.count <= Limits.treeDepth else {
      throw PandoError(
        .limitExceeded, "directories are nested deeper than \(Limits.treeDepth) levels")
    }
    frames.append(
      Frame(path: path, old: try tree(old), new: try tree(new), limits: limits))
  }

  private func tree(_ id: ObjectID?) throws(PandoError) -> Tree {
    guard let id else { return .empty(reader.hashAlgorithm) }
    return try reader.tree(id)
  }

  /// The positions of the next entries that differ, in the frame at `depth`; nil at its end.
  private mutating func step(_ depth: Int) -> (old: Int?, new: Int?)? {
    while true {
      let old = frames[depth].oldPosition
      let new = frames[depth].newPosition
      let hasOld = old < frames[depth].old.count
      let hasNew = new < frames[depth].new.count
      guard hasOld || hasNew else { return nil }
      let order =
        !hasNew ? -1 : !hasOld ? 1 : frames[depth].old.compareEntry(old, frames[depth].new, new)
      if order <= 0 { frames[depth].oldPosition += 1 }
      if order >= 0 { frames[depth].newPosition += 1 }
      if order != 0 { return order < 0 ? (old, nil) : (nil, new) }
      if !frames[depth].old.isSameEntry(old, frames[depth].new, new) { return (old, new) }
      frames[depth].skipShared()
    }
  }

  /// Tells of a difference, or goes into it.
  private mutating func examine(
    _ depth: Int, _ oldPosition: Int?, _ newPosition: Int?
  ) throws(PandoError) -> TreeChange? {
    let frame = frames[depth]
    let old = oldPosition.map { frame.old[$0].canonical }
    let new = newPosition.map { frame.new[$0].canonical }
    guard let entry = new ?? old else { return nil }
    let path = frame.path.appending(entry.name)
    var limits: [TreePath] = []
    if !frame.limits.isEmpty {
      // What limits only siblings is dropped; what names this entry itself lifts the limit.
      limits = frame.limits.filter { $0.hasPrefix(path) }
      let isNamed = limits.contains { $0.count == path.count }
      guard isNamed || (entry.mode.isDirectory && !limits.isEmpty) else { return nil }
      if isNamed { limits = [] }
    }
    let change = TreeChange(path: path, old: old, new: new)
    guard entry.mode.isDirectory, options.isRecursive else { return change }
    try enter(path, old?.id, new?.id, limits: limits)
    return options.showsDirectories ? change : nil
  }
}

extension TreeEntry {
  /// The entry with the mode that Git takes it to have.
  var canonical: TreeEntry { TreeEntry(name: name, mode: mode.canonical, id: id) }
}

extension Tree {
  /// Orders the entry at `position` against one of another tree, as trees are sorted.
  func compareEntry(_ position: Int, _ other: Tree, _ otherPosition: Int) -> Int {
    withName(at: position) { name in
      other.withName(at: otherPosition) { otherName in
        TreeOrder.compare(
          name, isDirectory: mode(at: position).isDirectory,
          otherName, isDirectory: other.mode(at: otherPosition).isDirectory)
      }
    }
  }

  /// Whether two entries of one name hold the same.
  func isSameEntry(_ position: Int, _ other: Tree, _ otherPosition: Int) -> Bool {
    id(at: position) == other.id(at: otherPosition)
      && mode(at: position).canonical == other.mode(at: otherPosition).canonical
  }
}
