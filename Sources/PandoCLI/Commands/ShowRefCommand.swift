public import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStore

/// `pando show-ref`: lists references and what they lead to.
public struct ShowRefCommand: Command {
  public let name = "show-ref"
  public let summary = "List references in a local repository"

  private enum Option {
    case tags, heads, verify, head, dereference, hash, abbrev, quiet, exclude
  }

  private static let parser = OptionParser(
    [
      "show-ref [-q | --quiet] [--verify] [--head] [-d | --dereference] [-s | --hash[=<n>]] "
        + "[--abbrev[=<n>]] [--tags] [--heads] [--] [<pattern>...]",
      "show-ref --exclude-existing[=<pattern>]",
    ],
    [
      CommandOption<Option>.flag(
        .tags, "--tags", help: "only show tags (can be combined with heads)"),
      .flag(.heads, "--heads", help: "only show heads (can be combined with tags)"),
      .flag(
        .verify, "--verify", help: "stricter reference checking, requires exact ref path"),
      .flag(.head, "-h", help: "show the HEAD reference", isHidden: true),
      .flag(
        .head, "--head", help: "show the HEAD reference, even if it would be filtered out"),
      .flag(.dereference, "-d", "--dereference", help: "dereference tags into object IDs"),
      .optionalValue(
        .hash, "-s", "--hash", placeholder: "<n>",
        help: "only show SHA1 hash using <n> digits"),
      .optionalValue(
        .abbrev, "--abbrev", placeholder: "<n>", help: "use <n> digits to display object names"),
      .flag(
        .quiet, "-q", "--quiet", help: "do not print results to stdout (useful with --verify)"),
      .optionalValue(
        .exclude, "--exclude-existing", placeholder: "<pattern>",
        help: "show refs from stdin that aren't in local repository"),
    ])

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    // A lone -h asks for help, as for every verb.
    if arguments == ["-h"] { throw UsageError(usage: Self.parser.usage, isHelp: true) }
    let options = try Self.parser.parse(arguments)
    let printer = ShowRefPrinter(
      context: context, revisions: try context.revisionParser(),
      onlyIDs: options.has(.hash), digits: try Self.digits(options),
      dereferences: options.has(.dereference), isQuiet: options.has(.quiet))
    if options.has(.exclude) {
      return try printer.printMissing(prefix: options.value(.exclude)?.bytes ?? [])
    }
    if options.has(.verify) { return try printer.verify(options.arguments) }
    let patterns = options.arguments.map(\.bytes)
    var items: [ReferenceItem] = []
    let references = printer.revisions.source.references
    if options.has(.head), let id = try references.id(of: .head) {
      items.append(ReferenceItem(name: "HEAD", id: id))
    }
    var prefixes: [String] = []
    if options.has(.heads) { prefixes.append("refs/heads/") }
    if options.has(.tags) { prefixes.append("refs/tags/") }
    for prefix in prefixes.isEmpty ? ["refs/"] : prefixes {
      items += try ReferenceItem.all(withPrefix: prefix, in: references)
    }
    var isFound = false
    for item in items
    where item.name == "HEAD" || Self.matches(item.name.bytes, patterns) {
      if try printer.print(item) { isFound = true }
    }
    return isFound ? .success : .failure
  }

  /// How many digits are shown; nil for all, 0 for the repository's way.
  private static func digits(_ options: ParsedOptions<Option>) throws -> Int? {
    var digits: Int?
    for occurrence in options.occurrences where [.hash, .abbrev].contains(occurrence.key) {
      if occurrence.isNegated {
        digits = nil
      } else if let value = occurrence.value {
        guard let count = Int(value.text) else {
          throw UsageError(
            complaint: "error: \(occurrence.display) expects a numerical value")
        }
        digits = count <= 0 ? nil : max(count, ObjectIDPrefix.digitsMin)
      } else if occurrence.key == .abbrev {
        digits = 0
      }
    }
    return digits
  }

  /// Whether a pattern is the name, or whole components at its end.
  private static func matches(_ name: [UInt8], _ patterns: [[UInt8]]) -> Bool {
    patterns.isEmpty
      || patterns.contains { pattern in
        guard name.count >= pattern.count, name.suffix(pattern.count).elementsEqual(pattern) else {
          return false
        }
        return name.count == pattern.count
          || name[name.count - pattern.count - 1] == UInt8(ascii: "/")
      }
  }
}

/// Prints references for `show-ref`.
private struct ShowRefPrinter {
  let context: CommandContext
  let revisions: RevisionParser
  let onlyIDs: Bool
  let digits: Int?
  let dereferences: Bool
  let isQuiet: Bool

  private static let lineBytesMax = 1 << 16

  private func shown(_ id: ObjectID) throws -> String {
    guard let digits else { return id.hex }
    return try revisions.abbreviation(of: id, digits: digits == 0 ? nil : digits)
  }

  /// Prints a reference; false, and a complaint, when its object is missing.
  func print(_ item: ReferenceItem) throws -> Bool {
    let objects = revisions.source.objects
    guard try objects.contains(item.id) else {
      if item.name == "HEAD" {
        throw CommandFailure.fatal("git show-ref: bad ref \(item.name) (\(item.id))")
      }
      try context.output.flush()
      try context.errors.write("error: \(item.name) does not point to a valid object!\n")
      return false
    }
    if isQuiet { return true }
    try write(try shown(item.id), onlyIDs ? nil : item.name.bytes)
    if dereferences, let header = try objects.header(of: item.id), header.kind == .tag {
      let peeled = try objects.peel(item.id).id
      try write(try shown(peeled), item.name.bytes + Array("^{}".utf8))
    }
    return true
  }

  private func write(_ id: String, _ name: [UInt8]?) throws {
    var line = Array(id.utf8)
    if let name { line += [32] + name }
    line.append(UInt8(ascii: "\n"))
    try context.output.write(line)
  }

  /// Prints references that are named in full; the first that does not exist ends it.
  func verify(_ names: [ByteString]) throws -> ExitStatus {
    guard !names.isEmpty else { throw CommandFailure.fatal("--verify requires a reference") }
    for name in names {
      var found: ObjectID?
      if name.hasPrefix("refs/") || name == "HEAD", let full = ReferenceName(name) {
        found = try revisions.source.references.id(of: full)
      }
      guard let found else {
        if isQuiet { return .failure }
        throw CommandFailure.fatal("'\(name)' - not a valid ref")
      }
      guard try revisions.source.objects.contains(found) else {
        throw CommandFailure.fatal("git show-ref: bad ref \(name) (\(found))")
      }
      _ = try print(ReferenceItem(name: name, id: found))
    }
    return .success
  }

  /// Copies the lines of standard input whose last word is a reference that does not exist.
  func printMissing(prefix: [UInt8]) throws -> ExitStatus {
    let existing = Set(
      try ReferenceItem.all(withPrefix: "refs/", in: revisions.source.references).map(\.name))
    while var line = try context.input.readLine(endingWith: 10, limit: Self.lineBytesMax) {
      if line.suffix(3).elementsEqual("^{}".utf8) { line.removeLast(3) }
      let start = line.lastIndex { $0 == 32 || (9...13).contains($0) }.map { $0 + 1 } ?? 0
      let name = Array(line[start...])
      guard name.starts(with: prefix) else { continue }
      guard ReferenceName.isWellFormed(name), name.contains(UInt8(ascii: "/")) else {
        try context.errors.write(
          "warning: ref '\(String(decoding: name, as: UTF8.self))' ignored\n")
        continue
      }
      if !existing.contains(ByteString(name)) { try context.output.write(line + [10]) }
    }
    return .success
  }
}
