public import PandoBytes
internal import PandoFiles
internal import PandoStorage

/// `pando verify-pack`: checks packs against their indexes.
public struct VerifyPackCommand: Command {
  public let name = "verify-pack"
  public let summary = "Check packs against their indexes"

  private enum Option { case verbose, statisticsOnly, objectFormat }

  private static let parser = OptionParser<Option>(
    ["verify-pack [-v | --verbose] [-s | --stat-only] [--] <pack>.idx..."],
    [
      .flag(.verbose, "-v", "--verbose", help: "verbose"),
      .flag(.statisticsOnly, "-s", "--stat-only", help: "show statistics only"),
      .value(
        .objectFormat, "--object-format", placeholder: "<hash>",
        help: "specify the hash algorithm to use"),
    ])

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try Self.parser.parse(arguments)
    guard !options.arguments.isEmpty else { throw Self.parser.misuse() }
    let showsOnly = options.has(.statisticsOnly)
    let isVerbose = options.has(.verbose)
    var status = ExitStatus.success
    for argument in options.arguments {
      var path = argument.bytes
      if path.ends(with: ".idx") { path.removeLast(4) }
      if !path.ends(with: ".pack") { path += Array(".pack".utf8) }
      let isGood = try verify(
        path, isVerbose: isVerbose, showsOnly: showsOnly, options.text(.objectFormat), context)
      if isVerbose || showsOnly {
        let name = String(decoding: path, as: UTF8.self)
        if !isGood {
          try context.output.write("\(name): bad\n")
        } else if !showsOnly {
          try context.output.write("\(name): ok\n")
        }
      }
      if !isGood { status = .failure }
    }
    return status
  }

  /// Checks one pack as `index-pack --verify` does; complains and returns false when it is bad.
  private func verify(
    _ path: [UInt8], isVerbose: Bool, showsOnly: Bool, _ algorithm: String?,
    _ context: CommandContext
  ) throws -> Bool {
    do {
      var arguments = IndexPackArguments()
      arguments.packPath = path
      arguments.verifies = true
      arguments.showsStatistics = isVerbose || showsOnly
      arguments.showsOnlyStatistics = showsOnly
      if let algorithm {
        guard let named = HashAlgorithm(name: algorithm) else {
          throw CommandFailure.fatal("unknown hash algorithm '\(algorithm)'")
        }
        arguments.algorithm = named
      }
      return try PackIndexing(arguments, context).run() == .success
    } catch let failure as CommandFailure {
      if failure.status == .brokenPipe { throw failure }
      try context.output.flush()
      try context.errors.write(failure.lines.joined(separator: "\n") + "\n")
      return false
    }
  }
}
