public import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage

/// `pando index-pack`: makes the index of a pack, from a file or from standard input.
public struct IndexPackCommand: Command {
  public let name = "index-pack"
  public let summary = "Build the index of a pack"

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let arguments = try IndexPackArguments(arguments)
    return try PackIndexing(arguments, context).run()
  }
}

/// One run of `index-pack`.
struct PackIndexing {
  private let arguments: IndexPackArguments
  private let context: CommandContext
  private let repository: Repository?
  private let algorithm: HashAlgorithm
  private let format: IndexedPack.IndexFormat
  private let writesReverseIndex: Bool

  init(_ arguments: IndexPackArguments, _ context: CommandContext) throws {
    self.arguments = arguments
    self.context = context
    repository = try context.repositoryIfAny()
    if arguments.readsInput, repository == nil {
      throw CommandFailure.fatal("--stdin requires a git repository")
    }
    if arguments.readsInput, arguments.algorithm != nil {
      throw CommandFailure.fatal(
        "options '--object-format' and '--stdin' cannot be used together")
    }
    algorithm = arguments.algorithm ?? repository?.hashAlgorithm ?? .sha1
    let settings = try context.configuration()
    var format = arguments.format
    if format == nil {
      format = IndexedPack.IndexFormat()
      let version = try settings.integer("pack.indexVersion") ?? 2
      guard 0...2 ~= version else {
        throw CommandFailure.fatal("bad pack.indexVersion=\(version)")
      }
      format?.version = max(Int(version), 1)
    }
    self.format = format ?? IndexedPack.IndexFormat()
    writesReverseIndex =
      try arguments.writesReverseIndex ?? settings.bool("pack.writeReverseIndex") ?? false
  }

  func run() throws -> ExitStatus {
    do {
      return try index()
    } catch let error as PandoError {
      throw CommandFailure(packError: error)
    }
  }

  private func index() throws -> ExitStatus {
    var packPath: FilePath?
    var indexPath: FilePath?
    if let path = arguments.packPath {
      packPath = context.path(path)
      indexPath = try context.path(Self.derived(path, from: ".pack", to: ".idx", arguments))
    }
    if let path = arguments.indexPath { indexPath = context.path(path) }
    if writesReverseIndex, let name = arguments.indexPath, !name.ends(with: ".idx") {
      throw CommandFailure.fatal(
        "packfile name '\(String(decoding: name, as: UTF8.self))' does not end with '.idx'")
    }
    let checks = try packChecks()
    var indexer = try makeIndexer()
    indexer.setChecks(checks)
    if arguments.readsInput {
      try receive(indexer, packPath, indexPath)
    } else if let packPath, let indexPath {
      try requirePack(packPath)
      if arguments.verifies {
        try verify(indexer, packPath, indexPath)
      } else {
        try write(indexer, packPath, indexPath)
      }
    }
    for id in checks?.missingModules ?? [] { try context.output.write("\(id)\n") }
    let isForeign = arguments.checksConnection && (checks?.foreignCount ?? 0) > 0
    return isForeign ? .failure : .success
  }

  private func requirePack(_ path: FilePath) throws {
    if arguments.verifies { return }
    guard try context.fileSystem.status(of: path, followingLinks: true) == nil else { return }
    let name = String(decoding: arguments.packPath ?? [], as: UTF8.self)
    let reason = FileError(call: "open", path: path, errno: FileErrorNumber.notFound).reason
    throw CommandFailure.fatal("could not open '\(name)' for reading: \(reason)")
  }

  private func packChecks() throws -> StrictPackCheck? {
    guard arguments.isStrict || arguments.checksContent else { return nil }
    let policy =
      arguments.checksContent
      ? try CheckPolicy(strictWords: arguments.strictSettings ?? "", context, algorithm) : nil
    let errors = context.errors
    return StrictPackCheck(
      repository?.objects, algorithm: algorithm, walksLinks: arguments.isStrict, policy: policy
    ) { line in try? errors.write(line + "\n") }
  }

  /// The index's path, as git derives it.
  private static func derived(
    _ path: [UInt8], from: String, to: String, _ arguments: IndexPackArguments
  ) throws -> [UInt8] {
    guard path.ends(with: from) else {
      if arguments.indexPath != nil { return path }
      throw CommandFailure.fatal(
        "packfile name '\(String(decoding: path, as: UTF8.self))' does not end with '\(from)'")
    }
    return path.dropLast(from.utf8.count) + Array(to.utf8)
  }

  private func makeIndexer() throws -> PackIndexer {
    var options = PackIndexer.Options()
    let settings = try context.configuration()
    options.threads = try arguments.threads ?? Int(settings.integer("pack.threads") ?? 0)
    guard options.threads >= 0 else {
      throw CommandFailure.fatal("invalid number of threads specified (\(options.threads))")
    }
    if arguments.inputBytesMax > 0 { options.inputBytesMax = arguments.inputBytesMax }
    options.refusesRepeatedObjects = arguments.isStrict || arguments.verifies
    options.completesThinPacks = arguments.completesThin
    if let level = try settings.integer("core.looseCompression")
      ?? settings.integer("core.compression")
    {
      options.level = Int(level)
    }
    options.title = arguments.title
    var progress: TerminalProgress?
    if arguments.isVerbose {
      progress = TerminalProgress(context.errors, clock: context.clock)
    } else if arguments.showsResolving {
      progress = TerminalProgress(
        context.errors, clock: context.clock, only: ["Resolving deltas"])
    }
    return PackIndexer(
      algorithm, files: context.fileSystem, options: options, objects: repository?.objects,
      progress: progress)
  }
}

// MARK: From standard input

extension PackIndexing {
  private func receive(
    _ indexer: PackIndexer, _ packPath: FilePath?, _ indexPath: FilePath?
  ) throws {
    let database = try context.objectDatabase()
    let directory = packPath?.parent ?? database.directory / "pack"
    if let packPath, try context.fileSystem.exists(packPath) {
      throw CommandFailure.fatal(
        "unable to create '\(String(decoding: arguments.packPath ?? [], as: UTF8.self))': "
          + FileError(call: "create", path: packPath, errno: FileErrorNumber.exists).reason)
    }
    if packPath == nil { try context.fileSystem.createDirectories(directory) }
    let received = try indexer.index(stream: context.input, in: directory)
    let (pack, rest) = (received.pack, received.rest)
    var publication = ReceivedPack.Publication()
    publication.durability = repository?.options.durability ?? .everyCommit
    publication.format = format
    publication.writesReverseIndex = writesReverseIndex
    publication.keep = arguments.keep
    publication.promisor = arguments.promisor
    publication.path = packPath
    publication.indexPath = indexPath
    let place = try received.publish(publication)
    try context.output.write("\(place.isKept ? "keep" : "pack")\t\(pack.checksum.hex)\n")
    // What was read behind the pack belongs to whoever reads our output.
    try context.output.write(rest)
    while true {
      let more = try context.input.read(upTo: 1 << 16)
      if more.isEmpty { break }
      try context.output.write(more)
    }
  }
}

// MARK: From a file

extension PackIndexing {
  private func write(
    _ indexer: PackIndexer, _ packPath: FilePath, _ indexPath: FilePath
  ) throws {
    let pack = try indexer.index(packAt: packPath)
    try pack.publishIndex(
      at: indexPath, format: format, writesReverseIndex: writesReverseIndex,
      files: context.fileSystem, durability: repository?.options.durability ?? .everyCommit)
    for (suffix, text) in [(".keep", arguments.keep), (".promisor", arguments.promisor)] {
      guard let text else { continue }
      try pack.publishNote(
        text, beside: packPath, ending: suffix, files: context.fileSystem,
        durability: repository?.options.durability ?? .everyCommit)
    }
    try context.output.write("\(pack.checksum.hex)\n")
  }

  /// Makes the index anew and compares it with the one that is there.
  private func verify(
    _ indexer: PackIndexer, _ packPath: FilePath, _ indexPath: FilePath
  ) throws {
    let name = String(
      decoding: arguments.indexPath
        ?? (arguments.packPath.map { $0.dropLast(5) + Array(".idx".utf8) } ?? []),
      as: UTF8.self)
    guard try context.fileSystem.exists(PackPaths.pack(of: indexPath)) else {
      throw CommandFailure.fatal("Cannot open existing pack file '\(name)'")
    }
    guard
      let existing = try? IndexedPack.format(
        ofIndexAt: indexPath, algorithm: algorithm, files: context.fileSystem)
    else {
      throw CommandFailure.fatal("Cannot open existing pack idx file for '\(name)'")
    }
    let pack = try indexer.index(packAt: packPath)
    if arguments.showsStatistics {
      try PackStatistics(pack, at: packPath, context)
        .show(isShort: arguments.showsOnlyStatistics)
    }
    guard try pack.hasIndex(at: indexPath, format: existing, files: context.fileSystem) else {
      throw CommandFailure.fatal("sha1 file '\(name)' validation error")
    }
    if writesReverseIndex {
      let path = PackPaths.with(".rev", for: indexPath)
      guard try pack.hasReverseIndex(at: path, files: context.fileSystem) else {
        throw CommandFailure.fatal("sha1 file '\(path)' validation error")
      }
    }
  }
}

extension CheckPolicy {
  /// Reads the words behind `--strict=`.
  init(
    strictWords words: String, _ context: CommandContext, _ algorithm: HashAlgorithm
  ) throws {
    do {
      try self.init(strictWords: words, algorithm: algorithm) { (name) throws(PandoError) in
        let path = context.path(Array(name.utf8))
        guard let bytes = try? context.fileSystem.contents(of: path, limit: 1 << 30) else {
          throw PandoError(.invalidInput, "could not open object name list: \(name)")
        }
        return bytes
      }
    } catch {
      throw CommandFailure.fatal(error.message)
    }
  }
}

/// The names of the files of one pack.
enum PackPaths {
  /// The path with another ending in the place of `.idx`.
  static func with(_ suffix: String, for index: FilePath) -> FilePath {
    let stem = index.bytes.ends(with: ".idx") ? Array(index.bytes.dropLast(4)) : index.bytes
    return FilePath(bytes: stem + Array(suffix.utf8))
  }

  static func pack(of index: FilePath) -> FilePath { with(".pack", for: index) }
}

extension [UInt8] {
  /// Whether the last bytes are those of `suffix`.
  func ends(with suffix: String) -> Bool {
    count >= suffix.utf8.count && self.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
  }
}

extension CommandFailure {
  /// An error of a pack in git's words: the reason that the system gave behind the sentence, and
  /// what zlib said in a line of its own before it.
  init(packError error: PandoError) {
    if let cause = error.cause as? FileError {
      if cause.isBrokenPipe {
        self = .silent(.brokenPipe)
      } else {
        self = .fatal("\(error.message): \(cause.reason)")
      }
    } else if let fault = error.cause as? EntryComplaint {
      self.init(
        lines: ["error: \(fault)", "fatal: \(error.message)"], status: .fatal)
    } else {
      self = .fatal(error.description)
    }
  }
}
