internal import PandoMerge
internal import PandoObjects

/// What is taken out of a walk, or marked, when all of it is known.
extension CommitGraph {
  /// Excludes the commits among `nodes` that neither lead to a commit of `bottoms` nor are led to
  /// by those that the path was said to go through. O(n).
  mutating func limitToAncestryPath(_ nodes: [Int], from bottoms: [Int]) {
    var children: [Int: [Int]] = [:]
    for node in nodes where !flags[node].contains(.uninteresting) {
      for place in parentRange(node) { children[parent(at: place), default: []].append(node) }
    }
    var reached = Set(bottoms)
    var pending = bottoms
    while let node = pending.popLast() {
      for child in children[node] ?? [] where reached.insert(child).inserted {
        pending.append(child)
      }
    }
    for node in nodes where !reached.contains(node) && !flags[node].contains(.onPath) {
      flags[node].insert(.uninteresting)
    }
  }

  /// Marks the commits of the two sides among `nodes` that make the same change as one of the other
  /// side. All of the smaller side are read, and of both sides what they change.
  mutating func markTwins(_ nodes: [Int], as mark: Flags) throws(PandoError) {
    let leftCount = nodes.count { flags[$0].contains(.left) }
    let rightCount = nodes.count - leftCount
    guard leftCount > 0, rightCount > 0 else { return }
    let isLeftFirst = leftCount < rightCount
    var byPatch: [PatchID: [Int]] = [:]
    for node in nodes where flags[node].contains(.left) == isLeftFirst {
      if let patch = try patchID(of: node) { byPatch[patch, default: []].append(node) }
    }
    for node in nodes where flags[node].contains(.left) != isLeftFirst {
      guard let patch = try patchID(of: node), let twins = byPatch[patch] else { continue }
      for twin in twins + [node] { flags[twin].insert(mark) }
    }
  }

  /// What a commit changes; nil for merges.
  private func patchID(of node: Int) throws(PandoError) -> PatchID? {
    let parents = parents(of: node)
    guard parents.count <= 1 else { return nil }
    var options = TreeDiff.Options()
    let plain = filter?.plainPaths
    if let plain { options.paths = plain.map { TreePath(bytes: $0) } }
    var diff = TreeDiff(
      objects, from: parents.first.map { tree(of: $0) }, to: tree(of: node), options: options)
    var changes = try diff.remaining()
    if let filter, plain == nil {
      changes = changes.filter { change in
        let isDirectory = (change.new ?? change.old)?.mode.isDirectory ?? false
        return filter.verdict(change.path.bytes, isDirectory: isDirectory) == .all
      }
    }
    return try PatchID(of: changes, in: objects)
  }
}
