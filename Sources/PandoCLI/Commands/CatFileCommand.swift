public import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// `pando cat-file`: shows one object, or many that are named on standard input.
public struct CatFileCommand: Command {
  public let name = "cat-file"
  public let summary = "Show the contents, type or size of objects"

  enum Option {
    case exists, pretty, type, size, allowUnknown, batch, batchCheck, batchCommand, allObjects
    case buffer, followSymlinks, unordered, textConversion, filters, path, zero
  }

  static let parser = OptionParser<Option>(
    [
      "cat-file <type> <object>", "cat-file (-e | -p | -t | -s) <object>",
      "cat-file (--batch | --batch-check | --batch-command) [--batch-all-objects]\n"
        + "                      [--buffer] [--follow-symlinks] [--unordered] [-z]",
    ],
    [
      .mode(.exists, "-e", help: "succeed when the object exists and is valid"),
      .mode(.pretty, "-p", help: "print the object readably"),
      .mode(.type, "-t", help: "print the object's type"),
      .mode(.size, "-s", help: "print the object's size in bytes"),
      .flag(
        .allowUnknown, "--allow-unknown-type", help: "accepted; types are the four that exist",
        isHidden: true),
      .optionalValue(
        .batch, "--batch", placeholder: "<format>",
        help: "print objects named on standard input", isNegatable: false),
      .optionalValue(
        .batchCheck, "--batch-check", placeholder: "<format>",
        help: "the same without the contents", isNegatable: false),
      .optionalValue(
        .batchCommand, "--batch-command", placeholder: "<format>",
        help: "read 'contents', 'info' and 'flush' commands from standard input",
        isNegatable: false),
      .flag(.allObjects, "--batch-all-objects", help: "print all objects of the repository"),
      .flag(.buffer, "--buffer", help: "do not flush the output after each object"),
      .flag(.followSymlinks, "--follow-symlinks", help: "follow symbolic links inside trees"),
      .flag(.unordered, "--unordered", help: "let --batch-all-objects choose the fastest order"),
      .mode(.textConversion, "--textconv", help: "not supported"),
      .mode(.filters, "--filters", help: "not supported"),
      .value(.path, "--path", placeholder: "<path>", help: "not supported", isHidden: true),
      .flag(.zero, "-z", help: "names on standard input end in NUL"),
    ])

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try Self.parser.parse(arguments)
    if let batch = try batch(options) { return try batch.run(in: context) }
    try checkNoBatchOptions(options)
    return try single(options, context)
  }

  private func misuse(_ message: String) -> UsageError {
    Self.parser.misuse("fatal: \(message)\n")
  }

  // MARK: Options

  private func batch(_ options: ParsedOptions<Option>) throws -> CatFileBatch? {
    let keys: [Option] = [.batch, .batchCheck, .batchCommand]
    let given = options.occurrences.filter { keys.contains($0.key) }
    guard given.count <= 1 else {
      throw UsageError(complaint: "error: only one batch option may be specified")
    }
    if options.has(.path) {
      throw misuse("'--path=<path|tree-ish>' needs '--filters' or '--textconv'")
    }
    if options.mode == .textConversion || options.mode == .filters {
      throw CommandFailure.fatal("--textconv and --filters are not supported")
    }
    guard let occurrence = given.first else { return nil }
    if let mode = options.mode, let option = Self.parser.options.first(where: { $0.key == mode }) {
      throw misuse("'\(option.spelling)' is incompatible with batch mode")
    }
    guard options.arguments.isEmpty else { throw misuse("batch modes take no arguments") }
    let layout = occurrence.value.map(\.bytes) ?? BatchFormat.standard
    return CatFileBatch(
      format: try BatchFormat(layout),
      content: occurrence.key == .batch
        ? .bodies : occurrence.key == .batchCheck ? .headers : .commands,
      selection: options.has(.allObjects)
        ? (options.has(.unordered) ? .allUnordered : .allSorted) : .named,
      isBuffered: options.choice(.buffer) ?? options.has(.allObjects),
      followsSymlinks: options.has(.followSymlinks),
      delimiter: options.has(.zero) ? 0 : UInt8(ascii: "\n"))
  }

  private func checkNoBatchOptions(_ options: ParsedOptions<Option>) throws {
    let needBatch: [(Option, String)] = [
      (.followSymlinks, "--follow-symlinks"), (.buffer, "--buffer"),
      (.allObjects, "--batch-all-objects"), (.zero, "-z"),
    ]
    for (key, spelling) in needBatch where options.choice(key) != nil {
      throw misuse("'\(spelling)' requires a batch mode")
    }
  }

  // MARK: One object

  private func single(
    _ options: ParsedOptions<Option>, _ context: CommandContext
  ) throws -> ExitStatus {
    let arguments = options.arguments
    guard let mode = options.mode else {
      if arguments.isEmpty { throw Self.parser.misuse() }
      guard arguments.count == 2 else {
        let count = arguments.count
        throw misuse("only two arguments allowed in <type> <object> mode, not \(count)")
      }
      return try dereferenced(arguments[0].text, arguments[1], context)
    }
    guard let name = arguments.first else {
      let option = Self.parser.options.first { $0.key == mode }
      throw misuse("<object> required with '\(option?.spelling ?? "")'")
    }
    guard arguments.count == 1 else { throw misuse("too many arguments") }
    let id = try context.requireObject(name)
    let objects = try context.objects()
    switch mode {
    case .exists: return try objects.contains(id) ? .success : .failure
    case .type: try context.output.write("\(try header(id, objects).kind)\n")
    case .size: try context.output.write("\(try header(id, objects).size)\n")
    default: try pretty(id, name, context)
    }
    return .success
  }

  private func header(_ id: ObjectID, _ objects: any ObjectReader) throws -> ObjectHeader {
    guard let header = try objects.header(of: id) else {
      throw CommandFailure.fatal("git cat-file: could not get object info")
    }
    return header
  }

  private func pretty(_ id: ObjectID, _ name: ByteString, _ context: CommandContext) throws {
    let objects = try context.objects()
    guard let object = try objects.read(id) else {
      throw CommandFailure.fatal("Not a valid object name \(name)")
    }
    guard object.kind == .tree else {
      try context.output.write(object.body)
      return
    }
    let listing = TreeListing(
      layout: .standard, quotesHighBytes: try context.quotesHighBytes(), objects: objects)
    try listing.write(id, to: context.output)
  }

  /// Prints the object of a type that a name leads to, by tags and from a commit to its tree.
  private func dereferenced(
    _ typeName: String, _ name: ByteString, _ context: CommandContext
  ) throws -> ExitStatus {
    guard let kind = ObjectKind(name: typeName) else {
      throw CommandFailure.fatal("invalid object type \"\(typeName)\"")
    }
    var id = try context.requireObject(name)
    let objects = try context.objects()
    for _ in 0..<Limits.tagDepth {
      guard let object = try objects.read(id) else { break }
      if object.kind == kind {
        try context.output.write(object.body)
        return .success
      }
      switch object.kind {
      case .tag: id = try objects.annotatedTag(id).target
      case .commit: id = try objects.commitLinks(id).tree
      case .tree, .blob: throw CommandFailure.fatal("git cat-file \(name): bad file")
      }
    }
    throw CommandFailure.fatal("git cat-file \(name): bad file")
  }
}
