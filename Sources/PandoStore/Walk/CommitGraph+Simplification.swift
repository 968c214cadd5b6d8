internal import PandoMerge
internal import PandoObjects

/// Takes merges out of a history that say nothing of the wanted paths: `--simplify-merges`. Source:
/// git-rev-list, "History Simplification".
extension CommitGraph {
  /// Replaces the parents of all commits by what they come to be, and returns the commits that
  /// stay. Cost: that of finding out which parents of merges lead to others.
  ///
  /// - Parameter nodes: commits in topological order, none of whose parents was replaced.
  mutating func simplifyMerges(_ nodes: [Int]) throws(PandoError) -> [Int] {
    var simplification = MergeSimplification(objects, options.grafts)
    // The oldest first; a commit waits for its parents.
    var pending = nodes
    var waiting: Set<Int> = []
    while let node = pending.last {
      guard simplification.targets[node] == nil else {
        pending.removeLast()
        continue
      }
      let parents = followedParents(of: node)
      let isEnd = flags[node].contains(.uninteresting)
      // Parents that wait already lead back here, in a history that is damaged.
      let open =
        isEnd || !waiting.insert(node).inserted
        ? [] : parents.filter { simplification.targets[$0] == nil && !waiting.contains($0) }
      if !open.isEmpty {
        pending += open.reversed()
        continue
      }
      pending.removeLast()
      simplification.targets[node] =
        isEnd || parents.isEmpty ? node : try simplified(node, &simplification)
    }
    return nodes.filter { simplification.targets[$0] == $0 }
  }

  /// What each commit came to be.
  private struct MergeSimplification {
    var targets: [Int: Int] = [:]
    var bases: MergeBases

    init(_ objects: any ObjectReader, _ grafts: Grafts) {
      bases = MergeBases(objects, grafts: grafts)
    }

    func target(of node: Int) -> Int { targets[node] ?? node }
  }

  private func followedParents(of node: Int) -> [Int] {
    options.followsFirstParentOnly ? Array(parents(of: node).prefix(1)) : parents(of: node)
  }

  /// What a commit comes to be, when that is known of its parents.
  private mutating func simplified(
    _ node: Int, _ simplification: inout MergeSimplification
  ) throws(PandoError) -> Int {
    var parents = parents(of: node)
    let followed = options.followsFirstParentOnly ? 1 : parents.count
    for index in 0..<followed { parents[index] = simplification.target(of: parents[index]) }
    setParents(of: node, to: parents)
    if followed > 1 {
      try keepParents(of: node, parents.indices.map { !parents[..<$0].contains(parents[$0]) })
      if parentRange(node).count > 1 { try dropIdleParents(of: node, &simplification.bases) }
    }
    guard flags[node].contains(.sameTree), let parent = soleRelevantParent(of: node) else {
      return node
    }
    return simplification.target(of: parent)
  }

  /// The parent that a commit is the same as, if it is the same as any.
  private func soleRelevantParent(of node: Int) -> Int? {
    let parents = parents(of: node)
    if options.followsFirstParentOnly || parents.count == 1 { return parents.first }
    let relevant = parents.filter { isRelevant($0) }
    return relevant.count == 1 ? relevant[0] : nil
  }

  /// Drops parents that others lead to, and first commits without the wanted paths; but one parent
  /// that has those as the merge has them stays.
  private mutating func dropIdleParents(
    of node: Int, _ bases: inout MergeBases
  ) throws(PandoError) {
    let parents = parents(of: node)
    let needed = Set(try bases.independent(parents.map { id(of: $0) }))
    var kept = parents.map { parent in
      let isIdleRoot = parentRange(parent).isEmpty && flags[parent].contains(.sameTree)
      return needed.contains(id(of: parent)) && !isIdleRoot
    }
    guard kept.contains(false) else { return }
    let same = sameAsParent[node] ?? []
    let indices = same.indices.filter { same[$0] && $0 < kept.count }
    if !indices.contains(where: { kept[$0] }), let first = indices.first { kept[first] = true }
    try keepParents(of: node, kept)
  }

  /// Leaves a merge some of its parents, and looks again whether it is the same as those.
  private mutating func keepParents(of node: Int, _ isKept: [Bool]) throws(PandoError) {
    guard isKept.contains(false) else { return }
    let kept = isKept.indices.filter { isKept[$0] }
    let (parents, same) = (parents(of: node), sameAsParent[node])
    setParents(of: node, to: kept.map { parents[$0] })
    let left = same.map { same in kept.filter { $0 < same.count }.map { same[$0] } }
    if kept.count > 1 {
      sameAsParent[node] = left
      if !flags[node].contains(.sameTree) { updateSameTree(node) }
      return
    }
    sameAsParent[node] = nil
    let isSame = kept.isEmpty ? try isSame(nil, tree(of: node)) : left?.first ?? false
    if isSame { flags[node].insert(.sameTree) } else { flags[node].remove(.sameTree) }
  }
}
