public import PandoBytes
internal import PandoFiles
internal import PandoMerge
internal import PandoObjects
internal import PandoStore

/// `pando merge-base`: finds the best common ancestors of commits.
public struct MergeBaseCommand: Command {
  public let name = "merge-base"
  public let summary = "Find the best common ancestors of commits"

  private enum Option { case all, octopus, independent, isAncestor, forkPoint }

  private static let parser = OptionParser(
    [
      "merge-base [-a | --all] <commit> <commit>...",
      "merge-base [-a | --all] --octopus <commit>...",
      "merge-base --is-ancestor <commit> <commit>",
      "merge-base --independent <commit>...",
      "merge-base --fork-point <ref> [<commit>]",
    ],
    [
      CommandOption<Option>.flag(
        .all, "-a", "--all", help: "output all common ancestors"),
      .mode(.octopus, "--octopus", help: "find ancestors for a single n-way merge"),
      .mode(.independent, "--independent", help: "list revs not reachable from others"),
      .mode(.isAncestor, "--is-ancestor", help: "is the first one ancestor of the other?"),
      .mode(.forkPoint, "--fork-point", help: "find where <commit> forked from reflog of <ref>"),
    ])

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try Self.parser.parse(arguments)
    let names = options.arguments
    let revisions = try context.revisionParser()
    var bases = MergeBases(try context.objects(), grafts: try context.grafts())
    var found: [ObjectID]
    switch options.mode {
    case .isAncestor:
      guard names.count >= 2 else { throw Self.parser.misuse() }
      if options.has(.all) {
        throw CommandFailure.fatal("options '--is-ancestor' and '--all' cannot be used together")
      }
      guard names.count == 2 else {
        throw CommandFailure.fatal("--is-ancestor takes exactly two commits")
      }
      let one = try commit(names[0], revisions)
      let two = try commit(names[1], revisions)
      return try bases.isAncestor(one, of: two) ? .success : .failure
    case .independent:
      if options.has(.all) {
        throw CommandFailure.fatal("options '--independent' and '--all' cannot be used together")
      }
      guard !names.isEmpty else { return .failure }
      found = try bases.independent(try commits(names, revisions))
    case .octopus:
      found = names.isEmpty ? [] : try bases.octopus(try commits(names, revisions))
    case .forkPoint:
      guard (1...2).contains(names.count) else { throw Self.parser.misuse() }
      return try forkPoint(names, revisions, &bases, context)
    default:
      guard names.count >= 2 else { throw Self.parser.misuse() }
      let ids = try commits(names, revisions)
      found = try bases.all(ids[0], Array(ids.dropFirst()))
    }
    if found.isEmpty { return .failure }
    if !options.has(.all), options.mode != .independent { found = [found[0]] }
    try context.output.write(found.map { "\($0.hex)\n" }.joined())
    return .success
  }

  private func commits(
    _ names: [ByteString], _ revisions: RevisionParser
  ) throws -> [ObjectID] {
    try names.map { try commit($0, revisions) }
  }

  private func commit(_ name: ByteString, _ revisions: RevisionParser) throws -> ObjectID {
    guard let id = try revisions.find(name)?.id else {
      throw CommandFailure.fatal("Not a valid object name \(name)")
    }
    let objects = revisions.source.objects
    guard try objects.contains(id) else {
      throw CommandFailure.fatal("Not a valid commit name \(name)")
    }
    let (peeled, kind) = try objects.peel(id)
    guard kind == .commit else {
      throw CommandFailure(
        lines: [
          "error: object \(peeled) is a \(kind), not a commit",
          "fatal: Not a valid commit name \(name)",
        ], status: .fatal)
    }
    return peeled
  }

  /// Where a branch left another, whose reflog tells what it once was.
  private func forkPoint(
    _ names: [ByteString], _ revisions: RevisionParser, _ bases: inout MergeBases,
    _ context: CommandContext
  ) throws -> ExitStatus {
    let matches = try revisions.references(named: names[0].bytes)
    guard let reference = matches.first else {
      throw CommandFailure.fatal("No such ref: '\(names[0])'")
    }
    guard matches.count == 1 else {
      throw CommandFailure.fatal("Ambiguous refname: '\(names[0])'")
    }
    let derived = try commit(names.count == 2 ? names[1] : "HEAD", revisions)
    let objects = revisions.source.objects
    var candidates: [ObjectID] = []
    for entry in try revisions.source.references.reflog(of: reference.resolved) ?? [] {
      for id in [candidates.isEmpty ? entry.old : entry.new, entry.new]
      where !id.isNull && !candidates.contains(id) {
        if try objects.header(of: id)?.kind == .commit { candidates.append(id) }
      }
    }
    if candidates.isEmpty { candidates.append(reference.id) }
    let found = try bases.all(derived, candidates)
    guard found.count == 1, candidates.contains(found[0]) else { return .failure }
    try context.output.write("\(found[0].hex)\n")
    return .success
  }
}
