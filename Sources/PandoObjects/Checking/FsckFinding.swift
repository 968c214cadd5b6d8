public import PandoBytes

/// One thing that a check has found in an object.
public struct FsckFinding: Hashable, Sendable, CustomStringConvertible {
  /// The object.
  public let object: ObjectID
  /// The object's kind.
  public let kind: ObjectKind
  /// What was found.
  public let id: FsckMessage.ID
  /// How bad it is under the policy of the check; never `ignore`.
  public let severity: FsckSeverity
  /// What was found, in Git's words. It may quote bytes of the object.
  public let text: ByteString

  /// Describes a finding.
  public init(
    object: ObjectID, kind: ObjectKind, id: FsckMessage.ID, severity: FsckSeverity,
    text: ByteString
  ) {
    self.object = object
    self.kind = kind
    self.id = id
    self.severity = severity
    self.text = text
  }

  /// Whether the object is to be refused.
  public var isError: Bool { severity == .error || severity == .fatal }

  /// Name and text, as Git puts them behind the object: `badTree: cannot be parsed as a tree`.
  public var message: ByteString { ByteString(Array("\(id): ".utf8) + text.bytes) }

  /// The line that `git fsck` prints, without its end.
  public var description: String {
    "\(isError ? "error" : "warning") in \(kind) \(object): \(message)"
  }
}
