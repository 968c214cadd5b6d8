internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage
internal import PandoStore

/// A file that `blame` is asked about as it stands in the work tree, or where `--contents` says.
struct UncommittedFile {
  /// The most that is read of a file, in bytes.
  private static let bytesMax = 1 << 31

  let bytes: [UInt8]
  let mode: TreeEntry.Mode
  /// The commits that it is to come upon: `HEAD`, and those that are being merged into it.
  let parents: [ObjectID]
  /// What stands for the subject of its commit.
  let summary: String

  /// Reads a file. Throws git's complaint when no parent has the path, nor the index.
  init(at path: [UInt8], contents: ByteString?, _ context: CommandContext) throws {
    let repository = try context.repository()
    guard let root = repository.workTree else {
      throw CommandFailure.fatal("this operation must be run in a work tree")
    }
    let shown = String(decoding: path, as: UTF8.self)
    let parser = try context.revisionParser()
    guard let head = try parser.find("HEAD", isQuiet: true) else {
      throw CommandFailure.fatal("no such ref: HEAD")
    }
    parents = [head.id] + (try Self.mergedHeads(context))
    guard try Self.isKnown(path, parents, parser) else {
      throw CommandFailure.fatal("no such path '\(shown)' in HEAD")
    }
    summary = "Version of \(shown) from \(contents.map(Self.title) ?? shown)"
    if contents?.text == "-" {
      (bytes, mode) = (try context.input.readAll(limit: Self.bytesMax), .file)
      return
    }
    let place =
      contents.map { FilePath(bytes: $0.bytes).resolved(against: context.currentDirectory) }
      ?? root.appending(bytes: path)
    (bytes, mode) = try Self.read(
      place, shown: contents.map(Self.title) ?? shown, isNamed: contents != nil, context.fileSystem)
  }

  private static func title(_ contents: ByteString) -> String {
    contents.text == "-" ? "standard input" : contents.text
  }

  /// The commits in `MERGE_HEAD`, one a line.
  private static func mergedHeads(_ context: CommandContext) throws -> [ObjectID] {
    guard let directory = try context.repository().gitDirectory else { return [] }
    let bytes = try context.fileSystem.contents(of: directory / "MERGE_HEAD", limit: 1 << 20)
    return try (bytes ?? []).split(separator: UInt8(ascii: "\n")).map { line in
      let text = String(decoding: line, as: UTF8.self)
      guard let id = ObjectID(hex: text) else {
        throw CommandFailure.fatal("unknown line in '\(directory / "MERGE_HEAD")': \(text)")
      }
      return id
    }
  }

  private static func isKnown(
    _ path: [UInt8], _ parents: [ObjectID], _ parser: RevisionParser
  ) throws -> Bool {
    for parent in parents {
      let mode = try parser.entry(at: path, in: parent)?.mode
      if let mode, !mode.isDirectory, !mode.isSubmodule { return true }
    }
    return try parser.source.stagedEntries().contains { $0.path.bytes == path }
  }

  /// - Parameter isNamed: whether it was named by `--contents`, so that a link is followed.
  private static func read(
    _ path: FilePath, shown: String, isNamed: Bool, _ files: any FileSystem
  ) throws -> ([UInt8], TreeEntry.Mode) {
    let call = isNamed ? "stat" : "lstat"
    do {
      let status = try files.status(of: path, followingLinks: isNamed)
      switch status?.kind {
      case nil: throw CommandFailure.fatal("Cannot \(call) '\(shown)': No such file or directory")
      case .symbolicLink: return (try files.readLink(path)?.bytes ?? [], .symbolicLink)
      case .file:
        let mode: TreeEntry.Mode = (status?.permissions ?? 0) & 0o100 != 0 ? .executable : .file
        return (try files.contents(of: path, limit: bytesMax) ?? [], mode)
      default: throw CommandFailure.fatal("unsupported file type \(shown)")
      }
    } catch let error as FileError {
      throw CommandFailure.fatal("Cannot \(call) '\(shown)': \(error.reason)")
    }
  }
}
