internal import PandoBytes
internal import PandoFiles
internal import PandoMerge
internal import PandoObjects
internal import PandoStore

/// Prints the names that `name-rev` has found.
struct NamePrinter {
  let context: CommandContext
  let parser: RevisionParser
  var namer: RevisionNamer
  let references: NamingReferences
  var showsNamesOnly = false
  var allowsUndefined = true
  var showsAlways = false

  init(
    context: CommandContext, parser: RevisionParser, namer: RevisionNamer,
    references: NamingReferences
  ) {
    self.context = context
    self.parser = parser
    self.namer = namer
    self.references = references
  }

  /// Names one object, which is a commit or not.
  mutating func show(_ id: ObjectID, commit isCommit: Bool, as word: String) throws {
    if !showsNamesOnly { try context.output.write("\(word) ") }
    let found = isCommit ? namer.name(of: id) : references.exactLabel(id)
    let name: String
    if let found {
      name = found
    } else if allowsUndefined {
      name = "undefined"
    } else if showsAlways {
      name = try parser.abbreviation(of: id)
    } else {
      throw CommandFailure.fatal("cannot describe '\(id)'")
    }
    try context.output.write("\(name)\n")
  }

  /// Names all commits that were met.
  mutating func showAll() throws {
    var ids: [ObjectID] = []
    var seen = Set<ObjectID>()
    namer.forEachNamed { id, _ in ids.append(id) }
    for id in ids + references.touched where seen.insert(id).inserted {
      try show(id, commit: true, as: id.hex)
    }
  }

  /// The longest line of text that is annotated, in bytes.
  private static let lineBytesMax = 1 << 28

  /// Puts names behind, or in the place of, the object names in the text on standard input.
  mutating func annotateInput() throws {
    let newline = UInt8(ascii: "\n")
    while var line = try context.input.readLine(
      endingWith: newline, limit: Self.lineBytesMax)
    {
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      // As for git, text ends at a zero byte.
      if let end = line.firstIndex(of: 0) {
        line.removeSubrange(end...)
      } else {
        line.append(newline)
      }
      try context.output.write(try annotated(line))
    }
  }

  private mutating func annotated(_ line: [UInt8]) throws -> [UInt8] {
    let length = parser.source.objects.hashAlgorithm.hexCount
    var result: [UInt8] = []
    var runStart = 0
    var copied = 0
    for (position, byte) in (line + [0]).enumerated() where !Self.isDigit(byte) {
      if position - runStart == length,
        let id = ObjectID(hexBytes: Array(line[runStart..<position]).span),
        let name = try name(of: id)
      {
        let isKept = !showsNamesOnly
        result += line[copied..<(isKept ? position : runStart)]
        result.append(text: isKept ? " (\(name))" : name)
        copied = position
      }
      runStart = position + 1
    }
    return result + line[copied...]
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (97...102).contains(byte)
  }

  private mutating func name(of id: ObjectID) throws -> String? {
    guard let kind = try parser.source.objects.header(of: id)?.kind else { return nil }
    return kind == .commit ? namer.name(of: id) : references.exactLabel(id)
  }
}
