public import PandoBytes

/// What a reference points at.
@frozen
public enum ReferenceTarget: Hashable, Sendable {
  /// An object.
  case direct(ObjectID)
  /// Another reference, which need not exist.
  case symbolic(ReferenceName)

  /// The object, when the target is one.
  public var id: ObjectID? {
    if case .direct(let id) = self { id } else { nil }
  }
}

/// A name and what it points at.
@frozen
public struct Reference: Hashable, Sendable {
  /// The full name.
  public let name: ReferenceName
  /// What it points at.
  public let target: ReferenceTarget
  /// What an annotated tag finally leads to, where the store knows it without reading objects.
  public let peeled: ObjectID?

  /// Makes a reference.
  public init(name: ReferenceName, target: ReferenceTarget, peeled: ObjectID? = nil) {
    self.name = name
    self.target = target
    self.peeled = peeled
  }
}

/// One change of one reference, with what must hold for it.
public struct ReferenceEdit: Hashable, Sendable {
  /// What the reference must be before the change.
  public enum Expected: Hashable, Sendable {
    /// Anything, also nothing.
    case any
    /// It must not exist.
    case absent
    /// It must exist.
    case present
    /// It must lead to this object.
    case id(ObjectID)
  }

  /// What the reference becomes.
  public enum Change: Hashable, Sendable {
    /// It points at this.
    case set(ReferenceTarget)
    /// It is removed.
    case delete
    /// It stays; only `expected` is checked.
    case verify
  }

  /// The reference.
  public var name: ReferenceName
  /// What must hold before.
  public var expected: Expected
  /// What becomes of it.
  public var change: Change
  /// Whether a symbolic reference is followed and its target changed instead.
  public var followsSymbolic: Bool
  /// Whether a reflog is started even where the configuration would not.
  public var createsReflog: Bool
  /// The objects that the reference passes on its way to the new one, which is the last of them,
  /// each with its own line in the reflog. Without any there is one line, from the note that all
  /// edits of a transaction share, which is also what a store writes that does not know of this.
  public var passes: [ReflogStep] = []

  /// Describes a change; symbolic references are followed unless told otherwise, as git update-ref
  /// does.
  public init(
    _ name: ReferenceName, _ change: Change, expected: Expected = .any,
    followsSymbolic: Bool = true, createsReflog: Bool = false
  ) {
    self.name = name
    self.expected = expected
    self.change = change
    self.followsSymbolic = followsSymbolic
    self.createsReflog = createsReflog
  }
}

/// Who changed references, and why: what a reflog line says besides the two IDs.
public struct ReflogNote: Hashable, Sendable {
  /// Who and when.
  public var signature: Signature
  /// Why; whitespace runs become one space and ends are trimmed when written.
  public var message: String

  /// Makes a note.
  public init(signature: Signature, message: String) {
    self.signature = signature
    self.message = message
  }
}

/// An object that a reference comes to, who moved it there, and why.
public struct ReflogStep: Hashable, Sendable {
  /// The object.
  public var id: ObjectID
  /// Who and why.
  public var note: ReflogNote

  /// Makes a step.
  public init(id: ObjectID, note: ReflogNote) {
    self.id = id
    self.note = note
  }
}

/// One line of a reflog.
public struct ReflogEntry: Hashable, Sendable {
  /// Before the change; null when the reference was made.
  public let old: ObjectID
  /// After the change; null when it was removed.
  public let new: ObjectID
  /// Who and when.
  public let signature: Signature
  /// Why, without the line end.
  public let message: ByteString

  /// Makes an entry.
  public init(old: ObjectID, new: ObjectID, signature: Signature, message: ByteString) {
    self.old = old
    self.new = new
    self.signature = signature
    self.message = message
  }
}
