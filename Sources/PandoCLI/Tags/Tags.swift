internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage
internal import PandoStore

/// The tags of a repository as `tag` changes them, in git's words.
struct Tags {
  let revisions: RevisionParser
  private let context: CommandContext
  private let repository: Repository

  init(_ context: CommandContext) throws {
    self.context = context
    repository = try context.repository()
    revisions = try context.revisionParser()
  }

  private func reference(_ name: ByteString) -> ReferenceName? {
    guard !name.hasPrefix("-") else { return nil }
    return ReferenceName(ByteString(Array("refs/tags/".utf8) + name.bytes))
  }

  /// The reference of a tag that is to be made, and what it points at now.
  func newReference(
    _ name: ByteString, isForced: Bool
  ) throws -> (name: ReferenceName, old: ObjectID?) {
    guard let reference = reference(name) else {
      throw CommandFailure.fatal("'\(name)' is not a valid tag name.")
    }
    let old = try repository.references.id(of: reference)
    guard old == nil || isForced else {
      throw CommandFailure.fatal("tag '\(name)' already exists")
    }
    return (reference, old)
  }

  /// Writes an annotated tag and returns its name.
  func annotate(
    _ name: ByteString, _ target: ObjectID, given: ByteString, _ message: [UInt8]
  ) throws -> ObjectID {
    guard let kind = try repository.objects.header(of: target)?.kind else {
      throw CommandFailure.fatal("bad object type.")
    }
    if kind == .tag, try context.configuration().bool("advice.nestedTag") ?? true {
      try context.errors.write(
        """
        hint: You have created a nested tag. The object referred to by your new tag is
        hint: already a tag. If you meant to tag the object that it points to, use:
        hint:\u{20}
        hint: \tgit tag -f \(name) \(given)^{}
        hint: Disable this message with "git config advice.nestedTag false"

        """)
    }
    let tag = AnnotatedTag(
      target: target, targetKind: kind, name: name,
      tagger: try context.signature(.committer), message: message)
    return try repository.objects.write(.tag, tag.serialized)
  }

  /// Makes a tag, or moves it.
  func set(
    _ reference: ReferenceName, to id: ObjectID, tagging target: ObjectID, old: ObjectID?,
    shown: ByteString, createsReflog: Bool
  ) throws {
    do {
      try repository.references.apply(
        [
          ReferenceEdit(
            reference, .set(.direct(id)), expected: old.map { .id($0) } ?? .absent,
            createsReflog: createsReflog)
        ], note: try context.reflogNote(try reflogMessage(target)))
    } catch let error as PandoError {
      throw CommandFailure.fatal(error.description)
    }
    if let old, old != id {
      try context.output.write(
        "Updated tag '\(shown)' (was \(try revisions.abbreviation(of: old)))\n")
    }
  }

  /// What the log says of a new tag: what it points at.
  private func reflogMessage(_ id: ObjectID) throws -> String {
    if let action = context.environment["GIT_REFLOG_ACTION"] { return action }
    let short = try revisions.abbreviation(of: id)
    guard let object = try repository.objects.read(id) else { return "tag: tagging \(short)" }
    let what: String
    switch object.kind {
    case .commit:
      let line = MessageParts(of: object.body).message.prefix { $0 != UInt8(ascii: "\n") }
      let seconds = try repository.objects.commitLinks(id).committerSeconds
      let date = DateFormat.short.text(
        of: Signature.Time(seconds: seconds, zone: 0), at: revisions.source.localTime)
      what = "\(String(decoding: line, as: UTF8.self)), \(date)"
    case .tree: what = "tree object"
    case .blob: what = "blob object"
    case .tag: what = "other tag object"
    }
    return "tag: tagging \(short) (\(what))"
  }

  /// Removes tags; those that do not exist are told of, and the status is a failure.
  func delete(_ names: [ByteString]) throws -> ExitStatus {
    var doomed: [(shown: ByteString, name: ReferenceName, id: ObjectID)] = []
    var isFailed = false
    for name in names {
      if let reference = reference(name), let id = try repository.references.id(of: reference) {
        if !doomed.contains(where: { $0.name == reference }) {
          doomed.append((name, reference, id))
        }
      } else {
        try context.errors.write("error: tag '\(name)' not found.\n")
        isFailed = true
      }
    }
    let note = try context.reflogNote("")
    for item in doomed {
      do throws(PandoError) {
        try repository.references.apply(
          [ReferenceEdit(item.name, .delete, followsSymbolic: false)],
          note: note)
      } catch {
        try context.errors.write("error: \(error.description)\n")
        isFailed = true
        continue
      }
      let short = try revisions.abbreviation(of: item.id)
      try context.output.write("Deleted tag '\(item.shown)' (was \(short))\n")
    }
    return isFailed ? .failure : .success
  }
}
