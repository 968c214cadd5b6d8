internal import PandoBytes
internal import PandoMerge
internal import PandoObjects
internal import PandoStore

/// Compares trees as the words of a command say, and writes what differs.
struct TreeDifferences {
  let printer: DiffPrinter
  /// Which paths are compared; nil for all.
  private(set) var filter: PathFilter?
  let isRecursive: Bool
  let showsTrees: Bool

  /// - Parameter isRecursive: whether files are compared and not directories, though no format
  ///   needs that.
  init(
    _ options: DiffOptions, _ format: DiffFormat, paths: [PathFilter.Item], isRecursive: Bool,
    showsTrees: Bool, _ context: CommandContext
  ) throws {
    printer = try DiffPrinter(options, format, context)
    filter = paths.isEmpty ? nil : PathFilter(paths)
    self.isRecursive = isRecursive || !format.isDisjoint(with: .recursive)
    self.showsTrees = showsTrees
  }

  /// What differs between two trees; nil is the empty one.
  func changes(_ old: ObjectID?, _ new: ObjectID?) throws -> [FileChange] {
    try printer.shown(changes(old, new, isRecursive: isRecursive, showsTrees: showsTrees))
  }

  /// What differs of a merge's files from its parents, each of which is a tree.
  func changes(ofMerge tree: ObjectID, from parents: [ObjectID]) throws -> [[FileChange]] {
    try parents.map {
      try printer.shown(changes($0, tree, isRecursive: true, showsTrees: false))
    }
  }

  private func changes(
    _ old: ObjectID?, _ new: ObjectID?, isRecursive: Bool, showsTrees: Bool
  ) throws -> [FileChange] {
    var options = TreeDiff.Options(isRecursive: isRecursive, showsDirectories: showsTrees)
    let plain = filter?.plainPaths
    if let plain { options.paths = plain.map { TreePath(bytes: $0) } }
    var diff = TreeDiff(printer.objects, from: old, to: new, options: options)
    var found = try diff.remaining()
    if let filter, plain == nil { found = found.filter { Self.isWanted($0, filter) } }
    let isReversed = printer.options.isReversed
    let looksFurther =
      printer.options.findsCopiesHarder && found.contains { (isReversed ? $0.new : $0.old) == nil }
    return try printer.changes(
      found, unchanged: looksFurther ? try unchanged(old, apartFrom: found) : [])
  }

  /// What differs of one file, the only path that is compared. Where it comes as new, it is looked
  /// for under another name, and followed under that from then on.
  mutating func followedChanges(_ old: ObjectID?, _ new: ObjectID?) throws -> [FileChange] {
    try printer.shown(follow(old, new))
  }

  private mutating func follow(_ old: ObjectID?, _ new: ObjectID?) throws -> [FileChange] {
    let found = try changes(old, new, isRecursive: true, showsTrees: false)
    guard found.count == 1, found[0].kind == .added, old != nil, let path = found[0].new?.path
    else { return found }
    var everywhere = self
    everywhere.filter = nil
    var diff = TreeDiff(
      printer.objects, from: old, to: new,
      options: TreeDiff.Options(isRecursive: true, showsDirectories: false))
    let all = try diff.remaining()
    var options = printer.options.renames ?? RenameDetection.Options()
    options.findsCopies = true
    let result = try RenameDetection.run(
      on: all.filter { $0.old != nil || $0.path == path }.map { FileChange($0) },
      unchanged: try everywhere.unchanged(old, apartFrom: all), in: printer.objects,
      options: options)
    let moved = result.changes.first { $0.new?.path == path }
    guard let moved, let source = moved.old else { return found }
    var item = PathFilter.Item(source.path.bytes)
    item.isLiteral = true
    filter = PathFilter([item])
    return [moved]
  }

  /// The files of a tree that are not among differences.
  private func unchanged(
    _ tree: ObjectID?, apartFrom found: [TreeChange]
  ) throws -> [FileChange.Side] {
    let changed = Set(found.lazy.filter { $0.old != nil }.map(\.path))
    var options = TreeDiff.Options(isRecursive: true, showsDirectories: false)
    let plain = filter?.plainPaths
    if let plain { options.paths = plain.map { TreePath(bytes: $0) } }
    var all = TreeDiff(printer.objects, from: nil, to: tree, options: options)
    return try all.remaining().compactMap { file in
      guard !changed.contains(file.path), filter.map({ Self.isWanted(file, $0) }) ?? true else {
        return nil
      }
      return FileChange(file).new
    }
  }

  private static func isWanted(_ change: TreeChange, _ filter: PathFilter) -> Bool {
    let isDirectory = (change.new ?? change.old)?.mode.isDirectory ?? false
    let verdict = filter.verdict(change.path.bytes, isDirectory: isDirectory)
    return isDirectory ? verdict != .none : verdict == .all
  }
}
