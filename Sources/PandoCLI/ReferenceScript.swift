internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage

/// The commands that `update-ref --stdin` reads: transactions of many changes. Source:
/// git-update-ref, "--stdin".
struct ReferenceScript {
  private enum State: Int {
    case open, started, prepared, closed
  }

  private enum Verb: String, CaseIterable {
    case update, create, delete, verify, option, start, prepare, abort, commit

    /// The arguments, each of which ends with NUL under `-z`.
    var argumentCount: Int {
      switch self {
      case .update: 3
      case .create, .delete, .verify: 2
      case .option: 1
      case .start, .prepare, .abort, .commit: 0
      }
    }

    /// What the transaction is after it.
    var state: State {
      switch self {
      case .update, .create, .delete, .verify, .option: .open
      case .start: .started
      case .prepare: .prepared
      case .abort, .commit: .closed
      }
    }
  }

  private static let lineBytesMax = 1 << 20
  private static let chunkBytes = 4096

  private let updates: ReferenceUpdates
  private let context: CommandContext
  private let terminator: UInt8
  /// What was read and is not used yet.
  private var waiting: [UInt8] = []
  private var state = State.open
  private var edits: [ReferenceEdit] = []
  private var prepared: PreparedReferences?
  /// Whether the next change is of a symbolic reference itself.
  private var isDirect = false

  init(_ updates: ReferenceUpdates, _ context: CommandContext, isZeroed: Bool) {
    self.updates = updates
    self.context = context
    terminator = isZeroed ? 0 : UInt8(ascii: "\n")
  }

  private var isZeroed: Bool { terminator == 0 }

  /// Runs all commands. What is open at the end is committed, what was started is given up.
  mutating func run() throws {
    defer { prepared?.abandon() }
    while let line = try readLine() {
      let verb = try verb(of: line.bytes, isTerminated: line.isTerminated)
      var text = line.bytes
      var isTerminated = line.isTerminated
      for _ in 1..<max(1, isZeroed ? verb.argumentCount : 1) {
        guard isTerminated, let next = try readLine() else { break }
        text += [0] + next.bytes
        isTerminated = next.isTerminated
      }
      try enter(verb)
      let start = verb.rawValue.utf8.count + (verb.argumentCount > 0 ? 1 : 0)
      var arguments = ScriptArguments(
        text, start, terminator: isTerminated ? terminator : nil, isZeroed: isZeroed)
      try run(verb, &arguments)
    }
    if state == .open { try apply() }
  }

  /// The next line, and whether it was ended; nil at the end.
  private mutating func readLine() throws -> (bytes: [UInt8], isTerminated: Bool)? {
    var searched = 0
    while true {
      if let end = waiting[searched...].firstIndex(of: terminator) {
        defer { waiting.removeFirst(end + 1) }
        return (Array(waiting[..<end]), true)
      }
      searched = waiting.count
      guard searched <= Self.lineBytesMax else { throw CommandFailure.fatal("line too long") }
      let next = try context.input.read(upTo: Self.chunkBytes)
      if next.isEmpty {
        defer { waiting = [] }
        return waiting.isEmpty ? nil : (waiting, false)
      }
      waiting += next
    }
  }

  private func verb(of line: [UInt8], isTerminated: Bool) throws -> Verb {
    let shown = String(decoding: line, as: UTF8.self) + (isZeroed || !isTerminated ? "" : "\n")
    guard let first = line.first else { throw CommandFailure.fatal("empty command in input") }
    if first == 32 || (9...13).contains(first) {
      throw CommandFailure.fatal("whitespace before command: \(shown)")
    }
    for verb in Verb.allCases where line.starts(with: verb.rawValue.utf8) {
      let next = line.dropFirst(verb.rawValue.utf8.count).first
      if verb.argumentCount > 0 ? next == 32 : next == nil && isTerminated { return verb }
    }
    throw CommandFailure.fatal("unknown command: \(shown)")
  }

  /// Checks that a command fits the transaction's state and moves on.
  private mutating func enter(_ verb: Verb) throws {
    switch state {
    case .open, .started:
      if state == .started, verb.state == .started {
        throw CommandFailure.fatal("cannot restart ongoing transaction")
      }
      if verb.state.rawValue > state.rawValue { state = verb.state }
    case .prepared:
      guard verb.state == .closed else {
        throw CommandFailure.fatal("prepared transactions can only be closed")
      }
      state = .closed
    case .closed:
      guard verb.state == .started else { throw CommandFailure.fatal("transaction is closed") }
      state = .started
      edits = []
    }
  }

  private mutating func run(_ verb: Verb, _ arguments: inout ScriptArguments) throws {
    switch verb {
    case .update, .create, .delete, .verify: try change(verb, &arguments)
    case .option:
      guard arguments.rest == "no-deref" else {
        throw CommandFailure.fatal("option unknown: \(arguments.restWithEnd)")
      }
      isDirect = true
    case .start: try report("start")
    case .prepare:
      do throws(PandoError) { prepared = try updates.prepare(edits) } catch {
        throw CommandFailure.fatal("prepare: \(error.description)")
      }
      try report("prepare")
    case .abort:
      prepared?.abandon()
      prepared = nil
      edits = []
      try report("abort")
    case .commit:
      try apply("commit: ")
      try report("commit")
    }
  }

  private func report(_ verb: String) throws {
    try context.output.write("\(verb): ok\n")
    try context.output.flush()
  }

  private mutating func apply(_ prefix: String = "") throws {
    do throws(PandoError) {
      if let prepared {
        self.prepared = nil
        try prepared.commit()
      } else {
        try updates.apply(edits)
      }
    } catch {
      throw CommandFailure.fatal(prefix + error.description)
    }
    edits = []
  }

  // MARK: Changes

  private mutating func change(_ verb: Verb, _ arguments: inout ScriptArguments) throws {
    let name = try arguments.referenceName()
    guard let name else { throw CommandFailure.fatal("\(verb.rawValue): missing <ref>") }
    let call = "\(verb.rawValue) \(name)"
    var new: ObjectID?
    if verb == .update || verb == .create {
      let value = try arguments.value(call, isOld: false, allowsEmpty: verb == .update)
      if value == .warned {
        try context.errors.write("warning: \(call): missing <newvalue>, treating as zero\n")
      }
      new = try id(value, call, "<newvalue>")
      guard let new else { throw CommandFailure.fatal("\(call): missing <newvalue>") }
      if verb == .create, new.isNull { throw CommandFailure.fatal("\(call): zero <newvalue>") }
    }
    var old: ObjectID?
    if verb != .create {
      let value = try arguments.value(call, isOld: true, allowsEmpty: false)
      old = try id(value, call, "<oldvalue>")
      if verb == .delete, old?.isNull == true {
        throw CommandFailure.fatal("\(call): zero <oldvalue>")
      }
    }
    if let extra = arguments.extra {
      throw CommandFailure.fatal("\(call): extra input: \(extra)")
    }
    let expected: ReferenceEdit.Expected
    switch verb {
    case .create: expected = .absent
    case .verify: expected = old.map { $0.isNull ? .absent : .id($0) } ?? .absent
    default: expected = old.map { $0.isNull ? .absent : .id($0) } ?? .any
    }
    let change: ReferenceEdit.Change =
      verb == .verify ? .verify : new.map { .set(.direct($0)) } ?? .delete
    edits.append(
      updates.edit(name, change, expected, followsSymbolic: isDirect ? false : nil))
    isDirect = false
  }

  private func id(
    _ value: ScriptArguments.Value, _ call: String, _ what: String
  ) throws -> ObjectID? {
    switch value {
    case .absent: return nil
    case .zero, .warned: return updates.nullID
    case .text(let text):
      guard let id = try updates.id(text) else {
        throw CommandFailure.fatal("\(call): invalid \(what): \(text)")
      }
      return id
    }
  }
}

/// What follows the verb of a command.
struct ScriptArguments {
  /// An object as given.
  enum Value: Equatable {
    case absent
    /// An empty value that means the null ID.
    case zero
    /// The same, of which Git warns.
    case warned
    case text(ByteString)
  }

  private let bytes: [UInt8]
  private var position: Int
  /// What the line ended with; nil at the end of the input.
  private let terminator: UInt8?
  private let isZeroed: Bool

  init(_ bytes: [UInt8], _ start: Int, terminator: UInt8?, isZeroed: Bool) {
    self.bytes = bytes
    position = min(start, bytes.count)
    self.terminator = terminator
    self.isZeroed = isZeroed
  }

  var rest: String { String(decoding: bytes[position...], as: UTF8.self) }
  var restWithEnd: String { rest + (terminator == 10 ? "\n" : "") }

  /// What is left when nothing should be.
  var extra: String? {
    if position == bytes.count { return terminator == nil ? "" : nil }
    return restWithEnd
  }

  /// Takes the name of a reference; nil when there is none.
  mutating func referenceName() throws -> ReferenceName? {
    let text = isZeroed ? untilZero() : try word()
    guard !text.isEmpty else { return nil }
    guard let name = ReferenceName(ByteString(text)) else {
      throw CommandFailure.fatal(
        "invalid ref format: \(String(decoding: text, as: UTF8.self))")
    }
    return name
  }

  private mutating func untilZero() -> [UInt8] {
    let end = bytes[position...].firstIndex(of: 0) ?? bytes.count
    defer { position = end }
    return Array(bytes[position..<end])
  }

  /// Takes a word, in C's quotes or up to a space.
  private mutating func word() throws -> [UInt8] {
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
      let end = bytes[position...].firstIndex { $0 == 32 || (9...13).contains($0) }
      defer { position = end ?? bytes.count }
      return Array(bytes[position..<(end ?? bytes.count)])
    }
    let shown = restWithEnd
    guard let (text, length) = PathQuoting.unquote(Array(bytes[position...])) else {
      throw CommandFailure.fatal("badly quoted argument: \(shown)")
    }
    position += length
    if position < bytes.count, bytes[position] != 32, !(9...13).contains(bytes[position]) {
      throw CommandFailure.fatal("unexpected character after quoted argument: \(shown)")
    }
    return text
  }

  /// Takes the name of an object.
  mutating func value(_ call: String, isOld: Bool, allowsEmpty: Bool) throws -> Value {
    let what = isOld ? "<oldvalue>" : "<newvalue>"
    let early = CommandFailure.fatal("\(call): unexpected end of input when reading \(what)")
    if isZeroed {
      guard position < bytes.count else { throw early }
      position += 1
      let text = untilZero()
      if !text.isEmpty { return .text(ByteString(text)) }
      return allowsEmpty ? .warned : .absent
    }
    guard position < bytes.count else {
      if terminator == nil { throw early }
      return .absent
    }
    guard bytes[position] == 32 else {
      throw CommandFailure.fatal("\(call): expected SP but got: \(restWithEnd)")
    }
    position += 1
    let text = try word()
    return text.isEmpty ? .zero : .text(ByteString(text))
  }
}
