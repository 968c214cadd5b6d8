public import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStore

/// `pando list`: prints the names in a directory, directories with a slash behind.
public struct ListCommand: Command {
  public let name = "list"
  public let summary = "List the names in a directory of the store"

  private static let verb = StoreVerb("list [-b <branch>] [-z] [<path>]", lists: true)

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try Self.verb.parse(arguments, 0...1)
    let snapshot = try context.storeBranch(options.text(.branch)).snapshot()
    let path = TreePath(bytes: options.arguments.first?.bytes ?? [])
    guard try snapshot.kind(at: path) == .directory else { return .failure }
    for entry in try snapshot.list(path) {
      let name = entry.name.bytes + (entry.mode.isDirectory ? [UInt8(ascii: "/")] : [])
      try context.writeName(name, endsWithZero: options.has(.zero))
    }
    return .success
  }
}

/// `pando tree`: prints the paths of all values below a directory.
public struct TreeCommand: Command {
  public let name = "tree"
  public let summary = "List the paths of all values of the store"

  private static let verb = StoreVerb("tree [-b <branch>] [-z] [<path>]", lists: true)

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try Self.verb.parse(arguments, 0...1)
    let snapshot = try context.storeBranch(options.text(.branch)).snapshot()
    let path = TreePath(bytes: options.arguments.first?.bytes ?? [])
    guard try snapshot.kind(at: path) == .directory else { return .failure }
    let endsWithZero = options.has(.zero)
    try snapshot.forEachEntry(under: path) { path, entry in
      if entry.mode.kind == .blob {
        try context.writeName(path.bytes, endsWithZero: endsWithZero)
      }
      return .next
    }
    return .success
  }
}

extension CommandContext {
  /// Prints a name as a line, quoted where it has to be, or up to a NUL as it is.
  func writeName(_ name: [UInt8], endsWithZero: Bool) throws {
    var line: [UInt8] = []
    if endsWithZero {
      line = name
    } else {
      PathQuoting.append(name, quotesHighBytes: try quotesHighBytes(), to: &line)
    }
    line.append(endsWithZero ? 0 : UInt8(ascii: "\n"))
    try output.write(line)
  }
}
