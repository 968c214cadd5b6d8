internal import PandoBytes
public import PandoMerge
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
    try loader.lifetime.check()
    try later.loader.lifetime.check()
    var changes: [ValueChange<Value>] = []
    let reader = EitherReader(first: loader.objects, second: later.loader.objects)
    var diff = TreeDiff(reader, from: id, to: later.id)
    while let change = try diff.next() {
      changes.append(
        ValueChange(
          path: change.path, before: change.old, after: change.new, loader, later.loader))
    }
    return changes
  }

  /// The files that differ between this snapshot and a later one, those together that were renamed
  /// or copied, as `git diff -M` and `-C` find them: in the order of what the files are called now.
  ///
  /// Cost beyond that of ``diff(to:)``: where files came and others went, those are read and
  /// compared, at most the square of `options.limit` pairs.
  public func diff(
    to later: Snapshot, findingRenames options: RenameDetection.Options
  ) throws(PandoError) -> [FileChange] {
    try loader.lifetime.check()
    try later.loader.lifetime.check()
    let reader = EitherReader(first: loader.objects, second: later.loader.objects)
    var diff = TreeDiff(reader, from: id, to: later.id)
    let changes = try diff.remaining().map { FileChange($0) }
    return try RenameDetection.run(on: changes, in: reader, options: options).changes
  }
}

/// Reads from two places, which hold parts of what is compared.
private struct EitherReader: ObjectReader {
  let first: any ObjectReader
  let second: any ObjectReader

  var hashAlgorithm: HashAlgorithm { first.hashAlgorithm }

  func read(_ id: ObjectID) throws(PandoError) -> RawObject? {
    if let object = try first.read(id) { return object }
    return try second.read(id)
  }

  func header(of id: ObjectID) throws(PandoError) -> ObjectHeader? {
    if let header = try first.header(of: id) { return header }
    return try second.header(of: id)
  }

  func contains(_ id: ObjectID) throws(PandoError) -> Bool {
    if try first.contains(id) { return true }
    return try second.contains(id)
  }

  var commitGraph: (any CommitGraphReader)? { first.commitGraph ?? second.commitGraph }
}
