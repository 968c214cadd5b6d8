/// A system call that failed: which call, on which path, and why.
public struct FileError: Error, Hashable, Sendable {
  /// The call as a verb, such as `open` or `rename`.
  public let call: String
  /// What it was called on.
  public let path: FilePath
  /// Where a rename or a link was to lead.
  public let target: FilePath?
  /// The system's number for the reason.
  public let errno: Int32
  /// What the reader can do about it, when that can be said.
  public let advice: String?

  /// Makes an error from its parts.
  public init(
    call: String, path: FilePath, target: FilePath? = nil, errno: Int32, advice: String? = nil
  ) {
    self.call = call
    self.path = path
    self.target = target
    self.errno = errno
    self.advice = advice
  }

  /// The system's words for ``errno``, such as `No space left on device`.
  public var reason: String { SystemCalls.message(for: errno) }
}

extension FileError: CustomStringConvertible {
  /// For example `open objects/12: No space left on device`.
  public var description: String {
    var text = "\(call) \(path)"
    if let target { text += " to \(target)" }
    text += ": \(reason)"
    if let advice { text += "; \(advice)" }
    return text
  }
}
