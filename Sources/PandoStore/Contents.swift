/// What a store holds at its paths: a value that knows its bytes and how two changes of it merge.
///
/// A value is one blob, so whatever its bytes are is what any Git shows. Conform a type by giving
/// both directions; with `import Pando`, a `Codable` type conforms by naming `JSONContents`
/// instead.
///
/// The bytes must be a function of the value: equal values give equal bytes, and parsing what was
/// serialised gives an equal value. Otherwise an edit that changes nothing would make a commit.
public protocol Contents: Equatable, Sendable {
  /// Reads a value from the whole of a blob. Whatever it throws reaches the reader as the cause of
  /// a `PandoError` that names the path.
  init(parsing bytes: Span<UInt8>) throws

  /// Appends the bytes of the blob to `bytes`.
  func serialize(into bytes: inout [UInt8]) throws

  /// How two changes of one value become one. The default is `.default`, which calls every value
  /// that both sides changed differently a conflict.
  static var mergeRule: MergeRule<Self> { get }
}

extension Contents {
  /// Every value that both sides changed differently is a conflict.
  public static var mergeRule: MergeRule<Self> { .default }

  /// The bytes of the blob.
  public var serialized: [UInt8] {
    get throws {
      var bytes: [UInt8] = []
      try serialize(into: &bytes)
      return bytes
    }
  }
}
