public import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage

/// `pando unpack-objects`: writes the objects of a pack on standard input as loose ones.
public struct UnpackObjectsCommand: Command {
  public let name = "unpack-objects"
  public let summary = "Unpack objects from a packed archive"

  private static let usage = UsageError(
    usage: "usage: pando unpack-objects [-n] [-q] [-r] [--strict]\n")

  private struct Options {
    var isDry = false
    var isQuiet = false
    var salvages = false
    var isStrict = false
    var strictSettings = ""
    var inputBytesMax = 0

    init(_ words: [ByteString]) throws {
      for word in words.map(\.text) {
        switch word {
        case "-n": isDry = true
        case "-q": isQuiet = true
        case "-r": salvages = true
        case "--strict": isStrict = true
        case _ where word.hasPrefix("--strict="):
          isStrict = true
          strictSettings = String(word.dropFirst("--strict=".count))
        case _ where word.hasPrefix("--max-input-size="):
          let digits = word.drop { $0 != "=" }.dropFirst().prefix { $0.isNumber }
          inputBytesMax = Int(digits) ?? 0
        default: throw UnpackObjectsCommand.usage
        }
      }
    }
  }

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try Options(arguments)
    let database = try context.objectDatabase()
    var settings = PackIndexer.Options()
    settings.title = "Unpacking objects"
    if options.inputBytesMax > 0 { settings.inputBytesMax = options.inputBytesMax }
    let progress =
      options.isQuiet
      ? nil
      : TerminalProgress(context.errors, clock: context.clock, only: ["Unpacking objects"])
    var indexer = PackIndexer(
      database.hashAlgorithm, files: context.fileSystem, options: settings, objects: database,
      progress: progress)
    do {
      let result: PackIndexer.Unpacked
      if options.salvages {
        result = try indexer.salvage(
          stream: context.input, into: database, isDry: options.isDry)
      } else {
        if options.isStrict, !options.isDry {
          let policy = try CheckPolicy(
            strictWords: options.strictSettings, context, database.hashAlgorithm)
          let errors = context.errors
          indexer.setChecks(
            StrictPackCheck(
              database, algorithm: database.hashAlgorithm, walksLinks: true, policy: policy
            ) { line in try? errors.write(line + "\n") })
        }
        result = try indexer.unpack(stream: context.input, into: database, isDry: options.isDry)
      }
      try context.output.write(result.rest)
      guard let damage = result.damage else { return .success }
      let failure = UnpackFailure.failure(damage)
      throw CommandFailure(lines: failure.lines, status: .failure)
    } catch let error as PandoError {
      throw UnpackFailure.failure(error)
    }
  }
}

/// What is wrong with a pack, in the words that `git unpack-objects` has for it.
enum UnpackFailure {
  static func failure(_ error: PandoError) -> CommandFailure {
    let general = CommandFailure(packError: error)
    var reason = error.message
    let place = "pack has bad object at offset "
    if reason.hasPrefix(place), let colon = reason.firstIndex(of: ":") {
      reason = String(reason[colon...].dropFirst(2))
    }
    let type = "unknown object type "
    if reason.hasPrefix(type) {
      return .error("bad object type \(reason.dropFirst(type.count))")
    }
    if reason.hasPrefix("inflate returned") {
      return CommandFailure(
        lines: general.lines.dropLast() + ["error: \(reason)"], status: .failure)
    }
    if reason.hasPrefix("pack version "), reason.hasSuffix(" unsupported") {
      let version = reason.dropFirst("pack version ".count).dropLast(" unsupported".count)
      return .fatal("unknown pack file version \(version)")
    }
    if reason.hasPrefix("pack exceeds") { return .fatal("pack exceeds maximum allowed size") }
    if reason.hasSuffix("unresolved delta") || reason.hasSuffix("unresolved deltas") {
      return .fatal("unresolved deltas left after unpacking")
    }
    switch reason {
    case "delta base offset is out of bound":
      return .fatal("offset value out of bound for delta base object")
    case "pack is corrupted (SHA1 mismatch)": return .fatal("final sha1 did not match")
    case "pack signature mismatch": return .fatal("bad pack file")
    case "failed to apply delta", "offset value overflow for delta base object":
      return CommandFailure(
        lines: general.lines.dropLast() + ["fatal: \(reason)"], status: .fatal)
    default: return general
    }
  }
}
