public import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage
internal import PandoStore

/// `pando commit-tree`: makes a commit of a tree.
public struct CommitTreeCommand: Command {
  public let name = "commit-tree"
  public let summary = "Make a commit of a tree"

  private enum Option { case parent, message, file, sign }

  private static let parser = OptionParser(
    [
      "commit-tree <tree> [(-p <parent>)...]",
      "commit-tree [(-p <parent>)...] [-S[<keyid>]] [(-m <message>)...]\n"
        + "                         [(-F <file>)...] <tree>",
    ],
    [
      CommandOption<Option>.value(
        .parent, "-p", placeholder: "<parent>", help: "id of a parent commit object"),
      .value(.message, "-m", placeholder: "<message>", help: "commit message"),
      .value(.file, "-F", placeholder: "<file>", help: "read commit log message from file"),
      .optionalValue(
        .sign, "-S", "--gpg-sign", placeholder: "<key-id>", help: "GPG sign commit"),
    ])

  /// The longest message, in bytes.
  private static let messageBytesMax = 1 << 28

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    if arguments.isEmpty { throw Self.parser.misuse() }
    let options = try Self.parser.parse(arguments)
    if options.has(.sign) { throw CommandFailure.error("signing is not supported") }
    guard options.arguments.count == 1, let treeName = options.arguments.first else {
      // Parents are looked at first.
      _ = try parents(options, context)
      throw CommandFailure.fatal("must give exactly one tree")
    }
    let parents = try parents(options, context)
    var message = try message(options, context)
    let tree = try object(treeName, hint: .treeish, context)
    if message.isEmpty { message = try context.input.readAll(limit: Self.messageBytesMax) }
    guard !message.contains(0) else {
      throw CommandFailure.error("a NUL byte in commit log message not allowed.")
    }
    try require(tree, .tree, context)
    let encoding = try context.configuration().string("i18n.commitEncoding") ?? "UTF-8"
    let isUTF8 = TextEncoding.isSame(encoding, "UTF-8")
    let commit = Commit(
      tree: tree, parents: parents, author: try context.signature(.author),
      committer: try context.signature(.committer), encoding: isUTF8 ? nil : encoding,
      message: message)
    var body = commit.serialized
    if isUTF8, let repaired = Self.repaired(body) {
      body = repaired
      try context.errors.write(
        """
        Warning: commit message did not conform to UTF-8.
        You may want to amend it after fixing the message, or set the config
        variable i18n.commitEncoding to the encoding your project uses.

        """)
    }
    let id = try context.objects().write(.commit, body)
    try context.output.write("\(id.hex)\n")
    return .success
  }

  private func parents(
    _ options: ParsedOptions<Option>, _ context: CommandContext
  ) throws -> [ObjectID] {
    var parents: [ObjectID] = []
    for name in options.values(.parent) {
      let id = try object(name, hint: .committish, context)
      try require(id, .commit, context)
      if parents.contains(id) {
        try context.errors.write("error: duplicate parent \(id.hex) ignored\n")
      } else {
        parents.append(id)
      }
    }
    return parents
  }

  private func object(
    _ name: ByteString, hint: RevisionParser.Hint, _ context: CommandContext
  ) throws -> ObjectID {
    guard let id = try context.revisionParser().find(name, hint: hint)?.id else {
      throw CommandFailure.fatal("not a valid object name \(name)")
    }
    return id
  }

  private func require(
    _ id: ObjectID, _ kind: ObjectKind, _ context: CommandContext
  ) throws {
    if kind == .tree, id == Tree.emptyID(id.algorithm) { return }
    guard let header = try context.objects().header(of: id), header.kind == kind else {
      throw CommandFailure.fatal("\(id) is not a valid '\(kind)' object")
    }
  }

  /// The paragraphs of `-m` and `-F`, in their order.
  private func message(
    _ options: ParsedOptions<Option>, _ context: CommandContext
  ) throws -> [UInt8] {
    var message: [UInt8] = []
    for occurrence in options.occurrences {
      guard let value = occurrence.value else { continue }
      switch occurrence.key {
      case .message:
        if !message.isEmpty { message.append(10) }
        message.append(contentsOf: value.bytes)
        if let last = message.last, last != 10 { message.append(10) }
      case .file:
        if !message.isEmpty { message.append(10) }
        message.append(contentsOf: try contents(of: value, context))
      default: break
      }
    }
    return message
  }

  private func contents(of name: ByteString, _ context: CommandContext) throws -> [UInt8] {
    if name == "-" { return try context.input.readAll(limit: Self.messageBytesMax) }
    let path = context.path(name.bytes)
    guard let bytes = try context.fileSystem.contents(of: path, limit: Self.messageBytesMax) else {
      throw CommandFailure.fatal(
        "could not open '\(name)' for reading: No such file or directory")
    }
    return bytes
  }

  /// The text with each byte that is no UTF-8 taken for Latin-1, as git does; nil when all is well.
  private static func repaired(_ text: [UInt8]) -> [UInt8]? {
    if String(validating: text, as: UTF8.self) != nil { return nil }
    var result: [UInt8] = []
    var position = 0
    while position < text.count {
      let byte = text[position]
      if byte < 0x80 {
        result.append(byte)
        position += 1
      } else if let (_, count) = DisplayWidth.character(text[...], at: position) {
        result.append(contentsOf: text[position..<(position + count)])
        position += count
      } else {
        result.append(0xC0 | byte >> 6)
        result.append(0x80 | byte & 0x3F)
        position += 1
      }
    }
    return result
  }
}
