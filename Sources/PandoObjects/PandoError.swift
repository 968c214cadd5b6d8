public import PandoBytes

/// What Pando's objects, storage and stores throw: what failed, on what, and what to do about it.
///
/// Callers branch on `code`; the detail is in `message`. Codes are an open set, so that new ones do
/// not break a `switch`.
public struct PandoError: Error, Sendable, CustomStringConvertible {
  /// The family of a failure.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    /// The code's stable name.
    public let name: String

    private init(_ name: String) { self.name = name }

    /// Something that was named does not exist.
    public static let notFound = Code("notFound")
    /// Stored bytes break the rules of their format.
    public static let corrupt = Code("corrupt")
    /// The system refused to read or write.
    public static let unreadable = Code("unreadable")
    /// Somebody else holds a lock.
    public static let locked = Code("locked")
    /// The thing to change has changed meanwhile.
    public static let conflictingUpdate = Code("conflictingUpdate")
    /// An argument cannot be meant.
    public static let invalidInput = Code("invalidInput")
    /// A format or a feature that this version does not handle.
    public static let unsupported = Code("unsupported")
    /// A named limit was passed.
    public static let limitExceeded = Code("limitExceeded")
    /// The system denies access.
    public static let permissionDenied = Code("permissionDenied")
    /// The store was used after `close`.
    public static let closed = Code("closed")
    /// Several things answer to one name.
    public static let ambiguous = Code("ambiguous")

    public var description: String { name }
  }

  /// The family of the failure.
  public let code: Code
  /// What failed, on what, and what to do: lower case, no full stop.
  public let message: String
  /// The error below this one, when there is one.
  public let cause: (any Error)?

  /// Makes an error; `message` says what failed, on what, and what to do.
  public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.cause = cause
  }

  public var description: String {
    guard let cause else { return message }
    return "\(message): \(cause)"
  }
}

extension PandoError {
  /// The bytes of `subject` are malformed as `error` says.
  public static func corrupt(_ subject: String, _ error: ParseError) -> PandoError {
    PandoError(.corrupt, "\(subject) is corrupt", cause: error)
  }

  /// The object `id`, which something points at, is in no source.
  public static func missing(_ id: ObjectID) -> PandoError {
    PandoError(.notFound, "object \(id) is missing")
  }
}
