public import PandoBytes
internal import PandoFiles
internal import PandoMerge
internal import PandoObjects
internal import PandoStore

/// `pando diff`: shows what differs between two commits, trees or blobs.
public struct DiffCommand: Command {
  public let name = "diff"
  public let summary = "Show what differs between two commits, trees or blobs"

  private static let usage = """
    usage: pando diff [<options>] <commit> <commit> [--] [<path>...]
       or: pando diff [<options>] <commit>..<commit> [--] [<path>...]
       or: pando diff [<options>] <commit>...<commit> [--] [<path>...]
       or: pando diff [<options>] <blob> <blob>

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
    let compared = words.compared
    let differences = try TreeDifferences(
      options, try options.shown(default: .patch), paths: words.paths, isRecursive: true,
      showsTrees: false, context)
    let changes: [FileChange]
    if try compared.map({ try objects.header(of: $0)?.kind }) == [.blob, .blob] {
      let change = try Self.change(of: words.terms, context)
      changes = try differences.printer.shown(
        change.hasSameContent ? [] : [options.isReversed ? change.reversed : change])
    } else {
      guard compared.count == 2, let old = try? objects.peelToTree(compared[0]),
        let new = try? objects.peelToTree(compared[1])
      else {
        throw CommandFailure.fatal(
          "only two commits, trees or blobs are compared: "
            + "files of a work tree and of the index are not")
      }
      changes = try differences.changes(old, new)
    }
    try context.output.write(try differences.printer.text(changes))
    try differences.printer.warnOfLimit(context)
    guard options.tellsByStatus, !changes.isEmpty else { return .success }
    // Where white space does not count, only lines tell.
    let isSame = try options.ignoresSome && differences.printer.text(changes, as: .patch).isEmpty
    return isSame ? .success : .failure
  }

  /// The difference of two blobs, under the names by which they were found.
  private static func change(
    of blobs: [RevisionTerm], _ context: CommandContext
  ) throws -> FileChange {
    let parser = try context.revisionParser()
    let sides = try blobs.map { blob in
      let mode = try parser.find(ByteString(Array(blob.name.utf8)), isQuiet: true)?.mode
      return FileChange.Side(
        path: TreePath(bytes: blob.path ?? Array(blob.name.utf8)), mode: mode ?? .file,
        id: blob.id)
    }
    let isSameType = sides[0].mode.isSymbolicLink == sides[1].mode.isSymbolicLink
    return FileChange(
      old: sides[0], new: sides[1], kind: isSameType ? .modified : .typeChanged)
  }
}
