internal import PandoMerge
internal import PandoStorage

extension CommandContext {
  /// How trees are merged here: `merge.conflictStyle`, `merge.renameLimit`,
  /// `merge.directoryRenames`.
  func treeMergeOptions() throws -> TreeMerge.Options {
    let configuration = try configuration()
    var options = TreeMerge.Options()
    options.style = try configuration.conflictStyle() ?? .merge
    for key in ["diff.renameLimit", "merge.renameLimit"] {
      if let limit = try configuration.integer(key), limit > 0 { options.renameLimit = limit }
    }
    if try configuration.string("merge.directoryRenames")?.lowercased() == "conflict" {
      options.renamedDirectories = .conflict
    } else if let follows = try configuration.bool("merge.directoryRenames") {
      options.renamedDirectories = follows ? .followed : .ignored
    }
    return options
  }
}
