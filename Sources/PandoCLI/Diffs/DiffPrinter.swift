internal import PandoBytes
internal import PandoFiles
internal import PandoMerge
internal import PandoObjects
internal import PandoStore

/// Writes the differences of two trees in the formats that were asked for.
struct DiffPrinter {
  let options: DiffOptions
  let format: DiffFormat
  let names: DiffNames
  let objects: any ObjectReader
  let abbreviate: (ObjectID, Int?) throws -> String
  private let limits = RenameLimits()
  private let pickaxe: Pickaxe?

  /// How many files there were that were not compared for renames.
  private final class RenameLimits {
    var needed = 0
    var skippedUnchanged = false
  }

  init(_ options: DiffOptions, _ format: DiffFormat, _ context: CommandContext) throws {
    var options = options
    if options.findsCopiesHarder {
      options.renames = options.renames ?? RenameDetection.Options()
      options.renames?.findsCopies = true
    }
    pickaxe = try Pickaxe(options)
    self.options = options
    self.format = format
    names = DiffNames(quotesHighBytes: try context.quotesHighBytes())
    objects = try context.objects()
    let revisions = try context.revisionParser()
    abbreviate = { id, digits in try revisions.abbreviation(of: id, digits: digits) }
  }

  /// The differences with renames found; copies also of files that did not change.
  func changes(
    _ found: [TreeChange], unchanged: [FileChange.Side] = []
  ) throws -> [FileChange] {
    var changes = found.map { FileChange($0) }
    if options.isReversed { changes = changes.map(\.reversed) }
    if var renames = options.renames {
      renames.limit = options.renameLimit
      renames.renamesEmptyFiles = options.renamesEmptyFiles
      let result = try RenameDetection.run(
        on: changes, unchanged: unchanged, in: objects, options: renames)
      changes = result.changes
      limits.needed = max(limits.needed, result.limitNeeded ?? 0)
      if result.skippedUnchanged { limits.skippedUnchanged = true }
    }
    return changes
  }

  /// Those of all differences that are shown.
  func shown(_ changes: [FileChange]) throws -> [FileChange] {
    var changes = changes
    if let pickaxe {
      changes = try pickaxe.apply(changes, DiffContent(objects: objects, options: options))
    }
    return options.filter?.apply(changes) ?? changes
  }

  /// Tells at the end of files that were not compared, of which there were too many.
  func warnOfLimit(_ context: CommandContext) throws {
    guard limits.needed > 0 else { return }
    let what =
      limits.skippedUnchanged
      ? "only found copies from modified paths" : "exhaustive rename detection was skipped"
    try context.errors.write(
      """
      warning: \(what) due to too many files.
      warning: you may want to set your diff.renameLimit variable to at least \(limits.needed) and \
      retry the command.

      """)
  }

  /// The differences, written: in some formats, or those of the printer. What stands before each
  /// line takes `margin` columns away from those whose width nobody has asked for.
  func text(
    _ changes: [FileChange], as formats: DiffFormat? = nil, narrowedBy margin: Int = 0
  ) throws -> [UInt8] {
    let format = formats ?? format
    var output: [UInt8] = []
    guard !changes.isEmpty else { return output }
    let content = DiffContent(objects: objects, options: options)
    // What comes before patches is set off from them.
    var isFollowed = false
    if !format.isDisjoint(with: .listings) {
      for change in changes { try appendListing(change, to: &output) }
      isFollowed = true
    }
    if !format.isDisjoint(with: .counts) {
      var options = options
      options.stat.terminal -= margin
      let stat = try StatPrinter(changes, options, names, content)
      if format.contains(.numstat) { stat.appendNumbers(to: &output) }
      if format.contains(.stat) { stat.appendGraph(to: &output) }
      if format.contains(.shortstat) { stat.appendSummary(to: &output) }
      isFollowed = true
    }
    if format.contains(.summary), appendSummary(changes, to: &output) { isFollowed = true }
    if format.contains(.patch) {
      if isFollowed { output.append(options.endsWithZero ? 0 : UInt8(ascii: "\n")) }
      let patch = PatchPrinter(
        options: options, names: names, content: content, abbreviate: abbreviate)
      for change in changes { try patch.append(change, to: &output) }
    }
    return output
  }

  // MARK: Listings

  private func appendListing(_ change: FileChange, to output: inout [UInt8]) throws {
    let end = options.endsWithZero ? 0 : UInt8(ascii: "\n")
    if format.contains(.nameOnly) {
      output += name(change.path.bytes)
      output.append(end)
      return
    }
    if format.contains(.raw) {
      output.append(text: ":\(PatchPrinter.text(change.old?.mode)) ")
      output.append(text: "\(PatchPrinter.text(change.new?.mode)) ")
      output.append(text: "\(try digits(change.old)) \(try digits(change.new)) ")
    }
    output.append(text: String(change.kind.rawValue))
    if change.isMoved {
      output.append(text: String(change.percent).zeroPadded(to: 3))
    }
    let separator = options.endsWithZero ? 0 : UInt8(ascii: "\t")
    output.append(separator)
    if change.isMoved, let old = change.old {
      output += name(old.path.bytes)
      output.append(separator)
    }
    output += name(change.path.bytes)
    output.append(end)
  }

  /// A path as listings have it.
  func name(_ path: [UInt8]) -> [UInt8] { options.endsWithZero ? path : names.quoted(path) }

  /// The name of a side's object as listings have it.
  func digits(_ side: FileChange.Side?) throws -> String {
    let id = side?.id ?? .null(objects.hashAlgorithm)
    guard let digits = options.digits else { return id.hex }
    return try abbreviate(id, digits > 0 ? digits : nil)
  }

  /// The name of a side's object as combined patches have it, which no number of digits changes.
  func indexDigits(_ side: FileChange.Side?) throws -> String {
    let id = side?.id ?? .null(objects.hashAlgorithm)
    return options.showsFullIndex ? id.hex : try abbreviate(id, nil)
  }

  // MARK: Summary

  /// Tells of files that came, went, moved or changed modes; whether there were any.
  private func appendSummary(_ changes: [FileChange], to output: inout [UInt8]) -> Bool {
    let start = output.count
    for change in changes {
      switch change.kind {
      case .added, .deleted:
        let verb = change.kind == .added ? "create" : "delete"
        let mode = PatchPrinter.text((change.new ?? change.old)?.mode)
        output.append(text: " \(verb) mode \(mode) ")
        output += names.quoted(change.path.bytes)
        output.append(UInt8(ascii: "\n"))
      case .renamed, .copied:
        guard let old = change.old, let new = change.new else { continue }
        output.append(text: change.kind == .renamed ? " rename " : " copy ")
        output += names.renamed(old.path.bytes, new.path.bytes)
        output.append(text: " (\(change.percent)%)\n")
        appendModeChange(change, isNamed: false, to: &output)
      case .modified, .typeChanged: appendModeChange(change, isNamed: true, to: &output)
      }
    }
    return output.count > start
  }

  private func appendModeChange(
    _ change: FileChange, isNamed: Bool, to output: inout [UInt8]
  ) {
    guard let old = change.old, let new = change.new, old.mode != new.mode else { return }
    output.append(
      text: " mode change \(PatchPrinter.text(old.mode)) => \(PatchPrinter.text(new.mode))")
    if isNamed {
      output.append(UInt8(ascii: " "))
      output += names.quoted(change.path.bytes)
    }
    output.append(UInt8(ascii: "\n"))
  }
}
