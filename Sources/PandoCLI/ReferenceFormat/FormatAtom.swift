internal import PandoBytes
internal import PandoObjects

/// One field of a format: `refname:short`, `*authordate:iso`.
struct FormatAtom: Hashable, Sendable {
  /// The field as typed, the asterisk included.
  let text: [UInt8]
  /// Whether the field is of what a tag points at.
  let isDereferenced: Bool
  /// Which field.
  let field: FormatField

  static func == (a: FormatAtom, b: FormatAtom) -> Bool { a.text == b.text }
  func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

/// The fields that a format can name. Source: git-for-each-ref, "FIELD NAMES".
enum FormatField: Sendable {
  case referenceName(NameStyle)
  case objectKind
  case objectSize(onDisk: Bool)
  case objectName(IDStyle)
  case deltaBase
  case tree(IDStyle)
  case parents(IDStyle)
  case parentCount
  case taggedObject
  case taggedKind
  case tagName
  case person(Person, PersonPart)
  case message(MessagePart)
  case raw
  case rawSize
  case tracking(TrackingSide, TrackingStyle)
  case symbolicTarget(NameStyle)
  case flag
  case head
  case color([UInt8], isReset: Bool)
  case worktreePath
  case align(width: Int, AlignPosition)
  case condition(Condition)
  case then
  case otherwise
  case end

  /// How a reference's name is shown.
  enum NameStyle: Hashable, Sendable {
    case full
    /// As short as it can be without standing for another reference too.
    case short
    /// Without so many components at the left, or with so many left when negative.
    case leftStripped(Int)
    /// The same at the right.
    case rightStripped(Int)
  }

  /// How the name of an object is shown.
  enum IDStyle: Hashable, Sendable {
    case full
    /// With as many digits as make it unique, and at least so many; nil is the repository's way.
    case short(Int?)
  }

  /// Whose name and date.
  enum Person: String, Hashable, Sendable, CaseIterable {
    case author, committer, tagger
    /// The committer of a commit, the tagger of a tag.
    case creator
  }

  /// What of a signature line.
  enum PersonPart: Sendable {
    case line
    case name
    case email(EmailStyle)
    case date(FieldDate)
  }

  /// How an address is shown.
  enum EmailStyle: Hashable, Sendable {
    case raw, trimmed, localPart
  }

  /// What of a message.
  enum MessagePart: Sendable {
    case subject(sanitized: Bool)
    /// Everything behind the subject, the signature included.
    case rest
    case body
    case size
    case signature
    case whole
    case lines(Int)
    case trailers(TrailerFormat)
  }

  /// Which of a branch's remote-tracking branches.
  enum TrackingSide: Hashable, Sendable {
    case upstream, push
  }

  /// What of a remote-tracking branch.
  enum TrackingStyle: Hashable, Sendable {
    case name(NameStyle)
    case track(brackets: Bool)
    case shortTrack
    case remoteName
    case remoteReference
  }

  /// Where padding goes.
  enum AlignPosition: String, Hashable, Sendable {
    case left, middle, right
  }

  /// When a `then` part is shown.
  enum Condition: Hashable, Sendable {
    case notBlank
    case equals([UInt8])
    case differs([UInt8])
  }
}

extension FormatField {
  /// Whether values of the field order as numbers.
  var isNumber: Bool {
    switch self {
    // The other sizes order as text, as git has it.
    case .objectSize, .parentCount, .person(_, .date): true
    default: false
    }
  }

  /// What has to be known of the object for the field.
  enum Need: Int, Comparable {
    case nothing, header, body

    static func < (a: Need, b: Need) -> Bool { a.rawValue < b.rawValue }
  }

  /// What has to be known of the object for the field.
  var need: Need {
    switch self {
    case .objectKind, .objectSize, .deltaBase: .header
    case .tree, .parents, .parentCount, .taggedObject, .taggedKind, .tagName, .person, .message,
      .raw, .rawSize:
      .body
    default: .nothing
    }
  }
}
