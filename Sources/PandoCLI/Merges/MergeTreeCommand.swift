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
    run.merge.options.allowsUnrelated = options.has(.unrelated)
    run.showsMessages = options.choice(.messages)
    run.end = options.has(.zero) ? 0 : UInt8(ascii: "\n")
    if options.has(.input) {
      run.end = 0
      return try merge(linesOf: context, &run)
    }
    let names = options.arguments
    if options.mode == nil, names.count == 3 {
      throw CommandFailure.fatal("--trivial-merge is not supported yet")
    }
    guard names.count == 2 else { throw Self.parser.misuse() }
    let isClean = try run.merge(names[0], names[1], leads: false)
    try run.finish()
    return isClean ? .success : .failure
  }

  private func merge(
    linesOf context: CommandContext, _ run: inout MergeTreeRun
  ) throws -> ExitStatus {
    while let line = try context.input.readLine() {
      let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
      guard words.count == 2 else {
        throw CommandFailure.fatal("malformed input line: '\(ByteString(line))'.")
      }
      _ = try run.merge(ByteString(Array(words[0])), ByteString(Array(words[1])), leads: true)
      try context.output.write([0])
    }
    try run.finish()
    return .success
  }
}

/// One or more merges that are shown alike.
private struct MergeTreeRun {
  private let context: CommandContext
  private let revisions: RevisionParser
  private let objects: any ObjectWriter
  var merge: RecursiveMerge
  private let quotesHighBytes: Bool
  /// What was made by merges so far and is not written yet.
  private var batch: ObjectBatch
  var isNamesOnly = false
  /// Nil to show messages of merges with conflicts.
  var showsMessages: Bool?
  /// What ends a path.
  var end = UInt8(ascii: "\n")

  init(_ context: CommandContext) throws {
    self.context = context
    revisions = try context.revisionParser()
    objects = try context.objects()
    batch = ObjectBatch(objects.hashAlgorithm)
    merge = RecursiveMerge(
      objects, options: .init(tree: try context.treeMergeOptions()),
      grafts: try context.grafts())
    merge.baseLabel = { [revisions] id throws(PandoError) in
      ByteString(try revisions.abbreviation(of: id, digits: nil))
    }
    quotesHighBytes = try context.quotesHighBytes()
  }

  /// Merges two commits; returns whether nobody has to decide anything.
  ///
  /// - Parameter leads: whether the answer begins with whether it is clean.
  mutating func merge(_ ours: ByteString, _ theirs: ByteString, leads: Bool) throws -> Bool {
    let one = try commit(ours)
    let two = try commit(theirs)
    merge.options.tree.oursLabel = ours
    merge.options.tree.theirsLabel = theirs
    let result = try merged(one, two)
    if batch.byteCount >= Self.batchBytesMax { try finish() }
    try show(result, leads: leads)
    return result.conflicts.isEmpty
  }

  private mutating func merged(
    _ ours: ObjectID, _ theirs: ObjectID
  ) throws -> TreeMergeResult {
    do {
      return try merge.mergeTrees(ours: ours, theirs: theirs, into: &batch)
    } catch {
      guard error.code == .invalidInput else { throw error }
      throw CommandFailure.fatal("refusing to merge unrelated histories")
    }
  }

  /// So many bytes of new objects wait for being written together.
  private static let batchBytesMax = 16 << 20

  /// Writes what was made.
  mutating func finish() throws {
    if !batch.isEmpty { try objects.write(batch) }
    batch = ObjectBatch(objects.hashAlgorithm)
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

  private func show(_ result: TreeMergeResult, leads: Bool) throws {
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
