internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// `cat-file --batch` and its kin: many objects in one run.
struct CatFileBatch {
  /// What is printed.
  enum Content { case bodies, headers, commands }
  /// Of which objects.
  enum Selection { case named, allSorted, allUnordered }

  let format: BatchFormat
  let content: Content
  let selection: Selection
  let isBuffered: Bool
  let followsSymlinks: Bool
  let delimiter: UInt8

  /// The longest input line.
  private static let lineBytesMax = 1 << 20

  func run(in context: CommandContext) throws -> ExitStatus {
    let printer = try BatchPrinter(self, context)
    switch selection {
    case .allSorted: try printer.printAllSorted(withBodies: content == .bodies)
    case .allUnordered: try printer.printAllUnordered(withBodies: content == .bodies)
    case .named:
      if content == .commands {
        try runCommands(printer, context)
      } else {
        try runNames(printer, context)
      }
    }
    return .success
  }

  /// The next input line, without the CR that may end it when lines end in LF.
  private func nextLine(_ context: CommandContext) throws -> [UInt8]? {
    let line = try context.input.readLine(endingWith: delimiter, limit: Self.lineBytesMax)
    guard delimiter != 0, let line, line.last == UInt8(ascii: "\r") else { return line }
    return Array(line.dropLast())
  }

  private func runNames(_ printer: BatchPrinter, _ context: CommandContext) throws {
    while let line = try nextLine(context) {
      var name = line[...]
      var rest: ArraySlice<UInt8> = []
      if format.needsRest, let blank = line.firstIndex(where: Self.isBlank) {
        name = line[..<blank]
        rest = line[blank...].drop(while: Self.isBlank)
      }
      try printer.printNamed(ByteString(Array(name)), rest: rest, withBody: content == .bodies)
      if !isBuffered { try context.output.flush() }
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }
}

// MARK: Commands

extension CatFileBatch {
  private func runCommands(_ printer: BatchPrinter, _ context: CommandContext) throws {
    var waiting: [(name: ByteString, withBody: Bool)] = []
    while let line = try nextLine(context) {
      let (verb, argument) = try Self.split(line)
      guard let argument else {
        guard isBuffered else {
          throw CommandFailure.fatal("flush is only for --buffer mode")
        }
        try printer.printNamed(waiting)
        waiting.removeAll(keepingCapacity: true)
        try context.output.flush()
        continue
      }
      if isBuffered {
        waiting.append((argument, verb == "contents"))
      } else {
        try printer.printNamed(argument, rest: [], withBody: verb == "contents")
        try context.output.flush()
      }
    }
    try printer.printNamed(waiting)
  }

  /// Splits a command line; no argument means `flush`.
  private static func split(_ line: [UInt8]) throws -> (verb: String, argument: ByteString?) {
    let text = String(decoding: line, as: UTF8.self)
    guard let first = line.first else { throw CommandFailure.fatal("empty command in input") }
    guard first != UInt8(ascii: " "), !(9...13).contains(first) else {
      throw CommandFailure.fatal("whitespace before command: '\(text)'")
    }
    for verb in ["contents", "info", "flush"] where line.starts(with: verb.utf8) {
      let rest = line.dropFirst(verb.utf8.count)
      if verb == "flush" {
        guard rest.isEmpty else { throw CommandFailure.fatal("flush takes no arguments") }
        return (verb, nil)
      }
      guard rest.first == UInt8(ascii: " ") else {
        throw CommandFailure.fatal("\(verb) requires arguments")
      }
      return (verb, ByteString(Array(rest.dropFirst())))
    }
    throw CommandFailure.fatal("unknown command: '\(text)'")
  }
}
