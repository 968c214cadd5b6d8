internal import PandoBytes
public import PandoObjects

/// A path whose value differs between two snapshots.
public struct ValueChange<Value: Contents>: Sendable {
  /// The path.
  public let path: TreePath
  /// The file before; nil when it was added.
  public let before: TreeEntry?
  /// The file after; nil when it was removed.
  public let after: TreeEntry?
  private let oldLoader: TreeLoader
  private let newLoader: TreeLoader

  init(
    path: TreePath, before: TreeEntry?, after: TreeEntry?, _ oldLoader: TreeLoader,
    _ newLoader: TreeLoader
  ) {
    self.path = path
    self.before = before
    self.after = after
    self.oldLoader = oldLoader
    self.newLoader = newLoader
  }

  /// What happened to a path.
  public enum Kind: Hashable, Sendable {
    /// It came.
    case added
    /// It went.
    case removed
    /// Its bytes or its mode are others.
    case updated
  }

  /// What happened to the path.
  public var kind: Kind { before == nil ? .added : after == nil ? .removed : .updated }

  /// The value before, read now; nil when there was none.
  public func oldValue() throws(PandoError) -> Value? { try value(before, oldLoader) }

  /// The value after, read now; nil when there is none.
  public func newValue() throws(PandoError) -> Value? { try value(after, newLoader) }

  private func value(_ entry: TreeEntry?, _ loader: TreeLoader) throws(PandoError) -> Value? {
    guard let entry, entry.mode.kind == .blob else { return nil }
    return try Value.parse(try loader.blob(entry.id), at: path)
  }
}

extension Snapshot {
  /// The files that differ between this snapshot and a later one, in Git's order of paths.
  /// Directories that are equal are not read: O(differences, and the width of the directories on
  /// their way).
  ///
  /// A change of mode alone is an update; a file that gave place to a directory is removed, and
  /// what is in the directory is added.
  public func diff(to later: Snapshot) throws(PandoError) -> [ValueChange<Value>] {
    var changes: [ValueChange<Value>] = []
    var left = [TreePair(path: .root, before: id, after: later.id)]
    while let pair = left.popLast() {
      if pair.before == pair.after { continue }
      guard pair.path.count < Limits.treeDepth else {
        throw PandoError(
          .limitExceeded, "'\(pair.path)' lies deeper than \(Limits.treeDepth) directories")
      }
      let old = try pair.before.map { id throws(PandoError) in try loader.tree(id) }
      let new = try pair.after.map { id throws(PandoError) in try later.loader.tree(id) }
      let empty = Tree.empty(loader.hashAlgorithm)
      for (before, after) in (old ?? empty).differences(from: new ?? empty) {
        guard let name = (before ?? after)?.name else { continue }
        let path = pair.path.appending(name)
        if before?.mode.isDirectory ?? false || after?.mode.isDirectory ?? false {
          left.append(TreePair(path: path, before: before?.id, after: after?.id))
        } else {
          changes.append(
            ValueChange(path: path, before: before, after: after, loader, later.loader))
        }
      }
    }
    return changes.sorted { $0.path.bytes.lexicographicallyPrecedes($1.path.bytes) }
  }
}

private struct TreePair {
  let path: TreePath
  let before: ObjectID?
  let after: ObjectID?
}

extension Tree {
  /// The entries that differ, old beside new; a file and a directory of one name come apart.
  fileprivate func differences(from other: Tree) -> [(TreeEntry?, TreeEntry?)] {
    guard isSorted, other.isSorted else { return unsortedDifferences(from: other) }
    var differences: [(TreeEntry?, TreeEntry?)] = []
    var (i, j) = (0, 0)
    while i < count || j < other.count {
      switch order(i, other, j) {
      case 0:
        if id(at: i) != other.id(at: j) || mode(at: i) != other.mode(at: j) {
          differences.append((self[i], other[j]))
        }
        (i, j) = (i + 1, j + 1)
      case ..<0:
        differences.append((self[i], nil))
        i += 1
      default:
        differences.append((nil, other[j]))
        j += 1
      }
    }
    return differences
  }

  private func order(_ i: Int, _ other: Tree, _ j: Int) -> Int {
    guard i < count else { return 1 }
    guard j < other.count else { return -1 }
    return withName(at: i) { mine in
      other.withName(at: j) { theirs in
        TreeOrder.compare(
          mine, isDirectory: mode(at: i).isDirectory,
          theirs, isDirectory: other.mode(at: j).isDirectory)
      }
    }
  }

  private func unsortedDifferences(from other: Tree) -> [(TreeEntry?, TreeEntry?)] {
    struct Key: Hashable {
      let name: ByteString
      let isDirectory: Bool
    }
    func table(_ tree: Tree) -> [Key: TreeEntry] {
      Dictionary(tree.map { (Key(name: $0.name, isDirectory: $0.mode.isDirectory), $0) }) { a, _ in
        a
      }
    }
    let (mine, theirs) = (table(self), table(other))
    return Set(mine.keys).union(theirs.keys).compactMap { key in
      let (before, after) = (mine[key], theirs[key])
      return before == after ? nil : (before, after)
    }
  }
}
