internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage
internal import PandoStore

/// What the verbs that list references have in common: the reader of fields, filters by history,
/// order and output.
struct ReferenceListing {
  let context: CommandContext
  let revisions: RevisionParser
  let fields: FieldReader

  init(_ context: CommandContext) throws {
    self.context = context
    revisions = try context.revisionParser()
    fields = try FieldReader(revisions, DiskDetails(context))
  }

  private var objects: any ObjectReader { revisions.source.objects }

  /// Options that take `HEAD` when nothing follows them.
  private static let lastValueOptions: Set<ByteString> = [
    "--contains", "--no-contains", "--with", "--without", "--merged", "--no-merged", "--points-at",
  ]

  /// The words with the value that the last option takes when nothing follows it.
  static func completed(_ words: [ByteString], pointsAtHead: Bool = false) -> [ByteString] {
    guard let last = words.last, lastValueOptions.contains(last),
      pointsAtHead || last != "--points-at"
    else { return words }
    return words + ["HEAD"]
  }

  // MARK: Filters

  /// The commit that `--contains` and its like name.
  func containedCommit(_ name: ByteString) throws -> ObjectID {
    guard let id = try revisions.find(name)?.id else {
      throw UsageError(complaint: "error: malformed object name \(name)")
    }
    guard let commit = try commit(id) else {
      throw UsageError(complaint: "error: no such commit \(name)")
    }
    return commit
  }

  /// The commit that `--merged` and its like name; `option` is that without the dashes.
  func mergedCommit(_ name: ByteString, option: String) throws -> ObjectID {
    guard let id = try revisions.find(name)?.id else {
      throw CommandFailure.fatal("malformed object name \(name)")
    }
    guard let commit = try commit(id) else {
      throw UsageError(complaint: "error: option `\(option)' must point to a commit")
    }
    return commit
  }

  /// The object that `--points-at` names.
  func pointedObject(_ name: ByteString) throws -> ObjectID {
    guard let id = try revisions.find(name)?.id else {
      throw UsageError(complaint: "error: malformed object name '\(name)'")
    }
    return id
  }

  /// The commit that an object leads to; nil, and a complaint, when it leads to something else.
  func commit(_ id: ObjectID) throws -> ObjectID? {
    let (peeled, kind) = try objects.peel(id)
    if kind == .commit { return peeled }
    try context.errors.write("error: object \(peeled) is a \(kind), not a commit\n")
    return nil
  }

  // MARK: Order and output

  /// The order that keys ask for.
  func order(
    _ keys: [ByteString], ignoresCase: Bool, headComesFirst: Bool = false
  ) throws -> ReferenceOrder {
    var parsed: [ReferenceOrder.Key] = []
    for key in keys { parsed.append(try ReferenceOrder.Key(parsing: key.bytes)) }
    let settings = try context.configuration()
    var suffixes = settings.all("versionsort.suffix")
    if suffixes.isEmpty { suffixes = settings.all("versionsort.prereleasesuffix") }
    return ReferenceOrder(
      parsed, ignoresCase: ignoresCase, headComesFirst: headComesFirst,
      versions: VersionOrder(suffixes: suffixes.compactMap { $0.value?.bytes }))
  }

  /// Prints items by a format, a line each.
  func print(
    _ items: some Sequence<ReferenceItem>, _ template: FormatTemplate,
    quoting: ValueQuoting = .none
  ) throws {
    for item in items {
      let values = try fields.values(template.atoms, of: item)
      var line = try FormatRenderer.render(template, values, quoting: quoting)
      line.append(UInt8(ascii: "\n"))
      try context.output.write(line)
    }
  }

  /// Reads a format. Throws Git's complaint for a field that is not closed, and `usage` with it if
  /// there is one.
  static func template(
    _ format: [UInt8], quoting: ValueQuoting = .none, colors: Bool = false, usage: String? = nil
  ) throws -> FormatTemplate {
    do {
      let template = try FormatTemplate(parsing: format, colors: colors)
      if [.shell, .python, .tcl].contains(quoting),
        template.atoms.contains(where: { if case .raw = $0.field { true } else { false } })
      {
        throw CommandFailure.fatal("--format=raw cannot be used with --python, --shell, --tcl")
      }
      return template
    } catch let unclosed as FormatTemplate.Unclosed {
      let complaint = "error: malformed format string \(unclosed.rest)"
      if let usage { throw UsageError(complaint: complaint, usage: usage) }
      throw CommandFailure(
        lines: [complaint, "fatal: unable to parse format string"], status: .fatal)
    } catch let error as PandoError {
      guard let color = error.cause as? UnknownColor else { throw error }
      throw CommandFailure(
        lines: ["error: invalid color value: \(color.text)", "fatal: \(error.message)"],
        status: .fatal)
    }
  }

  /// What `--color` says; off unless asked for or a person watches.
  static func usesColor(
    _ choice: Bool?, _ value: ByteString?, _ context: CommandContext
  ) throws -> Bool {
    guard choice == true else { return false }
    switch value?.text {
    case nil, "always": return true
    case "never": return false
    case "auto": return context.output.isTerminal
    default:
      throw UsageError(
        complaint: "error: option `color' expects \"always\", \"auto\", or \"never\"")
    }
  }
}
