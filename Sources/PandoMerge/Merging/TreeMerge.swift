public import PandoBytes
public import PandoObjects

/// What a merge of trees gave.
public struct TreeMergeResult: Hashable, Sendable {
  /// The merged tree. With conflicts it is the one that Git checks out: markers stand in text, and
  /// what could not keep its name was moved.
  public let tree: ObjectID
  /// What nobody could decide, in the order of paths; empty for a clean merge.
  public let conflicts: [Conflict]

  /// Makes a result.
  public init(tree: ObjectID, conflicts: [Conflict] = []) {
    self.tree = tree
    self.conflicts = conflicts
  }
}

/// Merges two trees that come from a third, path by path, over any reader.
///
/// A subtree that only one side changed, or that both changed alike, is taken without being read;
/// cost
/// is that of the directories that both sides changed. Has the tree and the conflicts of `git
/// merge-tree --write-tree` for histories without renames: a file that was moved is one that was
/// deleted and another that was added. `.gitattributes` are not looked at.
public struct TreeMerge {
  /// How to merge.
  public struct Options: Sendable {
    /// What our side is called, after markers and in names of what is moved.
    public var oursLabel: ByteString
    /// What the base is called, after markers of a style that shows it.
    public var baseLabel: ByteString
    /// What their side is called.
    public var theirsLabel: ByteString
    /// How conflicts are written into text.
    public var style: TextMerge.Style
    /// What becomes of conflicts in text and of symbolic links; others stay.
    public var favor: TextMerge.Favor
    /// Merges content.
    public var contentMerger: any ContentMerger

    /// Makes options.
    public init(
      oursLabel: ByteString = "ours", baseLabel: ByteString = "base",
      theirsLabel: ByteString = "theirs", style: TextMerge.Style = .merge,
      favor: TextMerge.Favor = .neither, contentMerger: any ContentMerger = LineMerger()
    ) {
      self.oursLabel = oursLabel
      self.baseLabel = baseLabel
      self.theirsLabel = theirsLabel
      self.style = style
      self.favor = favor
      self.contentMerger = contentMerger
    }
  }

  let reader: any ObjectReader
  let options: Options
  /// How many merges of merge bases this one is inside of.
  let depth: Int
  var batch: ObjectBatch
  var conflicts: [Conflict] = []
  private var frames: [MergeFrame] = []

  /// Merges the trees `ours` and `theirs`, which come from `base`; nil is the empty tree. New blobs
  /// and trees go into `batch`. Throws what reading throws, and `.limitExceeded` below
  /// `Limits.treeDepth`; the batch may then hold objects that nothing needs.
  public static func merge(
    base: ObjectID?, ours: ObjectID, theirs: ObjectID, in reader: any ObjectReader,
    into batch: inout ObjectBatch, options: Options = Options()
  ) throws(PandoError) -> TreeMergeResult {
    try merge(base, ours, theirs, reader, &batch, options, depth: 0)
  }

  static func merge(
    _ base: ObjectID?, _ ours: ObjectID, _ theirs: ObjectID, _ reader: any ObjectReader,
    _ batch: inout ObjectBatch, _ options: Options, depth: Int
  ) throws(PandoError) -> TreeMergeResult {
    if ours == theirs || base == theirs { return TreeMergeResult(tree: ours, conflicts: []) }
    if base == ours { return TreeMergeResult(tree: theirs, conflicts: []) }
    var merge = TreeMerge(reader: reader, options: options, depth: depth, batch: batch)
    // What is written must be in one place only, or each write would copy the batch.
    batch = ObjectBatch(batch.hashAlgorithm)
    defer { batch = merge.batch }
    var tree = try merge.run(Versions(base: base, ours: ours, theirs: theirs))
    let empty = Tree.empty(reader.hashAlgorithm).serialized
    if tree == nil { tree = try merge.batch.insert(.tree, empty) }
    let conflicts = merge.conflicts.sorted {
      $0.path.bytes.lexicographicallyPrecedes($1.path.bytes)
    }
    return TreeMergeResult(
      tree: tree ?? Tree.emptyID(reader.hashAlgorithm), conflicts: conflicts)
  }

  private init(reader: any ObjectReader, options: Options, depth: Int, batch: ObjectBatch) {
    self.reader = reader
    self.options = options
    self.depth = depth
    self.batch = batch
  }

  private mutating func run(_ trees: Versions<ObjectID>) throws(PandoError) -> ObjectID? {
    try enter(.root, trees)
    while let top = frames.indices.last {
      if let name = frames[top].next() {
        try merge(name, top)
      } else {
        let tree = try write(frames.removeLast())
        guard let parent = frames.indices.last else { return tree }
        try leave(directory: tree, parent)
      }
    }
    return nil
  }

  private mutating func enter(
    _ path: TreePath, _ ids: Versions<ObjectID>
  ) throws(PandoError) {
    guard path.count <= Limits.treeDepth else {
      throw PandoError(
        .limitExceeded, "directories are nested deeper than \(Limits.treeDepth) levels")
    }
    let trees = Versions(
      base: try read(ids.base), ours: try read(ids.ours), theirs: try read(ids.theirs))
    frames.append(MergeFrame(path: path, ids: ids, trees: trees))
  }

  private func read(_ id: ObjectID?) throws(PandoError) -> Tree {
    guard let id else { return .empty(reader.hashAlgorithm) }
    return try reader.tree(id)
  }

  /// Merges what has one name in the frame at `top`, or goes into it.
  private mutating func merge(
    _ versions: Versions<TreeEntry>, _ top: Int
  ) throws(PandoError) {
    if let decided = versions.decided {
      if let entry = decided.entry { frames[top].entries.append(entry) }
      return
    }
    let directories = versions.map { $0.mode.isDirectory ? $0.id : nil }
    frames[top].pending = versions
    if let decided = directories.decided {
      try leave(directory: decided.entry, top)
    } else if let entry = versions.any {
      try enter(frames[top].path.appending(entry.name), directories)
    }
  }

  /// Goes on with the name whose directories were merged to `directory`, which is nil when nothing
  /// is left in them.
  private mutating func leave(directory: ObjectID?, _ top: Int) throws(PandoError) {
    guard let versions = frames[top].pending, let any = versions.any else { return }
    frames[top].pending = nil
    let files = versions.map { $0.mode.isDirectory ? nil : $0 }
    var merge = FileMerge(
      path: frames[top].path.appending(any.name), files: files, hasDirectory: directory != nil)
    if let directory {
      frames[top].entries.append(TreeEntry(name: any.name, mode: .directory, id: directory))
    }
    var frame = frames.removeLast()
    try decide(&merge, names: &frame)
    frame.entries += merge.entries
    frames.append(frame)
    conflicts += merge.conflicts
  }

  private mutating func write(_ frame: MergeFrame) throws(PandoError) -> ObjectID? {
    if frame.entries.isEmpty { return nil }
    let body = try Tree(entries: frame.entries, algorithm: reader.hashAlgorithm).serialized
    // The base may live in memory only, so what equals it still has to be written.
    if let ours = frame.ids.ours, body == frame.trees.ours?.serialized { return ours }
    if let theirs = frame.ids.theirs, body == frame.trees.theirs?.serialized { return theirs }
    return try batch.insert(.tree, body)
  }
}
