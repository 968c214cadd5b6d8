public import PandoBytes
public import PandoObjects

/// What a merge of trees gave.
public struct TreeMergeResult: Hashable, Sendable {
  /// The merged tree. With conflicts it is the one that Git checks out: markers stand in text, and
  /// what could not keep its name was moved.
  public let tree: ObjectID
  /// What nobody could decide, in the order of paths; empty for a clean merge.
  public let conflicts: [Conflict]
  /// What there is to tell, in the order of paths, in Git's words.
  public let messages: [MergeMessage]
  /// The submodules that both sides moved, in the order in which Git tells what to do with them.
  public let unmergedSubmodules: [ByteString]
  /// The limit of renames at which none would have been left out; nil when none was.
  public let renameLimitNeeded: Int?

  /// Makes a result.
  public init(
    tree: ObjectID, conflicts: [Conflict] = [], messages: [MergeMessage] = [],
    unmergedSubmodules: [ByteString] = [], renameLimitNeeded: Int? = nil
  ) {
    self.tree = tree
    self.conflicts = conflicts
    self.messages = messages
    self.unmergedSubmodules = unmergedSubmodules
    self.renameLimitNeeded = renameLimitNeeded
  }
}

/// Merges two trees that come from a third, path by path, over any reader.
///
/// Has the tree, the conflicts and the messages of `git merge-tree --write-tree`: a file that one
/// side renamed is merged with what the other made of it under its old name, and what one side
/// added to a directory that the other renamed is told of, or follows it. A subtree that only one
/// side changed is taken without being read, unless that side took away a file that the other
/// changed: then what is new on that side may be it. Cost is that of the directories that both
/// sides changed, or of those that one changed. `.gitattributes` are not looked at.
public struct TreeMerge {
  /// What becomes of a file that one side put into a directory that the other renamed.
  public enum RenamedDirectories: Sendable, Hashable {
    /// It stays where it was put.
    case ignored
    /// It is moved, and that is a conflict, so that somebody looks at it.
    case conflict
    /// It is moved.
    case followed
  }

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
    /// Whether renames are looked for. Without, a file that was renamed is one that went and
    /// another that came.
    public var findsRenames = true
    /// Files are not compared for renames when there are more pairs than the square of this; zero
    /// is no limit.
    public var renameLimit = 7000
    /// What becomes of a file that one side put into a directory that the other renamed.
    public var renamedDirectories = RenamedDirectories.conflict

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
  var contested: [ByteString: ContestedPath] = [:]
  var directories: [ByteString: MergeDirectory] = [:]
  var conflicts: [Conflict] = []
  var messages: [MergeMessage] = []
  var edits: [TreeEdit] = []
  var renameLimitNeeded: Int?
  var unmergedSubmodules: [ByteString] = []
  /// The names that were made for what could not keep its own.
  var madeNames = Set<ByteString>()
  /// What those have.
  var movedAside: [TreeEdit] = []

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
    if ours == theirs || base == theirs { return TreeMergeResult(tree: ours) }
    if base == ours { return TreeMergeResult(tree: theirs) }
    var merge = TreeMerge(reader: reader, options: options, depth: depth, batch: batch)
    // What is written must be in one place only, or each write would copy the batch.
    batch = ObjectBatch(batch.hashAlgorithm)
    defer { batch = merge.batch }
    return try merge.run(Versions(base: base, ours: ours, theirs: theirs))
  }

  private init(reader: any ObjectReader, options: Options, depth: Int, batch: ObjectBatch) {
    self.reader = reader
    self.options = options
    self.depth = depth
    self.batch = batch
  }

  var isVirtual: Bool { depth > 0 }

  private mutating func run(_ trees: Versions<ObjectID>) throws(PandoError) -> TreeMergeResult {
    let survey = try MergeSurvey.of(trees, in: reader, findsRenames: options.findsRenames)
    contested = survey.contested
    directories = survey.directories
    if options.findsRenames { try mergeRenames(survey) }
    try settlePaths(survey.edits)
    let root = directories[ByteString([])]?.template ?? trees.any ?? Tree.emptyID(algorithm)
    var making = TreeEdits(reader, directories)
    var tree = try making.apply(edits, to: root, at: ByteString([]), &batch)
    if tree == nil { tree = try batch.insert(.tree, []) }
    return TreeMergeResult(
      tree: tree ?? Tree.emptyID(algorithm), conflicts: conflicts.sorted(by: Self.precedes),
      messages: Self.sorted(messages), unmergedSubmodules: unmergedSubmodules,
      renameLimitNeeded: renameLimitNeeded)
  }

  var algorithm: HashAlgorithm { reader.hashAlgorithm }

  private static func precedes(_ a: Conflict, _ b: Conflict) -> Bool {
    a.path.bytes.lexicographicallyPrecedes(b.path.bytes)
  }

  /// By the first path; those of one path in the order in which they came.
  private static func sorted(_ messages: [MergeMessage]) -> [MergeMessage] {
    let order = messages.indices.sorted { a, b in
      let (first, second) = (messages[a].paths.first, messages[b].paths.first)
      guard let first, let second, first != second else { return a < b }
      return first < second
    }
    return order.map { messages[$0] }
  }

  /// Notes what there is to tell. Nobody is told of merges of merge bases.
  mutating func tell(_ kind: MergeMessage.Kind, _ paths: [ByteString], _ text: ByteString) {
    if !isVirtual { messages.append(MergeMessage(kind: kind, paths: paths, text: text)) }
  }

  func label(of side: MergeSide) -> ByteString {
    side == .ours ? options.oursLabel : options.theirsLabel
  }
}
