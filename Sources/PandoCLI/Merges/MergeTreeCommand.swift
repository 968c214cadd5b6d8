public import PandoBytes
internal import PandoFiles
internal import PandoMerge
internal import PandoObjects
internal import PandoStore

/// `pando merge-tree`: merges commits and shows what comes of it; no branch moves.
public struct MergeTreeCommand: Command {
  public let name = "merge-tree"
  public let summary = "Merge commits without a working tree"

  private enum Option { case write, trivial, messages, zero, namesOnly, unrelated, input }

  private static let parser = OptionParser<Option>(
    [
      "merge-tree [--write-tree] [<options>] <branch1> <branch2>",
      "merge-tree [<options>] --stdin",
    ],
    [
      .mode(.write, "--write-tree", help: "merge, and write the merged tree (default)"),
      .mode(.trivial, "--trivial-merge", help: "not supported"),
      .flag(.messages, "--messages", help: "also tell what was done and what conflicts"),
      .flag(.zero, "-z", help: "end paths with NUL"),
      .flag(
        .namesOnly, "--name-only", help: "list conflicting paths without modes, objects, stages",
        isNegatable: false),
      .flag(
        .unrelated, "--allow-unrelated-histories",
        help: "merge commits that have no ancestor in common", isNegatable: false),
      .flag(
        .input, "--stdin", help: "read merges from standard input, one a line",
        isNegatable: false),
    ])

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try Self.parser.parse(arguments)
    if options.mode == .trivial {
      throw CommandFailure.fatal("--trivial-merge is not supported yet")
    }
    var run = try MergeTreeRun(context)
    run.isNamesOnly = options.has(.namesOnly)
    run.options.allowsUnrelated = options.has(.unrelated)
    run.showsMessages = options.choice(.messages)
    run.end = options.has(.zero) ? 0 : UInt8(ascii: "\n")
    if options.has(.input) {
      run.end = 0
      return try merge(linesOf: context, run)
    }
    let names = options.arguments
    if options.mode == nil, names.count == 3 {
      throw CommandFailure.fatal("--trivial-merge is not supported yet")
    }
    guard names.count == 2 else { throw Self.parser.misuse() }
    let result = try run.merge([try run.pair(names[0], names[1])])[0].get()
    try run.show(result, leads: false)
    return result.conflicts.isEmpty ? .success : .failure
  }

  /// So many lines are read before they are merged, on several threads.
  private static let linesMax = 1024

  private func merge(linesOf context: CommandContext, _ run: MergeTreeRun) throws -> ExitStatus {
    while true {
      var pairs: [MergePair] = []
      var failure: (any Error)?
      do {
        while pairs.count < Self.linesMax, let line = try context.input.readLine() {
          pairs.append(try run.pair(in: line))
        }
      } catch { failure = error }
      // What comes before a line that cannot be merged is merged and shown.
      for result in try run.merge(pairs) {
        try run.show(try result.get(), leads: true)
        try context.output.write([0])
      }
      if let failure { throw failure }
      if pairs.count < Self.linesMax { return .success }
    }
  }
}

/// One or more merges that are shown alike.
private struct MergeTreeRun {
  private let context: CommandContext
  private let revisions: RevisionParser
  private let objects: any ObjectWriter
  private let grafts: Grafts
  var options: RecursiveMerge.Options
  private let quotesHighBytes: Bool
  var isNamesOnly = false
  /// Nil to show messages of merges with conflicts.
  var showsMessages: Bool?
  /// What ends a path.
  var end = UInt8(ascii: "\n")

  init(_ context: CommandContext) throws {
    self.context = context
    revisions = try context.revisionParser()
    objects = try context.objects()
    grafts = try context.grafts()
    options = RecursiveMerge.Options(tree: try context.treeMergeOptions())
    quotesHighBytes = try context.quotesHighBytes()
  }

  /// Merges pairs, on several threads, and writes what that makes. The answers come in the order
  /// of the pairs.
  func merge(_ pairs: [MergePair]) throws -> [Result<TreeMergeResult, any Error>] {
    // Names of merge bases are made by one who is not for several threads.
    let threads = options.tree.style == .merge ? ThreadTeam.processorCount : 1
    let team = MergeTeam(pairs)
    let maker = MergeMaker(objects: objects, grafts: grafts, options: options)
    if threads == 1 || pairs.count == 1 {
      var merge = maker.make()
      merge.baseLabel = { [revisions] id throws(PandoError) in
        ByteString(try revisions.abbreviation(of: id, digits: nil))
      }
      team.work(&merge, objects)
    } else {
      ThreadTeam.run(min(threads, pairs.count)) { [objects] _ in
        var merge = maker.make()
        team.work(&merge, objects)
      }
    }
    return team.results
  }

  private func warn(_ needed: Int) throws {
    try context.output.flush()
    try context.errors.write(
      """
      warning: exhaustive rename detection was skipped due to too many files.
      warning: you may want to set your merge.renamelimit variable to at least \(needed) and \
      retry the command.

      """)
  }

  /// The commits that a line names.
  func pair(in line: [UInt8]) throws -> MergePair {
    let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard words.count == 2 else {
      throw CommandFailure.fatal("malformed input line: '\(ByteString(line))'.")
    }
    return try pair(ByteString(Array(words[0])), ByteString(Array(words[1])))
  }

  func pair(_ ours: ByteString, _ theirs: ByteString) throws -> MergePair {
    MergePair(ours: (ours, try commit(ours)), theirs: (theirs, try commit(theirs)))
  }

  private func commit(_ name: ByteString) throws -> ObjectID {
    guard let id = try revisions.find(name)?.id, try objects.contains(id) else {
      throw Self.refusal(of: name)
    }
    let (peeled, kind) = try objects.peel(id)
    guard kind == .commit else {
      throw Self.refusal(
        of: name,
        "error: \(name): expected commit type, but the object dereferences to \(kind) type")
    }
    return peeled
  }

  private static func refusal(of name: ByteString, _ reason: String? = nil) -> CommandFailure {
    let line = "merge-tree: \(name) - not something we can merge"
    return CommandFailure(lines: [reason, line].compactMap { $0 }, status: .failure)
  }

  /// - Parameter leads: whether the answer begins with whether it is clean.
  func show(_ result: TreeMergeResult, leads: Bool) throws {
    let isClean = result.conflicts.isEmpty
    var output: [UInt8] = []
    if leads { output += [isClean ? UInt8(ascii: "1") : UInt8(ascii: "0"), end] }
    output.append(text: result.tree.hex)
    output.append(end)
    if !isClean { append(result.conflicts, to: &output) }
    if showsMessages ?? !isClean {
      output.append(end)
      for message in result.messages { append(message, to: &output) }
      append(adviceOn: result.unmergedSubmodules, to: &output)
    }
    try context.output.write(output)
    if showsMessages ?? !isClean, let needed = result.renameLimitNeeded { try warn(needed) }
  }

  private func append(_ conflicts: [Conflict], to output: inout [UInt8]) {
    var last: [UInt8]?
    for conflict in conflicts {
      let path = conflict.path.bytes
      for (stage, entry) in [conflict.base, conflict.ours, conflict.theirs].enumerated() {
        guard let entry else { continue }
        if isNamesOnly {
          if last == path { continue }
        } else {
          output.append(text: "\(entry.mode.text) \(entry.id) \(stage + 1)\t")
        }
        last = path
        if end == 0 {
          output += path
        } else {
          PathQuoting.append(path, quotesHighBytes: quotesHighBytes, to: &output)
        }
        output.append(end)
      }
    }
  }

  private func append(_ message: MergeMessage, to output: inout [UInt8]) {
    if end == 0 {
      output.append(text: "\(message.paths.count)")
      output.append(0)
      for path in message.paths { output += path.bytes + [0] }
      output.append(text: message.kind.rawValue)
      output.append(0)
    }
    output += message.text.bytes
    output.append(UInt8(ascii: "\n"))
    if end == 0 { output.append(0) }
  }

  private func append(adviceOn submodules: [ByteString], to output: inout [UInt8]) {
    if submodules.isEmpty { return }
    let list = submodules.map(\.bytes).joined(separator: [UInt8(ascii: " ")])
    output.append(
      text: """
        Recursive merging with submodules currently only supports trivial cases.
        Please manually handle the merging of each conflicted submodule.
        This can be accomplished with the following steps:
         - come back to superproject and run:

              git add \(String(decoding: Array(list), as: UTF8.self))

           to record the above merge or update
         - resolve any other conflicts in the superproject
         - commit the resulting index in the superproject

        """)
  }
}
