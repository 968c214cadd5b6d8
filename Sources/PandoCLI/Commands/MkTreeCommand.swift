public import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// `pando mktree`: makes trees of lines as `ls-tree` prints them.
public struct MkTreeCommand: Command {
  public let name = "mktree"
  public let summary = "Make a tree of text as ls-tree prints it"

  private enum Option { case zero, missing, batch }

  private static let parser = OptionParser<Option>(
    ["mktree [-z] [--missing] [--batch]"],
    [
      .flag(.zero, "-z", help: "input lines end in NUL"),
      .flag(.missing, "--missing", help: "allow objects that are missing"),
      .flag(.batch, "--batch", help: "make several trees, a blank line between them"),
    ])

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try Self.parser.parse(arguments)
    let objects = try context.objects()
    let isBatch = options.has(.batch)
    let delimiter = options.has(.zero) ? 0 : UInt8(ascii: "\n")
    // Nil between trees.
    var entries: [TreeEntry]?
    while let line = try context.input.readLine(endingWith: delimiter, limit: Self.lineBytesMax) {
      if line.isEmpty {
        guard isBatch else {
          throw CommandFailure.fatal(
            "input format error: (blank line only valid in batch mode)")
        }
        try Self.write(entries ?? [], objects, context)
        entries = nil
        continue
      }
      let source = Line(bytes: line, isQuoted: delimiter != 0)
      let entry = try source.entry(objects, allowsMissing: options.has(.missing))
      entries = entries ?? []
      entries?.append(entry)
    }
    if entries != nil || !isBatch { try Self.write(entries ?? [], objects, context) }
    return .success
  }

  /// The longest input line.
  private static let lineBytesMax = 1 << 20

  /// Writes a tree of just these entries. Like git's it may hold what `fsck` complains about.
  private static func write(
    _ entries: [TreeEntry], _ objects: any ObjectWriter, _ context: CommandContext
  ) throws {
    var body: [UInt8] = []
    // Sorting keeps entries of one name in the order they came.
    for entry in entries.sorted(by: TreeEntry.precedes) { entry.append(to: &body) }
    try context.output.write("\(try objects.write(.tree, body))\n")
    try context.output.flush()
  }

  /// `mode SP type SP name TAB path`.
  private struct Line {
    let bytes: [UInt8]
    let isQuoted: Bool

    private var malformed: CommandFailure {
      .fatal("input format error: \(String(decoding: bytes, as: UTF8.self))")
    }

    func entry(_ objects: any ObjectReader, allowsMissing: Bool) throws -> TreeEntry {
      let space = UInt8(ascii: " ")
      let algorithm = objects.hashAlgorithm
      let digits = bytes.drop { $0 == space || (9...13).contains($0) }.prefix { $0 != space }
      guard let bits = UInt32(String(decoding: digits, as: UTF8.self), radix: 8),
        digits.first != UInt8(ascii: "-"), digits.endIndex < bytes.count
      else { throw malformed }
      let typeStart = digits.endIndex + 1
      guard let typeEnd = bytes[typeStart...].firstIndex(of: space),
        typeEnd + 1 + algorithm.hexCount < bytes.count
      else { throw malformed }
      let nameEnd = typeEnd + 1 + algorithm.hexCount
      guard let id = ObjectID(hexBytes: bytes.span.extracting((typeEnd + 1)..<nameEnd)),
        id.algorithm == algorithm, bytes[nameEnd] == UInt8(ascii: "\t")
      else { throw malformed }
      let path = try path(Array(bytes[(nameEnd + 1)...]))
      let mode = TreeEntry.Mode(bits: bits)
      let type = String(decoding: bytes[typeStart..<typeEnd], as: UTF8.self)
      try check(type, path, mode, id, objects, allowsMissing: allowsMissing || mode.isSubmodule)
      guard !path.contains(UInt8(ascii: "/")) else {
        throw CommandFailure.fatal("path \(String(decoding: path, as: UTF8.self)) contains slash")
      }
      return TreeEntry(name: ByteString(path), mode: mode, id: id)
    }

    private func path(_ bytes: [UInt8]) throws -> [UInt8] {
      guard isQuoted, bytes.first == UInt8(ascii: "\"") else { return bytes }
      guard let unquoted = PathQuoting.unquote(bytes) else {
        throw CommandFailure.fatal("invalid quoting")
      }
      return unquoted.path
    }

    private func check(
      _ type: String, _ path: [UInt8], _ mode: TreeEntry.Mode, _ id: ObjectID,
      _ objects: any ObjectReader, allowsMissing: Bool
    ) throws {
      let shown = String(decoding: path, as: UTF8.self)
      guard let claimed = ObjectKind(name: type) else {
        throw CommandFailure.fatal("invalid object type \"\(type)\"")
      }
      guard claimed == mode.kind else {
        throw CommandFailure.fatal(
          "entry '\(shown)' object type (\(type)) doesn't match mode type (\(mode.kind))")
      }
      guard let actual = try objects.header(of: id)?.kind else {
        if allowsMissing { return }
        throw CommandFailure.fatal("entry '\(shown)' object \(id) is unavailable")
      }
      guard actual == claimed else {
        throw CommandFailure.fatal(
          "entry '\(shown)' object \(id) is a \(actual) but specified type was (\(claimed))")
      }
    }
  }
}
