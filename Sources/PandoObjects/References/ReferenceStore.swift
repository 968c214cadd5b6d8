/// A place that references live in: files of a Git directory, or memory.
public protocol ReferenceStore: Sendable {
  /// Reads one reference without following it; nil when it does not exist. Throws `.corrupt` for a
  /// file that cannot be understood.
  func read(_ name: ReferenceName) throws(PandoError) -> ReferenceTarget?

  /// All references whose full name begins with `prefix`, in name order; `HEAD` and its like are
  /// not
  /// among them.
  func references(withPrefix prefix: String) throws(PandoError) -> [Reference]

  /// Applies all edits or none: locks every reference, checks every expectation, then changes.
  /// Throws
  /// `.conflictingUpdate` when an expectation fails, `.locked` when somebody holds a lock, and
  /// `.invalidInput` when a name is both a reference and a directory of references.
  func apply(_ edits: [ReferenceEdit], note: ReflogNote?) throws(PandoError)

  /// Applies all edits or none, also when power is lost in the middle, where a place can do that.
  /// Throws as ``apply(_:note:)`` does, and `.unsupported` for references that cannot be changed
  /// so.
  func applyInOneStep(_ edits: [ReferenceEdit], note: ReflogNote?) throws(PandoError)

  /// The reflog, oldest first; nil when there is none.
  func reflog(of name: ReferenceName) throws(PandoError) -> [ReflogEntry]?
}

extension ReferenceStore {
  /// The same as ``apply(_:note:)``: for a place that always does it in one step.
  public func applyInOneStep(_ edits: [ReferenceEdit], note: ReflogNote?) throws(PandoError) {
    try apply(edits, note: note)
  }

  /// Follows symbolic references to the end: the last name, and the object there, nil when the last
  /// name does not exist yet. At most `Limits.symbolicDepth` steps.
  public func resolve(
    _ name: ReferenceName
  ) throws(PandoError) -> (name: ReferenceName, id: ObjectID?) {
    var current = name
    for _ in 0...Limits.symbolicDepth {
      switch try read(current) {
      case nil: return (current, nil)
      case .direct(let id)?: return (current, id)
      case .symbolic(let next)?: current = next
      }
    }
    throw PandoError(
      .limitExceeded, "reference \(name) is symbolic more than \(Limits.symbolicDepth) times over")
  }

  /// The object that a reference leads to; nil when there is none.
  public func id(of name: ReferenceName) throws(PandoError) -> ObjectID? { try resolve(name).id }
}
