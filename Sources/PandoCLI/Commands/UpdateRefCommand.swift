public import PandoBytes
internal import PandoObjects
internal import PandoStorage
internal import PandoStore

/// `pando update-ref`: changes references, one or many at once.
public struct UpdateRefCommand: Command {
  public let name = "update-ref"
  public let summary = "Update the object name stored in a ref safely"

  private enum Option { case message, delete, noDereference, zero, input, createReflog }

  private static let parser = OptionParser(
    [
      "update-ref [<options>] -d <refname> [<old-val>]",
      "update-ref [<options>]    <refname> <new-val> [<old-val>]",
      "update-ref [<options>] --stdin [-z]",
    ],
    [
      CommandOption<Option>.value(
        .message, "-m", placeholder: "<reason>", help: "reason of the update"),
      .flag(.delete, "-d", help: "delete the reference"),
      .flag(
        .noDereference, "--no-deref", help: "update <refname> not the one it points to"),
      .flag(.zero, "-z", help: "stdin has NUL-terminated arguments"),
      .flag(.input, "--stdin", help: "read updates from stdin"),
      .flag(.createReflog, "--create-reflog", help: "create a reflog"),
    ])

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try Self.parser.parse(arguments)
    let message = options.value(.message)
    if message?.isEmpty == true {
      throw CommandFailure.fatal("Refusing to perform update with empty message.")
    }
    let words = options.arguments
    let style = ReferenceUpdates.Style(
      followsSymbolic: !options.has(.noDereference),
      createsReflog: options.has(.createReflog))
    let updates = try ReferenceUpdates(context, style: style, message: message?.text ?? "")
    if options.has(.input) {
      guard words.isEmpty, !options.has(.delete) else { throw Self.parser.misuse() }
      var script = ReferenceScript(updates, context, isZeroed: options.has(.zero))
      try script.run()
      return .success
    }
    let isDelete = options.has(.delete)
    let counts = isDelete ? 1...2 : 2...3
    guard !options.has(.zero), counts.contains(words.count) else { throw Self.parser.misuse() }
    return try change(
      words[0], isDelete ? nil : words[1], words.count > (isDelete ? 1 : 2) ? words.last : nil,
      updates)
  }

  private func change(
    _ name: ByteString, _ value: ByteString?, _ oldValue: ByteString?, _ updates: ReferenceUpdates
  ) throws -> ExitStatus {
    var new: ObjectID?
    if let value {
      guard let id = try updates.id(value) else {
        throw CommandFailure.fatal("\(value): not a valid SHA1")
      }
      new = id
    }
    var expected = ReferenceEdit.Expected.any
    if let oldValue {
      expected = .absent
      if !oldValue.isEmpty {
        guard let id = try updates.id(oldValue) else {
          throw CommandFailure.fatal("\(oldValue): not a valid old SHA1")
        }
        expected = id.isNull ? .absent : .id(id)
      }
    }
    guard let full = ReferenceName(name) else {
      // What cannot be is deleted already.
      if new == nil, !ReferenceName.isWellFormed(name.bytes) { return .success }
      throw CommandFailure.fatal(
        "update_ref failed for ref '\(name)': refusing to update ref with bad name '\(name)'")
    }
    do throws(PandoError) {
      if let new {
        try updates.apply([updates.edit(full, .set(.direct(new)), expected)])
      } else {
        // Git has always taken the null ID for "whatever it is" here.
        if expected == .absent { expected = .any }
        try updates.apply([updates.edit(full, .delete, expected)])
      }
    } catch {
      if new == nil { throw CommandFailure.error(error.description) }
      throw CommandFailure.fatal("update_ref failed for ref '\(name)': \(error.description)")
    }
    return .success
  }
}

/// Changes of references as `update-ref` was told to make them.
struct ReferenceUpdates {
  /// How references are changed unless a line says otherwise.
  struct Style {
    var followsSymbolic: Bool
    var createsReflog: Bool
  }

  let style: Style
  let revisions: RevisionParser
  private let references: any ReferenceStore
  private let note: ReflogNote

  init(_ context: CommandContext, style: Style, message: String) throws {
    self.style = style
    revisions = try context.revisionParser()
    references = try context.repository().references
    note = try context.reflogNote(message)
  }

  /// The object that a value names, or nil.
  func id(_ text: ByteString) throws -> ObjectID? { try revisions.find(text)?.id }

  var nullID: ObjectID { .null(revisions.source.objects.hashAlgorithm) }

  func edit(
    _ name: ReferenceName, _ change: ReferenceEdit.Change, _ expected: ReferenceEdit.Expected,
    followsSymbolic: Bool? = nil
  ) -> ReferenceEdit {
    ReferenceEdit(
      name, change, expected: expected,
      followsSymbolic: followsSymbolic ?? style.followsSymbolic,
      createsReflog: style.createsReflog)
  }

  func apply(_ edits: [ReferenceEdit]) throws(PandoError) {
    try references.apply(edits, note: note)
  }

  /// Locks and checks edits that are applied or given up later.
  func prepare(_ edits: [ReferenceEdit]) throws(PandoError) -> PreparedReferences? {
    guard let files = references as? FileReferences else { return nil }
    return try files.prepare(edits, note: note)
  }
}
