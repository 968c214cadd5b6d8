/// Bytes from outside that break the rules of their format: what was being read, what was wrong,
/// where.
public struct ParseError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The format being read: "commit", "pack index", "packed-refs".
  public let format: String
  /// What was wrong, in lower case without a full stop.
  public let reason: String
  /// Where, in bytes from the start of the input.
  public let offset: Int

  /// Describes what was wrong with `format` at `offset` bytes.
  public init(_ format: String, _ reason: String, at offset: Int) {
    self.format = format
    self.reason = reason
    self.offset = offset
  }

  public var description: String { "\(format): \(reason) at offset \(offset)" }
}
