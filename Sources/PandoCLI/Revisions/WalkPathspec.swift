internal import PandoBytes
internal import PandoFiles
internal import PandoStorage
internal import PandoStore

/// Paths behind the revisions of a walk: Git's pathspecs with their magic.
enum WalkPathspec {
  /// Reads an argument into a path from the work tree's root. Throws git's complaints.
  static func read(_ argument: String, _ context: CommandContext) throws -> PathFilter.Item {
    guard !argument.isEmpty else {
      throw CommandFailure.fatal(
        "empty string is not a valid pathspec. please use . instead if you meant to match all paths"
      )
    }
    var item = PathFilter.Item([])
    var rest = Array(argument.utf8)[...]
    var isFromTop = false
    if rest.first == UInt8(ascii: ":"), rest.count > 1 {
      if rest.dropFirst().first == UInt8(ascii: "(") {
        guard let close = rest.firstIndex(of: UInt8(ascii: ")")) else {
          throw CommandFailure.fatal(
            "Missing ')' at the end of pathspec magic in '\(argument)'")
        }
        let words = String(decoding: rest[(rest.startIndex + 2)..<close], as: UTF8.self)
        for word in words.split(separator: ",") {
          try apply(String(word), &item, &isFromTop, argument)
        }
        rest = rest[(close + 1)...]
      } else {
        rest = rest.dropFirst()
        while let sign = rest.first, "/!^".utf8.contains(sign) {
          if sign == UInt8(ascii: "/") { isFromTop = true } else { item.isExcluding = true }
          rest = rest.dropFirst()
        }
        if rest.first == UInt8(ascii: ":") { rest = rest.dropFirst() }
      }
    }
    item.path = try path(Array(rest), isFromTop: isFromTop, context) {
      "\(argument): '\(argument)'"
    }
    return item
  }

  /// Makes a path one from the work tree's root. Throws git's complaint, which begins as `told`
  /// says, when it leads out of there.
  static func path(
    _ bytes: [UInt8], isFromTop: Bool = false, _ context: CommandContext, told: () -> String
  ) throws -> [UInt8] {
    var path = bytes
    let repository = try context.repository()
    func outside() -> CommandFailure {
      let root = repository.workTree ?? repository.gitDirectory ?? context.currentDirectory
      return .fatal("\(told()) is outside repository at '\(root)'")
    }
    if path.first == UInt8(ascii: "/"), !isFromTop {
      guard let root = repository.workTree,
        let inside = FilePath(bytes: path).normalized.relative(to: root)
      else { throw outside() }
      path = inside == "." ? [] : inside.bytes
    } else if !isFromTop {
      path = (try context.prefix() ?? []) + path
    }
    guard let normal = normalized(path) else { throw outside() }
    return normal
  }

  private static func apply(
    _ word: String, _ item: inout PathFilter.Item, _ isFromTop: inout Bool, _ argument: String
  ) throws {
    switch word {
    case "top": isFromTop = true
    case "literal": item.isLiteral = true
    case "glob": item.isGlob = true
    case "icase": item.ignoresCase = true
    case "exclude": item.isExcluding = true
    default:
      throw CommandFailure.fatal("Invalid pathspec magic '\(word)' in '\(argument)'")
    }
  }

  /// The path with `.`, `..` and doubled slashes worked out; nil when it leads above its start.
  private static func normalized(_ path: [UInt8]) -> [UInt8]? {
    var kept: [ArraySlice<UInt8>] = []
    for step in path.split(separator: UInt8(ascii: "/")) {
      if step == [UInt8(ascii: ".")] { continue }
      if step == [UInt8(ascii: "."), UInt8(ascii: ".")] {
        if kept.popLast() == nil { return nil }
      } else {
        kept.append(step)
      }
    }
    var joined = Array(kept.joined(separator: [UInt8(ascii: "/")]))
    if !joined.isEmpty, path.last == UInt8(ascii: "/") { joined.append(UInt8(ascii: "/")) }
    return joined
  }

  /// Whether an argument looks like a path though nothing may stand there: wildcards and magic.
  static func looksLikePathspec(_ argument: String) -> Bool {
    var isEscaped = false
    for byte in argument.utf8 {
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if "*?[".utf8.contains(byte) {
        return true
      }
    }
    return argument.hasPrefix(":(")
  }
}

/// What git does to tell revisions from files where no `--` stands between them.
struct FileNameCheck {
  let context: CommandContext
  let parser: RevisionParser

  /// Whether a file stands where the argument leads.
  func isFile(_ argument: String) throws -> Bool {
    var path = argument
    if path.hasPrefix(":/") {
      path.removeFirst(2)
      if path.isEmpty { return true }
      guard let root = try context.repositoryIfAny()?.workTree else { return false }
      return try context.fileSystem.status(of: root / path, followingLinks: false) != nil
    }
    if path.hasPrefix(":!") || path.hasPrefix(":^") {
      path.removeFirst(2)
      if path.isEmpty { return true }
    }
    guard !path.isEmpty else { return false }
    return try context.fileSystem.status(
      of: context.path(Array(path.utf8)), followingLinks: false) != nil
  }

  /// Throws git's complaint unless the argument is a path. `isFirst` says that it could also have
  /// been meant as a revision.
  func requireFile(_ argument: String, isFirst: Bool) throws {
    if argument.hasPrefix("-") {
      throw CommandFailure.fatal("option '\(argument)' must come before non-option arguments")
    }
    if try WalkPathspec.looksLikePathspec(argument) || isFile(argument) { return }
    guard isFirst else {
      throw CommandFailure.fatal(
        """
        \(argument): no such path in the working tree.
        Use 'git <command> -- <path>...' to specify paths that do not exist locally.
        """)
    }
    let bytes = Array(argument.utf8)
    let isMagic =
      bytes.first == UInt8(ascii: ":") && bytes.count > 1 && !Self.isAlphanumeric(bytes[1])
    if !isMagic, let error = try parser.misspelling(ByteString(argument)) { throw error }
    throw RevisionParser.ambiguousArgument(argument)
  }

  /// Reads words that are no revisions as paths. Throws git's complaint about one that is no file.
  func paths(_ words: ArraySlice<String>) throws -> [PathFilter.Item] {
    for (index, word) in words.enumerated() { try requireFile(word, isFirst: index == 0) }
    return try words.map { try WalkPathspec.read($0, context) }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte & 0xDF) && byte < 128
  }

  /// Throws git's complaint when a revision is also a file.
  func refuseFile(_ argument: String) throws {
    guard let repository = try context.repositoryIfAny(), let tree = repository.workTree,
      context.currentDirectory.relative(to: tree) != nil
    else { return }
    if let directory = repository.gitDirectory,
      context.currentDirectory.relative(to: directory) != nil
    {
      return
    }
    guard !argument.hasPrefix("-"), try isFile(argument) else { return }
    throw CommandFailure.fatal(
      """
      ambiguous argument '\(argument)': both revision and filename
      Use '--' to separate paths from revisions, like this:
      'git <command> [<revision>...] -- [<file>...]'
      """)
  }
}
