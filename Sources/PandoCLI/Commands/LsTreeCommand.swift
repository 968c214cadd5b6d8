public import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// `pando ls-tree`: lists what a tree holds.
public struct LsTreeCommand: Command {
  public let name = "ls-tree"
  public let summary = "List the contents of a tree"

  enum Option {
    case treesOnly, recursive, showTrees, zero, long, nameOnly, nameStatus, objectOnly
    case fullName, fullTree, format, abbreviation
  }

  static let parser = OptionParser<Option>(
    ["ls-tree [<options>] <tree-ish> [<path>...]"],
    [
      .flag(.treesOnly, "-d", help: "show only trees"),
      .flag(.recursive, "-r", help: "go into subtrees"),
      .flag(.showTrees, "-t", help: "show trees even when going into them"),
      .flag(.zero, "-z", help: "end lines with NUL and quote nothing"),
      .mode(.long, "-l", "--long", help: "show the sizes of blobs"),
      .mode(.nameOnly, "--name-only", help: "show only names"),
      .mode(.nameStatus, "--name-status", help: "show only names"),
      .mode(.objectOnly, "--object-only", help: "show only object names"),
      .flag(.fullName, "--full-name", help: "show paths from the root"),
      .flag(.fullTree, "--full-tree", help: "list from the root, not from here"),
      .value(
        .format, "--format", placeholder: "<format>", help: "the layout of a line",
        isNegatable: false),
      .optionalValue(
        .abbreviation, "--abbrev", placeholder: "<n>", help: "show <n> digits of object names"),
    ])

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try Self.parser.parse(arguments)
    let layout = try layout(options)
    guard let name = options.arguments.first else { throw Self.parser.misuse() }
    let id = try context.requireObject(name)
    let objects = try context.objects()
    var listing = TreeListing(
      layout: layout, quotesHighBytes: try context.quotesHighBytes(), objects: objects)
    let prefix = options.has(.fullTree) ? [] : try context.prefix() ?? []
    listing.prefix = options.has(.fullName) ? [] : prefix
    listing.isRecursive = options.has(.recursive)
    listing.showsOnlyTrees = options.has(.treesOnly)
    listing.showsTrees =
      options.has(.showTrees) || (options.has(.treesOnly) && options.has(.recursive))
    listing.endsWithZero = options.has(.zero)
    let paths = options.arguments.dropFirst()
    listing.paths = try paths.map { try PathPattern(literal: $0, prefix: prefix, context).bytes }
    if paths.isEmpty, !prefix.isEmpty { listing.paths = [prefix] }
    try setAbbreviation(options, &listing, context)
    guard let tree = try? objects.peelToTree(id) else {
      throw CommandFailure.fatal("not a tree object")
    }
    try listing.write(tree, to: context.output)
    return .success
  }

  private func layout(_ options: ParsedOptions<Option>) throws -> TreeListing.Layout {
    if let format = options.value(.format) {
      guard options.mode == nil else {
        throw Self.parser.misuse(
          "fatal: --format can't be combined with other format-altering options\n")
      }
      return try TreeListing.Layout(format.bytes)
    }
    switch options.mode {
    case .long: return .long
    case .nameOnly, .nameStatus: return .nameOnly
    case .objectOnly: return .objectOnly
    default: return .standard
    }
  }

  private func setAbbreviation(
    _ options: ParsedOptions<Option>, _ listing: inout TreeListing, _ context: CommandContext
  ) throws {
    guard options.has(.abbreviation) else { return }
    let digits = try options.integer(.abbreviation)
    if digits == 0 { return }
    listing.abbreviate = { id in try context.abbreviation(of: id, digits: digits) }
  }
}
