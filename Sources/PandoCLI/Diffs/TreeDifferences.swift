internal import PandoBytes
internal import PandoMerge
internal import PandoObjects
internal import PandoStore

/// Compares trees as the words of a command say, and writes what differs.
struct TreeDifferences {
  let printer: DiffPrinter
  /// Which paths are compared; nil for all.
  let filter: PathFilter?
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
    try changes(old, new, isRecursive: isRecursive, showsTrees: showsTrees)
  }

  /// What differs of a merge's files from its parents, each of which is a tree.
  func changes(ofMerge tree: ObjectID, from parents: [ObjectID]) throws -> [[FileChange]] {
    try parents.map { try changes($0, tree, isRecursive: true, showsTrees: false) }
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
    return try printer.changes(found)
  }

  private static func isWanted(_ change: TreeChange, _ filter: PathFilter) -> Bool {
    let isDirectory = (change.new ?? change.old)?.mode.isDirectory ?? false
    let verdict = filter.verdict(change.path.bytes, isDirectory: isDirectory)
    return isDirectory ? verdict != .none : verdict == .all
  }
}
