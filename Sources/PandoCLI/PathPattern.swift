internal import PandoBytes
internal import PandoFiles
internal import PandoStorage

/// A path on the command line, turned into one from the root of the work tree.
struct PathPattern {
  /// The path from the root, without `.`, `..` and doubled slashes; a slash at the end stays, and
  /// asks for what is inside of a directory.
  let bytes: [UInt8]

  /// Reads a path in which no character stands for others. Of git's magic it may have `:/` and
  /// `:(top)`, which start at the root, and `:(literal)`.
  ///
  /// - Parameter prefix: the way from the root to the current directory, with a slash at its end.
  init(literal argument: ByteString, prefix: [UInt8], _ context: CommandContext) throws {
    guard !argument.isEmpty else {
      throw CommandFailure.fatal(
        "empty string is not a valid pathspec. please use . instead if you meant to match all paths"
      )
    }
    let (path, isFromTop) = try Self.withoutMagic(argument)
    var bytes = Array(path)
    if bytes.first == UInt8(ascii: "/") {
      guard let inside = try Self.insideWorkTree(bytes, context) else {
        throw try Self.outside(argument, context)
      }
      bytes = inside
    } else if !isFromTop {
      bytes = prefix + bytes
    }
    guard let normal = Self.normalized(bytes) else { throw try Self.outside(argument, context) }
    self.bytes = normal
  }

  /// Takes the magic off.
  private static func withoutMagic(
    _ argument: ByteString
  ) throws -> (path: ArraySlice<UInt8>, isFromTop: Bool) {
    let text = argument.bytes
    guard text.first == UInt8(ascii: ":"), text.count > 1 else { return (text[...], false) }
    if text[1] == UInt8(ascii: "/") { return (text[2...], true) }
    guard text[1] == UInt8(ascii: "("), let close = text.firstIndex(of: UInt8(ascii: ")")) else {
      return (text[...], false)
    }
    var isFromTop = false
    for word in String(decoding: text[2..<close], as: UTF8.self).split(separator: ",") {
      switch word {
      case "top": isFromTop = true
      case "literal": continue
      case "glob", "icase", "attr", "exclude":
        throw CommandFailure.fatal(
          "\(argument): pathspec magic not supported by this command: '\(word)'")
      default:
        throw CommandFailure.fatal("Invalid pathspec magic '\(word)' in '\(argument)'")
      }
    }
    return (text[(close + 1)...], isFromTop)
  }

  private static func insideWorkTree(
    _ path: [UInt8], _ context: CommandContext
  ) throws -> [UInt8]? {
    guard let root = try context.repository().workTree?.bytes, path.starts(with: root) else {
      return nil
    }
    let rest = path.dropFirst(root.count)
    if rest.isEmpty { return [] }
    return rest.first == UInt8(ascii: "/") ? Array(rest.dropFirst()) : nil
  }

  private static func outside(
    _ argument: ByteString, _ context: CommandContext
  ) throws -> CommandFailure {
    let repository = try context.repository()
    let root = repository.workTree ?? repository.gitDirectory ?? context.currentDirectory
    return .fatal("\(argument): '\(argument)' is outside repository at '\(root)'")
  }

  /// The path with `.`, `..` and doubled slashes worked out; nil when it leads above its start.
  static func normalized(_ path: [UInt8]) -> [UInt8]? {
    var kept: [ArraySlice<UInt8>] = []
    var endsInside = true
    for step in path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      endsInside = true
      switch step {
      case [], [UInt8(ascii: ".")]: continue
      case [UInt8(ascii: "."), UInt8(ascii: ".")]:
        if kept.popLast() == nil { return nil }
      default:
        kept.append(step)
        endsInside = false
      }
    }
    var joined = Array(kept.joined(separator: [UInt8(ascii: "/")]))
    if endsInside, !joined.isEmpty { joined.append(UInt8(ascii: "/")) }
    return joined
  }
}

/// Paths as seen from a directory.
enum RelativePath {
  /// The way from a directory to a path, both from one root; `./` for the directory itself.
  static func from(_ directory: [UInt8], to path: [UInt8]) -> [UInt8] {
    if path.count > directory.count, path.starts(with: directory) {
      return Array(path.dropFirst(directory.count))
    }
    let there = path.split(separator: UInt8(ascii: "/"))
    let here = directory.split(separator: UInt8(ascii: "/"))
    let shared = zip(there, here).prefix { $0.elementsEqual($1) }.count
    var way: [UInt8] = []
    for _ in shared..<here.count { way.append(contentsOf: "../".utf8) }
    way.append(contentsOf: there[shared...].joined(separator: [UInt8(ascii: "/")]))
    return way.isEmpty ? Array("./".utf8) : way
  }
}
