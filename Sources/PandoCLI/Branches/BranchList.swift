internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage
internal import PandoStore

/// The list that `branch` prints.
struct BranchList {
  private typealias Option = BranchCommand.Option

  private let listing: ReferenceListing
  private let options: ParsedOptions<BranchCommand.Option>
  private let filter: ReferenceFilter
  private let usesColor: Bool

  init(_ context: CommandContext, _ options: ParsedOptions<BranchCommand.Option>) throws {
    self.options = options
    listing = try ReferenceListing(context)
    filter = try BranchCommand.filterOptions.filter(options, listing)
    usesColor = try ReferenceListing.usesColor(
      options.choice(.color), options.value(.color), context)
  }

  private var showsLocal: Bool { options.has(.all) || !options.has(.remotes) }
  private var showsRemote: Bool { options.has(.all) || options.has(.remotes) }

  func print() throws {
    let source = listing.revisions.source
    var items: [ReferenceItem] = []
    if showsLocal {
      items += try ReferenceItem.all(withPrefix: "refs/heads/", in: source.references)
    }
    if showsRemote {
      items += try ReferenceItem.all(withPrefix: "refs/remotes/", in: source.references)
    }
    if showsLocal, listing.fields.headTarget == nil, let id = try source.references.id(of: .head) {
      items.append(ReferenceItem(name: "HEAD", id: id, kind: .detachedHead))
    }
    let keys =
      options.choice(.sort) == nil
      ? listing.context.settings("branch.sort") : options.values(.sort)
    let all = options.choice(.sort) == false ? [] : keys
    let order = try listing.order(
      all, ignoresCase: filter.ignoresCase, headComesFirst: true)
    let kept = try order.sort(try filter.apply(items, in: source), by: listing.fields)
    let format = try options.value(.format)?.bytes ?? Array(layout(kept).utf8)
    let template = try ReferenceListing.template(
      format, colors: usesColor)
    try listing.print(kept, template)
  }

  // MARK: Layout

  private var verbosity: Int { options.count(.verbose) }

  /// The format that stands for git's own layout.
  private func layout(_ items: [ReferenceItem]) throws -> String {
    let color = usesColor
    let remotePrefix = options.has(.remotes) && !options.has(.all) ? "" : "remotes/"
    let mark =
      "%(if)%(HEAD)%(then)* \(color ? "%(color:green)" : "")%(else)"
      + "%(if)%(worktreepath)%(then)+ \(color ? "%(color:cyan)" : "")%(else)  %(end)%(end)"
    let remoteColor = color ? "%(color:red)" : ""
    let reset = color ? "%(color:reset)" : ""
    let local: String
    let remote: String
    if verbosity > 0 {
      let width = try nameWidth(items, remotePrefix)
      local =
        mark + "%(align:\(width),left)%(refname:lstrip=2)%(end)\(reset) \(id) "
        + (verbosity > 1 ? fullTracking : tracking) + "%(contents:subject)"
      remote =
        "  \(remoteColor)%(align:\(width),left)\(remotePrefix)%(refname:lstrip=2)%(end)\(reset)"
        + "%(if)%(symref)%(then) -> %(symref:short)%(else) \(id) %(contents:subject)%(end)"
    } else {
      let target = "%(if)%(symref)%(then) -> %(symref:short)%(end)"
      local = mark + "%(refname:lstrip=2)\(reset)" + target
      remote = "  \(remoteColor)\(remotePrefix)%(refname:lstrip=2)\(reset)" + target
    }
    return "%(if:notequals=refs/remotes)%(refname:rstrip=-2)%(then)\(local)%(else)\(remote)%(end)"
  }

  private var id: String {
    if options.choice(.abbrev) == false { return "%(objectname)" }
    guard let digits = options.value(.abbrev).flatMap({ Int($0.text) }) else {
      return "%(objectname:short)"
    }
    return digits == 0 ? "%(objectname)" : "%(objectname:short=\(digits))"
  }

  private var tracking: String { "%(if)%(upstream:track)%(then)%(upstream:track) %(end)" }

  private var fullTracking: String {
    let blue = usesColor ? "%(color:blue)" : ""
    let reset = usesColor ? "%(color:reset)" : ""
    let path =
      "%(if:notequals=*)%(HEAD)%(then)%(if)%(worktreepath)%(then)"
      + "(\(usesColor ? "%(color:cyan)" : "")%(worktreepath)\(reset)) %(end)%(end)"
    return path + "%(if)%(upstream)%(then)[\(blue)%(upstream:short)\(reset)"
      + "%(if)%(upstream:track)%(then): %(upstream:track,nobracket)%(end)] %(end)"
  }

  private func nameWidth(_ items: [ReferenceItem], _ remotePrefix: String) throws -> Int {
    let atoms = [try FormatAtom(parsing: Array("refname:lstrip=2".utf8))]
    var width = 0
    for item in items {
      let name = try listing.fields.values(atoms, of: item)
      let prefix = item.kind == .remote ? remotePrefix.utf8.count : 0
      width = max(width, DisplayWidth.columns(of: name.first?.bytes[...] ?? []) + prefix)
    }
    return width
  }
}
