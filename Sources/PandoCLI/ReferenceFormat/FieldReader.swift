internal import PandoBytes
internal import PandoObjects
internal import PandoStore

/// What fields need to know of a repository besides objects and references.
protocol RepositoryDetails {
  /// The bytes that an object takes on the disk.
  func diskSize(of id: ObjectID) throws(PandoError) -> Int
  /// The object that an object is stored as a difference from; null when it is stored whole.
  func deltaBase(of id: ObjectID) throws(PandoError) -> ObjectID
  /// Whether a reference is in `packed-refs` alone.
  func isPacked(_ name: ByteString) throws(PandoError) -> Bool
  /// The worktrees' paths by the branches that are checked out there.
  func worktrees() throws(PandoError) -> [ByteString: [UInt8]]
}

/// Gives the values of fields for references.
struct FieldReader {
  /// Where names and objects are looked up.
  let revisions: RevisionParser
  /// What else is to be known.
  let details: any RepositoryDetails
  /// What `HEAD` leads to.
  let headTarget: ByteString?
  let shortener: ReferenceShortener
  private let worktrees: [ByteString: [UInt8]]

  private var source: any RevisionSource { revisions.source }

  init(
    _ revisions: RevisionParser, _ details: any RepositoryDetails
  ) throws(PandoError) {
    self.revisions = revisions
    self.details = details
    let references = revisions.source.references
    if case .symbolic(let name)? = try? references.read(.head) {
      headTarget = name.bytes
    } else {
      headTarget = nil
    }
    let warns = try revisions.source.configurationValues("core.warnambiguousrefs").last
    shortener = ReferenceShortener(
      references: references,
      isStrict: !["false", "no", "off", "0"].contains((warns ?? "true").lowercased()))
    worktrees = try details.worktrees()
  }

  /// The values of fields, in their order. Reads each object once, and none for fields that are
  /// known without. Throws when an object that is needed is missing.
  func values(
    _ atoms: [FormatAtom], of item: ReferenceItem
  ) throws(PandoError) -> [FormatValue] {
    let need = atoms.filter { !$0.isDereferenced }.map(\.field.need).max() ?? .nothing
    let deepNeed = atoms.filter(\.isDereferenced).map(\.field.need).max() ?? .nothing
    let object = try ObjectDetails(
      item.id, deepNeed > .nothing ? max(need, .header) : need, source.objects, of: item.name)
    var target: ObjectDetails?
    if deepNeed > .nothing, object?.header.kind == .tag {
      let tag = try source.objects.annotatedTag(item.id)
      target = try ObjectDetails(tag.target, deepNeed, source.objects, of: item.name)
    }
    var values: [FormatValue] = []
    values.reserveCapacity(atoms.count)
    for atom in atoms {
      if atom.field.need == .nothing {
        values.append(try value(atom, of: item))
      } else if let details = atom.isDereferenced ? target : object {
        values.append(try value(atom.field, of: details))
      } else {
        values.append(.none)
      }
    }
    return values
  }
}

/// An object as far as fields need it.
private struct ObjectDetails {
  let id: ObjectID
  let header: ObjectHeader
  let body: [UInt8]

  /// Reads an object; nil when nothing of it is needed.
  init?(
    _ id: ObjectID, _ need: FormatField.Need, _ objects: any ObjectReader, of name: ByteString
  ) throws(PandoError) {
    self.id = id
    switch need {
    case .nothing: return nil
    case .header:
      guard let header = try objects.header(of: id) else { throw Self.missing(id, name) }
      self.header = header
      body = []
    case .body:
      guard let object = try objects.read(id) else { throw Self.missing(id, name) }
      header = object.header
      body = object.body
    }
  }

  private static func missing(_ id: ObjectID, _ name: ByteString) -> PandoError {
    PandoError(.notFound, "missing object \(id) for \(name)")
  }

  /// The value of the first header line of that name, or nil.
  func line(_ name: String) -> ArraySlice<UInt8>? {
    let prefix = Array("\(name) ".utf8)
    var rest = body[...]
    while let first = rest.first, first != UInt8(ascii: "\n") {
      let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
      if rest.starts(with: prefix) { return rest[(rest.startIndex + prefix.count)..<end] }
      rest = rest[min(end + 1, rest.endIndex)...]
    }
    return nil
  }
}

// MARK: Fields of the reference

extension FieldReader {
  private func value(_ atom: FormatAtom, of item: ReferenceItem) throws(PandoError) -> FormatValue {
    switch atom.field {
    case .referenceName(let style):
      let name = try shownName(item, style)
      return FormatValue(bytes: atom.isDereferenced ? name + Array("^{}".utf8) : name)
    case .objectName(let style) where !atom.isDereferenced: return try idValue(item.id, style)
    case .objectName(let style): return try dereferencedName(item, style)
    case .symbolicTarget(let style):
      let target = try item.symbolicTarget.map { name throws(PandoError) in
        try shortener.text(name, style)
      }
      return FormatValue(
        bytes: (target ?? []) + (atom.isDereferenced ? Array("^{}".utf8) : []))
    case .flag:
      let isPacked = try details.isPacked(item.symbolicTarget ?? item.name)
      let flags = (item.symbolicTarget != nil ? ["symref"] : []) + (isPacked ? ["packed"] : [])
      return FormatValue(flags.joined(separator: ","))
    case .head:
      return FormatValue(
        item.kind == .detachedHead || headTarget == item.name ? "*" : " ")
    case .color(let sequence, _): return FormatValue(bytes: sequence)
    case .worktreePath: return worktrees[item.name].map { FormatValue(bytes: $0) } ?? .none
    case .tracking(let side, let style): return try tracking(side, style, of: item)
    default: return .none
    }
  }

  private func dereferencedName(
    _ item: ReferenceItem, _ style: FormatField.IDStyle
  ) throws(PandoError) -> FormatValue {
    guard try source.objects.header(of: item.id)?.kind == .tag else { return .none }
    return try idValue(source.objects.annotatedTag(item.id).target, style)
  }

  private func shownName(
    _ item: ReferenceItem, _ style: FormatField.NameStyle
  ) throws(PandoError) -> [UInt8] {
    guard item.kind == .detachedHead else { return try shortener.text(item.name, style) }
    return Array(try detachedDescription(item.id).utf8)
  }

  private func idValue(
    _ id: ObjectID, _ style: FormatField.IDStyle
  ) throws(PandoError) -> FormatValue {
    switch style {
    case .full: FormatValue(id.hex)
    case .short(let digits): FormatValue(try revisions.abbreviation(of: id, digits: digits))
    }
  }

  /// What stands for `HEAD` when it is on no branch: where it was detached, as its log tells.
  private func detachedDescription(_ id: ObjectID) throws(PandoError) -> String {
    let start = "checkout: moving from "
    let log = try source.references.reflog(of: .head) ?? []
    guard let entry = log.last(where: { $0.message.hasPrefix(start) }),
      let to = entry.message.text.range(of: " to ", after: start)
    else { return "(no branch)" }
    let word = entry.new == id ? "at" : "from"
    let name = ByteString(String(entry.message.text[to...]))
    // `HEAD` itself has moved on since.
    let found =
      name == "HEAD" ? [] : try revisions.references(named: name.bytes, isQuiet: true)
    guard found.count == 1, let match = found.first, try leads(match.id, to: entry.new) else {
      return "(HEAD detached \(word) \(try revisions.abbreviation(of: entry.new)))"
    }
    var shown = match.full.text
    for prefix in ["refs/tags/", "refs/remotes/"] where shown.hasPrefix(prefix) {
      shown = String(shown.dropFirst(prefix.count))
    }
    return "(HEAD detached \(word) \(shown))"
  }

  private func leads(_ id: ObjectID, to commit: ObjectID) throws(PandoError) -> Bool {
    if id == commit { return true }
    return try source.objects.peelToCommit(id) == commit
  }
}

extension String {
  /// Where the text behind the first `needle` begins, past a prefix.
  fileprivate func range(of needle: String, after prefix: String) -> Index? {
    var rest = dropFirst(prefix.count)
    while !rest.isEmpty {
      if rest.hasPrefix(needle) { return rest.index(rest.startIndex, offsetBy: needle.count) }
      rest = rest.dropFirst()
    }
    return nil
  }
}

// MARK: Fields of the object

extension FieldReader {
  private func value(
    _ field: FormatField, of object: ObjectDetails
  ) throws(PandoError) -> FormatValue {
    let kind = object.header.kind
    switch field {
    case .objectKind: return FormatValue(kind.name)
    case .objectSize(onDisk: false), .rawSize: return FormatValue(count: object.header.size)
    case .objectSize(onDisk: true): return FormatValue(count: try details.diskSize(of: object.id))
    case .deltaBase: return FormatValue(try details.deltaBase(of: object.id).hex)
    case .raw: return FormatValue(bytes: object.body)
    case .tree(let style) where kind == .commit: return try idValue(links(object).tree, style)
    case .parentCount where kind == .commit:
      return FormatValue(count: try links(object).parents.count)
    case .parents(let style) where kind == .commit:
      var names: [[UInt8]] = []
      for parent in try links(object).parents { names.append(try idValue(parent, style).bytes) }
      return FormatValue(bytes: Array(names.joined(separator: [32])))
    case .taggedObject where kind == .tag: return lineValue(object, "object")
    case .taggedKind where kind == .tag: return lineValue(object, "type")
    case .tagName where kind == .tag: return lineValue(object, "tag")
    case .person(let person, let part) where kind == .commit || kind == .tag:
      return try personValue(person, part, object)
    case .message(let part) where kind == .commit || kind == .tag:
      return Self.messageValue(part, MessageParts(of: object.body))
    default: return .none
    }
  }

  private func links(_ object: ObjectDetails) throws(PandoError) -> CommitLinks {
    do throws(ParseError) {
      return try CommitLinks(parsing: object.body.span, algorithm: object.id.algorithm)
    } catch {
      throw .corrupt("object \(object.id)", error)
    }
  }

  private func lineValue(_ object: ObjectDetails, _ name: String) -> FormatValue {
    object.line(name).map { FormatValue(bytes: Array($0)) } ?? .none
  }

  private func personValue(
    _ person: FormatField.Person, _ part: FormatField.PersonPart, _ object: ObjectDetails
  ) throws(PandoError) -> FormatValue {
    let header =
      switch (person, object.header.kind) {
      case (.creator, .tag): "tagger"
      case (.creator, _): "committer"
      default: person.rawValue
      }
    guard let line = object.line(header) else { return .none }
    switch part {
    case .line: return FormatValue(bytes: Array(line))
    case .name:
      guard let end = line.firstRange(of: Array(" <".utf8)) else { return .none }
      return FormatValue(bytes: Array(line[..<end.lowerBound]))
    case .email(let style): return FormatValue(bytes: Self.email(line, style))
    case .date(let date):
      guard let (seconds, text) = try date.value(of: line, at: source.localTime) else {
        return .none
      }
      return FormatValue(bytes: Array(text.utf8), number: seconds)
    }
  }

  private static func email(
    _ line: ArraySlice<UInt8>, _ style: FormatField.EmailStyle
  ) -> [UInt8] {
    guard let open = line.firstIndex(of: UInt8(ascii: "<")) else { return [] }
    let inner = line[(open + 1)...]
    let close = inner.firstIndex(of: UInt8(ascii: ">"))
    switch style {
    case .raw: return close.map { Array(line[open...$0]) } ?? []
    case .trimmed: return close.map { Array(inner[..<$0]) } ?? []
    case .localPart:
      let at = inner.firstIndex { $0 == UInt8(ascii: "@") || $0 == UInt8(ascii: ">") }
      return at.map { Array(inner[..<$0]) } ?? []
    }
  }

  private static func messageValue(
    _ part: FormatField.MessagePart, _ parts: MessageParts
  ) -> FormatValue {
    switch part {
    case .subject(sanitized: false): FormatValue(bytes: parts.subjectLine)
    case .subject(sanitized: true): FormatValue(bytes: parts.sanitizedSubject)
    case .rest: FormatValue(bytes: Array(parts.rest))
    case .body: FormatValue(bytes: Array(parts.body))
    case .size: FormatValue(count: parts.message.count)
    case .signature: FormatValue(bytes: Array(parts.signature))
    case .whole: FormatValue(bytes: Array(parts.message))
    case .lines(let count): FormatValue(bytes: parts.lines(count))
    case .trailers(let format): FormatValue(bytes: format.text(of: parts.message))
    }
  }
}
