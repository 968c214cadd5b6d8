internal import PandoMerge
internal import PandoStorage

extension CommandContext {
  /// How trees are merged here: `merge.conflictStyle`, `merge.renameLimit`,
  /// `merge.directoryRenames`.
  func treeMergeOptions() throws -> TreeMerge.Options {
    let configuration = try configuration()
    var options = TreeMerge.Options()
    switch try configuration.string("merge.conflictStyle") {
    case nil, "merge": break
    case "diff3": options.style = .diff3
    case "zdiff3": options.style = .zealousDiff3
    case let style?:
      throw CommandFailure.fatal("unknown style '\(style)' given for 'merge.conflictstyle'")
    }
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
