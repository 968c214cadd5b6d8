public import PandoBytes
internal import PandoFiles
internal import PandoMerge
internal import PandoObjects
internal import PandoStore

/// `pando diff`: shows what differs between two commits or trees.
public struct DiffCommand: Command {
  public let name = "diff"
  public let summary = "Show what differs between two commits or trees"

  private static let usage = """
    usage: pando diff [<options>] <commit> <commit> [--] [<path>...]
       or: pando diff [<options>] <commit>..<commit> [--] [<path>...]
       or: pando diff [<options>] <commit>...<commit> [--] [<path>...]

    """

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    if arguments == ["-h"] { throw UsageError(usage: Self.usage, isHelp: true) }
    var options = DiffOptions()
    try options.readForPeople(context.configuration(), context)
    options.digits = 0
    // Ways to compare merges mean nothing here, and are allowed.
    var merges = MergeComparison()
    let words = try TreeWords(arguments, context, hint: .any) { option in
      if try options.take(option) || merges.take(option) { return }
      try DiffOptions.refuse(option)
      throw UsageError(usage: Self.usage)
    }
    let objects = try context.objects()
    guard words.compared.count == 2, let old = try? objects.peelToTree(words.compared[0]),
      let new = try? objects.peelToTree(words.compared[1])
    else {
      throw CommandFailure.fatal(
        "only two commits or trees are compared: files of a work tree, the index and blobs are not")
    }
    let differences = try TreeDifferences(
      options, try options.shown(default: .patch), paths: words.paths, isRecursive: true,
      showsTrees: false, context)
    let changes = try differences.changes(old, new)
    try context.output.write(try differences.printer.text(changes))
    try differences.printer.warnOfLimit(context)
    return !changes.isEmpty && options.tellsByStatus ? .failure : .success
  }
}
