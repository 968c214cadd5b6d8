public import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// `pando hash-object`: names the object that a file would make, and may write it.
///
/// Content is taken as it is: attributes and line-end conversion are not applied.
public struct HashObjectCommand: Command {
  public let name = "hash-object"
  public let summary = "Compute an object's name, and optionally write the object"

  private enum Option { case type, write, input, inputPaths, noFilters, literally, path }

  private static let parser = OptionParser<Option>(
    [
      "hash-object [-t <type>] [-w] [--path=<file> | --no-filters] [--stdin] [--] <file>...",
      "hash-object [-t <type>] [-w] --stdin-paths [--no-filters]",
    ],
    [
      .value(.type, "-t", placeholder: "<type>", help: "the object's type, blob unless given"),
      .flag(.write, "-w", help: "write the object"),
      .flag(.input, "--stdin", help: "read the object from standard input"),
      .flag(.inputPaths, "--stdin-paths", help: "read file names from standard input"),
      .flag(.noFilters, "--no-filters", help: "take the file as it is, which is always done"),
      .flag(.literally, "--literally", help: "do not check that the object is well formed"),
      .value(.path, "--path", placeholder: "<file>", help: "accepted; no filters are applied"),
    ])

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try Self.parser.parse(arguments)
    let files = options.arguments
    if let complaint = complaint(options) { throw Self.parser.misuse("error: \(complaint)") }
    let objects = options.has(.write) ? try context.objects() : nil
    let typeName = options.text(.type) ?? "blob"
    let isLiteral = options.has(.literally)
    guard let kind = ObjectKind(name: typeName) else {
      throw CommandFailure.fatal("invalid object type \"\(typeName)\"")
    }
    let algorithm = try context.hashAlgorithmOfSurroundings()
    let work = Work(
      kind: kind, isLiteral: isLiteral, algorithm: algorithm, objects: objects, context: context)
    if options.has(.input) { try work.hash(context.input.readAll(limit: Limits.objectBytes)) }
    for file in files { try work.hashFile(file) }
    if options.has(.inputPaths) {
      while let line = try context.input.readLine() {
        var path = line
        if line.first == UInt8(ascii: "\"") {
          guard let unquoted = PathQuoting.unquote(line) else {
            throw CommandFailure.fatal("line is badly quoted")
          }
          path = unquoted.path
        }
        try work.hashFile(ByteString(path))
        try context.output.flush()
      }
    }
    return .success
  }

  private func complaint(_ options: ParsedOptions<Option>) -> String? {
    if options.has(.inputPaths) {
      if options.has(.input) { return "Can't use --stdin-paths with --stdin" }
      if !options.arguments.isEmpty { return "Can't specify files with --stdin-paths" }
      if options.has(.path) { return "Can't use --stdin-paths with --path" }
    } else {
      if options.count(.input) > 1 { return "Multiple --stdin arguments are not supported" }
      if options.has(.path), options.has(.noFilters) {
        return "Can't use --path with --no-filters"
      }
    }
    return nil
  }

  private struct Work {
    let kind: ObjectKind
    let isLiteral: Bool
    let algorithm: HashAlgorithm
    let objects: (any ObjectWriter)?
    let context: CommandContext

    func hashFile(_ name: ByteString) throws {
      let path = context.path(name.bytes)
      if let id = try hashStreaming(path) {
        try context.output.write("\(id)\n")
        return
      }
      let bytes: [UInt8]?
      do {
        bytes = try context.fileSystem.contents(of: path, limit: Limits.objectBytes)
      } catch let error where error.isDirectory {
        throw CommandFailure.fatal("Unable to hash \(name)")
      } catch {
        throw CommandFailure.fatal("could not open '\(name)' for reading: \(error.reason)")
      }
      guard let bytes else {
        let reason = FileError(call: "open", path: path, errno: FileErrorNumber.notFound).reason
        throw CommandFailure.fatal("could not open '\(name)' for reading: \(reason)")
      }
      try hash(bytes)
    }

    /// Above this many bytes a file is read in pieces when only its name is asked for.
    private static let pieceBytes = 256 << 10

    /// The name of a large file's blob; nil when the file has to be read whole, which then tells
    /// what is wrong with it.
    private func hashStreaming(_ path: FilePath) throws -> ObjectID? {
      guard objects == nil, kind == .blob,
        let file = try? context.fileSystem.openForReading(path), file.size > Self.pieceBytes
      else { return nil }
      var buffer = [UInt8](repeating: 0, count: Self.pieceBytes)
      var done = 0
      let id = try RawObject.id(ofSize: file.size, kind: kind, algorithm) { hasher in
        while done < file.size {
          var span = buffer.mutableSpan
          guard let count = try? file.read(at: done, into: &span), count > 0 else { return }
          let piece = min(count, file.size - done)
          hasher.update(buffer.span.extracting(..<piece))
          done += piece
        }
      }
      return done == file.size ? id : nil
    }

    func hash(_ bytes: [UInt8]) throws {
      if !isLiteral { try checkForm(bytes) }
      let id: ObjectID
      if let objects {
        id = try objects.write(kind, bytes)
      } else {
        id = try RawObject.id(of: bytes.span, kind: kind, algorithm)
      }
      try context.output.write("\(id)\n")
    }

    /// Asks as little of a body as git does.
    private func checkForm(_ bytes: [UInt8]) throws {
      do throws(ObjectForm.Fault) {
        try ObjectForm.check(kind, bytes.span, algorithm)
      } catch {
        let explanation = error.explanation(of: .null(algorithm))
        if case .tree = error { throw CommandFailure.fatal(explanation ?? "corrupt tree") }
        throw CommandFailure(
          lines: (explanation.map { ["error: \($0)"] } ?? []) + ["fatal: corrupt \(kind)"],
          status: .fatal)
      }
    }
  }
}
