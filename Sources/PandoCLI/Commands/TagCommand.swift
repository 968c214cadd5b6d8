public import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage
internal import PandoStore

/// `pando tag`: lists, makes and removes tags.
public struct TagCommand: Command {
  public let name = "tag"
  public let summary = "Create, list, or delete a tag"

  enum Option {
    case list, lines, delete, verify, annotate, message, file, edit, sign, cleanup, key, force
    case createReflog, column, contains, noContains, merged, noMerged, sort, pointsAt, format
    case color, ignoreCase
  }

  static let filterOptions = ReferenceFilterOptions<Option>(
    contains: .contains, noContains: .noContains, merged: .merged, noMerged: .noMerged,
    pointsAt: .pointsAt, ignoreCase: .ignoreCase)

  static let parser = OptionParser(
    [
      "tag [-a | -s | -u <key-id>] [-f] [-m <msg> | -F <file>] [-e] <tagname> "
        + "[<commit> | <object>]",
      "tag -d <tagname>...",
      "tag [-n[<num>]] -l [--contains <commit>] [--no-contains <commit>] [--points-at <object>] "
        + "[--column[=<options>] | --no-column] [--create-reflog] [--sort=<key>] "
        + "[--format=<format>] [--merged <commit>] [--no-merged <commit>] [<pattern>...]",
      "tag -v [--format=<format>] <tagname>...",
    ],
    [
      CommandOption<Option>.mode(.list, "-l", "--list", help: "list tag names"),
      .optionalValue(
        .lines, "-n", placeholder: "<n>", help: "print <n> lines of each tag message"),
      .mode(.delete, "-d", "--delete", help: "delete tags"),
      .mode(.verify, "-v", "--verify", help: "verify tags"),
      .flag(.annotate, "-a", "--annotate", help: "annotated tag, needs a message"),
      .value(.message, "-m", "--message", placeholder: "<message>", help: "tag message"),
      .value(.file, "-F", "--file", placeholder: "<file>", help: "read message from file"),
      .flag(.edit, "-e", "--edit", help: "force edit of tag message"),
      .flag(.sign, "-s", "--sign", help: "annotated and GPG-signed tag"),
      .value(
        .cleanup, "--cleanup", placeholder: "<mode>",
        help: "how to strip spaces and #comments from message"),
      .value(
        .key, "-u", "--local-user", placeholder: "<key-id>", help: "use another key to sign the tag"
      ),
      .flag(.force, "-f", "--force", help: "replace the tag if exists"),
      .flag(.createReflog, "--create-reflog", help: "create a reflog"),
      .optionalValue(
        .column, "--column", placeholder: "<style>", help: "show tag list in columns"),
      .value(.sort, "--sort", placeholder: "<key>", help: "field name to sort on"),
      .value(
        .format, "--format", placeholder: "<format>", help: "format to use for the output"),
      .optionalValue(.color, "--color", placeholder: "<when>", help: "respect format colors"),
    ] + filterOptions.table("tags"))

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try Self.parser.parse(
      ReferenceListing.completed(arguments, pointsAtHead: true))
    let names = options.arguments
    let isAnnotated =
      options.has(.annotate) || options.has(.message) || options.has(.file)
      || options.has(.edit) || options.has(.sign) || options.has(.key)
    switch try mode(options) {
    case .list?:
      guard !isAnnotated, !options.has(.force) else { throw Self.parser.misuse() }
      try TagList(context, options).print()
      return .success
    case .delete?:
      guard !isAnnotated, !options.has(.force) else { throw Self.parser.misuse() }
      return try Tags(context).delete(names)
    case .verify?:
      guard !isAnnotated, !options.has(.force) else { throw Self.parser.misuse() }
      throw CommandFailure.fatal("tag -v is not supported: signatures cannot be verified")
    default: break
    }
    try create(options, context, isAnnotated: isAnnotated)
    return .success
  }

  private func mode(_ options: ParsedOptions<Option>) throws -> Option? {
    let filters: [Option] = [
      .contains, .noContains, .merged, .noMerged, .pointsAt, .lines,
    ]
    var mode = options.mode
    if mode == nil {
      let isList = options.arguments.isEmpty || filters.contains { options.choice($0) != nil }
      if isList { mode = .list }
    }
    if mode != .list {
      let listOnly: [(Option, String)] = [
        (.lines, "-n"), (.contains, "--contains"), (.noContains, "--no-contains"),
        (.pointsAt, "--points-at"), (.merged, "--merged"), (.noMerged, "--no-merged"),
      ]
      for (option, name) in listOnly where options.choice(option) != nil {
        throw CommandFailure.fatal("the '\(name)' option is only allowed in list mode")
      }
    }
    return mode
  }

  private func create(
    _ options: ParsedOptions<Option>, _ context: CommandContext, isAnnotated: Bool
  ) throws {
    let names = options.arguments
    if options.has(.message), options.has(.file) {
      throw CommandFailure.fatal("options '-F' and '-m' cannot be used together")
    }
    if options.has(.sign) || options.has(.key) {
      throw CommandFailure.fatal("tags cannot be signed: there is no signing program")
    }
    if try context.configuration().bool("tag.gpgSign") ?? false, !options.choice(.sign, is: false) {
      throw CommandFailure.fatal("tags cannot be signed: there is no signing program")
    }
    var message: [UInt8]?
    if options.has(.message) {
      message = Self.joined(options.values(.message).map(\.bytes))
    } else if let file = options.value(.file) {
      message = try Self.contents(of: file, context)
    }
    guard names.count <= 2 else { throw CommandFailure.fatal("too many arguments") }
    let tags = try Tags(context)
    let target = names.count > 1 ? names[1] : "HEAD"
    guard let id = try tags.revisions.find(target)?.id else {
      throw CommandFailure.fatal("Failed to resolve '\(target)' as a valid ref.")
    }
    let reference = try tags.newReference(names[0], isForced: options.has(.force))
    var cleanup = MessageCleanup.strip
    if let text = options.text(.cleanup), text != "default" {
      guard let named = MessageCleanup(rawValue: text) else {
        throw CommandFailure.fatal("Invalid cleanup mode \(text)")
      }
      cleanup = named
    }
    var object = id
    if isAnnotated {
      guard let message, !options.has(.edit) else {
        throw CommandFailure.fatal("no tag message?")
      }
      object = try tags.annotate(names[0], id, given: target, cleanup.apply(message))
    }
    try tags.set(
      reference.name, to: object, tagging: id, old: reference.old, shown: names[0],
      createsReflog: options.has(.createReflog))
  }

  /// The texts of several `-m`, a paragraph each.
  private static func joined(_ texts: [[UInt8]]) -> [UInt8] {
    var message: [UInt8] = []
    for text in texts {
      if !message.isEmpty { message.append(UInt8(ascii: "\n")) }
      message += text
      if message.last != UInt8(ascii: "\n") { message.append(UInt8(ascii: "\n")) }
    }
    return message
  }

  private static let messageBytesMax = 64 << 20

  private static func contents(of file: ByteString, _ context: CommandContext) throws -> [UInt8] {
    if file == "-" { return try context.input.readAll(limit: messageBytesMax) }
    do throws(FileError) {
      let path = context.path(file.bytes)
      if let bytes = try context.fileSystem.contents(of: path, limit: messageBytesMax) {
        return bytes
      }
      throw FileError(call: "open", path: path, errno: FileErrorNumber.notFound)
    } catch {
      throw CommandFailure.fatal("could not open or read '\(file)': \(error.reason)")
    }
  }
}

extension ParsedOptions {
  /// Whether an option was given and is on, or off.
  fileprivate func choice(_ key: Key, is value: Bool) -> Bool { choice(key) == value }
}
