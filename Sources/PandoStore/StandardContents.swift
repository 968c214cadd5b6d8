internal import PandoBytes
internal import PandoObjects

/// Text in UTF-8. Reading other bytes throws instead of replacing them; a store that also holds
/// other files is a `Store<[UInt8]>`. Merges by lines.
extension String: Contents {
  public init(parsing bytes: Span<UInt8>) throws {
    let copy = [UInt8](copying: bytes)
    guard let text = String(validating: copy, as: UTF8.self) else {
      throw PandoError(.corrupt, "it is not UTF-8")
    }
    self = text
  }

  public func serialize(into bytes: inout [UInt8]) throws { bytes.append(contentsOf: utf8) }

  public static var mergeRule: MergeRule<String> { .lines }
}

/// The bytes of any file, as they are. Merges by lines where all sides are text.
extension [UInt8]: Contents {
  public init(parsing bytes: Span<UInt8>) throws { self.init(copying: bytes) }

  public func serialize(into bytes: inout [UInt8]) throws { bytes.append(contentsOf: self) }

  public static var mergeRule: MergeRule<[UInt8]> { .lines }
}
