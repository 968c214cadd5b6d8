public import PandoMerge
public import PandoObjects

extension Branch {
  /// For each entry of the directory at `path`, the commit that changed it last, in Git's order of
  /// entries; empty when there is no directory.
  ///
  /// All are found in one pass over history, whatever their number. Paths are told from the
  /// directory on.
  ///
  /// - Parameter recursively: whether the values of all directories below are asked about, instead
  ///   of the entries of this one.
  ///
  /// Cost: the commits back to the oldest answer; where the commit-graph has filters of changed
  /// paths, a look into the filter for most of them.
  public func lastChanges(
    in path: TreePath = .root, recursively: Bool = false
  ) throws(PandoError) -> [LastChange] {
    try engine.loader.lifetime.check()
    guard let head = try head else { return [] }
    return try LastChanges.of(
      path, at: head, in: engine.objects, recursively: recursively)
  }

  /// For every line of the value at `path` the commit that it came with, in order, lines that came
  /// and stand together as one; nil when no value is there. Names that the value had before are
  /// followed, as `git blame` follows them.
  ///
  /// Cost: the commits back to the oldest line, the directories on the way to the value where they
  /// differ, and a comparison of each two versions; see ``Blame`` for one answer at a time.
  public func blame(_ path: TreePath) throws(PandoError) -> [BlamedLines]? {
    try engine.loader.lifetime.check()
    guard let head = try head, var blame = try Blame(of: path, at: head, in: engine.objects)
    else { return nil }
    return try blame.remaining()
  }
}
