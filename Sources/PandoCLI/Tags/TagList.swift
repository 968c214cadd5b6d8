internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage
internal import PandoStore

/// The list that `tag` prints.
struct TagList {
  private let listing: ReferenceListing
  private let options: ParsedOptions<TagCommand.Option>

  init(_ context: CommandContext, _ options: ParsedOptions<TagCommand.Option>) throws {
    self.options = options
    listing = try ReferenceListing(context)
  }

  func print() throws {
    let filter = try TagCommand.filterOptions.filter(options, listing)
    var format = options.value(.format)?.bytes ?? Array("%(refname:lstrip=2)".utf8)
    if options.has(.lines), !options.has(.format) {
      let count = try options.integer(.lines) ?? 1
      if count > 0 {
        format = Array("%(align:15)%(refname:lstrip=2)%(end) %(contents:lines=\(count))".utf8)
      }
    }
    let template = try ReferenceListing.template(
      format,
      colors: try ReferenceListing.usesColor(
        options.choice(.color), options.value(.color), listing.context))
    var keys = options.values(.sort)
    if !options.occurrences.contains(where: { $0.key == .sort && $0.isNegated }) {
      keys = listing.context.settings("tag.sort") + keys
    }
    let order = try listing.order(keys, ignoresCase: filter.ignoresCase)
    let source = listing.revisions.source
    let items = try ReferenceItem.all(withPrefix: "refs/tags/", in: source.references)
    try listing.print(
      try order.sort(try filter.apply(items, in: source), by: listing.fields), template)
  }
}
