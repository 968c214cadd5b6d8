internal import PandoBytes
internal import PandoMerge
internal import PandoObjects

/// What a commit changed, to be made once more, or taken back, on another tree.
struct ReplayedChange {
  /// The tree that the change starts from; nil for the empty one.
  let base: ObjectID?
  let baseLabel: ByteString
  /// The tree that it leads to.
  let goal: ObjectID
  let goalLabel: ByteString
  /// The commit whose change it is.
  let commit: Commit
  let id: ObjectID

  /// The change that a commit made to its parent, or, of a merge, to the parent of the number
  /// `mainline`, counted from 1. Throws `.invalidInput` for a merge without such a number, and for
  /// a number where there is no such parent.
  init(
    of id: ObjectID, mainline: Int?, isReverted: Bool, _ engine: StoreEngine
  ) throws(PandoError) {
    self.id = id
    commit = try engine.objects.commit(id)
    let parent = try Self.parent(of: commit, id, mainline)
    let parentTree = try parent.map { id throws(PandoError) in try engine.tree(of: id) }
    let name = "\(id.abbreviated(to: 7)) (\(commit.subject))"
    let (own, other): (ByteString, ByteString) = ("\(name)", "parent of \(name)")
    if isReverted {
      (base, baseLabel) = (commit.tree, own)
      (goal, goalLabel) = (parentTree ?? engine.loader.emptyTree, other)
    } else {
      (base, baseLabel) = (parentTree, other)
      (goal, goalLabel) = (commit.tree, own)
    }
  }

  private static func parent(
    of commit: Commit, _ id: ObjectID, _ mainline: Int?
  ) throws(PandoError) -> ObjectID? {
    let parents = commit.parents
    guard let mainline else {
      guard parents.count < 2 else {
        throw PandoError(
          .invalidInput,
          "commit \(id) is a merge: say to which of its parents the change is meant")
      }
      return parents.first
    }
    guard parents.indices.contains(mainline - 1) else {
      throw PandoError(.invalidInput, "commit \(id) does not have parent \(mainline)")
    }
    return parents[mainline - 1]
  }

  /// Whether it changes nothing.
  var isEmpty: Bool { base == goal }

  /// Merges the change into the tree `root`, of which `objects` and `batch` have the objects.
  func merge<Value>(
    into root: ObjectID, _ objects: any ObjectReader, _ merger: RuleMerger<Value>,
    _ batch: inout ObjectBatch
  ) throws(PandoError) -> TreeMergeResult {
    var options = TreeMerge.Options()
    (options.oursLabel, options.baseLabel, options.theirsLabel) = ("HEAD", baseLabel, goalLabel)
    options.contentMerger = merger
    let reader = BatchedReader(batch, over: objects)
    return try TreeMerge.merge(
      base: base, ours: root, theirs: goal, in: reader, into: &batch, options: options)
  }
}

extension Commit {
  /// The first line of the message that is not blank.
  var subject: String {
    let lines = message.split(separator: UInt8(ascii: "\n"))
    let line = lines.first { line in !line.allSatisfy { $0 == 0x20 || (9...13).contains($0) } }
    return String(decoding: line ?? [], as: UTF8.self)
  }
}
