public import PandoBytes
internal import PandoFiles
internal import PandoMerge
internal import PandoStorage

/// `pando merge-file`: merges two changed files with the one they both come from, by lines.
public struct MergeFileCommand: Command {
  public let name = "merge-file"
  public let summary = "Merge three files by lines"

  private enum Option {
    case output, diff3, zealousDiff3, ours, theirs, union, markerSize, quiet, label
  }

  private static let parser = OptionParser<Option>(
    ["merge-file [<options>] [-L <name> [-L <name> [-L <name>]]] <current> <base> <other>"],
    [
      .flag(.output, "-p", "--stdout", help: "write the result to standard output"),
      .flag(.diff3, "--diff3", help: "show the base in conflicts"),
      .flag(
        .zealousDiff3, "--zdiff3", help: "show the base, without lines that both sides share"),
      .flag(.ours, "--ours", help: "take our side of conflicts"),
      .flag(.theirs, "--theirs", help: "take their side of conflicts"),
      .flag(.union, "--union", help: "take both sides of conflicts"),
      .value(
        .markerSize, "--marker-size", placeholder: "<n>",
        help: "the number of characters in a marker"),
      .flag(.quiet, "-q", "--quiet", help: "say nothing"),
      .value(.label, "-L", placeholder: "<name>", help: "what the next file is called"),
    ])

  /// The most conflicts that an exit status tells.
  private static let conflictsMax = 127
  private static let trouble = ExitStatus(255)

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let style = try context.repositoryIfAny()?.configuration.conflictStyle()
    let given = try Self.parser.parse(arguments)
    let files = given.arguments
    let labels = given.values(.label)
    guard labels.count <= 3 else {
      throw UsageError(complaint: "error: too many labels on the command line")
    }
    guard files.count == 3 else { throw Self.parser.misuse() }
    var options = try textOptions(given, style: style)
    func label(_ number: Int) -> [UInt8] {
      (labels.indices.contains(number) ? labels[number] : files[number]).bytes
    }
    options.oursLabel = label(0)
    options.baseLabel = label(1)
    options.theirsLabel = label(2)
    do {
      return try merge(files, options, writes: !given.has(.output), context)
    } catch let failure as CommandFailure {
      throw given.has(.quiet) ? .silent(failure.status) : failure
    }
  }

  /// The last option of a kind counts.
  private func textOptions(
    _ given: ParsedOptions<Option>, style: TextMerge.Style?
  ) throws -> TextMerge.Options {
    var options = TextMerge.Options()
    options.style = style ?? .merge
    for occurrence in given.occurrences {
      switch occurrence.key {
      case .diff3: options.style = occurrence.isNegated ? .merge : .diff3
      case .zealousDiff3: options.style = occurrence.isNegated ? .merge : .zealousDiff3
      case .ours: options.favor = occurrence.isNegated ? .neither : .ours
      case .theirs: options.favor = occurrence.isNegated ? .neither : .theirs
      case .union: options.favor = occurrence.isNegated ? .neither : .union
      default: break
      }
    }
    if let size = try given.integer(.markerSize), size > 0 {
      options.markerSize = min(size, Self.markerSizeMax)
    }
    return options
  }

  /// The longest marker that is written, in characters.
  private static let markerSizeMax = 1 << 20

  private func merge(
    _ files: [ByteString], _ options: TextMerge.Options, writes: Bool, _ context: CommandContext
  ) throws -> ExitStatus {
    let texts = try files.map { try text($0, context) }
    let merged = TextMerge.merge(
      base: texts[1], ours: texts[0], theirs: texts[2], options: options)
    if writes {
      try replace(files[0], by: merged.bytes, context)
    } else {
      try context.output.write(merged.bytes)
    }
    return ExitStatus(Int32(min(merged.conflictCount, Self.conflictsMax)))
  }

  private func text(_ name: ByteString, _ context: CommandContext) throws -> [UInt8] {
    let contents: [UInt8]?
    do {
      contents = try context.fileSystem.contents(
        of: context.path(name.bytes), limit: TextMerge.bytesMax + 1)
    } catch {
      throw CommandFailure.error("Could not open \(name): \(error.reason)", status: Self.trouble)
    }
    guard let contents else {
      let reason = FileError(call: "stat", path: "", errno: FileErrorNumber.notFound).reason
      throw CommandFailure.error("Could not stat \(name): \(reason)", status: Self.trouble)
    }
    guard contents.count <= TextMerge.bytesMax, !TextMerge.isBinary(contents) else {
      throw CommandFailure.error("Cannot merge binary files: \(name)", status: Self.trouble)
    }
    return contents
  }

  /// The file is the old one or the new one, whatever happens.
  private func replace(
    _ name: ByteString, by bytes: [UInt8], _ context: CommandContext
  ) throws {
    do {
      let files = context.fileSystem
      let path = try files.followingLinks(context.path(name.bytes))
      let permissions = try files.status(of: path, followingLinks: true)?.permissions
      try files.replaceContents(of: path, with: bytes, durability: .none)
      if let permissions { try files.setPermissions(of: path, to: permissions) }
    } catch {
      throw CommandFailure.error(
        "Could not open \(name) for writing: \(error.reason)", status: Self.trouble)
    }
  }
}
