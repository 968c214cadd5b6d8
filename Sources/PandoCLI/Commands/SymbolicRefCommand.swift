public import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage

/// `pando symbolic-ref`: reads, sets and removes symbolic references.
public struct SymbolicRefCommand: Command {
  public let name = "symbolic-ref"
  public let summary = "Read, modify and delete symbolic refs"

  private enum Option { case quiet, delete, short, recurse, message }

  private static let parser = OptionParser(
    [
      "symbolic-ref [-m <reason>] <name> <ref>", "symbolic-ref [-q] [--short] <name>",
      "symbolic-ref --delete [-q] <name>",
    ],
    [
      CommandOption<Option>.flag(
        .quiet, "-q", "--quiet", help: "suppress error message for non-symbolic (detached) refs"),
      .flag(.delete, "-d", "--delete", help: "delete symbolic ref"),
      .flag(.short, "--short", help: "shorten ref output"),
      .flag(.recurse, "--recurse", help: "recursively dereference (default)"),
      .value(.message, "-m", placeholder: "<reason>", help: "reason of the update"),
    ])

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try Self.parser.parse(arguments)
    let message = options.value(.message)
    if message?.isEmpty == true {
      throw CommandFailure.fatal("Refusing to perform update with empty message")
    }
    let words = options.arguments
    let references = try context.repository().references
    if options.has(.delete) {
      guard let name = words.first, words.count == 1 else { throw Self.parser.misuse() }
      return try delete(name, options, references, context)
    }
    switch words.count {
    case 1:
      let target = try target(of: words[0], options, references)
      guard let target else {
        if options.has(.quiet) { return .failure }
        throw CommandFailure.fatal("ref \(words[0]) is not a symbolic ref")
      }
      var shown = target.bytes
      if options.has(.short) {
        shown = try ReferenceShortener(references: references, isStrict: false).short(shown)
      }
      try context.output.write(shown.bytes + [UInt8(ascii: "\n")])
      return .success
    case 2:
      try set(words[0], to: words[1], message: message, references, context)
      return .success
    default: throw Self.parser.misuse()
    }
  }

  /// Where a symbolic reference leads; nil when it is none.
  private func target(
    of name: ByteString, _ options: ParsedOptions<Option>, _ references: any ReferenceStore
  ) throws -> ReferenceName? {
    guard ReferenceName.isWellFormed(name.bytes) else {
      throw CommandFailure.fatal("No such ref: \(name)")
    }
    guard let full = ReferenceName(name), case .symbolic(let next)? = try references.read(full)
    else { return nil }
    return options.choice(.recurse) == false ? next : try references.resolve(next).name
  }

  private func delete(
    _ name: ByteString, _ options: ParsedOptions<Option>, _ references: any ReferenceStore,
    _ context: CommandContext
  ) throws -> ExitStatus {
    guard let full = ReferenceName(name), case .symbolic? = try references.read(full) else {
      throw CommandFailure.fatal("Cannot delete \(name), not a symbolic ref")
    }
    guard full != .head else { throw CommandFailure.fatal("deleting '\(name)' is not allowed") }
    do {
      try references.apply(
        [ReferenceEdit(full, .delete, followsSymbolic: false)],
        note: try context.reflogNote(""))
    } catch let error as PandoError {
      throw CommandFailure.error(error.description)
    }
    return .success
  }

  private func set(
    _ name: ByteString, to target: ByteString, message: ByteString?,
    _ references: any ReferenceStore, _ context: CommandContext
  ) throws {
    if name == "HEAD", !target.hasPrefix("refs/") {
      throw CommandFailure.fatal("Refusing to point HEAD outside of refs/")
    }
    guard let full = ReferenceName(name), let target = ReferenceName(target) else {
      throw CommandFailure.fatal("Refusing to set '\(name)' to invalid ref '\(target)'")
    }
    do {
      try references.apply(
        [ReferenceEdit(full, .set(.symbolic(target)), followsSymbolic: false)],
        note: try context.reflogNote(message?.text ?? ""))
    } catch let error as PandoError {
      throw CommandFailure.error(error.description(withoutLockOf: full))
    }
  }
}
