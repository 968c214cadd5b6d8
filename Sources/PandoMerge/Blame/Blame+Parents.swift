internal import PandoBytes
internal import PandoObjects

/// Passing lines on to parents.
extension Blame {
  /// Passes on all lines of a version that parents of its commit have.
  mutating func pass(_ number: Int) throws(PandoError) {
    let commit = origins[number].commit
    var parents = table.parentRange(commit).map { table.parent(at: $0) }
    if options.followsFirstParentOnly { parents = Array(parents.prefix(1)) }
    for parent in parents { try table.read(parent) }
    var found = [Int?](repeating: nil, count: parents.count)
    let looksForRenames = options.followsRenames && commit != uncommitted
    for looksForRenames in looksForRenames ? [false, true] : [false] {
      for (index, parent) in parents.enumerated() where found[index] == nil {
        let older =
          looksForRenames
          ? try renamed(number, in: parent) : try unrenamed(number, in: parent, isFirst: index == 0)
        guard let older else { continue }
        let blob = origins[older].place.file.id
        if blob == origins[number].place.file.id {
          try passWhole(number, to: older)
          return
        }
        let isKnown = found.contains { $0.map { origins[$0].place.file.id } == blob }
        if !isKnown { found[index] = older }
      }
    }
    for case let older? in found {
      if origins[number].previous == nil { origins[number].previous = older }
      try passShared(number, to: older)
      if origins[number].lines.isEmpty { return }
    }
  }

  /// The version of a parent that has the same path.
  private mutating func unrenamed(
    _ number: Int, in parent: CommitTable.Index, isFirst: Bool
  ) throws(PandoError) -> Int? {
    let path = origins[number].path
    if let known = origins.number(of: path, in: parent) { return known }
    let place = origins[number].place
    if isFirst, table.commitGraph != nil,
      table.mayHaveChanged(keys(path), origins[number].commit) == false
    {
      return origins.insert(path, in: parent, at: place)
    }
    let tree = table.tree(of: parent)
    guard let older = try FilePlace.find(path, in: tree, like: place, reader),
      older.isSameKind(as: place)
    else { return nil }
    return origins.insert(path, in: parent, at: older)
  }

  /// The version of a parent that has another path, when the file was renamed.
  private mutating func renamed(
    _ number: Int, in parent: CommitTable.Index
  ) throws(PandoError) -> Int? {
    let path = origins[number].path
    let tree = table.tree(of: parent)
    var differences = TreeDiff(reader, from: tree, to: table.tree(of: origins[number].commit))
    var changes: [FileChange] = []
    var isNew = false
    while let difference = try differences.next() {
      let change = FileChange(difference)
      switch change.kind {
      case .deleted: changes.append(change)
      case .added where change.path == path:
        changes.append(change)
        isNew = true
      default: break
      }
    }
    guard isNew, changes.count > 1 else { return nil }
    let renames = try RenameDetection.run(on: changes, in: reader).changes
    guard let rename = renames.first(where: { $0.kind == .renamed && $0.new?.path == path }),
      let old = rename.old?.path, let place = try FilePlace.find(old, in: tree, reader)
    else { return nil }
    return origins.insert(old, in: parent, at: place)
  }

  private mutating func passWhole(_ number: Int, to older: Int) throws(PandoError) {
    if origins[older].text == nil { origins[older].text = origins[number].text }
    try give(origins[number].lines, to: older)
    origins[number].lines = []
  }

  /// Passes on the lines that an older version has too.
  private mutating func passShared(_ number: Int, to older: Int) throws(PandoError) {
    let new = try text(of: number)
    let old = try text(of: older, like: new)
    let parts = origins[number].lines.parted(by: texts.changes(from: old, to: new))
    origins[number].lines = parts.own
    try give(parts.older, to: older)
  }

  private mutating func text(
    of number: Int, like other: VersionText? = nil
  ) throws(PandoError) -> VersionText {
    if let known = origins[number].text { return known }
    let bytes = try reader.body(of: origins[number].place.file.id, .blob)
    let text = if let other { texts.text(bytes, like: other) } else { texts.text(bytes) }
    origins[number].text = text
    return text
  }
}
