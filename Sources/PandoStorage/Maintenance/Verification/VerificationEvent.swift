public import PandoBytes
public import PandoObjects

/// One thing that a verification has to tell.
public enum VerificationEvent: Sendable {
  /// Something in an object.
  case object(FsckFinding)
  /// Something that is wrong with what an object names, in Git's words.
  case objectProblem(ObjectKind, ObjectID, String)
  /// Something else that is wrong, in Git's words.
  case problem(VerificationArea, String)
  /// An object that another one names cannot be followed to: what names it, and what it must be,
  /// each with the name that leads there when names are wanted.
  case brokenLink(from: NamedObject, to: NamedObject)
  /// An object that is needed is not there.
  case missing(NamedObject)
  /// An object that is there and that nothing names.
  case dangling(NamedObject)
  /// An object that is there and that nothing leads to.
  case unreachable(NamedObject)
  /// A commit without parents.
  case root(ObjectID)
  /// An annotated tag.
  case tagged(NamedObject, name: ByteString, tag: ObjectID)
  /// Something that is odd and no fault.
  case notice(String)
  /// What is being done, for those who want to know each step.
  case step(String)

  /// An object in what is told: its kind, and its name with a way to it in parentheses.
  public struct NamedObject: Hashable, Sendable, CustomStringConvertible {
    /// The object; nil when what should name it cannot.
    public let id: ObjectID?
    /// The kind, as far as it is known.
    public let kind: ObjectKind?
    /// The way to it: `HEAD~2^2:src/`.
    public let path: ByteString?

    /// Describes an object.
    public init(_ id: ObjectID?, _ kind: ObjectKind?, path: ByteString? = nil) {
      self.id = id
      self.kind = kind
      self.path = path
    }

    /// Git's word for the kind.
    public var kindName: String { kind?.name ?? "unknown" }
    public var description: String {
      guard let id else { return "unknown" }
      return path.map { "\(id) (\($0))" } ?? id.hex
    }
  }

  /// What the event says of the repository; nil when nothing is wrong.
  public var area: VerificationArea? {
    switch self {
    case .object(let finding): finding.isError ? .objects : nil
    case .objectProblem: .objects
    case .problem(let area, _): area
    case .brokenLink, .missing: .reachability
    case .dangling, .unreachable, .root, .tagged, .notice, .step: nil
    }
  }
}

/// What is damaged, as bits: the exit status of `git fsck`.
public struct VerificationArea: OptionSet, Hashable, Sendable {
  public let rawValue: Int32
  /// Wraps bits.
  public init(rawValue: Int32) { self.rawValue = rawValue }

  /// Objects that are malformed or unreadable.
  public static let objects = VerificationArea(rawValue: 1)
  /// Objects that are needed and missing.
  public static let reachability = VerificationArea(rawValue: 2)
  /// Packs and their indexes.
  public static let packs = VerificationArea(rawValue: 4)
  /// References.
  public static let references = VerificationArea(rawValue: 8)
  /// Commit-graphs.
  public static let commitGraphs = VerificationArea(rawValue: 16)
  /// Multi-pack-indexes.
  public static let multiPackIndexes = VerificationArea(rawValue: 32)
}
