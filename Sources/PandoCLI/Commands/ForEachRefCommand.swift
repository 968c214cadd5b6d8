public import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStore

/// `pando for-each-ref`: lists references by a format.
public struct ForEachRefCommand: Command {
  public let name = "for-each-ref"
  public let summary = "Output information on each ref"

  private enum Option {
    case shell, perl, python, tcl, count, format, color, sort, pointsAt, merged, noMerged, contains
    case noContains, ignoreCase
  }

  private static let filterOptions = ReferenceFilterOptions<Option>(
    contains: .contains, noContains: .noContains, merged: .merged, noMerged: .noMerged,
    pointsAt: .pointsAt, ignoreCase: .ignoreCase)

  private static let parser = OptionParser(
    [
      "for-each-ref [<options>] [<pattern>]", "for-each-ref [--points-at <object>]",
      "for-each-ref [--merged [<commit>]] [--no-merged [<commit>]]",
      "for-each-ref [--contains [<commit>]] [--no-contains [<commit>]]",
    ],
    [
      CommandOption<Option>.flag(
        .shell, "-s", "--shell", help: "quote placeholders suitably for shells"),
      .flag(.perl, "-p", "--perl", help: "quote placeholders suitably for perl"),
      .flag(.python, "--python", help: "quote placeholders suitably for python"),
      .flag(.tcl, "--tcl", help: "quote placeholders suitably for Tcl"),
      .value(.count, "--count", placeholder: "<n>", help: "show only <n> matched refs"),
      .value(
        .format, "--format", placeholder: "<format>", help: "format to use for the output"),
      .optionalValue(
        .color, "--color", placeholder: "<when>", help: "respect format colors"),
      .value(.sort, "--sort", placeholder: "<key>", help: "field name to sort on"),
      .value(
        .pointsAt, "--points-at", placeholder: "<object>",
        help: "print only refs which points at the given object"),
      .value(
        .merged, "--merged", placeholder: "<commit>", help: "print only refs that are merged",
        isNegatable: false),
      .value(
        .noMerged, "--no-merged", placeholder: "<commit>",
        help: "print only refs that are not merged", isNegatable: false),
      .value(
        .contains, "--contains", placeholder: "<commit>",
        help: "print only refs which contain the commit", isNegatable: false),
      .value(
        .noContains, "--no-contains", placeholder: "<commit>",
        help: "print only refs which don't contain the commit", isNegatable: false),
      .flag(
        .ignoreCase, "--ignore-case", help: "sorting and filtering are case insensitive"),
    ])

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try Self.parser.parse(ReferenceListing.completed(arguments))
    let count = try options.integer(.count) ?? 0
    let listing = try ReferenceListing(context)
    let filter = try Self.filterOptions.filter(options, listing, matching: .path)
    guard count >= 0 else {
      throw Self.parser.misuse("error: invalid --count argument: `\(count)'")
    }
    let quoting = try Self.quoting(options)
    let format = options.value(.format) ?? "%(objectname) %(objecttype)\t%(refname)"
    let template = try ReferenceListing.template(
      format.bytes, quoting: quoting,
      colors: try ReferenceListing.usesColor(
        options.choice(.color), options.value(.color), context),
      usage: Self.parser.usage)
    let order = try listing.order(options.values(.sort), ignoresCase: filter.ignoresCase)
    let source = listing.revisions.source
    var items = try ReferenceItem.all(
      withPrefix: filter.commonPrefix ?? "refs/", in: source.references)
    items = try order.sort(try filter.apply(items, in: source), by: listing.fields)
    try listing.print(
      items.prefix(count == 0 ? items.count : count), template, quoting: quoting)
    return .success
  }

  private static func quoting(_ options: ParsedOptions<Option>) throws -> ValueQuoting {
    let styles: [(Option, ValueQuoting)] = [
      (.shell, .shell), (.perl, .perl), (.python, .python), (.tcl, .tcl),
    ]
    let given = styles.filter { options.has($0.0) }
    guard given.count <= 1 else { throw parser.misuse("error: more than one quoting style?") }
    return given.first?.1 ?? .none
  }
}
