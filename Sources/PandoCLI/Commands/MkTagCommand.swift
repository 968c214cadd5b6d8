public import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// `pando mktag`: writes a tag whose text is given, when nothing is found in it.
public struct MkTagCommand: Command {
  public let name = "mktag"
  public let summary = "Write a tag object of text that is checked strictly"

  private enum Option { case strict }

  private static let parser = OptionParser<Option>(
    ["mktag"], [.flag(.strict, "--strict", help: "enable more strict checking")])

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try Self.parser.parse(arguments)
    guard options.arguments.isEmpty else { throw Self.parser.misuse() }
    let isStrict = options.choice(.strict) ?? true
    let objects = try context.objects()
    let body = try context.input.readAll(limit: Limits.objectBytes)
    try check(body, objects.hashAlgorithm, isStrict: isStrict, context)
    try checkTarget(of: body, objects)
    try context.output.write("\(try objects.write(.tag, body))\n")
    return .success
  }

  private func check(
    _ body: [UInt8], _ algorithm: HashAlgorithm, isStrict: Bool, _ context: CommandContext
  ) throws {
    let policy = try context.checkPolicy(
      isStrict: false, defaults: [("extraHeaderEntry", "warn")])
    var checker = ObjectChecker(policy, algorithm: algorithm)
    var isRefused = false
    var lines: [UInt8] = []
    checker.check(.tag, body.span, id: .null(algorithm)) { finding in
      let isError = isStrict || finding.isError
      isRefused = isRefused || isError
      lines += Array("\(isError ? "error" : "warning"): tag input does not pass fsck: ".utf8)
      lines += finding.message.bytes + [UInt8(ascii: "\n")]
    }
    try context.errors.write(lines)
    if isRefused {
      throw CommandFailure.fatal("tag on stdin did not pass our strict fsck check")
    }
  }

  /// The tagged object must be there and of the kind that the tag says.
  private func checkTarget(of body: [UInt8], _ objects: any ObjectReader) throws {
    let tag: AnnotatedTag
    do throws(ParseError) {
      tag = try AnnotatedTag(parsing: body.span, algorithm: objects.hashAlgorithm)
    } catch {
      throw CommandFailure.fatal("tag on stdin did not refer to a valid object")
    }
    guard let kind = try objects.read(tag.target)?.kind else {
      throw CommandFailure.fatal("could not read tagged object '\(tag.target)'")
    }
    guard kind == tag.targetKind else {
      throw CommandFailure.fatal(
        "object '\(tag.target)' tagged as '\(tag.targetKind)', but is a '\(kind)' type")
    }
  }
}
