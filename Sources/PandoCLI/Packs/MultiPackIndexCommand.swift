public import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage

/// `pando multi-pack-index`: writes and checks the index of all packs, and tidies the packs by it.
public struct MultiPackIndexCommand: Command {
  public let name = "multi-pack-index"
  public let summary = "Write and verify multi-pack-indexes"

  private enum Option {
    case objectDirectory, preferredPack, bitmap, progress, standardInput, refsSnapshot, batchSize
  }

  private static let writeForm =
    "multi-pack-index [<options>] write [--preferred-pack=<pack>][--refs-snapshot=<path>]"
  private static let verifyForm = "multi-pack-index [<options>] verify"
  private static let expireForm = "multi-pack-index [<options>] expire"

  private static let repackForm = "multi-pack-index [<options>] repack [--batch-size=<size>]"

  private static let objectDirectory = CommandOption<Option>.value(
    .objectDirectory, "--object-dir", placeholder: "<directory>",
    help: "object directory containing set of packfile and pack-index pairs")
  private static let progress = CommandOption<Option>.flag(
    .progress, "--progress", help: "force progress reporting")

  private static let parser = OptionParser<Option>(
    [writeForm, verifyForm, expireForm, repackForm], [objectDirectory],
    stopsAtFirstArgument: true)
  private static let writeParser = OptionParser<Option>(
    [writeForm],
    [
      objectDirectory,
      .value(
        .preferredPack, "--preferred-pack", placeholder: "<preferred-pack>",
        help: "pack for reuse when computing a multi-pack bitmap"),
      .flag(.bitmap, "--bitmap", help: "write multi-pack bitmap"), progress,
      .flag(
        .standardInput, "--stdin-packs",
        help: "write multi-pack index containing only given indexes"),
      .value(
        .refsSnapshot, "--refs-snapshot", placeholder: "<file>",
        help: "refs snapshot for selecting bitmap commits"),
    ])
  private static let verifyParser = OptionParser<Option>([verifyForm], [objectDirectory, progress])
  private static let expireParser = OptionParser<Option>([expireForm], [objectDirectory, progress])
  private static let repackParser = OptionParser<Option>(
    [repackForm],
    [
      objectDirectory,
      .value(
        .batchSize, "--batch-size", placeholder: "<n>",
        help: "during repack, collect pack-files of smaller size into a batch that is larger than"
          + " this size"), progress,
    ])

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let outer = try Self.parser.parse(arguments)
    guard let verb = outer.arguments.first else {
      throw Self.parser.misuse("error: need a subcommand")
    }
    let words = Array(outer.arguments.dropFirst())
    func parse(_ parser: OptionParser<Option>) throws -> ParsedOptions<Option> {
      let options = try parser.parse(words)
      guard options.arguments.isEmpty else { throw parser.misuse() }
      return options
    }
    func directory(_ options: ParsedOptions<Option>) throws -> FilePath {
      guard let given = options.value(.objectDirectory) ?? outer.value(.objectDirectory) else {
        return try context.objectDatabase().directory
      }
      return context.path(given.bytes).normalized
    }
    switch verb.text {
    case "write":
      let options = try parse(Self.writeParser)
      return try write(options, in: directory(options), context)
    case "verify":
      let options = try parse(Self.verifyParser)
      return try verify(directory(options), context)
    case "expire":
      let options = try parse(Self.expireParser)
      let objects = try Self.known(directory(options), context)
      _ = try MultiPackMaintenance(try context.objectDatabase(), in: objects)?
        .expire { Self.warn($0, context) }
      return .success
    case "repack":
      let options = try parse(Self.repackParser)
      let bytes = try Self.batchSize(options.value(.batchSize))
      return try repack(try Self.known(directory(options), context), batchBytes: bytes, context)
    default: throw Self.parser.misuse("error: unknown subcommand: `\(verb.text)'")
    }
  }

  /// The directory, which must be the repository's own or one that it borrows from.
  private static func known(
    _ directory: FilePath, _ context: CommandContext
  ) throws -> FilePath {
    let database = try context.objectDatabase()
    for known in [database.directory] + database.alternates
    where known.normalized == directory.normalized {
      return known
    }
    throw CommandFailure.fatal("could not find object directory matching \(directory)")
  }

  private static func batchSize(_ value: ByteString?) throws -> Int {
    guard let value else { return 0 }
    guard let size = try? ConfigValue.integer(value), size >= 0 else {
      throw UsageError(
        complaint: "error: option `batch-size' expects a non-negative integer value with an "
          + "optional k/m/g suffix")
    }
    return size
  }

  private static func warn(_ text: String, _ context: CommandContext) {
    // A stream that fails now has nobody left to tell.
    try? context.errors.write("warning: \(text)\n")
  }
}

// MARK: write

extension MultiPackIndexCommand {
  private func write(
    _ options: ParsedOptions<Option>, in directory: FilePath, _ context: CommandContext
  ) throws -> ExitStatus {
    let database = try context.objectDatabase()
    let objects = try Self.known(directory, context)
    var request = MultiPackIndexWriter.Options()
    request.preferredPack = options.value(.preferredPack)?.bytes
    if options.has(.standardInput) {
      var names: Set<[UInt8]> = []
      while let line = try context.input.readLine() { names.insert(line) }
      request.included = names
    }
    if options.has(.bitmap) {
      let snapshot = options.value(.refsSnapshot).map { context.path($0.bytes) }
      request.bitmap = try context.bitmapRequest(snapshot: snapshot)
    }
    return try Self.write(request, database, objects, context)
  }

  private static func write(
    _ request: MultiPackIndexWriter.Options, _ database: ObjectDatabase, _ objects: FilePath,
    _ context: CommandContext
  ) throws -> ExitStatus {
    let writer = MultiPackIndexWriter(database, in: objects, options: request) { text in
      warn(text, context)
    }
    do throws(PandoError) { _ = try writer.write() } catch {
      if error.code == .invalidInput { throw CommandFailure.error(error.message) }
      guard error.code == .notFound, request.bitmap != nil else { throw error }
      warn("Failed to write bitmap index: \(error.message)", context)
      throw CommandFailure.error("could not write multi-pack bitmap")
    }
    return .success
  }
}

// MARK: verify

extension MultiPackIndexCommand {
  private func verify(_ objects: FilePath, _ context: CommandContext) throws -> ExitStatus {
    let directory = objects / "pack"
    let path = directory / MultiPackIndex.fileName
    guard let map = try context.fileSystem.map(path) else { return .success }
    let algorithm = try context.objectDatabase().hashAlgorithm
    let index: MultiPackIndex
    do {
      index = try MultiPackIndex(map, algorithm: algorithm)
    } catch {
      throw Self.unreadable(error, map, path, algorithm)
    }
    var status = ExitStatus.success
    try index.verify(in: directory, files: context.fileSystem) { problem in
      status = .failure
      try? context.errors.write(problem + "\n")
    }
    return status
  }

  /// What git says of a file that it cannot read, some of it as the end of everything.
  private static func unreadable(
    _ error: ParseError, _ map: MappedFile, _ path: FilePath, _ algorithm: HashAlgorithm
  ) -> CommandFailure {
    let head = map.withBytes { [UInt8](copying: $0.extracting(first: min($0.count, 6))) }
    var reason = "error: \(error)"
    if map.count < 12 + algorithm.byteCount {
      reason = "error: multi-pack-index file \(path) is too small"
    } else if head.count == 6 {
      let signature = head[..<4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      if signature != 0x4D49_4458 {
        let padded = String(signature, radix: 16).zeroPadded(to: 8)
        return .fatal(
          "multi-pack-index signature 0x\(padded) does not match signature 0x4d494458")
      }
      if head[4] != 1 { return .fatal("multi-pack-index version \(head[4]) not recognized") }
      if head[5] != algorithm.rawValue {
        reason =
          "error: multi-pack-index hash version \(head[5]) does not match version "
          + "\(algorithm.rawValue)"
      }
    }
    return CommandFailure(
      lines: [reason, "error: multi-pack-index file exists, but failed to parse"],
      status: .failure)
  }
}

// MARK: repack

extension MultiPackIndexCommand {
  private func repack(
    _ objects: FilePath, batchBytes: Int, _ context: CommandContext
  ) throws -> ExitStatus {
    let database = try context.objectDatabase()
    guard let maintenance = try MultiPackMaintenance(database, in: objects) else { return .success }
    let configuration = try context.configuration()
    var options = PackBuilder.Options()
    options.allowsOffsetDeltas = try configuration.bool("repack.useDeltaBaseOffset") ?? true
    options.level = database.options.packLevel
    _ = try maintenance.repack(
      batchBytes: batchBytes,
      includesKept: try configuration.bool("repack.packKeptObjects") ?? false, options)
    return .success
  }
}

// MARK: Bitmaps

extension CommandContext {
  /// What a bitmap is made for: the references, or what a file that was made earlier says of them,
  /// a name a line with `+` before those that are preferred.
  func bitmapRequest(snapshot: FilePath? = nil) throws -> BitmapRequest {
    let repository = try repository()
    var request = try repository.bitmapRequest()
    guard let snapshot else { return request }
    guard let bytes = try fileSystem.contents(of: snapshot, limit: Self.snapshotBytesMax) else {
      throw CommandFailure.fatal("could not open '\(snapshot)' for reading")
    }
    request.tips = []
    request.preferred = []
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let isPreferred = line.first == UInt8(ascii: "+")
      let digits = Array(line.dropFirst(isPreferred ? 1 : 0))
      guard let id = ObjectID(hexBytes: digits.span), id.algorithm == repository.hashAlgorithm
      else {
        let text = String(decoding: line, as: UTF8.self)
        throw CommandFailure.fatal("could not parse line: \(text)")
      }
      request.tips.append(id)
      if isPreferred { request.preferred.insert(id) }
    }
    return request
  }

  private static let snapshotBytesMax = 1 << 30
}
