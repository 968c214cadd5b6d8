public import PandoBytes
internal import PandoFiles
internal import PandoMerge
internal import PandoObjects
internal import PandoStore

/// `pando diff-tree`: compares two trees, or commits with their parents.
public struct DiffTreeCommand: Command {
  public let name = "diff-tree"
  public let summary = "Compare two trees, or commits with their parents"

  static let usage = """
    usage: pando diff-tree [--stdin] [-m | -c | --cc] [-s] [--no-commit-id] [-t] [-r] [--root]
                           [<common-diff-options>] <tree-ish> [<tree-ish>] [<path>...]

    """

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    if arguments == ["-h"] { throw UsageError(usage: Self.usage, isHelp: true) }
    var words = DiffTreeWords()
    try words.options.read(context.configuration())
    try words.read(arguments, context)
    let trees = words.trees
    guard !trees.isEmpty || words.readsInput else { throw UsageError(usage: Self.usage) }
    let run = try DiffTreeRun(words, context)
    switch trees.count {
    case 1: try run.showCommit(trees[0], parents: nil)
    case 2: try run.showTrees(trees[0], trees[1])
    default: break
    }
    if words.readsInput { try run.showInput() }
    try run.warnOfLimit()
    return run.hasDifferences && words.options.tellsByStatus ? .failure : .success
  }
}

/// The command line of `diff-tree`.
struct DiffTreeWords {
  var options = DiffOptions()
  var readsInput = false
  var showsRoots = false
  var merges = MergeComparison()
  var showsCommits = true
  var isRecursive = false
  var showsTrees = false
  var trees: [ObjectID] = []
  var paths: [PathFilter.Item] = []

  mutating func read(_ arguments: [ByteString], _ context: CommandContext) throws {
    let words = try TreeWords(arguments, context, hint: .tree) { try take($0) }
    trees = words.terms.contains(where: \.isLeft) ? words.terms.map(\.id) : words.compared
    paths = words.paths
  }

  private mutating func take(_ option: String) throws {
    switch option {
    case "--stdin": readsInput = true
    case "--root": showsRoots = true
    case "--no-commit-id": showsCommits = false
    case "-r": isRecursive = true
    case "-t": (isRecursive, showsTrees) = (true, true)
    default:
      if try options.take(option) || merges.take(option) { return }
      try DiffOptions.refuse(option, Self.refused)
      throw UsageError(usage: DiffTreeCommand.usage)
    }
  }

  private static let refused: Set<String> = [
    "-v", "--pretty", "--format", "--merge-base", "--remerge-diff",
  ]
}

/// Compares and prints.
final class DiffTreeRun {
  private let words: DiffTreeWords
  private let context: CommandContext
  private let objects: any ObjectReader
  private let differences: TreeDifferences
  private var commits: CommitDifferences
  private let grafts: Grafts
  private(set) var hasDifferences = false

  init(_ words: DiffTreeWords, _ context: CommandContext) throws {
    self.words = words
    self.context = context
    objects = try context.objects()
    let way = try words.merges.way(default: .none)
    differences = try TreeDifferences(
      words.options, try words.options.shown(default: way == .dense ? .patch : .raw),
      paths: words.paths, isRecursive: words.isRecursive, showsTrees: words.showsTrees, context)
    commits = CommitDifferences(
      trees: differences, merges: way, showsAllPaths: words.merges.showsAllPaths)
    grafts = try context.grafts()
  }

  func warnOfLimit() throws { try differences.printer.warnOfLimit(context) }

  /// Compares two trees, or the trees of commits.
  func showTrees(_ old: ObjectID, _ new: ObjectID) throws {
    let changes = try differences.changes(try tree(old), try tree(new))
    try show(changes)
  }

  private func tree(_ id: ObjectID) throws -> ObjectID {
    guard let tree = try? objects.peelToTree(id) else {
      throw CommandFailure.fatal("unable to read tree (\(id.hex))")
    }
    return tree
  }

  /// Compares a commit with its parents.
  func showCommit(_ id: ObjectID, parents given: [ObjectID]?) throws {
    let (commit, kind) = try objects.peel(id)
    guard kind == .commit else { return }
    let links = try objects.commitLinks(commit)
    let parents = given ?? grafts.parents[commit] ?? links.parents
    let parts = try commits.parts(
      tree: links.tree, parents: parents, showsRoots: words.showsRoots)
    for part in parts {
      if !part.isCombined { hasDifferences = true }
      try show(commits.text(part), header: commit)
    }
  }

  /// Takes what to compare from standard input: commits, with parents if they are to be others, or
  /// two trees. Lines that begin otherwise are printed as they are.
  func showInput() throws {
    while let line = try context.input.readLine() {
      let fields = line.split(separator: UInt8(ascii: " ")).map(Array.init)
      guard let first = fields.first, let id = ObjectID(hexBytes: first.span) else {
        try context.output.write(line + [UInt8(ascii: "\n")])
        continue
      }
      let others = fields.dropFirst().map { ObjectID(hexBytes: $0.span) }
      switch try objects.header(of: id)?.kind {
      case .commit?:
        let parents = others.prefix { $0 != nil }.compactMap(\.self)
        try showCommit(id, parents: parents.isEmpty ? nil : parents)
      case .tree?:
        guard others.count == 1, let other = others[0] else {
          try context.errors.write("error: Need exactly two trees, separated by a space\n")
          continue
        }
        try context.output.write("\(id.hex) \(other.hex)\n")
        try show(try differences.changes(id, other))
      case let kind?:
        try context.errors.write("error: Object \(id.hex) is a \(kind), not a commit or tree\n")
      case nil: continue
      }
    }
  }

  private func show(_ changes: [FileChange]) throws {
    if changes.isEmpty { return }
    hasDifferences = true
    try show(try differences.printer.text(changes), header: nil)
  }

  private func show(_ text: [UInt8], header: ObjectID?) throws {
    let end = words.options.endsWithZero ? "\0" : "\n"
    if let header, words.showsCommits { try context.output.write(header.hex + end) }
    try context.output.write(text)
  }
}
