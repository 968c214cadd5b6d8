public import PandoBytes
public import PandoObjects

/// What merging two commits comes to.
public enum MergeOutcome: Hashable, Sendable {
  /// Ours has everything that theirs has.
  case upToDate
  /// Theirs has everything that ours has: the commit to go to.
  case fastForward(ObjectID)
  /// A tree to commit, and the merge bases that it was made with.
  case merged(tree: ObjectID, bases: [ObjectID])
  /// A tree with conflicts, and the merge bases that it was made with.
  case conflicted(tree: ObjectID, conflicts: [Conflict], bases: [ObjectID])
}

/// Merges two commits: finds their merge bases, merges several bases into a virtual one in memory,
/// and
/// merges the trees.
///
/// Bases are merged as Git's `ort` does it: the oldest first, one after another, each pair with its
/// own
/// bases, conflicts kept with their markers. What is made for bases is never written. An error
/// finding
/// a base is an error, never the answer that there is none. No recursion.
public struct RecursiveMerge {
  /// How to merge.
  public struct Options: Sendable {
    /// How trees are merged.
    public var tree: TreeMerge.Options
    /// Whether commits without any common ancestor may be merged, with the empty tree for a base.
    public var allowsUnrelated: Bool

    /// Makes options.
    public init(tree: TreeMerge.Options = .init(), allowsUnrelated: Bool = false) {
      self.tree = tree
      self.allowsUnrelated = allowsUnrelated
    }
  }

  /// The number of merges of merge bases above which a merge gives up. Histories can be made in
  /// which
  /// the number doubles with every generation.
  public static let virtualMergesMax = 10_000

  private let reader: any ObjectReader
  /// How to merge; a value that merges several pairs of commits may change it in between.
  public var options: Options
  private var bases: MergeBases
  /// What was made for virtual bases.
  private var scratch: ObjectBatch
  private var virtualTrees: [CommitTable.Index: ObjectID] = [:]
  private var virtualMerges = 0

  /// What a merge base is called in markers of a style that shows it; its first seven digits unless
  /// this is set.
  public var baseLabel: ((ObjectID) throws(PandoError) -> ByteString)?

  /// Merges commits that `reader` has. What is read of a history serves all merges of the value.
  public init(_ reader: any ObjectReader, options: Options = Options(), grafts: Grafts = .none) {
    self.reader = reader
    self.options = options
    bases = MergeBases(reader, grafts: grafts)
    scratch = ObjectBatch(reader.hashAlgorithm)
  }

  /// What was made for virtual bases: conflicts may name what is in here.
  package var virtualObjects: ObjectBatch { scratch }

  /// Merges the commit `theirs` into the commit `ours`. New objects go into `batch`; no commit is
  /// made. Throws `.invalidInput` for unrelated histories, unless they are allowed; what reading
  /// throws; `.limitExceeded` beyond `virtualMergesMax`.
  public mutating func merge(
    ours: ObjectID, theirs: ObjectID, into batch: inout ObjectBatch
  ) throws(PandoError) -> MergeOutcome {
    let one = bases.table.index(of: ours)
    let two = bases.table.index(of: theirs)
    let common = try bases.all(one, [two])
    if common == [two] { return .upToDate }
    if common == [one] { return .fastForward(theirs) }
    let ids = common.map { bases.table.id(of: $0) }
    let result = try mergeTrees(one, two, common, &batch)
    guard !result.conflicts.isEmpty else { return .merged(tree: result.tree, bases: ids) }
    return .conflicted(tree: result.tree, conflicts: result.conflicts, bases: ids)
  }

  /// Merges the trees of two commits also where one has everything of the other, as `git
  /// merge-tree` does. Throws as `merge` does.
  public mutating func mergeTrees(
    ours: ObjectID, theirs: ObjectID, into batch: inout ObjectBatch
  ) throws(PandoError) -> TreeMergeResult {
    let one = bases.table.index(of: ours)
    let two = bases.table.index(of: theirs)
    return try mergeTrees(one, two, try bases.all(one, [two]), &batch)
  }

  private mutating func mergeTrees(
    _ one: CommitTable.Index, _ two: CommitTable.Index, _ common: [CommitTable.Index],
    _ batch: inout ObjectBatch
  ) throws(PandoError) -> TreeMergeResult {
    guard !common.isEmpty || options.allowsUnrelated else {
      throw PandoError(
        .invalidInput,
        "\(bases.table.id(of: one)) and \(bases.table.id(of: two)) have no common ancestor; "
          + "unrelated histories are merged only when that is asked for")
    }
    scratch = ObjectBatch(reader.hashAlgorithm)
    virtualMerges = 0
    return try run(Pair(one: one, two: two, bases: common.reversed(), depth: 0), &batch)
  }

  /// Two commits to merge, and how far that is.
  private struct Pair {
    let one: CommitTable.Index
    let two: CommitTable.Index
    /// The bases still to be merged into `base`, the next first.
    var bases: ArraySlice<CommitTable.Index>
    /// What the bases were merged into so far; nil when there are none.
    var base: CommitTable.Index?
    /// Whether `base` is made of several.
    var isFolded = false
    let depth: Int

    init(
      one: CommitTable.Index, two: CommitTable.Index, bases: [CommitTable.Index], depth: Int
    ) {
      self.one = one
      self.two = two
      self.bases = bases.dropFirst()
      base = bases.first
      self.depth = depth
    }
  }

  private mutating func run(
    _ pair: Pair, _ batch: inout ObjectBatch
  ) throws(PandoError) -> TreeMergeResult {
    var stack = [pair]
    while true {
      let top = stack.count - 1
      if let base = stack[top].base, let next = stack[top].bases.popFirst() {
        virtualMerges += 1
        guard virtualMerges <= Self.virtualMergesMax else {
          throw PandoError(
            .limitExceeded,
            "merging the merge bases takes more than \(Self.virtualMergesMax) merges")
        }
        let common = try bases.all(base, [next])
        stack.append(
          Pair(one: base, two: next, bases: common.reversed(), depth: stack[top].depth + 1))
        continue
      }
      let done = stack.removeLast()
      guard !stack.isEmpty else { return try mergeTrees(done, &batch) }
      let result = try mergeVirtually(done)
      let made = bases.table.appendVirtual(parents: [done.one, done.two])
      virtualTrees[made] = result.tree
      stack[stack.count - 1].base = made
      stack[stack.count - 1].isFolded = true
    }
  }

  private mutating func mergeVirtually(_ pair: Pair) throws(PandoError) -> TreeMergeResult {
    var batch = ObjectBatch(reader.hashAlgorithm)
    swap(&batch, &scratch)
    defer { swap(&batch, &scratch) }
    return try mergeTrees(pair, &batch, over: batch)
  }

  private func mergeTrees(
    _ pair: Pair, _ batch: inout ObjectBatch
  ) throws(PandoError) -> TreeMergeResult {
    try mergeTrees(pair, &batch, over: scratch)
  }

  private func mergeTrees(
    _ pair: Pair, _ batch: inout ObjectBatch, over made: ObjectBatch
  ) throws(PandoError) -> TreeMergeResult {
    var options = options.tree
    if pair.depth > 0 {
      options.oursLabel = "Temporary merge branch 1"
      options.theirsLabel = "Temporary merge branch 2"
    }
    options.baseLabel = try label(ofBaseOf: pair)
    let base = try pair.base.map { (index) throws(PandoError) in try tree(of: index) }
    return try TreeMerge.merge(
      base, try tree(of: pair.one), try tree(of: pair.two), BatchedReader(made, over: reader),
      &batch, options, depth: pair.depth)
  }

  private func label(ofBaseOf pair: Pair) throws(PandoError) -> ByteString {
    guard let base = pair.base else { return "empty tree" }
    if pair.isFolded { return "merged common ancestors" }
    let id = bases.table.id(of: base)
    if let baseLabel { return try baseLabel(id) }
    return ByteString(id.abbreviated(to: 7))
  }

  private func tree(of index: CommitTable.Index) throws(PandoError) -> ObjectID {
    if let tree = virtualTrees[index] { return tree }
    return try reader.commitLinks(bases.table.id(of: index)).tree
  }
}
